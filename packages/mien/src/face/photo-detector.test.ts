import { describe, expect, it } from 'vitest';
import { tiles } from './photo-detector.ts';

describe('tiles', () => {
  it('cover the image to its edges and overlap by at least a quarter', () => {
    const side = 300;
    const found = tiles({ width: 1000, height: 700 }, side);
    const starts = (axis: 0 | 1): number[] => [...new Set(found.map((t) => t.center[axis] - side / 2))];
    for (const [axis, length] of [
      [0, 1000],
      [1, 700],
    ] as const) {
      const at = starts(axis);
      expect(at[0]).toBe(0);
      expect(at.at(-1)! + side).toBeCloseTo(length, 9);
      for (let i = 1; i < at.length; i++) expect(at[i]! - at[i - 1]!).toBeLessThanOrEqual(0.75 * side + 1e-9);
    }
    expect(found).toHaveLength(starts(0).length * starts(1).length);
  });

  it('centre the one tile of a side that is shorter than a tile', () => {
    expect(tiles({ width: 1000, height: 100 }, 500).map((t) => t.center)).toEqual([
      [250, 50],
      [500, 50],
      [750, 50],
    ]);
  });
});
