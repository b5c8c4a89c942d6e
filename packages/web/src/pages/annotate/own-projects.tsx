/** The projects that one labels for, or may join. */
import type { Project } from 'mien-server/contract';
import { useData } from '../../api/use-data.ts';
import { count, percent } from '../../format.ts';
import { OutboxBanner } from './outbox-banner.tsx';
import { OwnData } from './own-data.tsx';

const ENDED: Readonly<Partial<Record<string, string>>> = {
  failed: 'The test was not passed',
  left: 'You left',
  excluded: 'Your part is over',
};

export function OwnProjects() {
  const { data, error, reload } = useData<{ projects: readonly Project[] }>('api/projects');
  const shown = data?.projects.filter(({ own, state }) => own !== null || state === 'open');
  return (
    <article className="models">
      <OutboxBanner />
      <h1 className="display is-small">
        What do you <em>see</em>?
      </h1>
      {error !== undefined && (
        <p className="banner is-error" role="alert">
          {error}
        </p>
      )}
      {shown?.length === 0 && (
        <p className="lead">There is nothing to label for you now. Whoever invited you can add you to a project.</p>
      )}
      <ul className="project-list">
        {shown?.map((project) => (
          <li key={project.id}>
            <OwnProject project={project} onChanged={reload} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function OwnProject({
  project: { id, name, own, state, settings },
  onChanged,
}: {
  readonly project: Project;
  readonly onChanged: () => void;
}) {
  const share = own && own.planned > 0 ? own.done / own.planned : 0;
  const ended = own ? ENDED[own.state] : undefined;
  const isOpen = state === 'open' && ended === undefined;
  return (
    <section className="card project-card" aria-labelledby={`own-${id}`}>
      <header className="card-head">
        <div>
          <h2 id={`own-${id}`} className="card-title">
            {name}
          </h2>
          <p className="quiet">{settings.questions.map(({ title }) => title).join(' · ')}</p>
        </div>
        {isOpen ? (
          <a className="button is-primary" href={`#/annotate/${id}`} aria-label={`Label: ${name}`}>
            {own === null || own.state === 'new' ? 'Join' : own.done === 0 ? 'Begin' : 'Go on'}
          </a>
        ) : (
          <span className="badge">{ended ?? (state === 'closed' ? 'Closed' : 'Paused')}</span>
        )}
      </header>
      {own && own.done > 0 && (
        <p className="progress-line">
          <span className="progress" aria-hidden="true">
            <span className="progress-fill" style={{ transform: `scaleX(${share})` }} />
          </span>
          <span className="quiet">
            {count(own.done, 'label')}, {percent(share)} of what is planned for you
          </span>
        </p>
      )}
      {own && <OwnData project={id} isOver={ended !== undefined} onChanged={onChanged} />}
    </section>
  );
}
