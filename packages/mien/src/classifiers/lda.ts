/**
 * Linear discriminant analysis, and the nearest neighbour in the space of its discriminants, as Li & Deng set it (2019,
 * section V-A).
 *   v maximises vᵀS_b v / vᵀS v,  S = (1 − γ)S_w + γ(tr S_w/D)·I
 * S_w is the covariance within the classes (÷ N − K), S_b = MMᵀ that of the class means: M has the columns √(nₖ/N)(μₖ −
 * μ). Only the K of M matter among the D dimensions: with G = MᵀS⁻¹M = AΛAᵀ the discriminants are S⁻¹M·A·Λ^(−½), for which
 * vᵀSv = 1. So one Cholesky decomposition (within-scatter.ts) does it, and the only eigenvectors are those of a K×K
 * matrix. Source: Fukunaga 1990, chapter 10; the shrinkage of Ledoit & Wolf 2004, with γ given. scikit-learn shrinks
 * S_b as well, we do not.
 *
 * Shape legend: N samples, D features, K classes, R ≤ K − 1 discriminants.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { MienError, ShapeError } from '../errors.ts';
import { fitScaling, scaleRow, type Scaling, type ScalingKind } from './scaling.ts';
import { featureDims, rowsByClass, type Features, type TrainingSet } from './training-set.ts';
import { solveWithin } from './within-scatter.ts';

export interface Lda {
  readonly kind: 'lda';
  readonly scaling: Scaling;
  readonly classCount: number;
  readonly shrinkage: number;
  /** [R,D] and [R]: the discriminants of a scaled sample are v·x + c, 0 at the mean. */
  readonly directions: Float64Array;
  readonly offsets: Float64Array;
  /** [N,R] the training samples, and [N] their classes. */
  readonly points: Float64Array;
  readonly labels: Int32Array;
}

export interface LdaOptions {
  /** Default `standardise`. */
  readonly scaling?: ScalingKind;
  /** γ, 0 … 1; default 0. */
  readonly shrinkage?: number;
}

/** Eigenvalues of G below this share of the largest are rounding. */
const RANK_TOLERANCE = 1e-6;

/**
 * @throws {ShapeError | MienError} as `rowsByClass`; when γ is out of range; when γ = 0 and D > N − K, as then S_w has
 *   no inverse
 */
export function fitLda(set: TrainingSet, { scaling: kind = 'standardise', shrinkage = 0 }: LdaOptions = {}): Lda {
  const byClass = rowsByClass('fitLda', set);
  const [, D] = featureDims('fitLda', set.x);
  const used = Int32Array.from(byClass.flatMap((rows) => [...rows])).sort();
  const N = used.length;
  const freedom = N - byClass.filter(({ length }) => length > 0).length;
  if (!(shrinkage >= 0 && shrinkage <= 1)) throw new MienError(`fitLda: shrinkage: expected 0 to 1, got ${shrinkage}`);
  if (freedom < 1) throw new MienError('fitLda: expected more samples than classes');
  if (shrinkage === 0 && D > freedom) {
    throw new MienError(
      `fitLda: ${D} features need a shrinkage above 0 with ${N} samples: without it expected at most ${freedom} features`,
    );
  }
  const scaling = fitScaling(kind, set.x, used);
  const { mean, classMeans } = meansOf(set, byClass, scaling, D);
  const present = [...byClass.keys()].filter((k) => byClass[k]!.length > 0);
  const M = present.map((k) => classMeans[k]!.map((v, j) => Math.sqrt(byClass[k]!.length / N) * (v - mean[j]!)));
  const solved = solveWithin({ x: set.x, y: set.y, used, scaling, classMeans, freedom, D, shrinkage }, M);
  const G = new Matrix(M.map((m) => solved.map((s) => dot(m, s))));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(G, { assumeSymmetric: true });
  const largest = Math.max(...realEigenvalues);
  const kept = [...realEigenvalues.keys()]
    .filter((r) => realEigenvalues[r]! > RANK_TOLERANCE * largest)
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  if (kept.length === 0) throw new MienError('fitLda: the means of the classes are equal');
  const directions = new Float64Array(kept.length * D);
  kept.forEach((column, r) =>
    solved.forEach((s, k) => {
      const share = eigenvectorMatrix.get(k, column) / Math.sqrt(realEigenvalues[column]!);
      for (let j = 0; j < D; j++) directions[r * D + j]! += share * s[j]!;
    }),
  );
  const offsets = Float64Array.from(kept, (_, r) => -dot(directions.subarray(r * D, (r + 1) * D), mean));
  const all = projectLda({ scaling, directions, offsets }, set.x);
  const R = kept.length;
  const neighbors = new Float64Array(N * R);
  used.forEach((i, t) => neighbors.set(all.subarray(i * R, (i + 1) * R), t * R));
  return {
    kind: 'lda',
    scaling,
    classCount: set.classCount,
    shrinkage,
    directions,
    offsets,
    points: neighbors,
    labels: used.map((i) => set.y[i]!),
  };
}

/** @returns [N,R], row-major   @throws {ShapeError} when the samples have another number of features */
export function projectLda(
  { scaling, directions, offsets }: Pick<Lda, 'scaling' | 'directions' | 'offsets'>,
  x: Features,
): Float64Array {
  const [N, D] = featureDims('projectLda', x);
  const R = offsets.length;
  if (D * R !== directions.length)
    throw new ShapeError('projectLda', `x: expected ${directions.length / R} features, got ${D}`);
  const out = new Float64Array(N * R);
  const row = new Float32Array(D);
  for (let i = 0; i < N; i++) {
    scaleRow(scaling, x, i, row);
    for (let r = 0; r < R; r++) {
      let sum = offsets[r]!;
      for (let j = 0, at = r * D; j < D; j++, at++) sum += directions[at]! * row[j]!;
      out[i * R + r] = sum;
    }
  }
  return out;
}

/**
 * The nearest training sample by the Euclidean distance of discriminants; of equal ones the first. @returns [N] its
 * number
 */
export function nearestByLda(model: Lda, x: Features): { readonly index: Int32Array; readonly distance: Float64Array } {
  const points = projectLda(model, x);
  const R = model.offsets.length;
  const count = model.labels.length;
  const index = new Int32Array(points.length / R);
  const distance = new Float64Array(index.length);
  for (let i = 0; i < index.length; i++) {
    let best = Infinity;
    for (let t = 0; t < count; t++) {
      let sum = 0;
      for (let r = 0; r < R; r++) sum += (points[i * R + r]! - model.points[t * R + r]!) ** 2;
      if (sum < best) {
        best = sum;
        index[i] = t;
      }
    }
    distance[i] = Math.sqrt(best);
  }
  return { index, distance };
}

/** @returns [N] class indices   @throws {ShapeError} when the samples have another number of features */
export function predictLda(model: Lda, x: Features): Int32Array {
  return nearestByLda(model, x).index.map((t) => model.labels[t]!);
}

/** Means of the scaled samples: of all, and [K] of each class. */
function meansOf(
  { x }: TrainingSet,
  byClass: readonly Int32Array[],
  scaling: Scaling,
  D: number,
): { mean: Float64Array; classMeans: Float64Array[] } {
  const row = new Float32Array(D);
  const mean = new Float64Array(D);
  let N = 0;
  const classMeans = byClass.map((rows) => {
    const sum = new Float64Array(D);
    for (const i of rows) {
      scaleRow(scaling, x, i, row);
      for (let j = 0; j < D; j++) sum[j]! += row[j]!;
    }
    for (let j = 0; j < D; j++) mean[j]! += sum[j]!;
    N += rows.length;
    return sum.map((v) => v / rows.length);
  });
  return { mean: mean.map((v) => v / N), classMeans };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
