/** An image with its votes, where it is from, and what it is for. */
import type { Answer, AnnotationTask, ChoiceQuestion, Project } from 'mien-server/contract';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { addressOf } from '../../api/client.ts';
import { useAction } from '../../api/use-data.ts';
import { call } from '../../state/account.ts';
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
  const choices = settings.questions.filter((question) => question.kind === 'choice');
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
              <img src={addressOf(`${path}/image`)} alt={task.name} className="image-large" />
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
                    const change = {
                      role,
                      gold: Object.keys(gold).length > 0 ? gold : null,
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
                <button type="submit" className="button is-primary" disabled={isBusy}>
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
          const { [key]: _, ...others } = gold;
          onChange(multiple ? { ...others, [key]: chosen } : chosen[0] ? { ...others, [key]: chosen[0] } : others);
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
