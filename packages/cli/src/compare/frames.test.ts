import { loadDataset } from 'mienjs/data/node';
import { syntheticDefinition } from 'mien-testkit';
import { expect, test } from 'vitest';
import { datasetLoader } from './frames.ts';

const definition = syntheticDefinition({ people: 4, sequences: 2, frames: 5 });

test.each([
  ['last', ['S001/000/4.png', 'S002/000/4.png', 'S003/000/4.png']],
  ['middle', ['S001/000/2.png', 'S002/000/2.png', 'S003/000/2.png']],
  [
    'last-three',
    [
      'S001/000/2.png',
      'S001/000/3.png',
      'S001/000/4.png',
      'S002/000/2.png',
      'S002/000/3.png',
      'S002/000/4.png',
      'S003/000/2.png',
      'S003/000/3.png',
      'S003/000/4.png',
    ],
  ],
] as const)('%s frames of labelled sequences', async (frames, ids) => {
  const load = await datasetLoader(
    { name: 'synthetic', path: 'anywhere' },
    frames,
    () => Promise.reject(new Error('not read')),
    [definition],
  );
  const dataset = await load({ width: 6, height: 6, channels: 'grey' });
  const images = await dataset.loadSplit('train', 'evaluate');
  expect(images.ids).toEqual(ids);
  expect([images.images.width, images.images.count, images.labels.every((label) => label >= 0)]).toEqual([
    6,
    ids.length,
    true,
  ]);
});

test('what is not a database is loaded whole', async () => {
  const load = (): ReturnType<typeof loadDataset> => loadDataset('fer2013', 'none.csv');
  await expect((await datasetLoader({ name: 'fer2013', path: 'none.csv' }, 'last', load, []))()).rejects.toThrow(
    'none.csv',
  );
});
