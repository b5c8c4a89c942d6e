/** What a project has of the person who labels for it: theirs to read, to leave behind, and to have forgotten. */
import { addressOf } from '../../api/client.ts';
import { useAction } from '../../api/use-data.ts';
import { Confirm } from '../../components/confirm.tsx';
import { call } from '../../state/account.ts';
import { ErrorNote } from '../../components/error-note.tsx';

export function OwnData({
  project,
  isOver,
  onChanged,
}: {
  readonly project: string;
  readonly isOver: boolean;
  readonly onChanged: () => void;
}) {
  const { error, run } = useAction();
  const path = `api/projects/${project}`;
  const change = (method: 'PATCH' | 'DELETE', body?: object): void =>
    run(async () => {
      const { member } = await call<{ member: { id: string } }>('GET', `${path}/own`);
      await call(method, `${path}/members/${member.id}`, body);
      onChanged();
    });
  return (
    <details className="own-data">
      <summary className="quiet">Your data</summary>
      <p className="actions-row">
        <a className="button is-plain" href={addressOf(`${path}/own`)} download="own-data.json">
          Save all of it
        </a>
        {!isOver && (
          <Confirm
            trigger="Leave"
            title="Leave the project?"
            action="Leave"
            onConfirm={() => change('PATCH', { state: 'left' })}
          >
            <p>What you labelled counts. What was planned for you goes to others.</p>
          </Confirm>
        )}
        <Confirm
          trigger="Have it forgotten"
          title="Forget who you were?"
          action="Forget me"
          onConfirm={() => change('DELETE')}
        >
          <p>
            You leave the project, and nothing in it says any more that it was you. Your labels stay under a random
            name, or are asked for again, as the project has it.
          </p>
        </Confirm>
      </p>
      <ErrorNote message={error} />
    </details>
  );
}
