/**
 * An annotator's work on one project: images ahead, answers into the outbox, undo, and what happens between tutorial, test
 * and work. Independent of how it is drawn.
 */
import type { Answer, AnnotationEvent, Assignment, EventResult, OwnProgress } from 'mien-server/contract';
import { addressOf } from '../api/client.ts';
import { newKey } from '../api/new-key.ts';
import { call } from '../state/account.ts';
import { Store } from '../state/store.ts';
import { addEvent, flushEvents, onAnswer, outboxState, waitingOf } from './labels.ts';

/** Images that lie ready, the one in work included. */
const AHEAD = 8;
/** More are asked for when so many are left: one request for several labels, early enough for a slow answer. */
const REFILL_AT = 5;
/** How many images can be taken back. */
const UNDO = 30;
/** When others have to finish first, or nothing is left to hand out, it is asked again so much later. */
const ASK_AGAIN_MS = 15_000;

export interface Item {
  readonly assignment: Assignment;
  readonly image: ItemImage;
}

/** An image's bytes in this page, decoded. */
export interface ItemImage {
  /** Their address; undefined while they come. */
  readonly url: string | undefined;
  /** Rejects when they cannot be had. */
  readonly loading: Promise<string>;
}

export type Notice = 'tutorial' | 'test' | 'test-again' | 'passed';

export interface WorkState {
  readonly own: OwnProgress | undefined;
  readonly phase:
    | { readonly kind: 'opening' }
    | { readonly kind: 'item'; readonly item: Item }
    /** A tutorial item's answer is on its way. */
    | { readonly kind: 'checking'; readonly item: Item; readonly answer: Answer }
    | { readonly kind: 'feedback'; readonly item: Item; readonly answer: Answer; readonly result: EventResult }
    | { readonly kind: 'notice'; readonly notice: Notice; readonly item: Item }
    /** Nothing is there to do. */
    | { readonly kind: 'empty' }
    | { readonly kind: 'trouble'; readonly message: string };
  readonly canUndo: boolean;
}

export class Work {
  readonly state = new Store<WorkState>({ own: undefined, phase: { kind: 'opening' }, canUndo: false });
  readonly #project: string;
  #queue: Item[] = [];
  #current: Item | undefined;
  #done: Item[] = [];
  #filling: Promise<void> | undefined;
  /** When the server had nothing more to give. */
  #dryAt = -Infinity;
  #lastKind: Assignment['kind'] | undefined;
  #lastTest: string;
  /** Key of the event whose result is waited for. */
  #checkedKey: string | undefined;
  /** Assignments by the keys of events that the server has not answered. */
  readonly #unanswered = new Map<string, string>();
  #stops: (() => void)[] = [];
  #isStopped = false;

  constructor(project: string, own: OwnProgress) {
    this.#project = project;
    this.#lastTest = JSON.stringify(own.test ?? null);
    this.state.set({ own });
  }

  async start(): Promise<void> {
    this.#stops.push(
      onAnswer((project, { results, own }) => {
        if (project !== this.#project) return;
        for (const { key } of results) this.#unanswered.delete(key);
        this.state.set({ own });
        const { phase } = this.state.get();
        const result = results.find(({ key }) => key === this.#checkedKey);
        if (phase.kind === 'checking' && result) this.state.set({ phase: { ...phase, kind: 'feedback', result } });
      }),
    );
    await flushEvents();
    await this.#advance();
  }

  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    for (const item of [...this.#queue, ...this.#done, ...(this.#current ? [this.#current] : [])]) release(item);
    this.#queue = [];
  }

  /** @param activeMs without idle time */
  answer(answer: Answer, activeMs: number): void {
    const item = this.#current;
    if (!item || this.state.get().phase.kind !== 'item') return;
    const event = this.#add(item, { kind: 'answer', answer, activeMs });
    if (item.assignment.kind === 'tutorial') {
      this.#checkedKey = event.key;
      this.state.set({ phase: { kind: 'checking', item, answer } });
      return;
    }
    this.#leave({ ...item, assignment: { ...item.assignment, answer } });
  }

  skip(activeMs: number): void {
    const item = this.#current;
    // Examples and tests are the same for all
    if (!item || this.state.get().phase.kind !== 'item' || !isWork(item)) return;
    this.#add(item, { kind: 'skip', activeMs });
    this.#leave(item);
  }

  /** The image before comes back, with the answer that it had. */
  undo(): void {
    const item = this.#done.pop();
    if (!item) return;
    this.#add(item, { kind: 'undo', activeMs: 0 });
    if (this.#current) this.#queue.unshift(this.#current);
    this.#show(item);
  }

  /** On from feedback or a notice, or another attempt after something went wrong. */
  goOn(): void {
    const { phase } = this.state.get();
    if (phase.kind === 'feedback') {
      release(phase.item);
      this.#current = undefined;
      void this.#advance();
    } else if (phase.kind === 'notice') this.#show(phase.item);
    else if (phase.kind === 'empty' || phase.kind === 'trouble') {
      this.#dryAt = -Infinity;
      void this.#advance();
    }
  }

  /** The image is loaded once more. */
  reload(): void {
    if (this.#current) this.#show({ ...this.#current, image: loadImage(this.#current.assignment.image) });
  }

  #add(
    { assignment }: Item,
    event: Pick<AnnotationEvent, 'kind' | 'activeMs'> & { readonly answer?: Answer },
  ): AnnotationEvent {
    const made = { key: newKey(), assignment: assignment.id, at: new Date().toISOString(), ...event };
    this.#unanswered.set(made.key, assignment.id);
    void addEvent(this.#project, made);
    return made;
  }

  #leave(item: Item): void {
    if (isWork(item)) this.#done.push(item);
    else release(item);
    if (this.#done.length > UNDO) release(this.#done.shift()!);
    this.#current = undefined;
    void this.#advance();
  }

  async #advance(): Promise<void> {
    if (this.#current) return;
    const ready = this.#queue.shift();
    if (ready) {
      this.#meet(ready);
      void this.#fill().catch(() => undefined);
      return;
    }
    this.state.set({ phase: { kind: 'opening' }, canUndo: this.#done.length > 0 });
    try {
      // What comes after a test depends on all of its answers
      await flushEvents();
      // A request under way was sent when the server knew less
      await this.#filling?.catch(() => undefined);
      this.#dryAt = -Infinity;
      await this.#fill();
    } catch (error) {
      if (this.#current) return;
      this.state.set({ phase: { kind: 'trouble', message: (error as Error).message } });
      this.#later();
      return;
    }
    // An undo may have come first
    if (this.#current) return;
    const first = this.#queue.shift();
    if (first) return this.#meet(first);
    this.state.set({ phase: { kind: 'empty' } });
    if (this.state.get().own?.isWaiting) this.#later();
  }

  #later(): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      if (!this.#current) void this.#advance();
    }, ASK_AGAIN_MS);
    this.#stops.push(() => clearTimeout(timer));
  }

  /** Shows an image; what is new about it, such as that a test begins, is said first. */
  #meet(item: Item): void {
    const { kind } = item.assignment;
    const before = this.#lastKind;
    const test = JSON.stringify(this.state.get().own?.test ?? null);
    const notice: Notice | undefined =
      kind === 'tutorial' && before !== kind
        ? 'tutorial'
        : kind === 'test' && (before !== kind || test !== this.#lastTest)
          ? test !== 'null' && test !== this.#lastTest
            ? 'test-again'
            : 'test'
          : kind === 'work' && before === 'test'
            ? 'passed'
            : undefined;
    this.#lastKind = kind;
    this.#lastTest = test;
    this.#current = item;
    this.state.set({
      phase: notice ? { kind: 'notice', notice, item } : { kind: 'item', item },
      canUndo: this.#done.length > 0,
    });
  }

  #show(item: Item): void {
    this.#current = item;
    this.state.set({ phase: { kind: 'item', item }, canUndo: this.#done.length > 0 });
  }

  async #fill(): Promise<void> {
    this.#filling ??= this.#ask().finally(() => (this.#filling = undefined));
    await this.#filling;
  }

  /** Asks until enough lie ready: while an answer comes, keys go on. */
  async #ask(): Promise<void> {
    while (this.#ready <= REFILL_AT && !this.#isStopped && performance.now() - this.#dryAt >= ASK_AGAIN_MS)
      await this.#askFor(AHEAD - this.#ready);
  }

  get #ready(): number {
    return this.#queue.length + (this.#current ? 1 : 0);
  }

  async #askFor(count: number): Promise<void> {
    const { assignments, own } = await call<{ assignments: Assignment[]; own: OwnProgress }>(
      'POST',
      `api/projects/${this.#project}/next`,
      { count, held: [...this.#held()].slice(0, 200) },
    );
    if (this.#isStopped) return;
    this.state.set({ own });
    // Something may have been taken back while the server was asked
    const held = this.#held();
    const fresh = assignments.filter(({ id }) => !held.has(id));
    for (const assignment of fresh) this.#queue.push({ assignment, image: loadImage(assignment.image) });
    if (assignments.length < count || fresh.length === 0) this.#dryAt = performance.now();
  }

  /** What is here, and what was answered without the server knowing it yet. */
  #held(): Set<string> {
    return new Set([
      ...[...this.#queue, ...(this.#current ? [this.#current] : [])].map(({ assignment }) => assignment.id),
      ...this.#unanswered.values(),
      // From an earlier visit
      ...waitingOf(this.#project).map(({ assignment }) => assignment),
    ]);
  }
}

const isWork = ({ assignment: { kind } }: Item): boolean => kind === 'work' || kind === 'arbitration';

/** Labels given so far, those on their way included. */
export function doneOf(project: string, own: OwnProgress): number {
  const waiting = waitingOf(project, outboxState.get());
  const of = (kind: AnnotationEvent['kind']): number => waiting.filter((event) => event.kind === kind).length;
  return Math.max(0, own.done + (own.state === 'active' ? of('answer') - of('undo') : 0));
}

/** Tries, ms apart: a connection that breaks for a moment needs nobody's attention. */
const TRIES_MS = [0, 500, 2000];

function loadImage(path: string): ItemImage {
  const loading = (async () => {
    let failure: unknown;
    for (const wait of TRIES_MS) {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        const response = await fetch(addressOf(path));
        if (!response.ok) throw new Error(`the image cannot be loaded (HTTP ${response.status})`);
        const url = URL.createObjectURL(await response.blob());
        const image = new Image();
        image.src = url;
        await image.decode();
        return url;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  })();
  const made: { url: string | undefined; loading: Promise<string> } = { url: undefined, loading };
  // A failure is looked at when the image's turn comes
  loading.then(
    (url) => (made.url = url),
    () => undefined,
  );
  return made;
}

function release({ image }: Item): void {
  image.loading.then(URL.revokeObjectURL, () => undefined);
}
