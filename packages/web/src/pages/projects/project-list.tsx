/** The projects that one manages. */
import type { Project } from 'mien-server/contract';
import { useData } from '../../api/use-data.ts';
import { Icon } from '../../components/icons.tsx';
import { count, percent } from '../../format.ts';

export const STATE_TITLES: Readonly<Record<Project['state'], string>> = {
  draft: 'Not started',
  open: 'Under way',
  paused: 'Paused',
  closed: 'Closed',
};

export function ProjectList() {
  const { data, error } = useData<{ projects: readonly Project[] }>('api/projects');
  const managed = data?.projects.filter(({ manages }) => manages);
  return (
    <article className="models">
      <header className="card-head">
        <h1 className="display is-small">Projects</h1>
        <a className="button is-primary" href="#/projects/new">
          <Icon name="plus" /> New project
        </a>
      </header>
      {error !== undefined && (
        <p className="banner is-error" role="alert">
          {error}
        </p>
      )}
      {managed?.length === 0 && (
        <p className="lead">
          There is none yet. A project has images, questions about them, and people who answer; what comes out of it
          trains a model.
        </p>
      )}
      <ul className="project-list">
        {managed?.map(({ id, name, state, images, labels, settings }) => (
          <li key={id}>
            <section className="card project-card" aria-labelledby={`project-${id}`}>
              <header className="card-head">
                <div>
                  <h2 id={`project-${id}`} className="card-title">
                    <a href={`#/projects/${id}`}>{name}</a>
                  </h2>
                  <p className="quiet">
                    {count(images, 'image')} · {settings.questions.map(({ title }) => title).join(' · ')}
                  </p>
                </div>
                <span className={`badge state-badge is-${state}`}>{STATE_TITLES[state]}</span>
              </header>
              {labels && <LabelProgress {...labels} />}
            </section>
          </li>
        ))}
      </ul>
    </article>
  );
}

export function LabelProgress({ given, wanted }: { readonly given: number; readonly wanted: number }) {
  const share = wanted > 0 ? Math.min(1, given / wanted) : 0;
  return (
    <p className="progress-line">
      <span className="progress" aria-hidden="true">
        <span className="progress-fill" style={{ transform: `scaleX(${share})` }} />
      </span>
      <span className="quiet figure">
        {given.toLocaleString('en-GB')} of {count(wanted, 'label').replace(/^\d+/, wanted.toLocaleString('en-GB'))},{' '}
        {percent(share)}
      </span>
    </p>
  );
}
