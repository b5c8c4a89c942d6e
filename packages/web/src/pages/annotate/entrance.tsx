/** Before the first image: what is asked, and what one agrees to. */
import type { Project } from 'mien-server/contract';
import { useState } from 'react';
import { useAction } from '../../api/use-data.ts';
import { Markdown } from '../../components/markdown.tsx';
import { call } from '../../state/account.ts';
import { ErrorNote } from '../../components/error-note.tsx';

export function Entrance({
  project: { id, name, settings, state },
  onJoined,
}: {
  readonly project: Project;
  readonly onJoined: () => void;
}) {
  const [consents, setConsents] = useState(false);
  const { isBusy, error, run } = useAction();
  const needsConsent = settings.consent !== '';
  return (
    <article className="prose entrance">
      <h1 className="display is-small">{name}</h1>
      {settings.instructions !== '' && <Markdown text={settings.instructions} />}
      {needsConsent && (
        <section className="card">
          <h2>Before you begin</h2>
          <Markdown text={settings.consent} />
          <label className="check-row">
            <input type="checkbox" checked={consents} onChange={(event) => setConsents(event.target.checked)} />I have
            read this, and agree
          </label>
        </section>
      )}
      <ErrorNote message={error} />
      <p className="actions-row">
        <button
          type="button"
          className="button is-primary"
          disabled={isBusy || (needsConsent && !consents) || state === 'closed'}
          onClick={() =>
            run(async () => {
              await call('POST', `api/projects/${id}/join`, { consents: true });
              onJoined();
            })
          }
        >
          Begin
        </button>
        <a className="button" href="#/annotate">
          Not now
        </a>
      </p>
      {state === 'closed' && <p className="quiet">The project is closed: no more labels are wanted.</p>}
    </article>
  );
}
