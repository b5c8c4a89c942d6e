/** The images of a project with their votes. */
import type { AnnotationTask, ChoiceQuestion, Project } from 'mien-server/contract';
import { useEffect, useMemo, useState } from 'react';
import { addressOf } from '../../api/client.ts';
import { count } from '../../format.ts';
import { ImageDialog } from './image-dialog.tsx';
import { ImportPanel } from './import-panel.tsx';
import { ProposalsButton } from './proposals-button.tsx';
import { useTasks } from './use-tasks.ts';
import { sharesOf, VoteBars } from './vote-bars.tsx';

/** Cards that are drawn at a time. */
const PAGE = 48;
/** Below this share of its most frequent label an image is disputed. */
const DISPUTED = 0.6;

const FILTERS = {
  all: 'All images',
  unfinished: 'Labels wanted',
  finished: 'Finished',
  disputed: 'Disputed',
  gold: 'Silent tests',
  tutorial: 'Tutorial',
  test: 'Test',
  duplicates: 'Look like another',
} as const;
type Filter = keyof typeof FILTERS;

function passes(filter: Filter, task: AnnotationTask, question: ChoiceQuestion | undefined): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'unfinished':
      return task.role === 'work' && task.counted < task.wanted;
    case 'finished':
      return task.role === 'work' && task.counted >= task.wanted;
    case 'disputed':
      return question !== undefined && task.counted > 1 && Math.max(...sharesOf(question, task)) < DISPUTED;
    case 'duplicates':
      return task.duplicateOf !== null;
    case 'gold':
    case 'tutorial':
    case 'test':
      return task.role === filter;
  }
}

export function ImagesTab({ project, onImported }: { readonly project: Project; readonly onImported: () => void }) {
  const { id, settings } = project;
  const { tasks, isComplete, error, loadMore, reload, put } = useTasks(id);
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const [most, setMost] = useState(PAGE);
  const [opened, setOpened] = useState<string>();
  const question = settings.questions.find((one) => one.kind === 'choice');
  const hasDrawings = settings.questions.some((one) => one.kind !== 'choice');
  const shown = useMemo(() => {
    const words = search.toLowerCase();
    return tasks?.filter(
      (task) =>
        passes(filter, task, question) &&
        [task.name, task.keyword ?? ''].some((text) => text.toLowerCase().includes(words)),
    );
  }, [tasks, filter, search, question]);
  const found = shown?.length ?? 0;
  // A filter may leave nothing of a page: it is looked further until there is enough to show
  useEffect(() => {
    if (found < most && !isComplete) loadMore();
  }, [found, most, isComplete, loadMore]);
  const task = tasks?.find((one) => one.id === opened);
  return (
    <>
      <ImportPanel
        project={id}
        onImported={() => {
          reload();
          onImported();
        }}
      >
        {hasDrawings && tasks && tasks.length > 0 && <ProposalsButton project={id} />}
      </ImportPanel>
      {error !== undefined && (
        <p className="banner is-error" role="alert">
          {error}
        </p>
      )}
      {tasks && tasks.length > 0 && (
        <div className="filter-bar">
          <select
            className="select"
            value={filter}
            aria-label="Which images"
            onChange={(event) => {
              setFilter(event.target.value as Filter);
              setMost(PAGE);
            }}
          >
            {Object.entries(FILTERS).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
          <input
            className="select"
            type="search"
            placeholder="Name or keyword"
            aria-label="Name or keyword"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <span className="quiet" role="status">
            {count(found, 'image')}
            {isComplete ? '' : ' so far'}
          </span>
        </div>
      )}
      {tasks?.length === 0 && isComplete && <p className="lead">There is no image yet.</p>}
      <ul className="image-grid">
        {shown?.slice(0, most).map((one) => (
          <li key={one.id}>
            <button type="button" className="image-card" onClick={() => setOpened(one.id)}>
              <img
                src={addressOf(`api/projects/${id}/tasks/${one.id}/image`)}
                alt=""
                loading="lazy"
                decoding="async"
                width={one.width}
                height={one.height}
              />
              <span className="image-name">{one.name}</span>
              <span className="image-line">
                <span className="quiet figure">
                  {one.role === 'work' ? `${one.counted} of ${one.wanted}` : FILTERS[one.role].toLowerCase()}
                </span>
                {question && <VoteBars question={question} task={one} isSmall />}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {(found > most || !isComplete) && tasks && (
        <button type="button" className="button" onClick={() => setMost(most + PAGE)}>
          Show more
        </button>
      )}
      {task && <ImageDialog project={project} task={task} onClose={() => setOpened(undefined)} onSaved={put} />}
    </>
  );
}
