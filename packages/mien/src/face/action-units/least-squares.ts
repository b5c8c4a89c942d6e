/** Non-negative least squares: Lawson & Hanson 1974, "Solving Least Squares Problems", chapter 23. */
import { Matrix, solve } from 'ml-matrix';

/** Below this, of the greatest of Pᵀx, a gradient counts as 0. */
const TOLERANCE = 1e-9;

/**
 * min ½ wᵀGw − bᵀw, w ≥ 0: least squares by its normal equations.
 * @param G [U][U] symmetric, positive definite   @param b [U]
 * @returns [U]
 */
export function nonNegativeLeastSquares(G: readonly (readonly number[])[], b: readonly number[]): number[] {
  const U = b.length;
  const w = new Array<number>(U).fill(0);
  const free = new Set<number>();
  const scale = Math.max(...b.map(Math.abs), Number.MIN_VALUE);
  // Each round frees one and frees none again without a gain: the number of rounds is bounded
  for (let round = 0; round < 3 * U; round++) {
    const gradient = b.map((value, i) => value - G[i]!.reduce((sum, g, j) => sum + g * w[j]!, 0));
    let best = -1;
    for (let i = 0; i < U; i++)
      if (!free.has(i) && gradient[i]! > TOLERANCE * scale && (best < 0 || gradient[i]! > gradient[best]!)) best = i;
    if (best < 0) break;
    free.add(best);
    for (;;) {
      const set = [...free];
      const found = solve(
        new Matrix(set.map((i) => set.map((j) => G[i]![j]!))),
        Matrix.columnVector(set.map((i) => b[i]!)),
      ).to1DArray();
      if (found.every((value) => value > 0)) {
        w.fill(0);
        set.forEach((i, k) => (w[i] = found[k]!));
        break;
      }
      // As far as the first that would become negative, which is then held at 0
      let step = 1;
      set.forEach((i, k) => {
        if (found[k]! <= 0) step = Math.min(step, w[i]! / (w[i]! - found[k]!));
      });
      set.forEach((i, k) => {
        w[i]! += step * (found[k]! - w[i]!);
        if (found[k]! <= 0 && w[i]! <= TOLERANCE) {
          w[i] = 0;
          free.delete(i);
        }
      });
      if (free.size === 0) break;
    }
  }
  return w;
}
