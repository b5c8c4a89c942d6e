/** Which question of a project an export is about. */
import { asExpression } from 'mienjs/labels';
import type { ChoiceQuestion, ProjectSettings, Question } from '../../contract/index.ts';
import { Fault } from '../../http/fault.ts';

type Kind = Question['kind'];
type Of<K extends Kind> = Extract<Question, { kind: K }>;

export const questionsOf = <K extends Kind>({ questions }: ProjectSettings, kind: K): Of<K>[] =>
  questions.filter((question): question is Of<K> => question.kind === kind);

/** @throws {Fault} 400 when there is none, or none of that key */
export function choiceQuestion(settings: ProjectSettings, key?: string): ChoiceQuestion {
  const choices = questionsOf(settings, 'choice');
  const found = key === undefined ? choices[0] : choices.find((question) => question.key === key);
  if (found) return found;
  throw new Fault(
    400,
    choices.length === 0
      ? 'the project asks no question with options'
      : `question: expected one of ${choices.map((question) => question.key).join(', ')}, got "${key}"`,
  );
}

/**
 * A question for one of several expressions.
 * @throws {Fault} 400 when there is none, or the one of that key is none
 */
export function expressionQuestion(settings: ProjectSettings, key?: string): ChoiceQuestion {
  const isOfExpressions = (question: ChoiceQuestion): boolean => whyNoExpressions(question) === undefined;
  const found =
    key === undefined
      ? (questionsOf(settings, 'choice').find(isOfExpressions) ?? choiceQuestion(settings))
      : choiceQuestion(settings, key);
  const why = whyNoExpressions(found);
  if (why !== undefined) throw new Fault(400, `question ${found.key}: ${why}`);
  return found;
}

function whyNoExpressions({ multiple, options }: ChoiceQuestion): string | undefined {
  if (multiple) return 'several options may be chosen, expected a question for one expression';
  const other = options.find(({ value, outside }) => !outside && asExpression(value) === undefined);
  return other && `option ${other.value} is not an expression: export the votes, or mark it as outside of the classes`;
}

/** The options that say that the question does not apply. */
export const outsideOf = ({ options }: ChoiceQuestion): ReadonlySet<string> =>
  new Set(options.filter(({ outside }) => outside).map(({ value }) => value));

/** The options that an answer chose; none where the question was left open. */
export const chosenOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
