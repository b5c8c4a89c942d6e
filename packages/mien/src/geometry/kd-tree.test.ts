import fc from 'fast-check';
import { KdTree } from './kd-tree.ts';
import { describe, expect, it } from 'vitest';

const distance = (p: Float32Array, i: number, [x, y, z]: readonly number[]): number =>
  (p[3 * i]! - x!) ** 2 + (p[3 * i + 1]! - y!) ** 2 + (p[3 * i + 2]! - z!) ** 2;

describe('KdTree', () => {
  it('finds what a look at all points finds', () => {
    const coordinate = fc.integer({ min: -6, max: 6 }); // many equal ones
    const triple = fc.tuple(coordinate, coordinate, coordinate);
    fc.assert(
      fc.property(fc.array(triple, { minLength: 12, maxLength: 120 }), triple, (points, query) => {
        const positions = Float32Array.from(points.flat());
        const found = [...new KdTree(positions).nearest(...query, new Uint32Array(7))];
        const all = points.map((_, i) => distance(positions, i, query)).sort((a, b) => a - b);
        expect(new Set(found).size).toBe(7);
        expect(found.map((i) => distance(positions, i, query))).toEqual(all.slice(0, 7));
      }),
    );
  });

  it('refuses more neighbors than there are points, and coordinates that are none', () => {
    expect(() => new KdTree(new Float32Array(6)).nearest(0, 0, 0, new Uint32Array(3))).toThrow(
      'expected at least 3 points, got 2',
    );
    expect(() => new KdTree(Float32Array.of(1, NaN, 2))).toThrow('expected finite numbers, got NaN');
    expect(() => new KdTree(new Float32Array(5))).toThrow('expected three coordinates each, got 5');
  });
});
