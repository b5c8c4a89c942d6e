/** Triplet losses. Embeddings are best L2-normalised first (`l2Normalize`), as FaceNet's are. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import {
  pairwiseSquaredDistances,
  perSample,
  requireMatrix,
  requireSameShape,
  rowSum,
  squaredDistance,
  total,
} from './terms.ts';

export interface TripletLossOptions {
  /** α: by how much the squared distance to a negative exceeds that to a positive. Default 0.2. */
  readonly margin?: number;
}

function advantage(b: GraphBuilder, operation: string, anchor: Value, positive: Value, negative: Value): Value {
  requireSameShape(operation, ['anchor', anchor], ['positive', positive]);
  requireSameShape(operation, ['anchor', anchor], ['negative', negative]);
  return b.op('Sub', [squaredDistance(b, anchor, positive), squaredDistance(b, anchor, negative)]);
}

/**
 * Triplet loss, batch mean.
 *   L = 1/N Σᵢ [‖aᵢ − pᵢ‖² − ‖aᵢ − nᵢ‖² + α]₊
 * Source: Schroff et al. 2015 (FaceNet), eq. 2. Deviation: the mean where the paper sums.
 * @param anchor float32 [N,D]   @param positive [N,D], of the anchor's class   @param negative [N,D], of another
 *   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function tripletLoss(
  b: GraphBuilder,
  anchor: Value,
  positive: Value,
  negative: Value,
  { margin = 0.2 }: TripletLossOptions = {},
): Value {
  return perSample(
    b,
    b.op('Relu', [b.op('Add', [advantage(b, 'tripletLoss', anchor, positive, negative), margin])]),
    'tripletLoss',
  );
}

/**
 * Exponential triplet loss, batch mean: the harder the triplet, the greater its weight.
 *   L = 1/N Σᵢ exp(‖aᵢ − pᵢ‖² − ‖aᵢ − nᵢ‖²)
 * Reconstruction: Li & Deng 2020 describes Guo et al. 2016 only in words. On unit vectors the exponent stays within ±4.
 * @param anchor float32 [N,D]   @param positive [N,D]   @param negative [N,D], all L2-normalised   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function exponentialTripletLoss(b: GraphBuilder, anchor: Value, positive: Value, negative: Value): Value {
  return perSample(
    b,
    b.op('Exp', [advantage(b, 'exponentialTripletLoss', anchor, positive, negative)]),
    'exponentialTripletLoss',
  );
}

/** Beyond any squared distance, and finite so that 0·FAR is 0. */
const FAR = 1e30;

/**
 * Triplet loss with each sample as anchor, its farthest positive and its nearest negative in the batch; the mean over
 * the anchors that have both.
 *   L = 1/|A| Σ_{i∈A} [max_{j: yⱼ=yᵢ} ‖xᵢ − xⱼ‖² − min_{j: yⱼ≠yᵢ} ‖xᵢ − xⱼ‖² + α]₊
 * Source: Hermans et al. 2017, eq. 5 ("batch hard"), with squared distances as in FaceNet.
 * @param embeddings float32 [N,D]   @param target float32 [N,K], one-hot; rows of zeros are left out   @returns float32
 *   []
 * @throws {ShapeError} when embeddings and target differ in rows
 */
export function hardTripletLoss(
  b: GraphBuilder,
  embeddings: Value,
  target: Value,
  { margin = 0.2 }: TripletLossOptions = {},
): Value {
  const [n] = requireMatrix('hardTripletLoss', 'embeddings', embeddings);
  const [m] = requireMatrix('hardTripletLoss', 'target', target);
  if (n !== m) throw new ShapeError('hardTripletLoss', `${n} embeddings, but ${m} rows of target`);
  const labelled = rowSum(b, target);
  const both = b.op('Mul', [labelled, b.op('Transpose', [labelled], { perm: [1, 0] })]);
  const like = b.op('MatMul', [target, b.op('Transpose', [target], { perm: [1, 0] })]);
  const eye = b.constant(
    float32(
      [n, n],
      Array.from({ length: n * n }, (_, p) => (p % n === Math.floor(p / n) ? 1 : 0)),
    ),
  );
  const positive = b.op('Sub', [like, b.op('Mul', [eye, like])]);
  const negative = b.op('Sub', [both, like]);
  const distance = pairwiseSquaredDistances(b, embeddings);
  const hidden = (mask: Value, value: number): Value => b.op('Mul', [b.op('Sub', [1, mask]), value]);
  const farthest = b.op('ReduceMax', [b.op('Add', [distance, hidden(positive, -FAR)]), b.ints([1])], { keepdims: 1 });
  const nearest = b.op('ReduceMin', [b.op('Add', [distance, hidden(negative, FAR)]), b.ints([1])], { keepdims: 1 });
  const some = (mask: Value): Value => b.op('ReduceMax', [mask, b.ints([1])], { keepdims: 1 });
  const anchors = b.op('Mul', [some(positive), some(negative)]);
  const terms = b.op('Mul', [b.op('Relu', [b.op('Add', [b.op('Sub', [farthest, nearest]), margin])]), anchors]);
  return b.op('Div', [total(b, terms), b.op('Max', [total(b, anchors), 1])]);
}
