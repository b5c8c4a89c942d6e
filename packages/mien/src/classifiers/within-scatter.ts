/**
 * The covariance within classes, shrunk, as an equation to be solved:
 *   S = (1 − γ)S_w + γ(tr S_w/D)·I,  S_w = Σᵢ zᵢzᵢᵀ/f,  zᵢ = xᵢ − μ of its class
 *
 * Shape legend: N samples, D features, K columns to solve for; Z [N,D] has the rows zᵢ; f degrees of freedom.
 */
import { MienError } from '../errors.ts';
import { choleskySolve } from './cholesky.ts';
import { Rows } from './rows.ts';
import { scaleRow, type Scaling } from './scaling.ts';
import type { Features } from './training-set.ts';

export interface WithinScatter {
  readonly x: Features;
  readonly y: Int32Array;
  /** [N] rows of x. */
  readonly used: Int32Array;
  readonly scaling: Scaling;
  /** [K][D] of the scaled samples. */
  readonly classMeans: readonly Float64Array[];
  /** f */
  readonly freedom: number;
  readonly D: number;
  /** γ */
  readonly shrinkage: number;
}

/**
 * γ's least value: features that are sums of others leave S_w no inverse; this gives what its pseudo-inverse would.
 * 1e-7 is less than what float32 sums leave where most features are such (shape: rank 72 of 1,332), 1e-6 is enough
 * there.
 */
const RIDGE = 1e-5;
/** Samples whose products are summed in float32 before they are added in float64. */
const CHUNK = 512;
const TILE = 256;

/**
 * Solves SX = M.
 * @param M K columns of [D]   @returns K columns of [D]
 * @throws {MienError} when the samples of each class are all equal
 */
export function solveWithin(within: WithinScatter, M: readonly Float64Array[]): Float64Array[] {
  const trace = traceOf(within);
  if (trace === 0) throw new MienError('fitLda: the samples of each class are all equal');
  const ridge = Math.max(within.shrinkage, RIDGE) * (trace / within.D);
  return within.D > within.used.length ? solveBySamples(within, ridge, M) : solveByFeatures(within, ridge, M);
}

/** [D,D] is built and decomposed. */
function solveByFeatures(within: WithinScatter, ridge: number, M: readonly Float64Array[]): Float64Array[] {
  const { used, D, freedom, shrinkage } = within;
  const S = new Float64Array(D * D);
  // A row for each feature, so that a product of two rows is a sum over samples
  const columns = new Rows(D, CHUNK);
  const views = Array.from({ length: D }, (_, j) => columns.row(j));
  const tile = new Float32Array(TILE * TILE);
  const z = new Float32Array(D);
  const factor = (1 - shrinkage) / freedom;
  for (let start = 0; start < used.length; start += CHUNK) {
    for (let t = 0; t < CHUNK; t++) {
      if (start + t < used.length) residual(within, start + t, z);
      else z.fill(0);
      for (let j = 0; j < D; j++) views[j]![t] = z[j]!;
    }
    for (let a = 0; a < D; a += TILE) {
      const m = Math.min(TILE, D - a);
      for (let b = 0; b <= a; b += TILE) {
        const n = Math.min(TILE, D - b);
        columns.products(a, m, b, n, tile); // [m,n]
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) S[(a + i) * D + b + j]! += factor * tile[i * n + j]!;
      }
    }
  }
  for (let j = 0; j < D; j++) S[j * D + j]! += ridge;
  return choleskySolve(S, D, M); // which reads the lower triangle only
}

/**
 * With more features than samples [N,N] is decomposed instead (Woodbury): with Y = √((1 − γ)/f)·Z and ridge δ
 *   (YᵀY + δI)⁻¹M = (M − Yᵀ(YYᵀ + δI)⁻¹YM)/δ
 */
function solveBySamples(within: WithinScatter, ridge: number, M: readonly Float64Array[]): Float64Array[] {
  const { used, D, freedom, shrinkage } = within;
  const N = used.length;
  const Y = new Rows(N, D);
  const scale = Math.sqrt((1 - shrinkage) / freedom);
  for (let t = 0; t < N; t++) {
    const row = Y.row(t);
    residual(within, t, row);
    for (let j = 0; j < D; j++) row[j]! *= scale;
  }
  const products = new Float32Array(N * N);
  Y.products(0, N, 0, N, products);
  const gram = Float64Array.from(products);
  for (let t = 0; t < N; t++) gram[t * N + t]! += ridge;
  const YM = M.map((m) =>
    Float64Array.from({ length: N }, (_, t) => Y.row(t).reduce((sum, v, j) => sum + v * m[j]!, 0)),
  );
  return choleskySolve(gram, N, YM).map((solved, k) => {
    const out = Float64Array.from(M[k]!);
    solved.forEach((weight, t) => {
      const row = Y.row(t);
      for (let j = 0; j < D; j++) out[j]! -= weight * row[j]!;
    });
    return out.map((v) => v / ridge);
  });
}

/** zᵢ of the t-th sample. */
function residual({ x, y, used, scaling, classMeans }: WithinScatter, t: number, out: Float32Array): void {
  const i = used[t]!;
  scaleRow(scaling, x, i, out);
  const mean = classMeans[y[i]!]!;
  for (let j = 0; j < out.length; j++) out[j]! -= mean[j]!;
}

/** tr S_w = Σᵢ ‖zᵢ‖²/f */
function traceOf(within: WithinScatter): number {
  const z = new Float32Array(within.D);
  let sum = 0;
  for (let t = 0; t < within.used.length; t++) {
    residual(within, t, z);
    for (let j = 0; j < z.length; j++) sum += z[j]! ** 2;
  }
  return sum / within.freedom;
}
