/** Answers to a question of choice as votes, which `mienjs/crowd` takes. */
import { createVotes, type VoteRow, type Votes } from 'mienjs/crowd';
import type { ChoiceQuestion } from '../contract/index.ts';
import type { Collected, CollectedAnswer } from './collected.ts';

/** Answers to images of the work that count and are not an arbiter's. */
export function* coders({ tasks, answers }: Collected): Generator<CollectedAnswer> {
  for (const answer of answers)
    if (answer.isCounted && !answer.isArbitration && tasks[answer.task]!.role === 'work') yield answer;
}

/** The options that are classes: not those which say that the question does not apply. */
export const classesOf = (question: ChoiceQuestion): string[] =>
  question.options.filter(({ outside }) => outside !== true).map(({ value }) => value);

/**
 * Votes on a question with one answer. Tasks are named by their index, workers by their pseudonym; votes outside the
 * classes are left out.
 * @returns undefined when there is none
 */
export function votesOf(collected: Collected, question: ChoiceQuestion): Votes | undefined {
  const classes = classesOf(question);
  const known = new Set<unknown>(classes);
  const rows: VoteRow[] = [];
  for (const { task, member, answer, activeMs } of coders(collected)) {
    const label = answer[question.key];
    if (known.has(label))
      rows.push({
        task: String(task),
        worker: collected.members[member]!,
        label: label as string,
        time: activeMs / 1000,
      });
  }
  return rows.length === 0 ? undefined : createVotes(rows, { classes, duplicates: 'last' });
}

/** Votes on whether one option of several was chosen. @returns undefined when nobody answered the question */
export function optionVotes(collected: Collected, question: ChoiceQuestion, option: string): Votes | undefined {
  const rows: VoteRow[] = [];
  for (const { task, member, answer } of coders(collected)) {
    const chosen = answer[question.key];
    if (Array.isArray(chosen))
      rows.push({
        task: String(task),
        worker: collected.members[member]!,
        label: (chosen as string[]).includes(option) ? 'yes' : 'no',
      });
  }
  return rows.length === 0 ? undefined : createVotes(rows, { classes: ['no', 'yes'], duplicates: 'last' });
}
