/** A figure that was measured several times: over folds, or over seeds. */

export interface Spread {
  readonly mean: number;
  /** Standard deviation of the sample, √(Σ(xᵢ − mean)²/(n − 1)); NaN of fewer than two. */
  readonly std: number;
}

/** Mean and sample standard deviation; NaN of nothing. */
export function spread(values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  return { mean, std: n < 2 ? NaN : Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1)) };
}
