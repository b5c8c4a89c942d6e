/**
 * The answers to a choice question as a table of votes, which `mien crowd` reads: task, worker, label, time, active_seconds, outside.
 * Whoever chose an option outside of the classes (not a face, cannot tell) has no label, and `outside` says which; `mien crowd` passes
 * over such rows. Each option of a question with several is a task of its own for each image, `NAME#OPTION`, labelled
 * yes or no.
 */
import { joinCsv } from 'mienjs/tables';
import type { ChoiceQuestion } from '../../contract/index.ts';
import type { Collected, CollectedAnswer } from '../collected.ts';
import { classesOf } from '../votes.ts';
import { chosenOf, outsideOf } from './questions.ts';

/** @returns lines without their ends: an arbiter's answer is a vote like others */
export function* votesCsv({ tasks, members, answers }: Collected, question: ChoiceQuestion): Generator<string> {
  const outside = outsideOf(question);
  yield 'task,worker,label,time,active_seconds,outside';
  for (const answer of answers) {
    const chosen = answer.isCounted ? answer.answer[question.key] : undefined;
    if (chosen === undefined) continue;
    const values = chosenOf(chosen);
    const left = values.find((value) => outside.has(value));
    const task = tasks[answer.task]!.name;
    const line = (name: string, label: string): string =>
      joinCsv([
        name,
        members[answer.member]!,
        left === undefined ? label : '',
        new Date(answer.atMs).toISOString(),
        answer.activeMs / 1000,
        left ?? '',
      ]);
    if (!question.multiple) yield line(task, values[0] ?? '');
    else for (const value of classesOf(question)) yield line(`${task}#${value}`, values.includes(value) ? 'yes' : 'no');
  }
}

/**
 * Answers that count towards what an image shows: where two coders disagree and an arbiter settled it, the arbiter's
 * alone.
 */
export function decisiveAnswers({ answers }: Collected, { key }: ChoiceQuestion): CollectedAnswer[] {
  const counted = answers.filter((answer) => answer.isCounted && answer.answer[key] !== undefined);
  const arbitrated = new Map<number, Set<string>>();
  for (const { task, isArbitration } of counted) if (isArbitration) arbitrated.set(task, new Set());
  for (const { task, isArbitration, answer } of counted)
    if (!isArbitration) arbitrated.get(task)?.add(JSON.stringify(answer[key]));
  return counted.filter(({ task, isArbitration }) => {
    const said = arbitrated.get(task);
    return said === undefined || said.size > 1 === isArbitration;
  });
}
