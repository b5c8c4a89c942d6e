/** Files that are asked for again and again, kept in memory: an image of a project goes to many annotators. */
import type { Readable } from 'node:stream';
import type { FileStore } from './file-store.ts';

/** Larger files are not kept. */
const LARGEST_BYTES = 1 << 20;

export class RecentFiles implements FileStore {
  readonly #files: FileStore;
  readonly #mostBytes: number;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;
  /** Counts removals: what was read before one is not kept after it. */
  #removals = 0;

  /** @param mostBytes of all files in memory together */
  constructor(files: FileStore, mostBytes = 64 << 20) {
    this.#files = files;
    this.#mostBytes = mostBytes;
  }

  put(stream: Readable): Promise<{ readonly key: string; readonly bytes: number }> {
    return this.#files.put(stream);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const removals = this.#removals;
    const bytes = this.#take(key) ?? (await this.#files.get(key));
    if (bytes && bytes.length <= LARGEST_BYTES && removals === this.#removals) this.#keep(key, bytes);
    return bytes;
  }

  async remove(key: string): Promise<void> {
    this.#take(key);
    this.#removals++;
    await this.#files.remove(key);
    this.#removals++;
  }

  olderThan(ageMs: number): AsyncIterable<string> {
    return this.#files.olderThan(ageMs);
  }

  #take(key: string): Uint8Array | undefined {
    const bytes = this.#kept.get(key);
    if (this.#kept.delete(key)) this.#bytes -= bytes!.length;
    return bytes;
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#take(key);
    this.#kept.set(key, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#take(oldest);
    }
  }
}
