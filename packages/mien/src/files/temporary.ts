/**
 * Temporary files of this process. They are removed when it ends, by SIGINT, SIGTERM or SIGHUP too: while there are
 * any, these signals are listened to, and raised again after the files are gone, unless somebody else listens and
 * decides what follows.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nativePath } from './paths.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** File systems allow 255 bytes; the rest is for the marks of a temporary file. */
const NAME_BYTES = 200;

const present = new Set<string>();

/** A name of this run's own beside a file, hidden: `.NAME.PID-RANDOM.partial`. */
export function temporaryName(path: string): string {
  const name = Buffer.from(nativePath(basename(path)))
    .subarray(0, NAME_BYTES)
    .toString('utf8')
    .replace(/\ufffd/g, '_');
  return join(dirname(path), `.${name}.${process.pid}-${randomBytes(4).toString('hex')}.partial`);
}

/** From now on the file is removed when the process ends. */
export function holdTemporary(path: string): void {
  if (present.size === 0) {
    process.on('exit', removeAll);
    for (const signal of SIGNALS) process.on(signal, removeAndRaise);
  }
  present.add(path);
}

/** The file is no longer there, or no longer temporary. */
export function releaseTemporary(path: string): void {
  if (!present.delete(path) || present.size > 0) return;
  process.off('exit', removeAll);
  for (const signal of SIGNALS) process.off(signal, removeAndRaise);
}

function removeAll(): void {
  for (const path of present) {
    try {
      rmSync(nativePath(path), { force: true });
    } catch {
      // Nobody is left to be told.
    }
  }
}

function removeAndRaise(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  process.off(signal, removeAndRaise);
  process.kill(process.pid, signal);
}
