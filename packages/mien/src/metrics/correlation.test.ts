import { describe, expect, it } from 'vitest';
import { spearmanCorrelation } from './correlation.ts';

describe('spearmanCorrelation', () => {
  it('is 1 − 6 Σd²/(n³ − n) without ties', () => {
    // ranks 1 2 3 4 5 and 2 1 4 3 5: Σd² = 4
    expect(spearmanCorrelation([10, 20, 30, 40, 50], [2, 1, 30, 4, 99])).toBeCloseTo(1 - (6 * 4) / 120, 12);
    expect(spearmanCorrelation([1, 2, 3], [8, 0, -1e9])).toBe(-1);
  });

  it('gives ties their mean rank', () => {
    // ranks 1 2.5 2.5 4 and 1 2 3 4: xy = 4.5, xx = 4.5, yy = 5
    expect(spearmanCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('is NaN for a constant, and rejects lists of different length', () => {
    expect(spearmanCorrelation([1, 1], [1, 2])).toBeNaN();
    expect(() => spearmanCorrelation([1], [1, 2])).toThrow(/equal length, got 1 and 2/);
  });
});
