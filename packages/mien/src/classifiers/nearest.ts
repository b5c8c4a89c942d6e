/**
 * Exact nearest neighbours in few dimensions, and how often they share a label. Shape legend: N samples, D dimensions,
 * k neighbours.
 */
import { ShapeError } from '../errors.ts';

export interface Neighbors {
  readonly k: number;
  /** [N,k] by rising distance, the sample itself left out; of equal distances the lower index. */
  readonly indices: Int32Array;
  /** [N,k] Euclidean. */
  readonly distances: Float64Array;
}

/**
 * @param x [N,D]   @param k at most N − 1
 * @throws {ShapeError} when there are too few samples
 */
export function nearestNeighbors(x: Float64Array, dimensions: number, k: number): Neighbors {
  const D = dimensions;
  const N = x.length / D;
  if (!Number.isInteger(N) || k < 1 || k >= N)
    throw new ShapeError('nearestNeighbors', `expected more than ${k} rows of ${D} values, got ${x.length} values`);
  const indices = new Int32Array(N * k);
  const distances = new Float64Array(N * k).fill(Infinity);
  for (let i = 0; i < N; i++) {
    const last = (i + 1) * k - 1;
    for (let j = 0; j < N; j++) {
      if (i === j) continue;
      let squared = 0;
      for (let d = 0; d < D && squared < distances[last]!; d++) squared += (x[i * D + d]! - x[j * D + d]!) ** 2;
      if (squared >= distances[last]!) continue;
      let at = last;
      for (; at > i * k && distances[at - 1]! > squared; at--) {
        distances[at] = distances[at - 1]!;
        indices[at] = indices[at - 1]!;
      }
      distances[at] = squared;
      indices[at] = j;
    }
  }
  return { k, indices, distances: distances.map(Math.sqrt) };
}

/** Share of the neighbours of a sample that have its label, mean over the samples. */
export function neighborPurity({ k, indices }: Neighbors, labels: ArrayLike<number>): number {
  let same = 0;
  for (let at = 0; at < indices.length; at++) if (labels[indices[at]!] === labels[Math.floor(at / k)]) same++;
  return same / indices.length;
}

/** The purity of neighbours drawn at random: Σₖ nₖ(nₖ − 1) / (N(N − 1)). */
export function chancePurity(labels: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum + n * (n - 1), 0) / (labels.length * (labels.length - 1));
}
