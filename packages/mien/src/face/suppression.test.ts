import { describe, expect, it } from 'vitest';
import type { BoxXYWH } from '../image/index.ts';
import { intersectionOverUnion, weightedSuppression } from './suppression.ts';
import type { Detection } from './types.ts';

function detection(score: number, box: BoxXYWH): Detection {
  const p = [box.x, box.y] as const;
  return { box, score, keypoints: [p, p, p, p, p, p] };
}

describe('intersectionOverUnion', () => {
  it('is shared area over covered area', () => {
    expect(intersectionOverUnion({ x: 0, y: 0, width: 4, height: 2 }, { x: 2, y: 0, width: 4, height: 2 })).toBeCloseTo(
      4 / 12,
      12,
    );
  });
  it('is 0 for boxes that touch, lie apart or are empty', () => {
    expect(intersectionOverUnion({ x: 0, y: 0, width: 2, height: 2 }, { x: 2, y: 0, width: 2, height: 2 })).toBe(0);
    expect(intersectionOverUnion({ x: 0, y: 0, width: 2, height: 2 }, { x: 9, y: 9, width: 2, height: 2 })).toBe(0);
    expect(intersectionOverUnion({ x: 0, y: 0, width: 0, height: 0 }, { x: 0, y: 0, width: 0, height: 0 })).toBe(0);
  });
});

describe('weightedSuppression', () => {
  it('averages a face by score and leaves others alone', () => {
    // IoU of the first two is 90/110; the third overlaps neither.
    const merged = weightedSuppression(
      [
        detection(0.3, { x: 1, y: 0, width: 10, height: 10 }),
        detection(0.9, { x: 0, y: 0, width: 10, height: 10 }),
        detection(0.5, { x: 50, y: 0, width: 10, height: 10 }),
      ],
      0.3,
    );
    expect(merged.map((d) => d.score)).toEqual([0.9, 0.5]);
    expect(merged[0]!.box.x).toBeCloseTo((0.9 * 0 + 0.3 * 1) / 1.2, 12);
    expect(merged[0]!.keypoints[5][0]).toBeCloseTo(0.25, 12);
    expect(merged[1]!.box.x).toBe(50);
  });

  it('compares with the best one only, so that a chain of overlaps stays two faces', () => {
    // Neighbours overlap by 1/3, the ends not at all: the middle joins the best end.
    const merged = weightedSuppression(
      [
        detection(0.9, { x: 0, y: 0, width: 10, height: 10 }),
        detection(0.8, { x: 5, y: 0, width: 10, height: 10 }),
        detection(0.7, { x: 10, y: 0, width: 10, height: 10 }),
      ],
      0.3,
    );
    expect(merged).toHaveLength(2);
    expect(merged[0]!.box.x).toBeCloseTo((0.8 * 5) / 1.7, 12);
    expect(merged[1]!.box.x).toBe(10);
  });

  it('returns nothing for nothing', () => {
    expect(weightedSuppression([], 0.3)).toEqual([]);
  });
});
