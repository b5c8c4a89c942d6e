/** How the votes for an image are spread over the options. */
import type { AnnotationTask, ChoiceQuestion } from 'mien-server/contract';
import { LOOKS } from '../../expressions.ts';

/** The expression whose color an option has; undefined where it is none. */
export const expressionOf = (option: string): string | undefined => (option in LOOKS ? option : undefined);

/** Shares of the options, in their order; of several options each on its own. */
export function sharesOf(question: ChoiceQuestion, { votes, counted }: AnnotationTask): readonly number[] {
  const own = votes[question.key] ?? {};
  const all = question.multiple ? counted : Object.values(own).reduce((sum, n) => sum + n, 0);
  return question.options.map(({ value }) => (all > 0 ? (own[value] ?? 0) / all : 0));
}

export function VoteBars({
  question,
  task,
  isSmall = false,
}: {
  readonly question: ChoiceQuestion;
  readonly task: AnnotationTask;
  /** Columns without words, for an overview. */
  readonly isSmall?: boolean;
}) {
  const shares = sharesOf(question, task);
  const own = task.votes[question.key] ?? {};
  if (isSmall)
    return (
      <span className="vote-columns" aria-hidden="true">
        {question.options.map(({ value, title }, i) => (
          <span key={value} className="vote-column" title={title} data-expression={expressionOf(value)}>
            <span className="vote-fill" style={{ transform: `scaleY(${shares[i]})` }} />
          </span>
        ))}
      </span>
    );
  return (
    <ul className="bars votes" aria-label={`Votes: ${question.title}`}>
      {question.options.map(({ value, title }, i) => (
        <li key={value} className="bar vote-bar" data-expression={expressionOf(value)}>
          <span className="bar-name">{title}</span>
          <span className="bar-track" aria-hidden="true">
            <span className="bar-fill vote-fill" style={{ transform: `scaleX(${shares[i]})` }} />
          </span>
          <span className="bar-value">{own[value] ?? 0}</span>
        </li>
      ))}
    </ul>
  );
}
