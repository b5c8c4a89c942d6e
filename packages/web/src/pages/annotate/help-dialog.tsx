/** Instructions, what each class looks like, and the keys. */
import type { Project } from 'mien-server/contract';
import { Dialog } from 'radix-ui';
import { HELP_KEY, HIDDEN_KEY, keyOf, SKIP_KEY } from '../../annotate/keys.ts';
import { Markdown } from '../../components/markdown.tsx';
import { DialogClose } from '../../components/dialog-close.tsx';

export function HelpDialog({
  project: { settings },
  isOpen,
  onOpenChange,
}: {
  readonly project: Project;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const { questions, instructions } = settings;
  const hasPoints = questions.some(({ kind }) => kind === 'points');
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-shade" />
        <Dialog.Content className="dialog is-wide" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">How to label</Dialog.Title>
          {instructions !== '' && <Markdown text={instructions} />}
          {questions.map((question) => (
            <section key={question.key} className="help-question">
              <h3>{question.title}</h3>
              {question.help && <p className="quiet">{question.help}</p>}
              {question.kind === 'choice' && (
                <dl className="help-options">
                  {question.options.map(({ value, title, help }, i) => (
                    <div key={value}>
                      <dt>
                        {keyOf(i) && <kbd>{keyOf(i)!.toUpperCase()}</kbd>} {title}
                      </dt>
                      {help && <dd className="quiet">{help}</dd>}
                    </div>
                  ))}
                </dl>
              )}
            </section>
          ))}
          <section className="help-question">
            <h3>Keys</h3>
            <ul className="help-keys">
              <li>
                <kbd>Backspace</kbd> or <kbd>Ctrl Z</kbd> back
              </li>
              <li>
                <kbd>{SKIP_KEY.toUpperCase()}</kbd> skip
              </li>
              <li>
                <kbd>Enter</kbd> done, where several things are chosen or drawn
              </li>
              <li>
                <kbd>↑ ↓ ← →</kbd> move a box or a point, with <kbd>Shift</kbd> further
              </li>
              {hasPoints && (
                <li>
                  <kbd>{HIDDEN_KEY.toUpperCase()}</kbd> the point is hidden, and guessed
                </li>
              )}
              <li>
                <kbd>{HELP_KEY.toUpperCase()}</kbd> this page
              </li>
            </ul>
          </section>
          <DialogClose />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
