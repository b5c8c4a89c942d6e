/**
 * What an interrupted run left, for --resume: the results of photos that were recognised, in the file of --out, and,
 * where the run was killed outright, in the temporary file beside it. Only where each stands is held; the texts are
 * read when their turn comes.
 */
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from 'mienjs';
import { nativePath, wellFormed } from 'mienjs/files';
import type { EarlierForm } from 'mienjs/results';

/** A record of a file, in bytes; a photo of several faces has several in a table. */
interface Place {
  readonly handle: FileHandle;
  readonly start: number;
  readonly length: number;
}

export class EarlierResults {
  readonly #form: EarlierForm;
  readonly #places = new Map<string, Place[]>();
  readonly #handles: FileHandle[] = [];
  readonly #leftOver: string[] = [];

  private constructor(form: EarlierForm) {
    this.#form = form;
  }

  /**
   * @param path of --out; nothing there is no error, as a run may be resumed that had no time to begin
   * @throws {InputError} when it holds results of another form or model
   */
  static async open(path: string, form: EarlierForm, model: string): Promise<EarlierResults> {
    const results = new EarlierResults(form);
    try {
      for (const leftOver of await leftOvers(path)) {
        results.#leftOver.push(leftOver);
        await results.#index(leftOver, path, model, true);
      }
      await results.#index(path, path, model, false);
      return results;
    } catch (error) {
      await results.close(false);
      throw error;
    }
  }

  get count(): number {
    return this.#places.size;
  }

  has(file: string): boolean {
    return this.#places.has(keyOf(file));
  }

  /** The text of a photo's result as photo `index`. */
  async read(file: string, index: number): Promise<string> {
    const texts: string[] = [];
    for (const { handle, start, length } of this.#places.get(keyOf(file))!) {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start);
      texts.push(this.#form.again(buffer.toString('utf8'), index));
    }
    return texts.join('');
  }

  /** @param done removes what a killed run left: all of it stands in the new file */
  async close(done: boolean): Promise<void> {
    for (const handle of this.#handles.splice(0)) await handle.close();
    if (done) for (const path of this.#leftOver) await rm(nativePath(path), { force: true });
  }

  /**
   * @param out names the file in errors
   * @param isCut the file may end between two faces of its last photo, which is then not taken over
   */
  async #index(path: string, out: string, model: string, isCut: boolean): Promise<void> {
    const handle = await open(nativePath(path)).catch(() => undefined);
    if (!handle) return;
    this.#handles.push(handle);
    const found = new Map<string, Place[]>();
    const failed = new Set<string>();
    let line = 0;
    for await (const { text, start, length } of records(handle, (record) => this.#form.isWhole(record))) {
      const entry = this.#form.entry(text, ++line);
      if (!entry) continue;
      if ('columns' in entry)
        throw new InputError(out, 'cannot be resumed: its columns are not those of this format and version');
      if ('model' in entry) {
        if (entry.model !== model)
          throw new InputError(
            out,
            `cannot be resumed: it was made with the model ${entry.model}, this run has ${model}`,
          );
        continue;
      }
      const key = keyOf(entry.file);
      if (!entry.ok) failed.add(key);
      found.set(key, [...(found.get(key) ?? []), { handle, start, length }]);
    }
    const last = isCut ? [...found.keys()].at(-1) : undefined;
    if (last !== undefined) found.delete(last);
    for (const [key, places] of found) if (!failed.has(key)) this.#places.set(key, places);
  }
}

/** As the file has it. */
const keyOf = (file: string): string => wellFormed(file);

/** Temporary files beside `path` whose process is gone (see files/temporary.ts). */
async function leftOvers(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(nativePath(folder)).catch(() => [] as string[]);
  const prefix = `.${basename(path)}.`;
  return names
    .filter((name) => {
      const pid = name.startsWith(prefix)
        ? /^(\d+)-[0-9a-f]+\.partial$/.exec(name.slice(prefix.length))?.[1]
        : undefined;
      return pid !== undefined && !isRunning(Number(pid));
    })
    .map((name) => join(folder, name));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The whole records of a file with where they stand, without the line feed at their end; a last one that is cut short
 * is left out.
 */
async function* records(
  handle: FileHandle,
  isWhole: (text: string) => boolean,
): AsyncGenerator<{ text: string; start: number; length: number }> {
  let [start, pending] = [0, Buffer.alloc(0)];
  const chunk = Buffer.alloc(1 << 18);
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    pending = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
    for (let end = pending.indexOf(10); end >= 0;) {
      const text = pending.toString('utf8', 0, end);
      if (!isWhole(text)) {
        end = pending.indexOf(10, end + 1);
        continue;
      }
      yield { text, start, length: end };
      start += end + 1;
      pending = pending.subarray(end + 1);
      end = pending.indexOf(10);
    }
  }
}
