/** Where results go: stdout, or a file that appears whole or not at all. */
import { open, rename, rm, stat } from 'node:fs/promises';
import { InputError } from 'mien';
import { writeFailure } from 'mien/image/node';
import { print } from '../output.ts';

export interface TextSink {
  write(text: string): Promise<void>;
  /** All is written. */
  close(): Promise<void>;
  /** The run failed: leaves nothing behind. */
  abort(): Promise<void>;
}

export const stdoutSink: TextSink = { write: print, close: () => Promise.resolve(), abort: () => Promise.resolve() };

/**
 * A file, written beside its place under a temporary name and renamed when it is whole; devices and pipes are written
 * directly.
 * @throws {InputError} from each step, naming the path: a missing folder, no permission, a full disk
 */
export async function openFileSink(path: string): Promise<TextSink> {
  const fail = (cause: unknown): never => {
    throw new InputError(path, writeFailure(cause), { cause });
  };
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw new InputError(path, 'cannot be written: it is a directory');
  const direct = existing !== undefined && !existing.isFile();
  const target = direct ? path : `${path}.${process.pid}.partial`;
  const handle = await open(target, 'w').catch(fail);
  return {
    write: (text) => handle.appendFile(text).catch(fail),
    async close() {
      try {
        await handle.close();
        if (!direct) await rename(target, path);
      } catch (cause) {
        fail(cause);
      }
    },
    async abort() {
      await handle.close().catch(() => undefined);
      if (!direct) await rm(target, { force: true });
    },
  };
}
