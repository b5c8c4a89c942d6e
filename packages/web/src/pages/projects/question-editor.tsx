/** The list of questions: options, points, what each class looks like. */
import type { ChoiceQuestion, Option, Question } from 'mien-server/contract';
import type { ReactNode } from 'react';
import { Icon } from '../../components/icons.tsx';

type Kind = Question['kind'];
const KINDS: Readonly<Record<Kind, string>> = { choice: 'Options', box: 'A box', points: 'Points' };

/** A key for what has a title: letters, digits and hyphens, not among those that are taken. */
export function keyFor(title: string, taken: readonly string[]): string {
  const plain = title
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 34);
  const base = plain === '' ? 'item' : plain;
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(key)) return key;
  }
}

const newQuestion = (kind: Kind, taken: readonly string[]): Question => {
  const key = keyFor(kind === 'choice' ? 'question' : kind === 'box' ? 'face' : 'points', taken);
  const title = kind === 'choice' ? 'What do you see?' : kind === 'box' ? 'Box around the face' : 'Points';
  if (kind === 'box') return { kind, key, title };
  if (kind === 'points') return { kind, key, title, points: [{ value: 'point', title: 'Point' }] };
  return {
    kind,
    key,
    title,
    options: [
      { value: 'yes', title: 'Yes' },
      { value: 'no', title: 'No' },
    ],
  };
};

export function QuestionEditor({
  questions,
  onChange,
}: {
  readonly questions: readonly Question[];
  readonly onChange: (questions: Question[]) => void;
}) {
  const replace = (index: number, question: Question): void =>
    onChange(questions.map((one, i) => (i === index ? question : one)));
  const taken = questions.map(({ key }) => key);
  return (
    <div className="question-editor">
      {questions.map((question, i) => (
        <section key={question.key} className="card question-card" aria-label={`Question ${i + 1}`}>
          <header className="card-head">
            <label className="field grow">
              <span className="field-name">
                Question {i + 1} <span className="quiet">{KINDS[question.kind].toLowerCase()}</span>
              </span>
              <input
                className="select"
                value={question.title}
                required
                maxLength={120}
                onChange={(event) => replace(i, { ...question, title: event.target.value })}
              />
            </label>
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove question ${i + 1}`}
              disabled={questions.length === 1}
              onClick={() => onChange(questions.filter((_, at) => at !== i))}
            >
              <Icon name="close" />
            </button>
          </header>
          {question.kind === 'choice' && <Options question={question} onChange={(one) => replace(i, one)} />}
          {question.kind === 'points' && (
            <Titles
              noun="point"
              items={question.points}
              least={1}
              most={20}
              onChange={(points) => replace(i, { ...question, points: [...points] })}
            />
          )}
          <div className="check-line">
            {question.kind === 'choice' && (
              <Check
                label="Several may be chosen"
                isOn={question.multiple ?? false}
                onChange={(multiple) => replace(i, { ...question, multiple })}
              />
            )}
            <Check
              label="May be left without an answer"
              isOn={question.optional ?? false}
              onChange={(optional) => replace(i, { ...question, optional })}
            />
          </div>
        </section>
      ))}
      <div className="actions-row" role="group" aria-label="Add a question">
        {(Object.keys(KINDS) as Kind[]).map((kind) => (
          <button
            key={kind}
            type="button"
            className="button"
            disabled={questions.length >= 12}
            onClick={() => onChange([...questions, newQuestion(kind, taken)])}
          >
            <Icon name="plus" /> {KINDS[kind]}
          </button>
        ))}
      </div>
    </div>
  );
}

function Options({
  question,
  onChange,
}: {
  readonly question: ChoiceQuestion;
  readonly onChange: (question: ChoiceQuestion) => void;
}) {
  const change = (index: number, own: Partial<Option>): void =>
    onChange({ ...question, options: question.options.map((one, i) => (i === index ? { ...one, ...own } : one)) });
  return (
    <Titles
      noun="option"
      items={question.options}
      least={2}
      most={80}
      onChange={(options) => onChange({ ...question, options: [...options] })}
      more={(option, i) => (
        <>
          <input
            className="select"
            aria-label={`What ${option.title} looks like`}
            placeholder="What it looks like"
            value={option.help ?? ''}
            maxLength={600}
            onChange={(event) => change(i, { help: event.target.value })}
          />
          <Check
            label="No class"
            isOn={option.outside ?? false}
            title="Says that the question does not apply, such as: not a face"
            onChange={(outside) => change(i, { outside })}
          />
        </>
      )}
    />
  );
}

interface Titled {
  readonly value: string;
  readonly title: string;
}

/** A list of named things, each with a key that stays as it is once it is made. */
function Titles<T extends Titled>({
  noun,
  items,
  least,
  most,
  onChange,
  more,
}: {
  readonly noun: string;
  readonly items: readonly T[];
  readonly least: number;
  readonly most: number;
  readonly onChange: (items: readonly T[]) => void;
  readonly more?: (item: T, index: number) => ReactNode;
}) {
  const add = (): void => {
    const title = `${noun === 'option' ? 'Option' : 'Point'} ${items.length + 1}`;
    const value = keyFor(
      title,
      items.map((item) => item.value),
    );
    onChange([...items, { value, title } as T]);
  };
  return (
    <>
      <ol className="titles">
        {items.map((item, i) => (
          <li key={item.value} className={more ? 'title-row has-more' : 'title-row'}>
            <input
              className="select"
              aria-label={`Title of ${noun} ${i + 1}`}
              value={item.title}
              required
              maxLength={80}
              onChange={(event) =>
                onChange(items.map((one, at) => (at === i ? { ...one, title: event.target.value } : one)))
              }
            />
            <code className="quiet title-key">{item.value}</code>
            {more?.(item, i)}
            <button
              type="button"
              className="icon-button is-small"
              aria-label={`Remove ${item.title}`}
              disabled={items.length <= least}
              onClick={() => onChange(items.filter((_, at) => at !== i))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ol>
      <button type="button" className="link" disabled={items.length >= most} onClick={add}>
        Add {noun === 'option' ? 'an option' : 'a point'}
      </button>
    </>
  );
}

export function Check({
  label,
  isOn,
  title,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly title?: string;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="check-row" title={title}>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
