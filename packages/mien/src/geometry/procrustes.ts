/**
 * Orthogonal Procrustes: the rotation, optional uniform scale, and translation that lay one set of points on another.
 * Sources: Schönemann 1966; Umeyama 1991 (reflection case, scale, translation). Shapes: n points of 3 coordinates.
 */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { ShapeError } from '../errors.ts';
import type { Point3 } from '../image/raw-image.ts';
import { applyMatrix3, type Matrix3 } from './matrix3.ts';

export interface ProcrustesOptions {
  /** Non-negative importance of each pair, not all zero. Default: all equal. */
  readonly weights?: readonly number[];
  /** Fit a uniform scale too. Default false: scale is 1. */
  readonly scale?: boolean;
}

/** Maps x to scale · rotation · x + translation. */
export interface RigidTransform {
  /** Determinant +1, always. */
  readonly rotation: Matrix3;
  readonly scale: number;
  readonly translation: Point3;
}

/** Singular values below this part of the largest count as zero. */
const RANK_TOLERANCE = 1e-9;

/**
 * Weighted least-squares similarity from source to target:
 *   min Σᵢ wᵢ ‖s R xᵢ + t − yᵢ‖²,  det R = +1
 * With weighted centroids x̄, ȳ and M = Σᵢ wᵢ (yᵢ − ȳ)(xᵢ − x̄)ᵀ = U Σ Vᵀ, D = diag(1, 1, sign det(U Vᵀ)):
 *   R = U D Vᵀ,  s = tr(Σ D) / Σᵢ wᵢ ‖xᵢ − x̄‖²  (1 without `scale`),  t = ȳ − s R x̄
 * A mirrored target gives the best proper rotation, never a reflection. Coplanar points are enough.
 * @param source at least 3 points, in any unit   @param target as many points, paired by position
 * @throws {ShapeError} when the counts differ, a weight is negative, or the rotation is not determined: rank M < 2,
 *   as when the points of either side, those of weight 0 left out, lie on one line or coincide
 */
export function procrustes(
  source: readonly Point3[],
  target: readonly Point3[],
  options: ProcrustesOptions = {},
): RigidTransform {
  if (source.length !== target.length || source.length < 3) {
    throw new ShapeError(
      'procrustes',
      `expected two equally long lists of at least 3 points, got ${source.length} and ${target.length}`,
    );
  }
  const weights = checkedWeights(options.weights, source.length);
  const sourceCenter = weightedCentroid(source, weights);
  const targetCenter = weightedCentroid(target, weights);

  const covariance = Matrix.zeros(3, 3);
  let sourceSpread = 0; // Σ wᵢ ‖xᵢ − x̄‖²
  let targetSpread = 0;
  source.forEach((from, i) => {
    const x = subtract(from, sourceCenter);
    const y = subtract(target[i]!, targetCenter);
    const w = weights[i]!;
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 3; c++) covariance.set(r, c, covariance.get(r, c) + w * y[r]! * x[c]!);
    }
    sourceSpread += w * squaredNorm(x);
    targetSpread += w * squaredNorm(y);
  });

  if (!(sourceSpread > 0) || !(targetSpread > 0)) {
    throw new ShapeError(
      'procrustes',
      'expected points that do not lie on one line, got points that coincide or are not finite',
    );
  }
  const svd = new SingularValueDecomposition(covariance, { autoTranspose: true });
  const U = svd.leftSingularVectors;
  const V = svd.rightSingularVectors;
  const [s1, s2, s3] = svd.diagonal as [number, number, number];
  // Against the spreads, not only against s1: uncorrelated point sets have a tiny M of any rank.
  if (!(s2 > RANK_TOLERANCE * Math.sqrt(sourceSpread * targetSpread))) {
    throw new ShapeError(
      'procrustes',
      `expected points that do not lie on one line, got a covariance of rank below 2 (singular values ${s1}, ${s2}, ${s3})`,
    );
  }
  const sign = Math.sign(determinant3(U) * determinant3(V));
  const rotation = U.mmul(Matrix.diag([1, 1, sign]))
    .mmul(V.transpose())
    .to1DArray() as unknown as Matrix3;
  const scale = options.scale === true ? (s1 + s2 + sign * s3) / sourceSpread : 1;
  const turned = applyMatrix3(rotation, sourceCenter);
  return {
    rotation,
    scale,
    translation: subtract(targetCenter, [scale * turned[0], scale * turned[1], scale * turned[2]]),
  };
}

/** @returns scale · rotation · point + translation */
export function applyRigid({ rotation, scale, translation }: RigidTransform, point: Point3): Point3 {
  const [x, y, z] = applyMatrix3(rotation, point);
  return [scale * x + translation[0], scale * y + translation[1], scale * z + translation[2]];
}

function checkedWeights(weights: readonly number[] | undefined, count: number): readonly number[] {
  if (weights === undefined) return new Array<number>(count).fill(1);
  if (weights.length !== count)
    throw new ShapeError('procrustes', `weights: expected ${count}, one a pair, got ${weights.length}`);
  const bad = weights.find((w) => !(w >= 0 && Number.isFinite(w)));
  if (bad !== undefined)
    throw new ShapeError('procrustes', `weights: expected finite numbers of at least 0, got ${bad}`);
  if (!weights.some((w) => w > 0))
    throw new ShapeError('procrustes', 'weights: expected at least one above 0, got only zeros');
  return weights;
}

function weightedCentroid(points: readonly Point3[], weights: readonly number[]): Point3 {
  let [x, y, z, total] = [0, 0, 0, 0];
  points.forEach((point, i) => {
    const w = weights[i]!;
    x += w * point[0];
    y += w * point[1];
    z += w * point[2];
    total += w;
  });
  return [x / total, y / total, z / total];
}

function subtract(a: Point3, b: Point3): Point3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function squaredNorm([x, y, z]: Point3): number {
  return x * x + y * y + z * z;
}

function determinant3(m: Matrix): number {
  const [a, b, c, d, e, f, g, h, i] = m.to1DArray() as unknown as Matrix3;
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
