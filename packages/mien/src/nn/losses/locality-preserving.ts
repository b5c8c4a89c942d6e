/**
 * Locality-preserving loss (DLP-CNN). The neighbours' means come from the batch (below) or from a feature bank
 * (neighbours.ts).
 */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import { pairwiseSquaredDistances, perSample, requireMatrix, requireSameShape, rowSum, square } from './terms.ts';

/**
 * Locality-preserving loss, batch mean.
 *   L = 1/(2N) Σᵢ ‖xᵢ − mᵢ‖²,  mᵢ = mean of the k nearest same-class features, held constant
 * Source: Li & Deng 2019, eq. 4. Gradient: (xᵢ − mᵢ)/N, eq. 5.
 * @param features float32 [N,D]   @param neighbors float32 [N,D], the mᵢ; xᵢ itself where there are none   @returns
 *   float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function localityPreservingLoss(b: GraphBuilder, features: Value, neighbors: Value): Value {
  requireSameShape('localityPreservingLoss', ['features', features], ['neighbors', neighbors]);
  const away = b.op('Sub', [features, b.stopGradient(neighbors)]);
  return b.op('Mul', [perSample(b, square(b, away), 'localityPreservingLoss'), 0.5]);
}

/** Farther than any feature. */
const FAR = 3e38;

/**
 * The mᵢ of each sample among the others of its batch (Li & Deng 2019, algorithm 2): the mean of the min(k, available)
 * nearest of the same class, itself excluded, the earlier one first where distances are equal; xᵢ itself where there is
 * no other. Deviation: the paper divides by k even where fewer exist. Compares all triples: meant for batches up to a
 * few hundred.
 * @param features float32 [N,D]   @param target float32 [N,K], one-hot   @returns float32 [N,D]
 * @throws {ShapeError} when features and target differ in rows, or k is not a positive integer
 */
export function batchNeighborMeans(b: GraphBuilder, features: Value, target: Value, k: number): Value {
  const [n] = requireMatrix('batchNeighborMeans', 'features', features);
  const [m] = requireMatrix('batchNeighborMeans', 'target', target);
  if (n !== m) throw new ShapeError('batchNeighborMeans', `${n} rows of features, but ${m} of target`);
  if (!Number.isInteger(k) || k < 1)
    throw new ShapeError('batchNeighborMeans', `k must be a positive integer, got ${k}`);
  const matrix = (f: (i: number, j: number) => number): Value =>
    b.constant(
      float32(
        [n, n],
        Array.from({ length: n * n }, (_, p) => f(Math.floor(p / n), p % n)),
      ),
    );
  const sameClass = b.op('MatMul', [target, b.op('Transpose', [target], { perm: [1, 0] })]);
  const candidate = b.op('Mul', [sameClass, matrix((i, j) => (i === j ? 0 : 1))]);
  const isCandidate = b.op('Greater', [candidate, 0.5]);
  const distance = b.op('Where', [isCandidate, pairwiseSquaredDistances(b, features), FAR]);
  // rank of j among i's candidates = how many l are nearer, or as near and earlier: [N,j,1] against [N,1,l]
  const [ofJ, ofL] = [b.op('Unsqueeze', [distance, b.ints([2])]), b.op('Unsqueeze', [distance, b.ints([1])])];
  const earlier = b.op('Greater', [matrix((j, l) => (l < j ? 1 : 0)), 0.5]);
  const before = b.op('Or', [b.op('Less', [ofL, ofJ]), b.op('And', [b.op('Equal', [ofL, ofJ]), earlier])]);
  const rank = b.op('ReduceSum', [b.op('Cast', [before], { to: 1 }), b.ints([2])], { keepdims: 0 });
  const chosen = b.op('Cast', [b.op('And', [isCandidate, b.op('Less', [rank, k])])], { to: 1 });
  const count = rowSum(b, chosen);
  const mean = b.op('Div', [b.op('MatMul', [chosen, features]), b.op('Max', [count, 1])]);
  return b.op('Where', [b.op('Greater', [count, 0.5]), mean, features]);
}
