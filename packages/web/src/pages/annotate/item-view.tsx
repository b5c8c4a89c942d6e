/** An image with its questions, answered by keys, mouse or touch. */
import type { Answer, EventResult, Project } from 'mien-server/contract';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  beginDraft,
  type Draft,
  finished,
  isAnswered,
  setValue,
  settle,
  stepBack,
  toggleOption,
} from '../../annotate/draft.ts';
import { HELP_KEY, isUndo, optionOf, SKIP_KEY } from '../../annotate/keys.ts';
import type { Item } from '../../annotate/work.ts';
import { isTyped } from '../recognize/typing.ts';
import { initialAnswer } from './arbitration.ts';
import { Feedback } from './feedback.tsx';
import { LabelStage } from './label-stage.tsx';
import { QuestionPanel } from './question-panel.tsx';
import type { PlacedPoint } from './shapes.ts';

export interface ItemViewProps {
  readonly project: Project;
  readonly item: Item;
  readonly phase:
    | { readonly kind: 'item' }
    | { readonly kind: 'checking'; readonly answer: Answer }
    | { readonly kind: 'feedback'; readonly answer: Answer; readonly result: EventResult };
  readonly canUndo: boolean;
  /** Whether something lies over it, which has the keys. */
  readonly isHeld: boolean;
  readonly answer: (given: Answer) => void;
  readonly skip: () => void;
  readonly undo: () => void;
  readonly openHelp: () => void;
  readonly onGoOn: () => void;
  readonly onReload: () => void;
}

export function ItemView(props: ItemViewProps) {
  const { project, item, phase, isHeld, canUndo, answer, skip, undo, openHelp, onGoOn, onReload } = props;
  const { questions } = project.settings;
  const { assignment } = item;
  const { url, error } = useImage(item);
  const [draft, setDraft] = useState<Draft>(() => beginDraft(initialAnswer(questions, assignment)));
  const [point, setPoint] = useState(0);
  const question = questions[draft.active]!;
  const value = draft.answer[question.key];
  // What is not seen is not labelled
  const isOpen = phase.kind === 'item' && url !== undefined;

  const confirm = useCallback(
    (changed: Draft) => {
      const own = questions[changed.active]!;
      if (!isAnswered(own, changed.answer[own.key])) return setDraft(changed);
      const after = settle(questions, changed);
      setPoint(0);
      setDraft(after);
      if (after.isComplete) answer(finished(questions, after));
    },
    [questions, answer],
  );
  const choose = useCallback(
    (index: number) => {
      if (!isOpen || question.kind !== 'choice') return;
      const option = question.options[index]!.value;
      if (question.multiple) setDraft(toggleOption(draft, question, option));
      else confirm(setValue(draft, question, option));
    },
    [isOpen, question, draft, confirm],
  );
  const back = useCallback(() => {
    if (question.kind === 'points') {
      const placed = (value ?? []) as PlacedPoint[];
      // While they are placed one after the other, the last one goes; when all are there, it is as with other answers
      if (placed.length > 0 && placed.length < question.points.length) {
        setDraft(setValue(draft, question, placed.slice(0, -1)));
        setPoint(placed.length - 1);
        return;
      }
    }
    const before = stepBack(questions, draft);
    if (before) setDraft(before);
    else if (canUndo) undo();
  }, [questions, question, value, draft, canUndo, undo]);

  const press = useRef<(event: KeyboardEvent) => void>(undefined);
  press.current = (event) => {
    if (isHeld || isTyped(event.target) || event.defaultPrevented) return;
    if (isUndo(event)) {
      event.preventDefault();
      if (isOpen && !event.repeat) back();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === HELP_KEY || key === '?') openHelp();
    else if (!isOpen) return;
    else if (key === SKIP_KEY && !event.repeat) skip();
    else if (key === 'enter' && !event.repeat) {
      // On an option of several, Enter means that all are chosen; Space takes the one in focus
      const control = (event.target as HTMLElement).closest('a, button');
      if (control && !control.matches('.option.is-one-of-several, .handle')) return;
      if (question.kind === 'choice' && !question.multiple) return;
      event.preventDefault();
      confirm(draft);
    } else if (question.kind === 'choice') {
      const index = optionOf(event, question.options.length);
      if (index !== undefined) choose(index);
    } else if (question.kind === 'points') {
      const index = optionOf(event, question.points.length);
      if (index !== undefined) setPoint(Math.min(index, ((value as readonly unknown[] | undefined) ?? []).length));
    }
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => press.current!(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);

  const change = useCallback(
    (next: Answer[string] | undefined) => setDraft((before) => setValue(before, questions[before.active]!, next)),
    [questions],
  );
  const goTo = (index: number): void => {
    const settled = new Set(draft.settled);
    settled.delete(questions[index]!.key);
    setDraft({ ...draft, settled, active: index });
  };
  const drawing = { point, onPoint: setPoint };

  return (
    <div className={`annotator-body is-${question.kind}`}>
      <LabelStage
        assignment={assignment}
        url={url}
        error={error}
        onReload={onReload}
        question={question}
        value={value}
        answer={phase.kind === 'item' ? draft.answer : phase.answer}
        isOpen={isOpen && !isHeld}
        onChange={change}
        {...drawing}
      />
      {phase.kind === 'item' ? (
        <QuestionPanel
          questions={questions}
          assignment={assignment}
          draft={draft}
          isOpen={isOpen}
          choose={choose}
          onConfirm={() => confirm(draft)}
          onChange={change}
          onGoTo={goTo}
          {...drawing}
        />
      ) : (
        <Feedback phase={phase} questions={questions} onGoOn={onGoOn} />
      )}
    </div>
  );
}

/** The image's address as soon as it is there: at once, where it was fetched before its turn. */
function useImage({ image }: Item): { readonly url: string | undefined; readonly error: string | undefined } {
  const [late, setLate] = useState<{ readonly of: unknown; readonly url?: string; readonly error?: string }>();
  useEffect(() => {
    if (image.url !== undefined) return undefined;
    let isGone = false;
    image.loading.then(
      (url) => {
        if (!isGone) setLate({ of: image, url });
      },
      (error: Error) => {
        if (!isGone) setLate({ of: image, error: error.message });
      },
    );
    return () => {
      isGone = true;
    };
  }, [image]);
  const own = late?.of === image ? late : undefined;
  return { url: image.url ?? own?.url, error: own?.error };
}
