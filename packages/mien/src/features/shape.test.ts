import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point2 } from '../image/index.ts';
import { SHAPE, SHAPE_LANDMARKS } from './index.ts';

const whole = fc.integer({ min: -1000, max: 1000 });
const face = (count: number): fc.Arbitrary<Point2[]> =>
  fc.array(fc.tuple(whole, whole), { minLength: count, maxLength: count });

describe('SHAPE', () => {
  it('by hand: 1,332 differences, x before y, (0,1) (0,2) … (35,36)', () => {
    const points = Array.from({ length: 37 }, (_, i): Point2 => [i, i * i]);
    const values = SHAPE.extract(points);
    expect(values).toHaveLength(1332);
    expect(SHAPE.size).toBe(1332);
    expect(Array.from(values.subarray(0, 4))).toEqual([-1, -1, -2, -4]);
    expect(Array.from(values.subarray(72, 74))).toEqual([-1, -3]); // (1,2) after the 36 pairs of point 0
    expect(Array.from(values.subarray(1330))).toEqual([-1, 35 * 35 - 36 * 36]);
  });

  it('does not change when the face is shifted, and doubles with it', () => {
    fc.assert(
      fc.property(face(37), whole, whole, (points, dx, dy) => {
        const values = SHAPE.extract(points);
        expect(SHAPE.extract(points.map(([x, y]): Point2 => [x + dx, y + dy]))).toEqual(values);
        expect(SHAPE.extract(points.map(([x, y]): Point2 => [2 * x, 2 * y]))).toEqual(values.map((v) => 2 * v));
      }),
      { numRuns: 20 },
    );
  });

  it('takes brows, nose, eyes and outer lips of the 68 landmarks', () => {
    expect(new Set(SHAPE_LANDMARKS).size).toBe(37);
    fc.assert(
      fc.property(face(68), (points) => {
        expect(SHAPE.extract(points)).toEqual(SHAPE.extract(SHAPE_LANDMARKS.map((i) => points[i]!)));
        const other: Point2[] = points.map((p, i) => (SHAPE_LANDMARKS.includes(i) ? p : [0, 0]));
        expect(SHAPE.extract(other)).toEqual(SHAPE.extract(points));
      }),
      { numRuns: 10 },
    );
  });

  it('refuses any other number of points', () => {
    expect(() => SHAPE.extract([[0, 0]])).toThrow('shape: points: expected 37, or the 68 landmarks, got 1');
  });
});
