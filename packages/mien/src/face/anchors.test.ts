import { describe, expect, it } from 'vitest';
import { anchorCentres } from './anchors.ts';
import { FULL_RANGE, SHORT_RANGE } from './ssd.ts';

describe('anchorCentres', () => {
  it('gives the short-range network its 896 anchors: two at each of 16×16 cells, six at each of 8×8', () => {
    const centres = anchorCentres(SHORT_RANGE);
    expect(centres.length).toBe(2 * 896);
    expect([...centres.subarray(0, 6)]).toEqual([0.5 / 16, 0.5 / 16, 0.5 / 16, 0.5 / 16, 1.5 / 16, 0.5 / 16]);
    const secondGrid = 2 * 16 * 16 * 2;
    expect([...centres.subarray(secondGrid, secondGrid + 14)]).toEqual([
      ...new Array<number>(12).fill(0.5 / 8),
      1.5 / 8,
      0.5 / 8,
    ]);
    expect([...centres.subarray(-2)]).toEqual([7.5 / 8, 7.5 / 8]);
  });

  it('gives the full-range network its 2304 anchors: one at each of 48×48 cells', () => {
    const centres = anchorCentres(FULL_RANGE);
    expect(centres.length).toBe(2 * 2304);
    expect(centres[0]).toBeCloseTo(0.5 / 48, 7);
    expect(centres[2 * 48 + 1]).toBeCloseTo(1.5 / 48, 7);
  });
});
