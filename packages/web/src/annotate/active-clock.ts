/**
 * Active time: what passes between touches, as long as no pause between two is as long as `idleMs`. A pause that is so
 * long does not count at all: nobody knows when in it the work stopped.
 */
export class ActiveClock {
  readonly #idleMs: number;
  /** Counted until `#touchedAt`. */
  #countedMs = 0;
  /** Undefined: it stands still. */
  #touchedAt: number | undefined;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  get isPaused(): boolean {
    return this.#touchedAt === undefined;
  }

  /** A sign of life at `nowMs`; starts the clock where it stands. */
  touch(nowMs: number): void {
    if (!this.stopIfIdle(nowMs) && this.#touchedAt !== undefined) this.#countedMs += nowMs - this.#touchedAt;
    this.#touchedAt = nowMs;
  }

  /** @returns whether it stands still now, since there was no touch for too long */
  stopIfIdle(nowMs: number): boolean {
    if (this.#touchedAt !== undefined && nowMs - this.#touchedAt >= this.#idleMs) this.#touchedAt = undefined;
    return this.isPaused;
  }

  /** Stands still from here on, as when the page is covered. */
  pause(nowMs: number): void {
    if (this.isPaused) return;
    this.touch(nowMs);
    this.#touchedAt = undefined;
  }

  /** Active milliseconds since the last call; begins anew. */
  take(nowMs: number): number {
    if (!this.isPaused) this.touch(nowMs);
    const ms = Math.round(this.#countedMs);
    this.#countedMs = 0;
    return ms;
  }
}
