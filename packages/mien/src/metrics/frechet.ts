/** How far two sets of feature vectors are apart, and how much vectors of one set differ. N, M vectors of D numbers. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { ShapeError } from '../errors.ts';

/** Vectors, row after row. */
export interface VectorRows {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * The Fréchet distance of the normal distributions that have the means and covariances of two sets of vectors:
 *   ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2·(Σ₁^½ Σ₂ Σ₁^½)^½)
 * Source: Dowson & Landau 1982, "The Fréchet distance between multivariate normal distributions", Journal of
 * Multivariate Analysis 12(3); on features of images Heusel et al. 2017, arXiv:1706.08500. It grows as sets become smaller
 * than D, so that only sets of equal sizes compare, and only on the features of one network.
 * @param x [N,D]   @param y [M,D]   @throws {ShapeError} when D differs, or a set has less than two vectors
 */
export function frechetDistance(x: VectorRows, y: VectorRows): number {
  const [first, second] = [momentsOf(x), momentsOf(y)];
  const D = first.mean.length;
  if (second.mean.length !== D)
    throw new ShapeError('frechetDistance', `expected vectors of ${D} numbers, got ${second.mean.length}`);
  const root = squareRoot(first.covariance);
  const product = root.mmul(second.covariance).mmul(root);
  const values = new EigenvalueDecomposition(symmetric(product), { assumeSymmetric: true }).realEigenvalues;
  // Rounding makes eigenvalues of 0 slightly negative
  const traceOfRoot = values.reduce((sum, v) => sum + Math.sqrt(Math.max(0, v)), 0);
  const apart = first.mean.reduce((sum, v, i) => sum + (v - second.mean[i]!) ** 2, 0);
  return Math.max(0, apart + first.covariance.trace() + second.covariance.trace() - 2 * traceOfRoot);
}

function momentsOf({ dims, data }: VectorRows): { mean: number[]; covariance: Matrix } {
  const [N = 0, D = 0] = dims;
  if (dims.length !== 2 || N < 2)
    throw new ShapeError('frechetDistance', `expected [N,D] with two vectors or more, got [${dims.join(',')}]`);
  const mean = new Array<number>(D).fill(0);
  for (let i = 0; i < N * D; i++) mean[i % D]! += data[i]! / N;
  const centered = new Matrix(N, D);
  for (let i = 0; i < N; i++) for (let j = 0; j < D; j++) centered.set(i, j, data[i * D + j]! - mean[j]!);
  return {
    mean,
    covariance: centered
      .transpose()
      .mmul(centered)
      .div(N - 1),
  };
}

/** The square root of a symmetric matrix without negative eigenvalues, but for rounding. */
function squareRoot(a: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric(a), { assumeSymmetric: true });
  const scaled = eigenvectorMatrix.clone();
  realEigenvalues.forEach((v, j) => scaled.mulColumn(j, Math.sqrt(Math.max(0, v))));
  return scaled.mmul(eigenvectorMatrix.transpose());
}

const symmetric = (a: Matrix): Matrix => Matrix.add(a, a.transpose()).div(2);

/**
 * Mean absolute difference of two vectors of a set, over all pairs and numbers; NaN of less than two.
 * @param vectors of one length
 */
export function meanPairDifference(vectors: readonly ArrayLike<number>[]): number {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < vectors.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [vectors[i]!, vectors[j]!];
      let difference = 0;
      for (let k = 0; k < a.length; k++) difference += Math.abs(a[k]! - b[k]!);
      sum += difference / a.length;
      pairs++;
    }
  return sum / pairs;
}
