import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../tensor/random.ts';
import { boundedLeastSquares } from './bounded-least-squares.ts';

/** Normal equations of a random system with `rows` equations. */
function systemOf(seed: number, unknowns: number, rows: number) {
  const random = new Random(seed, 'least squares');
  const A = Array.from({ length: rows }, () => Array.from({ length: unknowns }, () => random.normal()));
  const y = Array.from({ length: rows }, () => random.normal());
  const G = Array.from({ length: unknowns }, (_, i) =>
    Array.from(
      { length: unknowns },
      (_, j) => A.reduce((sum, row) => sum + row[i]! * row[j]!, 0) + (i === j ? 0.5 : 0),
    ),
  );
  const b = Array.from({ length: unknowns }, (_, i) => 3 * A.reduce((sum, row, r) => sum + row[i]! * y[r]!, 0));
  return { G, b };
}

describe('boundedLeastSquares', () => {
  it('gives the plain solution within the bounds, and a bound where it would be beyond', () => {
    const G = [
      [2, 0],
      [0, 4],
    ];
    const solve = (b: number[]) =>
      boundedLeastSquares(
        G,
        b,
        () => 0,
        () => 1,
      );
    expect(solve([1, 2])).toEqual([0.5, 0.5]);
    expect(solve([-2, 8])).toEqual([0, 1]);
  });

  it('meets the conditions of Karush, Kuhn and Tucker', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 20 }), (seed, U) => {
        const { G, b } = systemOf(seed, U, U + 3);
        const low = (u: number) => (u % 2 ? -0.5 : 0);
        const w = boundedLeastSquares(G, b, low, () => 1);
        w.forEach((value, u) => {
          const gradient = b[u]! - G[u]!.reduce((sum, g, v) => sum + g * w[v]!, 0);
          expect(value).toBeGreaterThanOrEqual(low(u));
          expect(value).toBeLessThanOrEqual(1);
          // Where it is not at a bound the gradient vanishes; at one it points out of the range
          if (value > low(u) + 1e-9) expect(gradient).toBeGreaterThan(-1e-3);
          if (value < 1 - 1e-9) expect(gradient).toBeLessThan(1e-3);
        });
      }),
      { numRuns: 100 },
    );
  });
});
