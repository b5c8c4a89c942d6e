import { describe, expect, it } from 'vitest';
import { FERPLUS_HEADER, officialCsv, syntheticPixels, votesCsv, withFiles } from 'mien-testkit';
import { ferPlus } from './ferplus.ts';
import { distributionTarget, majorityLabel, multiTarget } from './ferplus-targets.ts';
import { findDataset, loadDataset } from '../registry.ts';

/** Votes by category; names in the column order of FER+. */
function votes(counts: Readonly<Record<string, number>>): number[] {
  const names = FERPLUS_HEADER.split(',').slice(2);
  return names.map((name) => counts[name] ?? 0);
}

const shares = (row: Float32Array | undefined): number[] | undefined =>
  row && Array.from(row, (v) => Math.round(v * 1000) / 1000);

describe('FER+ targets, worked by hand', () => {
  it('majority: more than half of the votes that are not outliers', () => {
    expect(majorityLabel(votes({ happiness: 6, neutral: 4 }))).toBe(1);
    expect(majorityLabel(votes({ happiness: 5, neutral: 5 }))).toBe(-1);
    // single votes fall away: 5 of 5 remain
    expect(majorityLabel(votes({ anger: 5, neutral: 1, sadness: 1, fear: 1, surprise: 1, disgust: 1 }))).toBe(4);
    expect(majorityLabel(votes({ unknown: 6, neutral: 4 }))).toBe(-1);
    expect(majorityLabel(votes({ NF: 10 }))).toBe(-1);
    expect(majorityLabel(votes({}))).toBe(-1);
  });

  it('distribution: categories until three quarters are covered', () => {
    expect(shares(distributionTarget(votes({ happiness: 8, neutral: 2 })))).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect(shares(distributionTarget(votes({ happiness: 6, neutral: 4 })))).toEqual([0.4, 0.6, 0, 0, 0, 0, 0, 0]);
    // the three categories 4, 3, 3 enter together where they tie
    expect(shares(distributionTarget(votes({ neutral: 4, sadness: 3, anger: 3 })))).toEqual([
      0.4, 0, 0, 0.3, 0.3, 0, 0, 0,
    ]);
    // 5, then unknown 2 ends it: what was taken, 5 of 9, counts
    expect(shares(distributionTarget(votes({ neutral: 5, unknown: 4 })))).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('distribution: leaves out what has no clear emotion', () => {
    expect(distributionTarget(votes({ unknown: 5, neutral: 3, sadness: 2 }))).toBeUndefined();
    expect(distributionTarget(votes({ NF: 10 }))).toBeUndefined();
    expect(distributionTarget(votes({ neutral: 2, happiness: 2, sadness: 2, anger: 2, fear: 2 }))).toBeUndefined(); // five tie
    expect(distributionTarget(votes({ neutral: 5, unknown: 5 }))).toBeUndefined(); // half is not more than half
    expect(distributionTarget(votes({ neutral: 1, fear: 1 }))).toBeUndefined(); // outliers only
  });

  it('multi-target: every category with 30 % of the votes', () => {
    expect(shares(multiTarget(votes({ neutral: 5, sadness: 3, anger: 2 })))).toEqual([0.625, 0, 0, 0.375, 0, 0, 0, 0]);
    expect(multiTarget(votes({ neutral: 2, happiness: 2, sadness: 2, anger: 2, fear: 2 }))).toBeUndefined();
    expect(multiTarget(votes({ unknown: 7, neutral: 3 }))).toBeUndefined();
    expect(multiTarget(votes({}))).toBeUndefined();
  });
});

const images = [
  { emotion: 3, usage: 'Training' },
  { emotion: 0, usage: 'Training' },
  { emotion: 6, usage: 'Training' },
  { emotion: 4, usage: 'PublicTest' },
  { emotion: 6, usage: 'PublicTest' },
];
const ballots = [
  { usage: 'Training', votes: votes({ happiness: 10 }) },
  { usage: 'Training', votes: votes({ anger: 5, disgust: 5 }) }, // a distribution, no majority
  { usage: 'Training', votes: votes({ NF: 10 }) },
  { usage: 'PublicTest', votes: votes({ sadness: 6, neutral: 4 }) },
  { usage: 'PublicTest', votes: votes({ neutral: 5, sadness: 5 }) },
];
const files = { 'fer2013.csv': officialCsv(images), 'fer2013new.csv': votesCsv(ballots) };

describe('FER+', () => {
  it('trains on images with a distribution and evaluates on those with a majority', async () => {
    await withFiles(files, async (folder) => {
      const dataset = await loadDataset('ferplus', folder);
      expect(dataset.splits).toEqual(['Training', 'PublicTest']);
      const train = await dataset.loadSplit('Training', 'train');
      expect([...train.labels]).toEqual([1, 4]);
      expect(shares(train.labelDistribution)).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0, 0]);
      expect([...train.labellingOf('fer2013').labels]).toEqual([1, 4]);
      const test = await dataset.loadSplit('PublicTest', 'evaluate');
      expect([...test.labels]).toEqual([3]);
      expect([...test.images.pixels]).toEqual(syntheticPixels(3));
      expect(test.ids).toEqual(['fer0000003.png']);
    });
  });

  it("gives FER2013's label, the votes and both targets of every image", async () => {
    await withFiles(files, async (folder) => {
      const [first, second, third] = (await ferPlus.index(folder)).records;
      expect([first, second, third].map((record) => [record!.label, record!.alternatives])).toEqual([
        ['happiness', { fer2013: 'happiness' }],
        [undefined, { fer2013: 'anger' }],
        [undefined, { fer2013: 'neutral' }],
      ]);
      expect(second).toMatchObject({
        labelDistribution: { anger: 0.5, disgust: 0.5 },
        attributes: { anger: 5, disgust: 5 },
      });
      expect(third!.labelDistribution).toBeUndefined();
    });
  });

  it('finds the votes by the names of their columns, and takes 10.0 for 10', async () => {
    const [header, ...rows] = files['fer2013new.csv']
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const turned = [header!, ...rows]
      .map((row, i) => [i === 0 ? '' : i, ...row.slice().reverse()].join(';').replace('10', '10.0'))
      .join('\r\n');
    await withFiles({ ...files, 'fer2013new.csv': turned }, async (folder) => {
      expect([...(await (await loadDataset('ferplus', folder)).loadSplit('Training', 'train')).labels]).toEqual([1, 4]);
    });
  });

  it('accepts images of one split beside the votes of all', async () => {
    const held = { ...files, 'fer2013.csv': officialCsv(images.slice(3)) };
    await withFiles(held, async (folder) => {
      const dataset = await loadDataset('ferplus', folder);
      expect(dataset.splits).toEqual(['PublicTest']);
      expect([...(await dataset.loadSplit('PublicTest', 'evaluate')).labels]).toEqual([3]);
    });
  });

  const damaged: [what: string, change: Partial<typeof files>, message: RegExp][] = [
    [
      'a vote row is missing',
      { 'fer2013new.csv': votesCsv(ballots.slice(0, 4)) },
      /fer2013new.csv:5: there are 4 rows of votes for the 5 rows of images/,
    ],
    [
      'a vote row too many',
      { 'fer2013new.csv': votesCsv([...ballots, ballots[4]!]) },
      /fer2013new.csv:7: there are 6 rows of votes/,
    ],
    [
      'another Usage',
      { 'fer2013new.csv': votesCsv([ballots[0]!, ballots[1]!, ballots[3]!, ballots[2]!, ballots[4]!]) },
      /fer2013new.csv:4: votes are for an image of PublicTest, but row 3 of the images is Training/,
    ],
    [
      'a wrong header',
      { 'fer2013new.csv': 'a,b\n' },
      /fer2013new.csv: no column "Usage": expected Usage, neutral, happiness/,
    ],
    ['no votes', { 'fer2013new.csv': '' }, /fer2013new.csv: is empty/],
    [
      'a vote that is not a number',
      { 'fer2013new.csv': files['fer2013new.csv'].replace('10', 'x') },
      /fer2013new.csv:2: votes for happiness are "x"/,
    ],
    [
      'a short row',
      { 'fer2013new.csv': `${FERPLUS_HEADER}\nTraining,a,1\n` },
      /fer2013new.csv:2: expected 12 fields, got 3/,
    ],
  ];
  for (const [what, change, message] of damaged) {
    it(`names file and line, in loading and in check: ${what}`, async () => {
      await withFiles({ ...files, ...change }, async (folder) => {
        await expect(loadDataset('ferplus', folder)).rejects.toThrow(message);
        const report = await findDataset('ferplus').check(folder);
        expect(report.ok).toBe(false);
        expect(report.findings.map(({ where, message: text }) => `${where}: ${text}`).join('\n')).toMatch(message);
      });
    });
  }

  it('says which of the two files is missing', async () => {
    await withFiles({ 'fer2013.csv': files['fer2013.csv'] }, async (folder) => {
      await expect(loadDataset('ferplus', folder)).rejects.toThrow(/holds no fer2013new.csv, the votes of FER\+/);
    });
    await withFiles({ 'fer2013new.csv': files['fer2013new.csv'] }, async (folder) => {
      await expect(loadDataset('ferplus', folder)).rejects.toThrow(/holds no FER2013/);
    });
  });
});
