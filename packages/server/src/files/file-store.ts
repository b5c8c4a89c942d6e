/** Where uploaded photos lie until they are recognised: one interface, so that they can lie elsewhere than in a folder. */
import type { Readable } from 'node:stream';

/** Of a file of ours: what else lies in its place is somebody else's. */
export const FILE_KEY = /^[0-9a-z]{26}$/;

export interface FileStore {
  /**
   * Keeps what the stream gives, whole or not at all.
   * @returns the key by which it is found again, and its size
   * @throws what the stream throws, or when it cannot be kept
   */
  put(stream: Readable): Promise<{ readonly key: string; readonly bytes: number }>;
  /** @returns undefined when there is no such file */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Does nothing where there is none. */
  remove(key: string): Promise<void>;
  /** Files of ours that are older, for the removal of those that nothing needs any more. */
  olderThan(ageMs: number): AsyncIterable<string>;
}
