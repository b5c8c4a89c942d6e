/** The whole of training in one call: what cannot be measured on later stops it at its start. */
import { join } from 'node:path';
import { drawFace, stripesRecipe, withFiles } from 'mien-testkit';
import { expect, test } from 'vitest';
import { recordDataset, RecordImages } from '../data/node.ts';
import { encodeImage } from '../image/node.ts';
import { imagesOf } from '../train/export.ts';
import { trainModel } from './train-model.ts';

test.each([
  ['in memory', 2 ** 30],
  ['from disk', 1],
])('an image to test on that cannot be read, %s', async (_, memory) => {
  const bytes = await encodeImage(drawFace({ width: 32, height: 32, channels: 1, seed: 1 }), 'png');
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (__, i) => [
      `${i}.png`,
      Buffer.from(i === 11 ? bytes.subarray(0, bytes.length / 2) : bytes),
    ]),
  );
  await withFiles(files, async (folder) => {
    const records = Object.keys(files).map((name, i) => ({
      id: name,
      label: i % 2 ? 'happiness' : 'sadness',
      image: { file: join(folder, name) },
    }));
    const recipe = {
      ...stripesRecipe,
      data: { dataset: 'drawn', trainSplit: 'train', validationSplit: 'validation' },
      epochs: 1,
    };
    const splits = { train: records.slice(0, 6), validation: records.slice(6, 8), test: records.slice(8) };
    const images = new RecordImages(imagesOf(recipe), { memory, checked: false });
    let steps = 0;
    const run = trainModel(recipe, {
      dataset: recordDataset('drawn', { name: 'drawn', classes: ['happiness', 'sadness'] }, splits, images),
      out: join(folder, 'run'),
      licence: 'drawn',
      threads: 1,
      onStep: () => steps++,
    });
    await expect(run).rejects.toThrow(`${join(folder, '11.png')}: is truncated or damaged`);
    expect(steps).toBe(0);
  });
});
