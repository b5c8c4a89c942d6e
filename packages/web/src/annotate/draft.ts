/** The answer to one image while it is being given: question by question, forth and back. */
import type { Answer, AnswerValue, Question } from 'mien-server/contract';

export interface Draft {
  readonly answer: Answer;
  /** Index of the question that keys answer. */
  readonly active: number;
  /** Questions that were answered here, not proposed. */
  readonly settled: ReadonlySet<string>;
}

export const beginDraft = (answer: Answer | null): Draft => ({ answer: answer ?? {}, active: 0, settled: new Set() });

/** Whether a value answers its question. */
export function isAnswered(question: Question, value: AnswerValue | undefined): boolean {
  if (question.optional) return true;
  if (value === undefined) return false;
  if (question.kind === 'points') return Array.isArray(value) && value.length === question.points.length;
  return !Array.isArray(value) || value.length > 0;
}

export const setValue = (draft: Draft, { key }: Question, value: AnswerValue | undefined): Draft => {
  const { [key]: _, ...others } = draft.answer;
  return { ...draft, answer: value === undefined ? others : { ...others, [key]: value } };
};

export function toggleOption(draft: Draft, question: Question, option: string): Draft {
  const before = (draft.answer[question.key] as readonly string[] | undefined) ?? [];
  const after = before.includes(option) ? before.filter((one) => one !== option) : [...before, option];
  return setValue(draft, question, after);
}

/** Goes on from a question that is answered: to the next that is not settled, or, if there is none, to the end. */
export function settle(questions: readonly Question[], draft: Draft): Draft & { readonly isComplete: boolean } {
  const own = questions[draft.active]!;
  const settled = new Set([...draft.settled, own.key]);
  const isOpen = ({ key }: Question): boolean => !settled.has(key);
  const after = questions.findIndex((question, i) => i > draft.active && isOpen(question));
  const next = after >= 0 ? after : questions.findIndex(isOpen);
  return { ...draft, settled, active: next < 0 ? draft.active : next, isComplete: next < 0 };
}

/** The question before, open again; undefined when there is none. */
export function stepBack(questions: readonly Question[], draft: Draft): Draft | undefined {
  const before = draft.active - 1;
  if (before < 0 || !draft.settled.has(questions[before]!.key)) return undefined;
  const settled = new Set(draft.settled);
  settled.delete(questions[before]!.key);
  return { ...draft, settled, active: before };
}

/** What is sent: several options, of which none was chosen, are an answer too. */
export function finished(questions: readonly Question[], { answer }: Draft): Answer {
  const entries = questions.flatMap((question): (readonly [string, AnswerValue])[] => {
    const value = answer[question.key] ?? (question.kind === 'choice' && question.multiple ? [] : undefined);
    if (value === undefined) return [];
    if (question.kind === 'points' && (value as readonly unknown[]).length !== question.points.length) return [];
    return [[question.key, value]];
  });
  return Object.fromEntries(entries);
}
