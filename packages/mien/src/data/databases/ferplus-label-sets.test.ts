import { describe, expect, it } from 'vitest';
import { withFiles, votesCsv, officialCsv } from 'mien-testkit';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../../labels/index.ts';
import { pluralityLabel, unclearReason } from './ferplus-targets.ts';
import { loadDataset } from '../registry.ts';

// neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, NF
const MAJORITY = [7, 3, 0, 0, 0, 0, 0, 0, 0, 0];
const DIVIDED = [0, 0, 3, 3, 2, 0, 2, 0, 0, 0];
const CONTEMPT = [1, 0, 0, 2, 0, 0, 0, 7, 0, 0];
const UNKNOWN = [1, 0, 0, 0, 0, 0, 0, 0, 9, 0];
const NO_FACE = [1, 0, 0, 0, 0, 0, 0, 0, 0, 9];
const ONLY_UNKNOWN = [0, 0, 0, 0, 0, 0, 0, 0, 10, 0];
const ALL = [MAJORITY, DIVIDED, CONTEMPT, UNKNOWN, NO_FACE, ONLY_UNKNOWN];

describe('the plural vote', () => {
  it('takes the emotion with the most votes, the first of equals, and leaves out what is not a face', () => {
    expect(ALL.map((votes) => pluralityLabel(votes, 8))).toEqual([0, 2, 7, 0, -1, -1]);
    expect(ALL.map((votes) => pluralityLabel(votes, 7))).toEqual([0, 2, 3, 0, -1, -1]);
  });

  it('unclear images are told by the reason', () => {
    expect(ALL.map(unclearReason)).toEqual([
      undefined,
      'without a majority',
      undefined,
      'unknown by most votes',
      'not a face by most votes',
      'unknown by most votes',
    ]);
  });
});

const folder = {
  'fer2013.csv': officialCsv(ALL.map((_, i) => ({ emotion: i % 7, usage: 'PublicTest' }))),
  'fer2013new.csv': votesCsv(ALL.map((votes) => ({ usage: 'PublicTest', votes }))),
};

describe('label sets of FER+', () => {
  it('are datasets of their own, with 8 and with 7 classes', async () => {
    await withFiles(folder, async (path) => {
      const eight = await loadDataset('ferplus-plurality', path);
      expect([eight.classes, eight.labelsOf]).toEqual([EXPRESSIONS_8, 'ferplus']);
      expect([...(await eight.loadSplit('PublicTest', 'evaluate')).labels]).toEqual([0, 2, 7, 0]);
      const seven = await loadDataset('ferplus-plurality-7', path);
      const images = await seven.loadSplit('PublicTest', 'train');
      expect([seven.classes, [...images.labels], images.ids.length]).toEqual([EXPRESSIONS_7, [0, 2, 3, 0], 4]);
      expect(images.labellingOf('fer2013').labels).toHaveLength(4);
      await expect(seven.loadSplit('Training', 'train')).rejects.toThrow('has no split "Training"');
    });
  });

  it.each(['ferplus', 'ferplus-votes'])('stand beside %s, and so do the images that it leaves out', async (name) => {
    await withFiles(folder, async (path) => {
      const dataset = await loadDataset(name, path);
      expect(dataset.labelSets!.map((set) => set.name)).toEqual(['ferplus-plurality', 'ferplus-plurality-7']);
      const unclear = await dataset.loadUnclear!('PublicTest');
      expect(Object.entries(unclear).map(([reason, { ids, labels }]) => [reason, ids.length, [...labels]])).toEqual([
        ['unknown by most votes', 2, [-1, -1]],
        ['not a face by most votes', 1, [-1]],
        ['without a majority', 1, [-1]],
      ]);
      const own = await dataset.loadSplit('PublicTest', 'evaluate');
      expect(own.ids.some((id) => Object.values(unclear).some(({ ids }) => ids.includes(id)))).toBe(false);
      await expect(dataset.loadUnclear!('Training')).rejects.toThrow('has no split "Training"');
    });
  });
});
