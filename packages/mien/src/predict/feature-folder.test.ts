import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { NpyWriter } from '../tables/npy.ts';
import { readFeatureFolder } from './feature-folder.ts';

const MANIFEST =
  '{"id":"a","label":"fear","split":"test"}\n{"id":"b","label":null}\n{"id":"c","label":"happily surprised","subject":"7"}\n{"id":"d","label":"anger"}\n';

const withFolder = (files: Readonly<Record<string, string>>, use: (folder: string) => Promise<void>): Promise<void> =>
  withFiles(files, async (folder) => {
    const writer = await NpyWriter.create(join(folder, 'features.npy'), [4, 2]);
    await writer.write(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    await writer.close();
    await use(folder);
  });

describe('readFeatureFolder', () => {
  it('joins features and names of rows', async () => {
    await withFolder({ 'manifest.jsonl': MANIFEST }, async (folder) => {
      const read = await readFeatureFolder(folder);
      expect(read).toMatchObject({
        dimensions: 2,
        classes: ['anger', 'fear', 'happily surprised'],
        ids: ['a', 'b', 'c', 'd'],
        splits: ['test', undefined, undefined, undefined],
      });
      expect([...read.labels]).toEqual([1, -1, 2, 0]);
      expect([...read.features]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });
  });

  it('takes the class order that the features say', async () => {
    await withFolder(
      { 'manifest.jsonl': MANIFEST, 'features.json': '{"classes":["fear","happily surprised","anger","neutral"]}' },
      async (folder) => {
        expect([...(await readFeatureFolder(folder)).labels]).toEqual([0, -1, 1, 2]);
      },
    );
    await withFolder({ 'manifest.jsonl': MANIFEST, 'features.json': '{"classes":["fear"]}' }, async (folder) => {
      expect((await readFeatureFolder(folder)).classes).toEqual(['anger', 'fear', 'happily surprised']);
    });
  });

  it.each([
    [{ 'manifest.jsonl': MANIFEST.slice(0, 41) }, 'manifest.jsonl: has 1 rows, but features.npy has 4'],
    [{ 'manifest.jsonl': 'a,b\n' }, 'manifest.jsonl: has 0 rows, but features.npy has 4'],
    [{ 'manifest.jsonl': '\n{"label":"fear"}\n' }, 'manifest.jsonl:2: expected an object with an "id"'],
    [{ 'manifest.jsonl': '{"id":"a","label":3}\n' }, 'manifest.jsonl:1: label: expected a name or null, got 3'],
    [{ 'manifest.jsonl': MANIFEST, 'features.json': '{' }, 'features.json: cannot be read as JSON'],
    [{}, 'manifest.jsonl: no such file'],
  ])('refuses %j', async (files, message) => {
    await withFolder(files as Record<string, string>, async (folder) => {
      await expect(readFeatureFolder(folder)).rejects.toThrow(message);
    });
  });
});
