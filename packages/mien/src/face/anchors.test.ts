import { describe, expect, it } from 'vitest';
import { anchorCenters } from './anchors.ts';
import { FULL_RANGE, SHORT_RANGE } from './ssd.ts';

describe('anchorCenters', () => {
  it('gives the short-range network its 896 anchors: two at each of 16×16 cells, six at each of 8×8', () => {
    const centers = anchorCenters(SHORT_RANGE);
    expect(centers.length).toBe(2 * 896);
    expect([...centers.subarray(0, 6)]).toEqual([0.5 / 16, 0.5 / 16, 0.5 / 16, 0.5 / 16, 1.5 / 16, 0.5 / 16]);
    const secondGrid = 2 * 16 * 16 * 2;
    expect([...centers.subarray(secondGrid, secondGrid + 14)]).toEqual([
      ...new Array<number>(12).fill(0.5 / 8),
      1.5 / 8,
      0.5 / 8,
    ]);
    expect([...centers.subarray(-2)]).toEqual([7.5 / 8, 7.5 / 8]);
  });

  it('gives the full-range network its 2304 anchors: one at each of 48×48 cells', () => {
    const centers = anchorCenters(FULL_RANGE);
    expect(centers.length).toBe(2 * 2304);
    expect(centers[0]).toBeCloseTo(0.5 / 48, 7);
    expect(centers[2 * 48 + 1]).toBeCloseTo(1.5 / 48, 7);
  });
});
