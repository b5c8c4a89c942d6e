/** The questions to an image: the one in turn with its options, the others with what was answered. */
import type { AnswerValue, Assignment, Question } from 'mien-server/contract';
import type { Draft } from '../../annotate/draft.ts';
import { isAnswered } from '../../annotate/draft.ts';
import { HIDDEN_KEY, keyOf } from '../../annotate/keys.ts';
import { saidBy } from './arbitration.ts';
import { type PlacedPoint, toggleHidden } from './shapes.ts';

export interface QuestionPanelProps {
  readonly questions: readonly Question[];
  readonly assignment: Assignment;
  readonly draft: Draft;
  readonly isOpen: boolean;
  /** By index of the option. */
  readonly choose: (index: number) => void;
  readonly onConfirm: () => void;
  readonly onChange: (value: AnswerValue | undefined) => void;
  readonly onGoTo: (index: number) => void;
  /** Index of the point that is placed or moved. */
  readonly point: number;
  readonly onPoint: (index: number) => void;
}

export function QuestionPanel(props: QuestionPanelProps) {
  const { questions, assignment, draft, isOpen, onConfirm, onGoTo } = props;
  const question = questions[draft.active]!;
  const isChosenAtOnce = question.kind === 'choice' && !question.multiple;
  return (
    <div className="annotator-panel">
      {assignment.kind === 'arbitration' && (
        <p className="note">Two people, A and B, answered differently. Settle it: what you say replaces both.</p>
      )}
      {questions.length > 1 && (
        <ol className="question-steps" aria-label="Questions">
          {questions.map((one, i) => (
            <li key={one.key}>
              <button
                type="button"
                className="question-step"
                aria-current={i === draft.active ? 'step' : undefined}
                onClick={() => onGoTo(i)}
                disabled={!draft.settled.has(one.key) && i !== draft.active}
              >
                <span className="question-step-title">{one.title}</span>
                <span className="quiet">{draft.settled.has(one.key) ? describe(one, draft.answer[one.key]) : ''}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
      <h2 className="question-title">{question.title}</h2>
      {question.help && <p className="quiet question-help">{question.help}</p>}
      {question.kind === 'choice' && <Options {...props} question={question} />}
      {question.kind === 'box' && (
        <p className="quiet drawing-help">
          Draw it, or drag its corners.
          <span className="for-keys"> The arrow keys move what is chosen: Tab goes from corner to corner.</span>
        </p>
      )}
      {question.kind === 'points' && <Points {...props} question={question} />}
      {!isChosenAtOnce && (
        <button
          type="button"
          className="button is-primary confirm"
          disabled={!isOpen || !isAnswered(question, draft.answer[question.key])}
          onMouseDown={keepFocus}
          onClick={onConfirm}
          aria-keyshortcuts="Enter"
        >
          Done <kbd>Enter</kbd>
        </button>
      )}
      {isChosenAtOnce && question.optional && (
        <button type="button" className="button" disabled={!isOpen} onMouseDown={keepFocus} onClick={onConfirm}>
          No answer
        </button>
      )}
    </div>
  );
}

/** A button that the mouse presses does not take the focus: the next press of Space is not its. */
const keepFocus = (event: { preventDefault(): void }): void => event.preventDefault();

function Options({
  question,
  assignment: { others, proposal },
  draft,
  isOpen,
  choose,
}: QuestionPanelProps & { readonly question: Extract<Question, { kind: 'choice' }> }) {
  const value = draft.answer[question.key];
  const isChosen = (option: string): boolean =>
    Array.isArray(value) ? (value as readonly string[]).includes(option) : value === option;
  return (
    <ul className={question.options.length > 12 ? 'options is-many' : 'options'} aria-label={question.title}>
      {question.options.map(({ value: option, title, help, outside }, i) => {
        const said = saidBy(question, option, others);
        const isProposed = saidBy(question, option, proposal && [proposal]).length > 0;
        return (
          <li key={option}>
            <button
              type="button"
              className={`option${question.multiple ? ' is-one-of-several' : ''}${outside ? ' is-outside' : ''}`}
              aria-pressed={isChosen(option)}
              aria-keyshortcuts={keyOf(i)?.toUpperCase()}
              title={help}
              disabled={!isOpen}
              onMouseDown={keepFocus}
              onClick={() => choose(i)}
            >
              {keyOf(i) !== undefined && <kbd>{keyOf(i)!.toUpperCase()}</kbd>}
              <span className="option-title">{title}</span>
              {isProposed && <span className="badge">model</span>}
              {said.map((who) => (
                <span key={who} className="badge said-by">
                  {who}
                </span>
              ))}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Points({
  question,
  draft,
  isOpen,
  point,
  onPoint,
  onChange,
}: QuestionPanelProps & { readonly question: Extract<Question, { kind: 'points' }> }) {
  const placed = (draft.answer[question.key] ?? []) as readonly PlacedPoint[];
  return (
    <>
      <ol className="point-list">
        {question.points.map(({ value, title }, i) => (
          <li key={value}>
            <button
              type="button"
              className="option is-point"
              aria-pressed={i === point}
              disabled={!isOpen || i > placed.length}
              onMouseDown={keepFocus}
              onClick={() => onPoint(i)}
            >
              <kbd>{keyOf(i)!.toUpperCase()}</kbd>
              <span className="option-title">{title}</span>
              {placed[i] ? <span className="quiet">{placed[i].hidden ? 'hidden' : 'placed'}</span> : null}
            </button>
          </li>
        ))}
      </ol>
      <button
        type="button"
        className="button"
        aria-pressed={placed[point]?.hidden ?? false}
        disabled={!isOpen || !placed[point]}
        onMouseDown={keepFocus}
        onClick={() => onChange(toggleHidden(placed, point))}
      >
        Hidden, guessed <kbd>{HIDDEN_KEY.toUpperCase()}</kbd>
      </button>
    </>
  );
}

function describe(question: Question, value: AnswerValue | undefined): string {
  if (value === undefined) return 'no answer';
  if (question.kind === 'box') return 'drawn';
  if (question.kind === 'points') return 'placed';
  const values = Array.isArray(value) ? (value as readonly string[]) : [value as string];
  const titles = question.options.filter((option) => values.includes(option.value)).map(({ title }) => title);
  return titles.length === 0 ? 'none' : titles.join(', ');
}
