import { describe, expect, it } from 'vitest';
import { float32, Random } from '../tensor/index.ts';
import {
  balancedClassWeights,
  balancedSampler,
  classBatchSampler,
  classesOf,
  pairSampler,
  peakPairSampler,
  type Sampler,
  tripletSampler,
  tupletSampler,
} from './samplers.ts';
import { labelledImages, type Samples } from './samples.ts';

const CLASSES = ['a', 'b', 'c'];
/** Forty samples, most of class a, four of c, two without a label; people 0 … 4 in turn. */
const labels = Int32Array.from({ length: 40 }, (_, i) => (i >= 38 ? -1 : i >= 34 ? 2 : i >= 24 ? 1 : 0));
const samples: Samples = labelledImages({
  images: { count: 40, height: 1, width: 1, channels: 1, pixels: new Uint8Array(40) },
  classes: CLASSES,
  labels,
  ids: Array.from(labels, (_, i) => `${i}`),
  subjects: Array.from(labels, (_, i) => `S${i % 5}`),
  targets: {
    intensity: { kind: 'regression', names: ['intensity'], values: Float32Array.from(labels, (_, i) => i % 7) },
  },
});
const groupsOf = (sampler: Sampler, epoch = 0, more: object = {}): number[][] => {
  const order = sampler.order(samples, { random: new Random(1, `order/${epoch}`), batchSize: 12, ...more });
  expect(order.length % sampler.groupSize).toBe(0);
  return Array.from({ length: order.length / sampler.groupSize }, (_, g) => [
    ...order.subarray(g * sampler.groupSize, (g + 1) * sampler.groupSize),
  ]);
};
const labelsOf = (rows: readonly number[]): number[] => rows.map((row) => labels[row]!);

it('every sampler gives the same order again, another in another epoch, and nothing without a label', () => {
  const all = [
    balancedSampler(),
    pairSampler(),
    tripletSampler(),
    tupletSampler({ positives: 2, negatives: 3 }),
    classBatchSampler({ classes: 2, samples: 3 }),
    peakPairSampler({ intensity: 'intensity' }),
  ];
  for (const sampler of all) {
    expect(groupsOf(sampler)).toEqual(groupsOf(sampler));
    expect(groupsOf(sampler, 1)).not.toEqual(groupsOf(sampler));
    expect(labelsOf(groupsOf(sampler).flat())).not.toContain(-1);
  }
});

describe('balancedSampler', () => {
  it('draws classes alike, or by weight', () => {
    expect(balancedClassWeights({ classes: [...CLASSES, 'd'], labels })).toEqual([1 / 3, 1 / 3, 1 / 3, 0]);
    const shares = (sampler: Sampler): number[] => {
      const drawn = Array.from({ length: 50 }, (_, epoch) => labelsOf(groupsOf(sampler, epoch).flat())).flat();
      return CLASSES.map((_, k) => drawn.filter((label) => label === k).length / drawn.length);
    };
    for (const share of shares(balancedSampler())) expect(share).toBeCloseTo(1 / 3, 1);
    expect(shares(balancedSampler({ weights: [0, 1, 3] })).map((s) => Math.round(4 * s))).toEqual([0, 1, 3]);
    expect(() => groupsOf(balancedSampler({ weights: [1] }))).toThrow('weights: expected 3 values, got 1');
    expect(() => groupsOf(balancedSampler({ weights: [0, 0, 0] }))).toThrow('above 0 for a class that occurs');
  });
});

describe('pairSampler', () => {
  it('pairs each sample with another, of its class as often as asked', () => {
    const pairs = Array.from({ length: 20 }, (_, epoch) => groupsOf(pairSampler({ like: 0.25 }), epoch)).flat();
    expect(pairs.every(([a, b]) => a !== b)).toBe(true);
    const like = pairs.filter(([a, b]) => labels[a!] === labels[b!]).length / pairs.length;
    expect(like).toBeCloseTo(0.25, 1);
    expect(new Set(pairs.map(([a]) => a)).size).toBe(38);
  });

  it('pairs people where they are the target', () => {
    const pairs = groupsOf(pairSampler({ target: 'subject', like: 1 }));
    expect(pairs.every(([a, b]) => samples.subjects![a!] === samples.subjects![b!])).toBe(true);
    expect(classesOf(samples, 'subject').classes).toEqual(['S0', 'S1', 'S2', 'S3', 'S4']);
  });
});

describe('tripletSampler', () => {
  it('gives anchor, positive and negative', () => {
    for (const [anchor, positive, negative] of groupsOf(tripletSampler())) {
      expect(anchor).not.toBe(positive);
      expect(labels[anchor!]).toBe(labels[positive!]);
      expect(labels[anchor!]).not.toBe(labels[negative!]);
    }
  });

  it('mines by the features at hand', () => {
    // Features on a line: samples of a class lie at 0, 10, 20 and are spread by their place
    const at = (row: number): number => 10 * Math.max(0, labels[row]!) + (row % 5);
    const features = float32(
      [40, 1],
      Array.from({ length: 40 }, (_, row) => at(row)),
    );
    const distances = (rule: 'hard' | 'semi-hard', candidates: number): number[][] =>
      groupsOf(tripletSampler({ mine: { output: 'e', rule, candidates } }), 0, { features }).map(([a, p, n]) => [
        (at(a!) - at(p!)) ** 2,
        (at(a!) - at(n!)) ** 2,
      ]);
    const mean = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
    const [hard, any] = [distances('hard', 32), distances('hard', 1)];
    expect(mean(hard.map(([p]) => p!))).toBeGreaterThan(mean(any.map(([p]) => p!)));
    expect(mean(hard.map(([, n]) => n!))).toBeLessThan(mean(any.map(([, n]) => n!)));
    for (const [positive, negative] of distances('semi-hard', 32)) expect(negative).toBeGreaterThan(positive!);
    expect(() => groupsOf(tripletSampler({ mine: { output: 'e', rule: 'hard' } }))).toThrow('needs the features "e"');
  });
});

describe('tupletSampler', () => {
  it('gives one class of different people, then others of these people', () => {
    for (const tuplet of groupsOf(tupletSampler({ positives: 3, negatives: 4 }))) {
      const [positives, negatives] = [tuplet.slice(0, 3), tuplet.slice(3)];
      expect(new Set(labelsOf(positives)).size).toBe(1);
      const people = new Set(positives.map((row) => samples.subjects![row]));
      expect(people.size).toBe(3);
      expect(labelsOf(negatives)).not.toContain(labels[positives[0]!]);
      for (const row of negatives) expect(people).toContain(samples.subjects![row]);
    }
    const nobody = samples.with({ subjects: undefined });
    expect(() =>
      tupletSampler({ positives: 2, negatives: 2 }).order(nobody, { random: new Random(1), batchSize: 4 }),
    ).toThrow('tupletSampler: needs the people of the samples');
  });
});

describe('classBatchSampler', () => {
  it('gives batches of so many samples of so many classes', () => {
    for (const batch of groupsOf(classBatchSampler({ classes: 2, samples: 4 }))) {
      const counts = CLASSES.map((_, k) => labelsOf(batch).filter((label) => label === k).length);
      expect(counts.filter((n) => n === 4)).toHaveLength(2);
    }
    expect(() => groupsOf(classBatchSampler({ classes: 4, samples: 2 }))).toThrow(
      'needs samples of 4 classes of label, found 3',
    );
  });
});

describe('peakPairSampler', () => {
  it('gives the peak of a person and class, and a weaker sample', () => {
    const strength = (row: number): number => row % 7;
    for (const [peak, weaker] of groupsOf(peakPairSampler({ intensity: 'intensity' }))) {
      expect(strength(peak!)).toBeGreaterThanOrEqual(strength(weaker!));
      expect([labels[peak!], peak! % 5]).toEqual([labels[weaker!], weaker! % 5]);
    }
    expect(() => groupsOf(peakPairSampler({ intensity: 'strength' }))).toThrow(
      'needs people and the numbers "strength"',
    );
  });
});
