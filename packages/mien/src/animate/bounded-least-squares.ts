/** Least squares whose unknowns have bounds, by coordinate descent: each unknown in turn goes to its best value. */

/** Changes below this end the descent. */
const TOLERANCE = 1e-7;
const MOST_SWEEPS = 500;

/**
 * min ½ wᵀGw − bᵀw, low ≤ w ≤ high: least squares by its normal equations. Strictly convex, so that the descent ends at
 * the only minimum.
 * @param G [U][U] symmetric, positive definite   @param b [U]   @param low, high of each unknown
 * @returns [U]
 */
export function boundedLeastSquares(
  G: readonly (readonly number[])[],
  b: readonly number[],
  low: (u: number) => number,
  high: (u: number) => number,
): number[] {
  const w = b.map((_, u) => Math.min(Math.max(0, low(u)), high(u)));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let most = 0;
    for (let u = 0; u < w.length; u++) {
      const row = G[u]!;
      let gradient = b[u]!;
      for (let v = 0; v < w.length; v++) gradient -= row[v]! * w[v]!;
      const next = Math.min(high(u), Math.max(low(u), w[u]! + gradient / row[u]!));
      most = Math.max(most, Math.abs(next - w[u]!));
      w[u] = next;
    }
    if (most < TOLERANCE) break;
  }
  return w;
}
