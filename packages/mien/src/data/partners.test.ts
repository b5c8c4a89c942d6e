import { describe, expect, it } from 'vitest';
import { chooseClasses } from './choose-classes.ts';
import type { Dataset } from './dataset.ts';
import { Partners, type PartnerSpec } from './partners.ts';
import { repeatedSampler } from './samplers.ts';
import { labelledImages, type Samples } from './samples.ts';
import { Random } from '../tensor/index.ts';

const ALL = ['neutral', 'happiness', 'anger'];
const CLASSES = ['anger', 'happiness'];
const SIDE = 5;

/** Image i is all of the value i, but for its first row, which is 200. */
function characters(rows: readonly (readonly [who: string, label: string])[]): Samples {
  const pixels = Uint8Array.from({ length: rows.length * SIDE * SIDE }, (_, p) => {
    const i = Math.floor(p / (SIDE * SIDE));
    return p % (SIDE * SIDE) < SIDE ? 200 : i;
  });
  return labelledImages({
    images: { count: rows.length, width: SIDE, height: SIDE, channels: 1, pixels },
    classes: ALL,
    labels: Int32Array.from(rows, ([, label]) => ALL.indexOf(label)),
    ids: rows.map((_, i) => `#${i}`),
    subjects: rows.map(([who]) => who),
  });
}

const ROWS = [
  ['ray', 'neutral'],
  ['ray', 'happiness'],
  ['ray', 'happiness'],
  ['ray', 'anger'],
  ['aia', 'neutral'],
  ['aia', 'neutral'],
  ['aia', 'neutral'],
  ['aia', 'anger'],
] as const;

const spec: PartnerSpec = {
  dataset: 'drawn',
  count: 2,
  neutral: 'neutral',
  preprocess: {
    width: 4,
    height: 4,
    channels: 'grey',
    cropFrom: { width: SIDE, height: SIDE },
    mean: [0],
    std: [1 / 255],
  },
};

describe('Partners', () => {
  const partners = new Partners(characters(ROWS), spec, CLASSES);

  it('gives each sample an image of its class, and a neutral one of the same person', () => {
    expect(partners.people).toEqual(['aia', 'ray']);
    expect(partners.shapes(7)).toEqual({ partner: [7, 1, 4, 4], neutral: [7, 1, 4, 4], person: [7, 2] });
    const seen = new Set<string>();
    const tops = new Set<number>();
    for (let batch = 0; batch < 40; batch++) {
      const labels = [0, 1, 0, 1];
      const { partner, neutral, person } = partners.feeds(labels, { seed: 1, epoch: 0, batch });
      labels.forEach((label, i) => {
        // The last pixel tells the image, the first one whether the first row was cut off
        const shown = partner.data[16 * i + 15]!;
        const rest = neutral.data[16 * i + 15]!;
        tops.add(Math.round(partner.data[16 * i]!));
        const [who, expression] = ROWS[Math.round(shown)]!;
        expect(expression).toBe(CLASSES[label]);
        expect(ROWS[Math.round(rest)]).toEqual([who, 'neutral']);
        expect([...person.data.subarray(2 * i, 2 * i + 2)]).toEqual(who === 'aia' ? [1, 0] : [0, 1]);
        seen.add(`${Math.round(shown)} ${Math.round(rest)}`);
      });
    }
    // Ray alone is ever happy; all images are shown, cut at different places
    expect([...seen].sort()).toEqual(['1 0', '2 0', '3 0', '7 4', '7 5', '7 6']);
    expect(tops.has(200) && tops.size > 1).toBe(true);
  });

  it('depends on seed, epoch and batch alone', () => {
    const feed = (seed: number, epoch: number, batch: number): number[] => [
      ...partners.feeds([0, 1, 1, 0, 0, 1], { seed, epoch, batch }).partner.data,
    ];
    expect(feed(1, 2, 3)).toEqual(feed(1, 2, 3));
    for (const other of [feed(2, 2, 3), feed(1, 3, 3), feed(1, 2, 4)]) expect(other).not.toEqual(feed(1, 2, 3));
  });

  it('knows the most usual neutral image of each', () => {
    expect([...partners.references].filter((_, i) => i % 16 === 15).map(Math.round)).toEqual([5, 0]);
  });

  it('says whom or what the data lack', () => {
    const make = (change: Partial<PartnerSpec>, rows: readonly (readonly [string, string])[] = ROWS): Partners =>
      new Partners(characters(rows), { ...spec, ...change }, CLASSES);
    expect(make({ count: 1, people: ['ray'] }).people).toEqual(['ray']);
    expect(() => make({ count: 1 })).toThrow('drawn: has no image of aia that shows happiness');
    expect(() => make({ people: ['ray', 'mery'] })).toThrow('drawn: has no "mery", expected some of aia, ray');
    expect(() => make({ count: 3 })).toThrow('drawn: expected 3 characters, found 2: aia, ray');
    expect(() => make({}, ROWS.slice(1))).toThrow('drawn: has no image of ray that is neutral');
    expect(() => make({ count: 1, people: ['ray'] }, [...ROWS.slice(0, 3), ...ROWS.slice(4)])).toThrow(
      'drawn: has no image of ray that shows anger',
    );
    expect(() => partners.feeds([-1], { seed: 1, epoch: 0, batch: 0 })).toThrow('a sample without a label');
  });
});

describe('chooseClasses', () => {
  const dataset: Dataset = {
    name: 'drawn',
    source: 'here',
    classes: ALL,
    splits: ['all'],
    loadSplit: () => Promise.resolve(characters([...ROWS, ['ray', 'unknown']])),
  };

  it('keeps the samples of these classes, in their order', async () => {
    const chosen = chooseClasses(dataset, CLASSES);
    const samples = await chosen.loadSplit('all', 'train');
    expect(chosen.classes).toEqual(CLASSES);
    expect(samples.ids).toEqual(['#1', '#2', '#3', '#7']);
    expect([...samples.labels]).toEqual([1, 1, 0, 0]);
    expect(await chosen.loadSplit('all', 'train')).toBe(samples);
    expect(chooseClasses(dataset, ALL)).toBe(dataset);
    expect(() => chooseClasses(dataset, ['fear'])).toThrow('here: has no class "fear": its classes are neutral');
  });
});

it('repeatedSampler shows each sample so many times, in another order each time', () => {
  const samples = characters(ROWS);
  const order = (seed: number): number[] => [
    ...repeatedSampler(3).order(samples, { random: new Random(seed), batchSize: 4 }),
  ];
  expect(order(1)).not.toEqual(order(2));
  for (let row = 0; row < ROWS.length; row++) expect(order(1).filter((r) => r === row)).toHaveLength(3);
  expect(() => repeatedSampler(0)).toThrow('repeatedSampler: times: expected a whole number from 1, got 0');
});
