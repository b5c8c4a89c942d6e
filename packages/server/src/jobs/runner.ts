/**
 * The only queue: takes items of jobs from the store, as many as can be worked on at once, hands them to the handler of
 * their kind, and records what came of them. Any number of processes may run it on one PostgreSQL database; with
 * SQLite there is one.
 */
import type { Claimed, Outcome, Store } from '../store/index.ts';

/** What does the items of a kind of job. */
export interface Handler {
  /** An error counts as a failed attempt, and the item is tried again. @throws {LeftUndone} when it was not begun */
  work(item: Claimed): Promise<Outcome>;
  /** What is recorded of an item whose attempts all failed. @param reason of the last, or of the end of its process */
  giveUp(item: Claimed, reason: string): Outcome;
  /** After the outcome is recorded. */
  clear?(item: Claimed): Promise<void>;
}

/** The item goes back as it was: the server stops. */
export class LeftUndone extends Error {
  override readonly name = 'LeftUndone';
}

export interface RunnerSettings {
  readonly store: Store;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Items in work at the same time. */
  readonly width: number;
  /** What happens between two attempts that nobody else hears of. */
  readonly onProblem: (message: string) => void;
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

/** Attempts of an item whose handler throws. */
export const MOST_ATTEMPTS = 3;
/** An item that was begun so often without an end ends the server that works on it, and is given up. */
export const MOST_BEGINNINGS = 10;
const LEASE_MS = 60_000;
/** Other processes make jobs too, and leases end: so often it is looked, though nobody calls. */
const POLL_MS = 1000;

export class JobRunner {
  readonly #settings: Required<RunnerSettings>;
  readonly #working = new Map<string, Promise<void>>();
  readonly #leases = new Map<string, string>();
  #renewal: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #isStopped = true;

  constructor(settings: RunnerSettings) {
    this.#settings = { leaseMs: LEASE_MS, pollMs: POLL_MS, ...settings };
  }

  start(): void {
    const { leaseMs, pollMs, store } = this.#settings;
    this.#isStopped = false;
    this.#renewal = setInterval(() => {
      void store.jobs
        .renew([...new Set(this.#leases.values())], leaseMs)
        .catch((error: unknown) => this.#report(error));
    }, leaseMs / 4);
    this.#poll = setInterval(() => this.wake(), pollMs);
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#isStopped) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = this.#look()
      .catch((error: unknown) => this.#report(error))
      .finally(() => {
        this.#looking = undefined;
        if (this.#lookAgain) {
          this.#lookAgain = false;
          this.wake();
        }
      });
  }

  /** Begins nothing more, and waits for what is in work. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#poll);
    await this.#looking;
    await Promise.all(this.#working.values());
    clearInterval(this.#renewal);
  }

  /** Items in work. */
  get inWork(): number {
    return this.#working.size;
  }

  async #look(): Promise<void> {
    const { store, width, leaseMs } = this.#settings;
    const free = width - this.#working.size;
    if (free <= 0) return;
    for (const item of await store.jobs.claim(free, leaseMs)) {
      this.#leases.set(item.id, item.lease);
      const work = this.#work(item)
        .catch((error: unknown) => this.#report(error))
        .then((wentBack) => {
          this.#leases.delete(item.id);
          this.#working.delete(item.id);
          // What went back would be taken again at once; the next look is soon enough
          if (wentBack !== true) this.wake();
        });
      this.#working.set(item.id, work);
    }
  }

  /** @returns true when the item went back */
  async #work(item: Claimed): Promise<boolean> {
    const { store, handlers } = this.#settings;
    const handler = handlers[item.kind];
    if (!handler) {
      // A later version's: another process may know it
      await store.jobs.release(item);
      throw new Error(`a job is of the kind "${item.kind}", which this server does not know`);
    }
    let outcome: Outcome;
    try {
      outcome =
        item.attempt > MOST_BEGINNINGS
          ? handler.giveUp(item, `it was begun ${MOST_BEGINNINGS} times, and the server ended each time`)
          : await handler.work(item);
    } catch (error) {
      if (error instanceof LeftUndone) {
        await store.jobs.release(item);
        return true;
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.#report(error);
      if (item.attempt < MOST_ATTEMPTS) {
        await store.jobs.retry(item);
        return false;
      }
      outcome = handler.giveUp(item, reason);
    }
    if (await store.jobs.finish(item, outcome)) await handler.clear?.(item);
    return false;
  }

  #report(error: unknown): void {
    this.#settings.onProblem(error instanceof Error ? error.message : String(error));
  }
}
