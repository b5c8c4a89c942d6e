import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { rawImage } from '../image/index.ts';
import { encodeImage } from '../image/node.ts';
import type { FaceRecord } from './databases/index.ts';
import { recordDataset } from './record-dataset.ts';
import { RecordImages } from './record-images.ts';
import { isStreamed, selectSamples, type Samples } from './samples.ts';

const FORMAT = { width: 12, height: 12, channels: 'grey' } as const;
const TIME = new Date('2026-01-01');

const picture = (value: number): Promise<Buffer> =>
  encodeImage(
    rawImage(
      32,
      32,
      1,
      new Uint8Array(32 * 32).map((_, i) => (i * value) % 256),
    ),
    'png',
  ).then(Buffer.from);
const recordsIn = (folder: string, count: number): FaceRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `r${i}`,
    label: i % 2 ? 'happiness' : 'neutral',
    image: { file: join(folder, `${i}.png`) },
  }));

/** A folder with pictures 0.png … 9.png, of which some are cut off in their middle. */
async function withPictures(
  cut: readonly number[],
  body: (records: FaceRecord[], checked: string, folder: string) => Promise<void>,
): Promise<void> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < 10; i++) {
    const bytes = await picture(i + 3);
    files[`${i}.png`] = cut.includes(i) ? bytes.subarray(0, bytes.length / 2) : bytes;
  }
  await withFiles(files, async (folder) => {
    for (const name of Object.keys(files)) await utimes(join(folder, name), TIME, TIME);
    await body(recordsIn(folder, 10), join(folder, 'checked'), folder);
  });
}

const streamOf = async (records: readonly FaceRecord[], checked: string | false) => {
  const { images } = await new RecordImages(FORMAT, { memory: 1, checked }).tables(records);
  if (!isStreamed(images)) throw new Error('expected images that stream');
  return images;
};
const ROWS = Int32Array.from({ length: 10 }, (_, i) => i);
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing wrong',
    (error: unknown) => (error as Error).message,
  );

describe('an image that cannot be read', () => {
  test('is refused as where images are loaded into memory, by the same sentence', async () => {
    await withPictures([7], async (records, checked, folder) => {
      const stream = await streamOf(records, checked);
      const inMemory = await messageOf(new RecordImages(FORMAT).tables(records));
      expect(inMemory).toContain(join(folder, '7.png'));
      expect(await messageOf(stream.check!(ROWS))).toBe(inMemory);
      expect(await messageOf(stream.check!(ROWS))).toBe(inMemory); // what failed is not kept
      // The rows alone that are asked for
      expect(await messageOf(stream.check!(Int32Array.of(0, 1, 9)))).toBe('nothing wrong');
    });
  });
});

describe('images that were read', () => {
  test('are not read again in the next run, until a file changes', async () => {
    await withPictures([], async (records, checked, folder) => {
      const progress: [number, number][] = [];
      const check = async (): Promise<string> =>
        messageOf((await streamOf(records, checked)).check!(ROWS, (done, total) => progress.push([done, total])));
      expect(await check()).toBe('nothing wrong');
      expect(progress).toEqual([
        [8, 10],
        [10, 10],
      ]);
      progress.length = 0;
      expect([await check(), progress]).toEqual(['nothing wrong', []]);
      await writeFile(join(folder, '4.png'), 'no image');
      expect(await check()).toContain('4.png: is not an image');
    });
  });

  test('are not read again where they were decoded for something else, or belong to a selection', async () => {
    await withPictures([], async (records) => {
      const images = new RecordImages(FORMAT, { memory: 1, checked: false });
      const dataset = recordDataset(
        'here',
        { name: 'faces', classes: ['neutral', 'happiness'] },
        { all: records },
        images,
      );
      const split: Samples = await dataset.loadSplit('all', 'train');
      const selected = selectSamples(split, Int32Array.of(2, 5, 8)).imageSource;
      if (!isStreamed(selected)) throw new Error('expected images that stream');
      await selected.read(Int32Array.of(1));
      const progress: [number, number][] = [];
      await selected.check!(Int32Array.of(0, 1, 2), (done, total) => progress.push([done, total]));
      expect(progress).toEqual([[2, 2]]);
    });
  });
});
