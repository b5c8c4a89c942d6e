/** Archives that are made to do harm, and those that are only odd. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { withFiles } from 'mien-testkit';
import { expect, it } from 'vitest';
import { entriesOf, type ArchiveEntry, type ArchiveLimits } from './archive.ts';

const LIMITS: ArchiveLimits = { entries: 10, entryBytes: 1000, bytes: 3000 };

function read(bytes: Uint8Array, limits = LIMITS): Promise<ArchiveEntry[]> {
  return withFiles({}, async (folder) => {
    const path = join(folder, 'a.zip');
    await writeFile(path, bytes);
    const entries: ArchiveEntry[] = [];
    for await (const entry of entriesOf(path, 'a.zip', limits)) entries.push(entry);
    return entries;
  });
}

const text = Buffer.from('a text');

it('gives the files, without what programs put beside them', async () => {
  const entries = await read(
    zipSync({ 'b/ü.jpg': text, 'a.jpg': text, '__MACOSX/._a.jpg': text, 'b/.DS_Store': text, 'b/Thumbs.db': text }),
  );
  expect(entries).toEqual(['b/ü.jpg', 'a.jpg'].map((name) => ({ name, bytes: text })));
  expect(await read(zipSync({}))).toEqual([]);
});

it('refuses one entry for its size or kind, and goes on', async () => {
  const entries = await read(
    zipSync({ 'large.jpg': new Uint8Array(1001), 'inner.zip': zipSync({ 'a.jpg': text }), 'a.jpg': text }),
  );
  expect(entries).toEqual([
    { name: 'large.jpg', error: 'has more than the limit of 1000 bytes' },
    { name: 'inner.zip', error: 'is an archive within an archive' },
    { name: 'a.jpg', bytes: text },
  ]);
});

it('does not believe what an entry says of its size', async () => {
  const bomb = zipSync({ 'bomb.jpg': new Uint8Array(900_000) });
  const lie = Buffer.from(bomb);
  // The size in the directory, at 24 of its entry, and in the entry's own header, at 22
  const directory = lie.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  lie.writeUInt32LE(10, directory + 24);
  lie.writeUInt32LE(10, 22);
  const [entry] = await read(lie);
  expect(entry).toMatchObject({ name: 'bomb.jpg', error: expect.stringMatching(/^cannot be unpacked/) as string });
});

it.each([
  ['leads out of it', zipSync({ '../a.jpg': text }), /^a\.zip: is not an archive that can be read \(.*\.\.\/a\.jpg/],
  ['begins at the root', zipSync({ '/a.jpg': text }), /^a\.zip: is not an archive that can be read/],
  ['is none', Buffer.from('PK\x03\x04 and no more'), /^a\.zip: is not an archive that can be read/],
  ['is cut short', zipSync({ 'a.jpg': text }).subarray(0, -10), /^a\.zip: is not an archive that can be read/],
  [
    'has too many',
    zipSync(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}`, text]))),
    /more than 10 ent/,
  ],
  [
    'is too large',
    zipSync(Object.fromEntries(['a', 'b', 'c', 'd'].map((k) => [k, new Uint8Array(900)]))),
    /limit of 3000/,
  ],
])('that %s is refused', async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
});

it('whose entries share their bytes is refused', async () => {
  const [one, count] = [zipSync({ a: new Uint8Array(800) }, { level: 0 }), 3];
  const bytes = Buffer.from(one);
  const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const end = bytes.indexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const entry = bytes.subarray(directory, end);
  const tail = Buffer.from(bytes.subarray(end));
  tail.writeUInt16LE(count, 8);
  tail.writeUInt16LE(count, 10);
  tail.writeUInt32LE(entry.length * count, 12);
  const entries = Array.from({ length: count }, (_, i) => {
    const copy = Buffer.from(entry);
    copy.write(String.fromCharCode(97 + i), 46, 'latin1');
    return copy;
  });
  await expect(read(Buffer.concat([bytes.subarray(0, directory), ...entries, tail]))).rejects.toThrow(/overlap/);
});
