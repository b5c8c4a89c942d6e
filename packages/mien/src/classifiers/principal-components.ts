/**
 * Principal components of many dimensions, by randomised subspace iteration: Halko, Martinsson & Tropp 2011, algorithms
 * 4.4 and 5.1.
 *
 * Shape legend: N samples, D dimensions, k components, r = k + 10 columns of the subspace.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { ShapeError } from '../errors.ts';
import { Random } from '../tensor/index.ts';

const OVERSAMPLING = 10;
/** Rounds of (XXᵀ); spectra of network features fall fast, so that a few are plenty. */
const ROUNDS = 4;

export interface PrincipalComponents {
  readonly components: number;
  /**
   * [N,k] scores: centred samples along the components, by falling variance; each component's largest score is
   * positive.
   */
  readonly scores: Float64Array;
  /** [k,D] Unit vectors, of the signs of the scores: scores are (x − mean)·direction. */
  readonly directions: Float64Array;
  /** [D] */
  readonly mean: Float64Array;
  /** [k] Of the scores, falling; over N, not N − 1. */
  readonly variances: Float64Array;
  /** Variance of the k components as a share of the whole variance; 1 where there is none. */
  readonly explained: number;
}

/**
 * @param x [N,D]   @param most components wanted; fewer where N or D is smaller
 * @throws {ShapeError} when x is no [N,D]
 */
export function principalComponents(x: Float32Array, dimensions: number, most: number, seed = 0): PrincipalComponents {
  const D = dimensions;
  const N = x.length / D;
  if (D < 1 || N < 1 || !Number.isInteger(N))
    throw new ShapeError('principalComponents', `x: expected rows of ${D} values, got ${x.length} values`);
  const r = Math.min(most + OVERSAMPLING, N, D);
  const k = Math.min(most, r);
  const mean = columnMeans(x, N, D);
  const random = new Random(seed, 'principal-components');
  let y = times(
    x,
    mean,
    Float64Array.from({ length: D * r }, () => random.normal()),
    N,
    D,
    r,
  ); // [N,r]
  orthonormalize(y, N, r);
  for (let round = 0; round < ROUNDS; round++) {
    const z = transposedTimes(x, mean, y, N, D, r); // [D,r]
    orthonormalize(z, D, r);
    y = times(x, mean, z, N, D, r);
    orthonormalize(y, N, r);
  }
  const b = transposedTimes(x, mean, y, N, D, r); // Bᵀ [D,r], B = Qᵀ(X − mean)
  const gram = new Matrix(r, r); // BBᵀ
  for (let d = 0; d < D; d++)
    for (let i = 0; i < r; i++)
      for (let j = 0; j <= i; j++) gram.set(i, j, gram.get(i, j) + b[d * r + i]! * b[d * r + j]!);
  for (let i = 0; i < r; i++) for (let j = 0; j < i; j++) gram.set(j, i, gram.get(i, j));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((i, j) => realEigenvalues[j]! - realEigenvalues[i]!)
    .slice(0, k);

  const scores = new Float64Array(N * k);
  const directions = new Float64Array(k * D);
  order.forEach((column, c) => {
    const scale = Math.sqrt(Math.max(0, realEigenvalues[column]!));
    let extreme = 0;
    for (let i = 0; i < N; i++) {
      let value = 0;
      for (let j = 0; j < r; j++) value += y[i * r + j]! * eigenvectorMatrix.get(j, column);
      scores[i * k + c] = value * scale;
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    const sign = extreme < 0 ? -1 : 1;
    if (sign < 0) for (let i = 0; i < N; i++) scores[i * k + c]! *= -1;
    // vᵀ = uᵀB/σ; nothing lies along a component without variance
    for (let d = 0; d < D && scale > 0; d++) {
      let value = 0;
      for (let j = 0; j < r; j++) value += b[d * r + j]! * eigenvectorMatrix.get(j, column);
      directions[c * D + d] = (sign * value) / scale;
    }
  });
  const total = squaredDeviations(x, mean, N, D);
  return {
    components: k,
    scores,
    directions,
    mean,
    variances: Float64Array.from(order, (column) => Math.max(0, realEigenvalues[column]!) / N),
    explained: total === 0 ? 1 : order.reduce((sum, column) => sum + Math.max(0, realEigenvalues[column]!), 0) / total,
  };
}

function columnMeans(x: Float32Array, N: number, D: number): Float64Array {
  const mean = new Float64Array(D);
  for (let i = 0; i < N; i++) for (let d = 0; d < D; d++) mean[d]! += x[i * D + d]!;
  return mean.map((sum) => sum / N);
}

function squaredDeviations(x: Float32Array, mean: Float64Array, N: number, D: number): number {
  let total = 0;
  for (let i = 0; i < N; i++) for (let d = 0; d < D; d++) total += (x[i * D + d]! - mean[d]!) ** 2;
  return total;
}

/** (X − mean) W: [N,D]·[D,r] → [N,r]. Zeros, many after a ReLU, are skipped, and the mean taken off afterwards. */
function times(x: Float32Array, mean: Float64Array, w: Float64Array, N: number, D: number, r: number): Float64Array {
  const shift = new Float64Array(r);
  for (let d = 0; d < D; d++) for (let j = 0; j < r; j++) shift[j]! += mean[d]! * w[d * r + j]!;
  const y = new Float64Array(N * r);
  for (let i = 0; i < N; i++) {
    for (let d = 0; d < D; d++) {
      const value = x[i * D + d]!;
      if (value !== 0) for (let j = 0; j < r; j++) y[i * r + j]! += value * w[d * r + j]!;
    }
    for (let j = 0; j < r; j++) y[i * r + j]! -= shift[j]!;
  }
  return y;
}

/** (X − mean)ᵀ Y: [D,N]·[N,r] → [D,r] */
function transposedTimes(
  x: Float32Array,
  mean: Float64Array,
  y: Float64Array,
  N: number,
  D: number,
  r: number,
): Float64Array {
  const z = new Float64Array(D * r);
  const sums = new Float64Array(r);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < r; j++) sums[j]! += y[i * r + j]!;
    for (let d = 0; d < D; d++) {
      const value = x[i * D + d]!;
      if (value !== 0) for (let j = 0; j < r; j++) z[d * r + j]! += value * y[i * r + j]!;
    }
  }
  for (let d = 0; d < D; d++) for (let j = 0; j < r; j++) z[d * r + j]! -= mean[d]! * sums[j]!;
  return z;
}

/**
 * Gram–Schmidt over the columns of a [rows,r], each twice, which makes up for cancellation; a column that depends on
 * those before becomes 0.
 */
function orthonormalize(a: Float64Array, rows: number, r: number): void {
  for (let j = 0; j < r; j++) {
    const before = norm(a, rows, r, j);
    for (let pass = 0; pass < 2; pass++) {
      for (let c = 0; c < j; c++) {
        let dot = 0;
        for (let i = 0; i < rows; i++) dot += a[i * r + c]! * a[i * r + j]!;
        for (let i = 0; i < rows; i++) a[i * r + j]! -= dot * a[i * r + c]!;
      }
    }
    const after = norm(a, rows, r, j);
    const scale = after > 1e-12 * before ? 1 / after : 0;
    for (let i = 0; i < rows; i++) a[i * r + j]! *= scale;
  }
}

function norm(a: Float64Array, rows: number, r: number, column: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += a[i * r + column]! ** 2;
  return Math.sqrt(sum);
}
