/** What a draft begins with: one's own answer after an undo, what the two say alike, or what was proposed. */
import type { Answer, AnswerValue, Assignment, Question } from 'mien-server/contract';

export function initialAnswer(
  questions: readonly Question[],
  { answer, others, proposal }: Pick<Assignment, 'answer' | 'others' | 'proposal'>,
): Answer | null {
  if (answer) return answer;
  if (others && others.length > 0)
    return Object.fromEntries(
      questions.flatMap((question): (readonly [string, AnswerValue])[] => {
        const value = begun(question, others);
        return value === undefined ? [] : [[question.key, value]];
      }),
    );
  return proposal && Object.fromEntries(Object.entries(proposal).filter(([key]) => isDrawn(questions, key)));
}

/** A proposed class is shown, never chosen beforehand: one key must not confirm it by accident. */
const isDrawn = (questions: readonly Question[], key: string): boolean =>
  questions.some((question) => question.key === key && question.kind !== 'choice');

function begun(question: Question, others: readonly Answer[]): AnswerValue | undefined {
  const values = others.map((other) => other[question.key]);
  // The first drawing is as good as the other to begin with
  if (question.kind !== 'choice') return values.find((value) => value !== undefined);
  if (!question.multiple) return undefined;
  const [first = [], ...rest] = values as (readonly string[] | undefined)[];
  return first.filter((option) => rest.every((other) => other?.includes(option)));
}

/** Which of the two say so: their letters. */
export function saidBy(question: Question, option: string, others: readonly Answer[] | null): readonly string[] {
  return (others ?? []).flatMap((other, i) => {
    const value = other[question.key];
    const says = Array.isArray(value) ? (value as readonly string[]).includes(option) : value === option;
    return says ? [String.fromCharCode(65 + i)] : [];
  });
}
