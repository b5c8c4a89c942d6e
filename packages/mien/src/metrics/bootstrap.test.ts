import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialDistribution, quantileOf } from './binomial.ts';
import { accuracyIntervals } from './bootstrap.ts';
import { accuracy, meanAccuracy } from './classification.ts';
import { compareAnswers } from './mcnemar.ts';

describe('binomialDistribution', () => {
  it('is that of coins', () => {
    expect([...binomialDistribution(3, 0.5)].map((v) => Math.round(v * 8))).toEqual([1, 4, 7, 8]);
    expect([...binomialDistribution(2, 0)]).toEqual([1, 1, 1]);
    expect([...binomialDistribution(2, 1)]).toEqual([0, 0, 1]);
    expect([...binomialDistribution(0, 0.3)]).toEqual([1]);
  });

  it('neither under- nor overflows for many trials', () => {
    // scipy.stats.binom.cdf([99000, 100000, 101000], 300000, 1/3)
    const many = binomialDistribution(300_000, 1 / 3);
    [5.35146e-5, 0.500858, 0.999946].forEach((p, i) =>
      expect(many[[99_000, 100_000, 101_000][i]!]! / p).toBeCloseTo(1, 5),
    );
  });

  it('gives every draw its own place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, p, u) => {
          const cumulative = binomialDistribution(n, p);
          const k = quantileOf(cumulative, u);
          expect(cumulative[k]! > u && (k === 0 || cumulative[k - 1]! <= u)).toBe(true);
        },
      ),
    );
  });
});

describe('accuracyIntervals', () => {
  it('has the width that the binomial distribution tells', () => {
    // 1 class, 80 of 100: 95 % of Binomial(100, 0.8) lie within 72 … 88 (scipy.stats.binom.interval)
    const {
      accuracy: [low, high],
      meanAccuracy,
    } = accuracyIntervals(
      [
        [80, 20],
        [0, 0],
      ],
      { resamples: 20_000 },
    );
    expect([low, high]).toEqual([0.72, 0.88]);
    expect(meanAccuracy).toEqual([low, high]);
  });

  it('keeps the sizes of classes: a rare class widens the mean of classes, not the accuracy', () => {
    const { accuracy: a, meanAccuracy: m } = accuracyIntervals(
      [
        [900, 100],
        [5, 5],
      ],
      { resamples: 4000 },
    );
    expect(a[1] - a[0]).toBeLessThan(0.05);
    // the rare class's recall has a deviation of √(0.25/10) = 0.158, half of which counts: ± 1.96·0.079
    expect(m[1] - m[0]).toBeCloseTo(2 * 1.96 * 0.079, 1);
  });

  it('holds the figure itself, depends on the seed alone, and is undefined without images', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 3 }), {
          minLength: 3,
          maxLength: 3,
        }),
        (matrix) => {
          if (matrix.flat().every((v) => v === 0)) return;
          const intervals = accuracyIntervals(matrix, { seed: 3 });
          for (const [[low, high], value] of [
            [intervals.accuracy, accuracy(matrix)],
            [intervals.meanAccuracy, meanAccuracy(matrix)],
          ] as const) {
            expect(low - 1e-12 <= value && value <= high + 1e-12).toBe(true);
          }
          expect(accuracyIntervals(matrix, { seed: 3 })).toEqual(intervals);
        },
      ),
      { numRuns: 50 },
    );
    expect(accuracyIntervals([[0]]).accuracy).toEqual([NaN, NaN]);
  });
});

describe('compareAnswers', () => {
  const answers = (
    counts: readonly (readonly [first: boolean, second: boolean, count: number])[],
  ): [boolean[], boolean[]] => {
    const rows = counts.flatMap(([a, b, n]) => Array.from({ length: n }, () => [a, b] as const));
    return [rows.map(([a]) => a), rows.map(([, b]) => b)];
  };

  it('is the exact test: p-values of scipy.stats.binomtest(min(b, c), b + c)', () => {
    for (const [b, c, p] of [
      [8, 2, 0.109375],
      [0, 6, 0.03125],
      [40, 20, 0.013489294],
      [5, 5, 1],
      [0, 0, 1],
      [300, 200, 8.940067e-6],
    ] as const) {
      const { pValue } = compareAnswers(
        ...answers([
          [true, true, 50],
          [true, false, b],
          [false, true, c],
          [false, false, 7],
        ]),
      );
      expect(pValue / p).toBeCloseTo(1, 6);
    }
  });

  it('counts, and gives the difference with an interval that keeps pairs together', () => {
    const result = compareAnswers(
      ...answers([
        [true, true, 700],
        [true, false, 60],
        [false, true, 40],
        [false, false, 200],
      ]),
    );
    expect(result).toMatchObject({ bothRight: 700, onlyFirst: 60, onlySecond: 40, bothWrong: 200, difference: 0.02 });
    // √(b + c − (b − c)²/N)/N = 0.00998
    expect(result.interval[0]).toBeCloseTo(0.02 - 1.96 * 0.00998, 2);
    expect(result.interval[1]).toBeCloseTo(0.02 + 1.96 * 0.00998, 2);
    const same = compareAnswers([true, false], [true, false]);
    expect([same.interval, same.pValue]).toEqual([[0, 0], 1]);
  });

  it('of no images is undefined; of different images is refused', () => {
    expect(compareAnswers([], [])).toMatchObject({ difference: NaN, interval: [NaN, NaN], pValue: 1 });
    expect(() => compareAnswers([true], [])).toThrow('expected answers to the same images, got 1 and 0');
  });
});
