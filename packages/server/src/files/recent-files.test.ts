import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { FileStore } from './file-store.ts';
import { RecentFiles } from './recent-files.ts';

/** Files by key, and which were read. */
function counted(sizes: Readonly<Record<string, number>>): FileStore & { readonly read: string[] } {
  const left = new Map(Object.entries(sizes).map(([key, size]) => [key, new Uint8Array(size)]));
  const read: string[] = [];
  return {
    read,
    put: () => Promise.resolve({ key: 'new', bytes: 0 }),
    get: (key) => {
      read.push(key);
      return Promise.resolve(left.get(key));
    },
    remove: (key) => {
      left.delete(key);
      return Promise.resolve();
    },
    olderThan: () => Readable.from([]),
  };
}

describe('files in memory', () => {
  it('reads a file once as long as there is room, and those that were used least lately again', async () => {
    const files = counted({ a: 40, b: 40, c: 40 });
    const recent = new RecentFiles(files, 100);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'c', 'b']) expect((await recent.get(key))!.length).toBe(40);
    expect(files.read).toEqual(['a', 'b', 'c', 'b']);
  });

  it('keeps neither large files nor what is not there, and nothing that was removed', async () => {
    const files = counted({ large: 2 << 20, gone: 10 });
    const recent = new RecentFiles(files);
    for (let i = 0; i < 2; i++) for (const key of ['large', 'none', 'gone']) await recent.get(key);
    expect(files.read).toEqual(['large', 'none', 'gone', 'large', 'none']);
    await recent.remove('gone');
    expect(await recent.get('gone')).toBeUndefined();
  });
});
