/** An image with its votes, where it is from, and what it is for. */
import type { Answer, AnnotationTask, AnswerValue, ChoiceQuestion, Project, Question } from 'mien-server/contract';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { addressOf } from '../../api/client.ts';
import { useAction } from '../../api/use-data.ts';
import { call } from '../../state/account.ts';
import { LabelStage } from '../annotate/label-stage.tsx';
import { VoteBars } from './vote-bars.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { DialogClose } from '../../components/dialog-close.tsx';

const ROLES: Readonly<Record<AnnotationTask['role'], string>> = {
  work: 'To be labelled',
  gold: 'Silent test: its answer is known',
  tutorial: 'Tutorial: with feedback',
  test: 'Test, before the work',
};

export function ImageDialog({
  project: { id, settings },
  task,
  onClose,
  onSaved,
}: {
  readonly project: Project;
  readonly task: AnnotationTask;
  readonly onClose: () => void;
  readonly onSaved: (task: AnnotationTask) => void;
}) {
  const [role, setRole] = useState(task.role);
  const [gold, setGold] = useState<Answer>(task.gold ?? {});
  const [feedback, setFeedback] = useState(task.feedback ?? '');
  const { isBusy, error, run } = useAction();
  const [drawn, setDrawn] = useState<string>();
  const [point, setPoint] = useState(0);
  const choices = settings.questions.filter((question) => question.kind === 'choice');
  const shapes = settings.questions.filter((question) => question.kind !== 'choice');
  const shape = role === 'work' ? undefined : shapes.find(({ key }) => key === drawn);
  const halfDrawn = shapes.filter((question) => !isWhole(question, gold[question.key])).map(({ key }) => key);
  const path = `api/projects/${id}/tasks/${task.id}`;
  const facts = [
    ['Size', `${task.width} × ${task.height} px`],
    ['Labels', `${task.counted} of ${task.wanted}${task.surplus > 0 ? `, ${task.surplus} more than wanted` : ''}`],
    ['From', task.source],
    ['Licence', task.license],
    ['Keyword', task.keyword],
  ] as const;
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog is-wide image-dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title image-title">{task.name}</Dialog.Title>
          <div className="image-columns">
            <div>
              {shape ? (
                <LabelStage
                  assignment={{ width: task.width, height: task.height, others: null }}
                  url={addressOf(`${path}/image`)}
                  error={undefined}
                  question={shape}
                  value={gold[shape.key]}
                  answer={gold}
                  isOpen
                  onChange={(value) => setGold(known(gold, shape.key, value))}
                  point={point}
                  onPoint={setPoint}
                  alt={task.name}
                />
              ) : (
                <img src={addressOf(`${path}/image`)} alt={task.name} className="image-large" />
              )}
              <dl className="facts">
                {facts.map(([title, value]) =>
                  value === null ? null : (
                    <div key={title} className="fact">
                      <dt>{title}</dt>
                      <dd>{value}</dd>
                    </div>
                  ),
                )}
              </dl>
            </div>
            <div>
              {choices.map((question) => (
                <section key={question.key} className="image-votes">
                  <h3 className="field-name">{question.title}</h3>
                  <VoteBars question={question} task={task} />
                </section>
              ))}
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  run(async () => {
                    const whole = halfDrawn.reduce((kept, key) => known(kept, key, undefined), gold);
                    const change = {
                      role,
                      gold: Object.keys(whole).length > 0 ? whole : null,
                      feedback: feedback === '' ? null : feedback,
                    };
                    onSaved(await call<AnnotationTask>('PATCH', path, change));
                    onClose();
                  });
                }}
              >
                <label className="field">
                  <span className="field-name">What it is for</span>
                  <select
                    className="select"
                    value={role}
                    onChange={(event) => setRole(event.target.value as AnnotationTask['role'])}
                  >
                    {Object.entries(ROLES).map(([value, title]) => (
                      <option key={value} value={value}>
                        {title}
                      </option>
                    ))}
                  </select>
                </label>
                {role !== 'work' &&
                  choices.map((question) => (
                    <KnownAnswer key={question.key} question={question} gold={gold} onChange={setGold} />
                  ))}
                {role !== 'work' &&
                  shapes.map((question) => (
                    <KnownShape
                      key={question.key}
                      question={question}
                      value={gold[question.key]}
                      isDrawn={question.key === drawn}
                      onDraw={() => {
                        setPoint(0);
                        setDrawn(question.key === drawn ? undefined : question.key);
                      }}
                      onRemove={() => setGold(known(gold, question.key, undefined))}
                    />
                  ))}
                {role === 'tutorial' && (
                  <label className="field">
                    <span className="field-name">Said after the answer</span>
                    <textarea
                      className="select"
                      rows={3}
                      maxLength={600}
                      value={feedback}
                      onChange={(event) => setFeedback(event.target.value)}
                    />
                  </label>
                )}
                <ErrorNote message={error} />
                <button
                  type="submit"
                  className="button is-primary"
                  disabled={isBusy || (role !== 'work' && halfDrawn.length > 0)}
                >
                  Save
                </button>
              </form>
            </div>
          </div>
          <DialogClose />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Not points of which some are placed only: also where a question need not be answered. */
const isWhole = (question: Question, value: AnswerValue | undefined): boolean =>
  question.kind !== 'points' || !Array.isArray(value) || value.length === question.points.length;

/** The known answers with one of them given, or none. */
function known(gold: Answer, key: string, value: AnswerValue | undefined): Answer {
  const { [key]: _, ...others } = gold;
  return value === undefined ? others : { ...others, [key]: value };
}

/** A box or points of known place: drawn on the image as annotators do. */
function KnownShape({
  question,
  value,
  isDrawn,
  onDraw,
  onRemove,
}: {
  readonly question: Exclude<Question, ChoiceQuestion>;
  readonly value: AnswerValue | undefined;
  readonly isDrawn: boolean;
  readonly onDraw: () => void;
  readonly onRemove: () => void;
}) {
  const placed = Array.isArray(value) ? value.length : 0;
  const next = question.kind === 'points' && isDrawn ? question.points[placed]?.title : undefined;
  return (
    <div className="field" role="group" aria-label={`Known answer: ${question.title}`}>
      <span className="field-name">Known answer: {question.title}</span>
      <div className="actions-row">
        <button type="button" className="button" aria-pressed={isDrawn} onClick={onDraw}>
          {isDrawn ? 'Done' : value === undefined ? 'Draw it' : 'Change it'}
        </button>
        {value !== undefined && (
          <button type="button" className="button" onClick={onRemove}>
            Remove
          </button>
        )}
        <span className="quiet" role="status">
          {next !== undefined
            ? `place on the image: ${next}`
            : value === undefined
              ? isDrawn
                ? 'draw it on the image'
                : 'not known'
              : isWhole(question, value)
                ? 'known'
                : 'not all are placed'}
        </span>
      </div>
    </div>
  );
}

function KnownAnswer({
  question: { key, title, options, multiple = false },
  gold,
  onChange,
}: {
  readonly question: ChoiceQuestion;
  readonly gold: Answer;
  readonly onChange: (gold: Answer) => void;
}) {
  const value = gold[key] as string | string[] | undefined;
  return (
    <label className="field">
      <span className="field-name">Known answer: {title}</span>
      <select
        className="select"
        multiple={multiple}
        value={value ?? (multiple ? [] : '')}
        onChange={({ target }) => {
          const chosen = [...target.selectedOptions].map((option) => option.value).filter((one) => one !== '');
          onChange(known(gold, key, multiple ? chosen : chosen[0]));
        }}
      >
        {!multiple && <option value="">not known</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </label>
  );
}
