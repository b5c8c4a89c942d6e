/** Uploads in a folder. Names are random and our own: nothing that a client says becomes part of a path. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode } from 'mienjs/files';
import { newId } from '../access/secrets.ts';
import { FILE_KEY, type FileStore } from './file-store.ts';

/** Extension of a file that is still being written. */
const PARTIAL = '.partial';

export class FolderStore implements FileStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder where it is missing. */
  static async open(folder: string): Promise<FolderStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new FolderStore(folder);
  }

  async put(stream: Readable): Promise<{ key: string; bytes: number }> {
    const key = newId();
    const partial = this.#pathOf(key) + PARTIAL;
    try {
      const file = createWriteStream(partial, { flags: 'wx', mode: 0o600 });
      await pipeline(stream, file);
      // What is acknowledged survives a loss of power
      const handle = await open(partial, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, this.#pathOf(key));
      return { key, bytes: file.bytesWritten };
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(key));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  async *olderThan(ageMs: number): AsyncGenerator<string> {
    const now = Date.now();
    for (const name of await readdir(this.#folder)) {
      const key = name.endsWith(PARTIAL) ? name.slice(0, -PARTIAL.length) : name;
      if (!FILE_KEY.test(key)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (!found || now - found.mtimeMs <= ageMs) continue;
      if (name === key) yield key;
      else await rm(path, { force: true });
    }
  }

  #pathOf(key: string): string {
    if (!FILE_KEY.test(key)) throw new Error('a file has a key of an unknown form');
    return join(this.#folder, key);
  }
}
