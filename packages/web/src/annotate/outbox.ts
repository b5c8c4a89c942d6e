/**
 * What an annotator did, on its way to the server: each event is kept in this browser first, under a key of its own, and
 * removed when the server has answered it. Whatever breaks in between (connection, session, tab, server), it is sent
 * again; the server takes a key once.
 */
import type { AnnotationEvent, EventResult, OwnProgress } from 'mien-server/contract';
import { ApiError } from '../api/client.ts';

export interface KeptEvent {
  readonly key: string;
  /** Whose it is: others who sign in here do not send it. */
  readonly user: string;
  readonly project: string;
  /** Rises from event to event. */
  readonly order: number;
  readonly event: AnnotationEvent;
}

export interface OutboxStorage {
  /** Whether it outlives the tab. */
  readonly isLasting: boolean;
  /** In any order. */
  all(): Promise<readonly KeptEvent[]>;
  add(kept: KeptEvent): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

export interface EventsAnswer {
  readonly results: readonly EventResult[];
  readonly own: OwnProgress;
}

export interface OutboxState {
  readonly waiting: readonly KeptEvent[];
  /** Why nothing is sent now. */
  readonly trouble: 'none' | 'no-answer' | 'signed-out' | 'refused';
  /** What the server said, where it is `refused`. */
  readonly message: string;
  /** Events that the server can never take, with its words. */
  readonly rejected: readonly { readonly event: AnnotationEvent; readonly message: string }[];
  /** Whether what waits outlives the tab. */
  readonly isLasting: boolean;
}

export interface OutboxSettings {
  readonly user: string;
  readonly storage: OutboxStorage;
  readonly send: (project: string, events: readonly AnnotationEvent[]) => Promise<EventsAnswer>;
  readonly onState: (state: OutboxState) => void;
  readonly onAnswer: (project: string, answer: EventsAnswer) => void;
}

const BATCH = 100;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** What is wrong with the events themselves: sending them again would not help. */
const NEVER = new Set([400, 413, 422]);

export class Outbox {
  readonly #settings: OutboxSettings;
  #state: OutboxState;
  #lastOrder = 0;
  #sending: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #batch = BATCH;
  #isStopped = false;

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
    const { isLasting } = settings.storage;
    this.#state = { waiting: [], trouble: 'none', message: '', rejected: [], isLasting };
  }

  get state(): OutboxState {
    return this.#state;
  }

  /** Takes up what was kept by an earlier visit, and begins to send it. */
  async start(): Promise<void> {
    const { storage, user } = this.#settings;
    const kept = (await storage.all()).filter((one) => one.user === user).sort((a, b) => a.order - b.order);
    this.#lastOrder = Math.max(this.#lastOrder, ...kept.map(({ order }) => order));
    const known = new Set(this.#state.waiting.map(({ key }) => key));
    this.#set({ waiting: [...kept.filter(({ key }) => !known.has(key)), ...this.#state.waiting] });
    void this.flush();
  }

  /** Nothing is sent from here on; what waits is kept. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Keeps an event, then sends it. Resolves when it is kept. */
  async add(project: string, event: AnnotationEvent): Promise<void> {
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
    const kept: KeptEvent = { key: event.key, user: this.#settings.user, project, order: this.#lastOrder, event };
    // In its place at once: what is kept later must not be sent earlier
    this.#set({ waiting: [...this.#state.waiting, kept] });
    // On a full disk it is sent all the same, and the page says that it must stay open
    await this.#settings.storage.add(kept).catch(() => this.#set({ isLasting: false }));
    if (this.#state.trouble === 'none') void this.flush();
  }

  /** Sends what waits, now. Resolves when all is answered, or something is in the way. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#state.waiting.length > 0 && !this.#isStopped) {
      const { project } = this.#state.waiting[0]!;
      const other = this.#state.waiting.findIndex((one) => one.project !== project);
      const end = Math.min(this.#batch, other < 0 ? Infinity : other);
      const events = this.#state.waiting.slice(0, end).map(({ event }) => event);
      try {
        const answer = await this.#settings.send(project, events);
        await this.#forget(answer.results.map(({ key }) => key));
        this.#failures = 0;
        this.#batch = BATCH;
        // An undo that comes too late takes nothing away: what is answered then is kept as surplus
        const refused = answer.results.filter(
          ({ key, outcome }) => outcome === 'refused' && events.find((event) => event.key === key)?.kind !== 'undo',
        );
        this.#set({
          trouble: 'none',
          message: '',
          rejected: [
            ...this.#state.rejected,
            ...refused.map(({ key, message }) => ({
              event: events.find((event) => event.key === key)!,
              message: message ?? 'the server does not take it',
            })),
          ],
        });
        this.#settings.onAnswer(project, answer);
        if (answer.results.length === 0) throw new Error('the server answered none of the events');
      } catch (error) {
        if (!(await this.#isOvercome(error as Error, events))) return;
      }
    }
  }

  /** @returns whether to go on at once */
  async #isOvercome(error: Error, events: readonly AnnotationEvent[]): Promise<boolean> {
    const status = error instanceof ApiError ? error.status : undefined;
    if (status !== undefined && NEVER.has(status)) {
      if (events.length > 1) {
        // One of them is the bad one: the others must not suffer
        this.#batch = 1;
        return true;
      }
      this.#set({ rejected: [...this.#state.rejected, { event: events[0]!, message: error.message }] });
      await this.#forget([events[0]!.key]);
      return true;
    }
    const trouble =
      status === 401
        ? 'signed-out'
        : status === undefined || status === 408 || status === 429
          ? 'no-answer'
          : 'refused';
    this.#set({ trouble, message: error.message });
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.flush(), wait);
    return false;
  }

  async #forget(keys: readonly string[]): Promise<void> {
    await this.#settings.storage.remove(keys);
    const gone = new Set(keys);
    this.#set({ waiting: this.#state.waiting.filter(({ key }) => !gone.has(key)) });
  }

  #set(change: Partial<OutboxState>): void {
    this.#state = { ...this.#state, ...change };
    this.#settings.onState(this.#state);
  }
}
