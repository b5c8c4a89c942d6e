/** The server's log of what went wrong in it: the same again and again, as while the database is away, is counted instead. */
import { printable } from 'mienjs/files';

const QUIET_MS = 10_000;
/** Different faults that are remembered. */
const MOST = 100;

export class FaultLog {
  readonly #onLog: (line: string) => void;
  readonly #now: () => number;
  readonly #seen = new Map<string, { readonly loggedMs: number; repeats: number }>();

  constructor(onLog: (line: string) => void, now: () => number = () => performance.now()) {
    this.#onLog = onLog;
    this.#now = now;
  }

  report(where: string, error: Error): void {
    const what = `${error.name}: ${error.message}`;
    const seen = this.#seen.get(what);
    const nowMs = this.#now();
    if (seen && nowMs - seen.loggedMs < QUIET_MS) {
      seen.repeats++;
      return;
    }
    if (this.#seen.size >= MOST) this.#seen.clear();
    this.#seen.set(what, { loggedMs: nowMs, repeats: 0 });
    const before = seen && seen.repeats > 0 ? ` (${seen.repeats} times more since it was last told)` : '';
    this.#onLog(`mien: ${where}: ${printable(error.stack ?? what)}${before}`);
  }
}
