/** One project: start and end, and its images, people, figures and settings. */
import type { Project } from 'mien-server/contract';
import { DropdownMenu } from 'radix-ui';
import { lazy, Suspense } from 'react';
import { addressOf } from '../../api/client.ts';
import { useAction, useData } from '../../api/use-data.ts';
import { Icon } from '../../components/icons.tsx';
import { call } from '../../state/account.ts';
import { ImagesTab } from './images-tab.tsx';
import { PeopleTab } from './people-tab.tsx';
import { LabelProgress, STATE_TITLES } from './project-list.tsx';
import { SettingsTab } from './settings-tab.tsx';

/** With the charts, which others need not wait for. */
const QualityTab = lazy(() => import('./quality-tab.tsx'));

const TABS = { images: 'Images', people: 'People', quality: 'Quality', settings: 'Settings' } as const;
type Tab = keyof typeof TABS;

/** What a project in a state can become, with the word on the button. */
const STEPS: Readonly<Record<Project['state'], readonly (readonly [Project['state'], string])[]>> = {
  draft: [['open', 'Start']],
  open: [
    ['paused', 'Pause'],
    ['closed', 'Close'],
  ],
  paused: [
    ['open', 'Go on'],
    ['closed', 'Close'],
  ],
  closed: [['open', 'Open again']],
};

/** How often figures are read anew. */
const REFRESH_MS = 10_000;

export function ProjectView({ id, tab = 'images' }: { readonly id: string; readonly tab: string | undefined }) {
  const { data: project, error, put, reload } = useData<Project>(`api/projects/${id}`, REFRESH_MS);
  const action = useAction();
  if (!project)
    return (
      <p className={error === undefined ? 'quiet page-wait' : 'banner is-error'} role="status">
        {error ?? 'Opening …'}
      </p>
    );
  const shown: Tab = tab in TABS ? (tab as Tab) : 'images';
  const { state, labels } = project;
  return (
    <article className="models project">
      <header className="card-head">
        <div>
          <p className="eyebrow">
            <a href="#/projects">Projects</a>
          </p>
          <h1 className="card-title project-title">{project.name}</h1>
        </div>
        <div className="actions-row">
          <span className={`badge state-badge is-${state}`}>{STATE_TITLES[state]}</span>
          {STEPS[state].map(([next, title], i) => (
            <button
              key={next}
              type="button"
              className={i === 0 && state !== 'open' ? 'button is-primary' : 'button'}
              disabled={action.isBusy}
              onClick={() =>
                action.run(async () => put(await call<Project>('PATCH', `api/projects/${id}`, { state: next })))
              }
            >
              {title}
            </button>
          ))}
          <ExportMenu project={project} />
        </div>
      </header>
      {(action.error ?? error) !== undefined && (
        <p className="banner is-error" role="alert">
          {action.error ?? error}
        </p>
      )}
      {labels && <LabelProgress {...labels} />}
      <nav className="tabs project-tabs" aria-label="Parts of the project">
        {(Object.keys(TABS) as Tab[]).map((name) => (
          <a key={name} href={`#/projects/${id}/${name}`} aria-current={name === shown ? 'page' : undefined}>
            {TABS[name]}
          </a>
        ))}
      </nav>
      {shown === 'images' && <ImagesTab project={project} onImported={reload} />}
      {shown === 'people' && <PeopleTab project={project} />}
      {shown === 'quality' && (
        <Suspense fallback={<p className="quiet">Opening …</p>}>
          <QualityTab project={project} />
        </Suspense>
      )}
      {shown === 'settings' && <SettingsTab project={project} onSaved={put} />}
    </article>
  );
}

const EXPORTS = [
  ['votes', 'Votes: CSV of image, person, label'],
  ['manifest', 'Manifest: JSON lines with distributions, for training'],
  ['raf-db', 'RAF-DB’s folders, as a ZIP'],
  ['coco', 'COCO: boxes and key points'],
  ['events', 'All that happened: JSON lines'],
] as const;

function ExportMenu({ project: { id, settings } }: { readonly project: Project }) {
  const hasDrawings = settings.questions.some(({ kind }) => kind !== 'choice');
  const hasChoices = settings.questions.some(({ kind }) => kind === 'choice');
  const isThere = (as: string): boolean =>
    as === 'coco' ? hasDrawings : as === 'votes' || as === 'manifest' ? hasChoices : true;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="button">
        <Icon name="download" /> Export
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          {EXPORTS.filter(([as]) => isThere(as)).map(([as, title]) => (
            <DropdownMenu.Item key={as} className="menu-item" asChild>
              <a href={addressOf(`api/projects/${id}/export?as=${as}`)} download>
                {title}
              </a>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
