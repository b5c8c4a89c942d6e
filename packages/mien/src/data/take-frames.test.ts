import { syntheticDefinition } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { sourceAsDataset } from './record-dataset.ts';
import type { LoadOptions } from './dataset.ts';

const FORMAT = { width: 6, height: 6, channels: 'grey' } as const;
const load = (options?: LoadOptions, of: Parameters<typeof syntheticDefinition>[0] = {}) =>
  sourceAsDataset(syntheticDefinition({ people: 4, sequences: 2, frames: 5, ...of }), true).load(
    'anywhere',
    FORMAT,
    options,
  );

describe('frames of a database of sequences', () => {
  it('are chosen, or it is an error that names the choices', async () => {
    await expect(load()).rejects.toThrow(
      /^anywhere: holds sequences, and the label of each is that of its peak: choose a protocol, or the frames, of all, last, last-three, /,
    );
  });

  it.each([
    ['last', [4]],
    ['middle', [2]],
    ['last-three', [2, 3, 4]],
    ['all', [0, 1, 2, 3, 4]],
  ] as const)('%s', async (frames, places) => {
    const images = await (await load({ frames })).loadSplit('train', 'evaluate');
    const labelled = images.ids.filter((_, i) => images.labels[i]! >= 0);
    expect(labelled).toEqual(
      ['S001', 'S002', 'S003'].flatMap((person) => places.map((place) => `${person}/000/${place}.png`)),
    );
    expect([images.images.width, images.images.count]).toEqual([6, images.ids.length]);
  });

  it('with the first as neutral, where that is a class', async () => {
    const frames = 'last-three-and-first';
    const dataset = await load({ frames }, { classes: ['neutral', 'happiness'] });
    const { ids, labels } = await dataset.loadSplit('train', 'evaluate');
    expect(ids.filter((_, i) => labels[i]! >= 0).slice(0, 4)).toEqual([0, 2, 3, 4].map((i) => `S001/000/${i}.png`));
    expect(dataset.classes[labels[ids.indexOf('S001/000/0.png')]!]).toBe('neutral');
    await expect(load({ frames })).rejects.toThrow(
      'anywhere: the first frames cannot be taken as neutral, the classes of synthetic are happiness, surprise, sadness',
    );
  });

  it('are all taken, with a word, where none is of a labelled sequence', async () => {
    const dataset = await load({ frames: 'last' }, { sequences: 1 });
    expect(dataset.notes).toEqual(['holds no labelled sequences: every image is taken']);
    expect((await dataset.loadSplit('train', 'evaluate')).images.count).toBe(15);
  });
});
