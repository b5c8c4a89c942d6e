import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawFace, encodeMat, tfdCase, withFiles, type MatFixture } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { readFaceImage } from './read-image.ts';
import { tfd } from './tfd.ts';

const SIDE = 48;
const official = tfdCase.tree['TFD_48x48.mat'] as Uint8Array;

/** N images of 2×2: pixel (y,x) of image n is 100·n + 10·y + x. */
function small(count: number, asNumbers: typeof Uint8Array | typeof Float64Array): MatFixture {
  const data = new asNumbers(count * 4);
  for (let n = 0; n < count; n++)
    for (let y = 0; y < 2; y++) for (let x = 0; x < 2; x++) data[n + count * (y + 2 * x)] = 100 * n + 10 * y + x;
  return { dims: [count, 2, 2], data };
}
const codes = (...values: readonly number[]): MatFixture => ({
  dims: [values.length, 1],
  data: Int16Array.from(values),
});
const folds = (count: number): MatFixture => ({ dims: [count, 5], data: new Float64Array(count * 5).fill(1) });

describe('TFD', () => {
  it('gives upright images: MATLAB counts columns first', async () => {
    await withFiles({ 'TFD_48x48.mat': official }, async (root) => {
      const { records } = await tfd.index(root);
      for (const [n, record] of records.entries()) {
        const image = await readFaceImage(record, { channels: 1 });
        expect(image, record.id).toEqual(drawFace({ width: SIDE, height: SIDE, channels: 1, seed: n }));
      }
    });
  });

  it.each([
    ['bytes', Uint8Array],
    ['doubles', Float64Array],
  ] as const)('reads images stored as %s', async (_name, asNumbers) => {
    const file = encodeMat(
      { images: small(2, asNumbers), labs_ex: codes(1, 2), labs_id: codes(-1, 1), folds: folds(2) },
      { compressed: true },
    );
    await withFiles({ 'TFD_48x48.mat': file }, async (root) => {
      const { records } = await tfd.index(root);
      expect([...(await readFaceImage(records[1]!, { channels: 1 })).data]).toEqual([100, 101, 110, 111]);
    });
  });

  it('reads the small images of both, the large ones by their file', async () => {
    const large = encodeMat(
      { images: small(1, Uint8Array), labs_ex: codes(4), labs_id: codes(1), folds: folds(1) },
      { compressed: true },
    );
    await withFiles({ 'TFD_48x48.mat': official, 'TFD_96x96.mat': large }, async (root) => {
      expect((await tfd.index(root)).records.length).toBe(6);
      const { records } = await tfd.index(join(root, 'TFD_96x96.mat'));
      expect(records.map(({ id, label }) => [id, label])).toEqual([['TFD_96x96.mat#0', 'happiness']]);
    });
  });

  it('reads the pixels once for all images', async () => {
    await withFiles({ 'TFD_48x48.mat': official }, async (root) => {
      const { records } = await tfd.index(root);
      await readFaceImage(records[0]!);
      await writeFile(join(root, 'TFD_48x48.mat'), 'gone');
      expect((await readFaceImage(records[5]!)).width).toBe(SIDE);
    });
  });

  it.each([
    [
      'images of another shape',
      { images: { dims: [2, 2, 3], data: new Uint8Array(12) } },
      /expected "images" of N×48×48 or N×96×96, found 2×2×3/,
    ],
    ['no images', { labs_ex: codes(1) }, /expected "images" of N×48×48 or N×96×96, found labs_ex/],
    [
      'labels of another number',
      { images: small(2, Uint8Array), labs_ex: codes(1, 2, 3) },
      /expected "labs_ex" of 2×1, found 3×1/,
    ],
    [
      'four folds',
      {
        images: small(2, Uint8Array),
        labs_ex: codes(1, 2),
        labs_id: codes(1, 2),
        folds: { dims: [2, 4], data: new Float64Array(8) },
      },
      /expected "folds" of 2×5, found 2×4/,
    ],
  ])('refuses %s', async (_name, variables: Record<string, MatFixture>, message) => {
    await withFiles({ 'TFD_48x48.mat': encodeMat(variables, { compressed: false }) }, async (root) => {
      await expect(tfd.index(root)).rejects.toThrow(message);
    });
  });

  it('refuses grey levels that are none, naming the image', async () => {
    const images: MatFixture = { dims: [1, 2, 2], data: Float64Array.of(0, 0.5, 1, 2) };
    await withFiles(
      {
        'TFD_48x48.mat': encodeMat(
          { images, labs_ex: codes(1), labs_id: codes(1), folds: folds(1) },
          { compressed: false },
        ),
      },
      async (root) => {
        const { records } = await tfd.index(root);
        await expect(readFaceImage(records[0]!)).rejects.toThrow('TFD_48x48.mat: image 0 has the grey level 0.5');
      },
    );
  });
});
