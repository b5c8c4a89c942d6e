import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../tensor/random.ts';
import { nonNegativeLeastSquares } from './least-squares.ts';

/** Normal equations of a random system with `rows` equations. */
function systemOf(seed: number, unknowns: number, rows: number) {
  const random = new Random(seed, 'nnls');
  const A = Array.from({ length: rows }, () => Array.from({ length: unknowns }, () => random.normal()));
  const y = Array.from({ length: rows }, () => random.normal());
  const G = Array.from({ length: unknowns }, (_, i) =>
    Array.from({ length: unknowns }, (_, j) => A.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const b = Array.from({ length: unknowns }, (_, i) => A.reduce((sum, row, r) => sum + row[i]! * y[r]!, 0));
  return { G, b };
}

describe('nonNegativeLeastSquares', () => {
  it('gives the plain solution where that is positive, and 0 where it would not be', () => {
    expect(
      nonNegativeLeastSquares(
        [
          [2, 0],
          [0, 4],
        ],
        [2, 8],
      ),
    ).toEqual([1, 2]);
    expect(
      nonNegativeLeastSquares(
        [
          [2, 0],
          [0, 4],
        ],
        [-2, 8],
      ),
    ).toEqual([0, 2]);
    expect(
      nonNegativeLeastSquares(
        [
          [1, 0],
          [0, 1],
        ],
        [0, 0],
      ),
    ).toEqual([0, 0]);
  });

  it('meets the conditions of Karush, Kuhn and Tucker', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 15 }), (seed, U) => {
        const { G, b } = systemOf(seed, U, U + 3);
        const w = nonNegativeLeastSquares(G, b);
        const gradient = b.map((value, i) => value - G[i]!.reduce((sum, g, j) => sum + g * w[j]!, 0));
        for (let i = 0; i < U; i++) {
          expect(w[i]).toBeGreaterThanOrEqual(0);
          expect(gradient[i]!).toBeLessThan(1e-6);
          if (w[i]! > 0) expect(Math.abs(gradient[i]!)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 200 },
    );
  });
});
