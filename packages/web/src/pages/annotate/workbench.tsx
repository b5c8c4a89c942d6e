/** One image, its questions, the next at once. */
import type { Answer, OwnProgress, Project } from 'mien-server/contract';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { isUndo } from '../../annotate/keys.ts';
import { outboxState } from '../../annotate/labels.ts';
import { doneOf, Work } from '../../annotate/work.ts';
import { Icon } from '../../components/icons.tsx';
import { useStore } from '../../state/store.ts';
import { HelpDialog } from './help-dialog.tsx';
import { ItemView } from './item-view.tsx';
import { EmptyMessage, NoticeMessage } from './messages.tsx';
import { OutboxBanner } from './outbox-banner.tsx';
import { PauseVeil } from './pause-veil.tsx';
import { useActiveClock } from './use-active-clock.ts';

export function Workbench({ project, own }: { readonly project: Project; readonly own: OwnProgress }) {
  const first = useRef(own);
  const [work, setWork] = useState<Work>();
  useEffect(() => {
    const begun = new Work(project.id, first.current);
    setWork(begun);
    void begun.start();
    return () => begun.stop();
  }, [project.id]);
  return work ? <Bench project={project} work={work} /> : null;
}

function Bench({ project, work }: { readonly project: Project; readonly work: Work }) {
  const { phase, own, canUndo } = useStore(work.state, (value) => value);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [said, setSaid] = useState('');
  const clock = useActiveClock(project.settings.idleSeconds);
  const { take, resume } = clock;
  const isPausable = phase.kind === 'item';

  const answer = useCallback(
    (given: Answer) => {
      setSaid(spoken(project, given));
      work.answer(given, take());
    },
    [project, work, take],
  );
  const skip = useCallback(() => {
    setSaid('Skipped');
    work.skip(take());
  }, [work, take]);
  const undo = useCallback(() => {
    setSaid('Back');
    work.undo();
  }, [work]);
  const openHelp = useCallback(() => setHelpOpen(true), []);
  const isLastUndoable = phase.kind === 'empty' && canUndo;
  useEffect(() => {
    if (!isLastUndoable) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (!isUndo(event)) return;
      event.preventDefault();
      undo();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [isLastUndoable, undo]);
  const actions = useMemo(() => ({ answer, skip, undo, openHelp }), [answer, skip, undo, openHelp]);

  return (
    <section className="annotator" aria-label={`Labelling: ${project.name}`}>
      <Head
        project={project}
        own={own}
        isSkippable={isPausable && phase.item.assignment.kind !== 'tutorial' && phase.item.assignment.kind !== 'test'}
        canUndo={canUndo && (isPausable || phase.kind === 'empty')}
        {...actions}
      />
      <OutboxBanner />
      {(phase.kind === 'item' || phase.kind === 'checking' || phase.kind === 'feedback') && (
        <ItemView
          // Anew for each image, and for each time that it is shown
          key={phase.item.assignment.id}
          project={project}
          item={phase.item}
          phase={phase}
          canUndo={canUndo}
          isHeld={isHelpOpen || clock.isPaused}
          onGoOn={() => work.goOn()}
          onReload={() => work.reload()}
          {...actions}
        />
      )}
      {phase.kind === 'notice' && (
        <NoticeMessage notice={phase.notice} project={project} own={own} onGoOn={() => work.goOn()} />
      )}
      {phase.kind === 'opening' && (
        <p className="annotator-message quiet" role="status">
          Fetching images …
        </p>
      )}
      {phase.kind === 'empty' && own && <EmptyMessage own={own} project={project} onAgain={() => work.goOn()} />}
      {phase.kind === 'trouble' && (
        <div className="annotator-message" role="alert">
          <p>{phase.message}</p>
          <button type="button" className="button" onClick={() => work.goOn()}>
            Try again
          </button>
        </div>
      )}
      <p className="visually-hidden" role="status" aria-live="polite">
        {said}
      </p>
      <HelpDialog project={project} isOpen={isHelpOpen} onOpenChange={setHelpOpen} />
      {clock.isPaused && isPausable && <PauseVeil onResume={resume} />}
    </section>
  );
}

function Head({
  project,
  own,
  canUndo,
  isSkippable,
  undo,
  skip,
  openHelp,
}: {
  readonly project: Project;
  readonly own: OwnProgress | undefined;
  readonly canUndo: boolean;
  readonly isSkippable: boolean;
  readonly undo: () => void;
  readonly skip: () => void;
  readonly openHelp: () => void;
}) {
  // So that the number rises with the key, not with the server's answer
  const done = useStore(outboxState, () => (own ? doneOf(project.id, own) : 0));
  const planned = Math.max(own?.planned ?? 0, done);
  return (
    <header className="annotator-bar">
      <a className="icon-button" href="#/annotate" aria-label="All projects">
        <Icon name="left" />
      </a>
      <h1 className="annotator-title">{project.name}</h1>
      <div className="annotator-progress">
        <span
          className="progress"
          role="progressbar"
          aria-label="Labelled"
          aria-valuemin={0}
          aria-valuemax={planned}
          aria-valuenow={done}
        >
          <span className="progress-fill" style={{ transform: `scaleX(${planned > 0 ? done / planned : 0})` }} />
        </span>
        <span className="figure quiet" data-testid="done">
          {own?.state === 'tutorial' ? 'Examples' : own?.state === 'test' ? 'Test' : `${done} of ${planned}`}
        </span>
      </div>
      <div className="annotator-tools">
        <button
          type="button"
          className="button is-plain"
          disabled={!canUndo}
          onClick={undo}
          aria-keyshortcuts="Backspace"
        >
          <Icon name="reset" /> <span>Undo</span>
        </button>
        <button type="button" className="button is-plain" disabled={!isSkippable} onClick={skip} aria-keyshortcuts="S">
          <Icon name="right" /> <span>Skip</span>
        </button>
        <button type="button" className="button is-plain" onClick={openHelp} aria-keyshortcuts="H">
          <Icon name="help" /> <span>Help</span>
        </button>
      </div>
    </header>
  );
}

function spoken({ settings: { questions } }: Project, answer: Answer): string {
  return questions
    .map((question) => {
      const value = answer[question.key];
      if (question.kind !== 'choice') return question.title;
      return question.options
        .filter((option) =>
          Array.isArray(value) ? (value as readonly string[]).includes(option.value) : value === option.value,
        )
        .map(({ title }) => title)
        .join(', ');
    })
    .join('; ');
}
