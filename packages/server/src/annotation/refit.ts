/**
 * Makes the figures of projects anew when there are new answers: in a thread, so that nobody's next image waits for it, and by one
 * server at a time. With adaptive overlap it also says of each image whether its label is certain.
 */
import type { Store, Where } from '../store/index.ts';
import { aside } from './aside.ts';
import type { Refitted } from './refit-thread.ts';

/** How projects are looked through. */
const EVERY_MS = 15_000;
/** Figures of many answers take long: they are made again after a multiple of that. */
const REST = 10;
/** A server that was killed loses its claim. */
const CLAIM_MS = 10 * 60_000;

export type Compute = (projectId: string) => Promise<Refitted | undefined>;

export interface RefitterSettings {
  readonly store: Store;
  readonly compute: Compute;
  readonly onProblem: (message: string) => void;
}

export class Refitter {
  readonly #settings: RefitterSettings;
  readonly #running = new Map<string, Promise<void>>();
  readonly #restUntil = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: RefitterSettings) {
    this.#settings = settings;
  }

  start(): void {
    this.#timer = setInterval(() => {
      void this.#round().catch((error: unknown) => this.#settings.onProblem((error as Error).message));
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Waits for what is being made. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#running.values());
  }

  async #round(): Promise<void> {
    for (const { projectId } of await this.#settings.store.annotation.figures.stale())
      if ((this.#restUntil.get(projectId) ?? 0) < Date.now()) await this.refit(projectId);
  }

  /** Makes the figures of a project now, unless another server does. */
  refit(projectId: string): Promise<void> {
    const running = this.#running.get(projectId);
    if (running) return running;
    const made = this.#refit(projectId).finally(() => this.#running.delete(projectId));
    this.#running.set(projectId, made);
    return made;
  }

  async #refit(projectId: string): Promise<void> {
    const { store, compute, onProblem } = this.#settings;
    const { figures, members } = store.annotation;
    if (!(await figures.claim(projectId, CLAIM_MS))) return;
    const started = performance.now();
    try {
      const events = await figures.events(projectId);
      const refitted = await compute(projectId);
      if (!refitted) return await figures.release(projectId);
      await members.setQuality(new Map(Object.entries(refitted.figures.members)));
      if (refitted.wanted) await store.annotation.setWanted(projectId, refitted.wanted);
      await figures.release(projectId, { events, text: JSON.stringify(refitted.figures) });
    } catch (error) {
      onProblem(`figures of a project: ${(error as Error).message}`);
      await figures.release(projectId).catch(() => undefined);
    } finally {
      this.#restUntil.set(projectId, Date.now() + REST * (performance.now() - started));
    }
  }
}

/** Computes in a thread of its own, which reads the database itself. */
export const inThread =
  (where: Where): Compute =>
  async (projectId) =>
    (await aside<Refitted | null>('refit-thread', { where, projectId })) ?? undefined;
