/**
 * Images that stream from disk are read once before a training, so that one that cannot be read stops it at its start,
 * as it does where images are loaded into memory, and not at its batch, hours later. That a set of files was read is
 * kept in the user's cache, until one of them changes.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../files/cache.ts';
import { exists, writeWhole } from '../files/index.ts';
import { decodingOf } from '../image/node.ts';
import { type Images, isStreamed, type Samples } from './samples.ts';

/** Raised when an image is refused that was read before: what was kept does not count then. */
const CHECK_VERSION = 1;
/** Files whose size and time are asked for at a time. */
const CONCURRENT = 64;

/**
 * Reads each image of the samples that streams and was not read before.
 * @throws {InputError} naming an image that cannot be read
 */
export async function checkStreamed(
  all: readonly Pick<Samples, 'inputs'>[],
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  for (const { inputs } of all) {
    for (const input of Object.values(inputs)) {
      if (input.kind === 'image') await check(input.table, allRows(input.table.count), onProgress);
      if (input.kind === 'clip') {
        const shown = [...new Set(input.rows.flatMap((own) => [...own]))];
        await check(input.frames, Int32Array.from(shown), onProgress);
      }
    }
  }
}

const allRows = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

async function check(images: Images, rows: Int32Array, onProgress?: (done: number, total: number) => void) {
  if (isStreamed(images)) await images.check?.(rows, onProgress);
}

/** Sets of files that were read to the end, each an empty file of a folder. */
export class CheckedFiles {
  readonly #folder: string | undefined;

  /** @param folder default: in the user's cache; false: nothing is kept */
  constructor(folder: string | false = cacheFolder('images')) {
    this.#folder = folder === false ? undefined : folder;
  }

  /**
   * What this set of files is known by: their names, sizes and times.
   * @returns undefined where nothing is kept, or a file cannot be looked at
   */
  async keyOf(files: readonly string[]): Promise<string | undefined> {
    if (this.#folder === undefined || files.length === 0) return undefined;
    const digest = createHash('sha256').update(JSON.stringify([CHECK_VERSION, decodingOf({}).lenient]));
    const sorted = [...files].sort();
    for (let i = 0; i < sorted.length; i += CONCURRENT) {
      const some = sorted.slice(i, i + CONCURRENT);
      const found = await Promise.all(some.map((file) => stat(file).catch(() => undefined)));
      for (const [k, entry] of found.entries()) {
        if (!entry) return undefined;
        digest.update(JSON.stringify([some[k], entry.size, entry.mtimeMs]));
      }
    }
    return digest.digest('hex');
  }

  has(key: string): Promise<boolean> {
    return exists(join(this.#folder!, key));
  }

  /** A cache that cannot be written (a full disk, a folder of another user) only costs time. */
  async add(key: string): Promise<void> {
    await writeWhole(join(this.#folder!, key), new Uint8Array(0)).catch(() => undefined);
  }
}
