/** Classical multidimensional scaling. Source: Torgerson 1952. Shapes: n points, d coordinates. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { ShapeError } from '../errors.ts';

/** Eigenvalues this near each other, as a share of the largest, count as one that is repeated. */
const EQUAL = 1e-9;
/** As a share of the farthest point's distance from 0: shorter vectors are rounding errors. */
const ZERO = 1e-6;

/**
 * Points whose distances come near the given ones: with B = −½ J D² J, J = I − 11ᵀ/n, and its d largest eigenvalues λ
 * with unit eigenvectors v, coordinate c of point i is √λ_c · v_c(i). Exact where the distances are those of points in
 * d dimensions; coordinates have mean 0. Eigenvectors have no sign, and those of a repeated eigenvalue no axes: the
 * first point off the origin is put on the positive side of the first such axis, the next on that of the second, and so
 * on.
 * @param distances [n·n], symmetric, row-major   @param dimensions d, with at least as many positive eigenvalues
 * @returns [n·d], row-major
 * @throws {ShapeError} when the distances are not square, or are those of points in fewer dimensions
 */
export function classicalScaling(distances: Float64Array, dimensions: number): Float64Array {
  const n = Math.round(Math.sqrt(distances.length));
  if (n === 0 || n * n !== distances.length)
    throw new ShapeError('classicalScaling', `distances: expected n·n numbers, got ${distances.length}`);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(centeredProducts(distances, n), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const values = order.slice(0, dimensions).map((i) => realEigenvalues[i]!);
  const spanned = values.filter((value) => value > EQUAL * values[0]!).length;
  if (spanned < dimensions)
    throw new ShapeError(
      'classicalScaling',
      `dimensions: expected at most ${spanned}, which is what the distances span, got ${dimensions}`,
    );

  const out = new Float64Array(n * dimensions);
  for (let from = 0, to = 0; from < dimensions; from = to) {
    while (to < dimensions && values[from]! - values[to]! <= EQUAL * values[0]!) to++;
    const columns = Array.from({ length: to - from }, (_, c) => {
      const root = Math.sqrt(values[from + c]!);
      return eigenvectorMatrix.getColumn(order[from + c]!).map((v) => root * v);
    });
    const points = Array.from({ length: n }, (_, i) => columns.map((column) => column[i]!));
    axesThroughPoints(points).forEach((axis, c) =>
      points.forEach((point, i) => {
        out[i * dimensions + from + c] = dot(point, axis);
      }),
    );
  }
  return out;
}

/** B: −½ of the squared distances, less the means of their rows and columns, plus the mean of all. */
function centeredProducts(distances: Float64Array, n: number): Matrix {
  const means = new Float64Array(n);
  let total = 0;
  distances.forEach((d, i) => {
    means[Math.floor(i / n)]! += (d * d) / n;
  });
  for (const mean of means) total += mean / n;
  const products = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) products.set(i, j, -0.5 * (distances[i * n + j]! ** 2 - means[i]! - means[j]! + total));
  }
  return products;
}

/** Gram–Schmidt on the points, in their order: as many unit vectors as they have coordinates. */
function axesThroughPoints(points: readonly (readonly number[])[]): number[][] {
  const farthest = Math.max(...points.map((point) => Math.hypot(...point)));
  const axes: number[][] = [];
  for (const point of points) {
    if (axes.length === point.length) break;
    const rest = axes.reduce<readonly number[]>(
      (v, axis) => v.map((value, c) => value - dot(v, axis) * axis[c]!),
      point,
    );
    const length = Math.hypot(...rest);
    if (length > ZERO * farthest) axes.push(rest.map((value) => value / length));
  }
  return axes;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, c) => sum + value * b[c]!, 0);
}
