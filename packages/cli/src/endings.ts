/**
 * How runs end before their time: SIGINT, SIGTERM, SIGHUP, and a reader of stdout or stderr that leaves (EPIPE).
 * Without more, the process ends at once, and its temporary files with it (see files/); a piece of work that is
 * `stoppable` is asked to finish first.
 */
import { constants } from 'node:os';
import { logError } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Ending = (typeof SIGNALS)[number] | 'SIGPIPE';

/** By convention, 128 and the number of the signal: 130, 143, 129, 141. */
const statusOf = (ending: Ending): number => 128 + constants.signals[ending];

/** Thrown by a verb that stopped because it was asked to, after what was finished is written. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly status: number;
  constructor(ending: Ending) {
    super(`interrupted by ${ending}`);
    this.status = statusOf(ending);
  }
}

let askToStop: ((ending: Ending) => void) | undefined;

/**
 * Runs work that stops in good order: it looks at `stop` now and then, writes what is finished, and returns. A second
 * signal ends the process at once.
 * @throws {Interrupted} after the work has returned, when it was asked to stop
 */
export async function stoppable<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let ending: Ending | undefined;
  const ask = (next: Ending): void => {
    if (ending === undefined) {
      ending = next;
      controller.abort(next);
    } else if (next !== 'SIGPIPE') process.exit(statusOf(next));
  };
  const before = askToStop;
  askToStop = ask;
  for (const signal of SIGNALS) process.on(signal, ask);
  try {
    const result = await work(controller.signal).catch((error: unknown) => {
      // Output that cannot be written because its reader has left is not a failure of its own.
      if (ending === 'SIGPIPE') throw new Interrupted(ending);
      throw error;
    });
    if (ending !== undefined) throw new Interrupted(ending);
    return result;
  } finally {
    askToStop = before;
    for (const signal of SIGNALS) process.off(signal, ask);
  }
}

/** For the process's own streams: a reader that left (`| head`) ends the run, a full disk with one line. */
export function guardStreams(): void {
  for (const [stream, name] of [
    [process.stdout, 'standard output'],
    [process.stderr, 'standard error'],
  ] as const) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (askToStop) return askToStop('SIGPIPE');
        process.exit(statusOf('SIGPIPE'));
      }
      if (stream === process.stdout)
        logError(
          `${name}: cannot be written: ${error.code === 'ENOSPC' ? 'no space left on the disk' : (error.code ?? error.message)}`,
        );
      process.exit(1);
    });
  }
}
