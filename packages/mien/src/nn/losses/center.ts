/**
 * Center loss and island loss: features are drawn to their class's center. The centers [K,D] are state: they are
 * carried and checkpointed as running statistics are, and moved by the papers' rule, not by a gradient.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';
import { perSample, requireMatrix, rowSum, square, total } from './terms.ts';

export interface CenterLossOptions {
  /** α: how far centers move towards their batch. Default 0.5. */
  readonly rate?: number;
  /**
   * `sum` over the batch, as the papers print it (default), or its mean, as many implementations have it: λ differs by
   * N.
   */
  readonly reduction?: 'sum' | 'mean';
}

/**
 * Center loss.
 *   L = ½ Σᵢ ‖xᵢ − c_{yᵢ}‖²,  c constant
 *   c_j ← c_j − α·Σᵢ [yᵢ = j]·(c_j − xᵢ) / (1 + Σᵢ [yᵢ = j])
 * Source: Wen et al. 2016, eqs. 2–4. State `NAME.centers` [K,D].
 * @param features float32 [N,D]   @param target float32 [N,K], one-hot; a row of zeros is left out   @returns float32
 *   []
 * @throws {ShapeError} when features and target are not matrices of as many rows
 */
export function centerLoss(
  b: NetworkBuilder,
  name: string,
  features: Value,
  target: Value,
  options: CenterLossOptions = {},
): Value {
  return b.scope(name, () => {
    const { centers, loss, step } = pull(b, features, target, options.reduction ?? 'sum');
    moveCenters(b, centers, step, options.rate ?? 0.5);
    return loss;
  });
}

/**
 * Island loss: center loss, and a term that keeps the centers' directions apart.
 *   L = ½ Σᵢ ‖xᵢ − c_{yᵢ}‖² + λ₁·Σⱼ Σ_{k≠j} (cos(c_j, c_k) + 1)
 *   c_j ← c_j − α·(Δc_j + λ₁/(K−1)·Σ_{k≠j} ∂cos(c_j, c_k)/∂c_j),  Δc_j as in center loss
 * Source: Cai et al. 2017 (arXiv 1710.03144), eqs. 5–8. The second term has no gradient in the features: it acts
 * through the centers.
 * @param features float32 [N,D]   @param target float32 [N,K], one-hot; K at least 2   @returns float32 []
 * @throws {ShapeError} as centerLoss
 */
export function islandLoss(
  b: NetworkBuilder,
  name: string,
  features: Value,
  target: Value,
  options: CenterLossOptions & { readonly lambda1?: number } = {},
): Value {
  return b.scope(name, () => {
    const { centers, loss, step } = pull(b, features, target, options.reduction ?? 'sum');
    const lambda1 = options.lambda1 ?? 10;
    const k = staticDims(centers.shape, 'islandLoss')[0]!;
    if (k < 2) throw new ShapeError('islandLoss', `needs at least two classes, got ${k}`);
    // u = c/‖c‖; Σ_{k≠j} u_k = s − u_j with s = Σ u; ∂cos/∂c_j = (u_k − (u_k·u_j)·u_j)/‖c_j‖
    const norms = b.op('Sqrt', [b.op('Add', [rowSum(b, square(b, centers)), 1e-24])]);
    const units = b.op('Div', [centers, norms]);
    const others = b.op('Sub', [b.op('ReduceSum', [units, b.ints([0])], { keepdims: 1 }), units]);
    const cosines = rowSum(b, b.op('Mul', [units, others]));
    const apart = b.op('Add', [total(b, cosines), k * (k - 1)]);
    const slope = b.op('Div', [b.op('Sub', [others, b.op('Mul', [cosines, units])]), norms]);
    moveCenters(b, centers, b.op('Add', [step, b.op('Mul', [slope, lambda1 / (k - 1)])]), options.rate ?? 0.5);
    return b.op('Add', [loss, b.op('Mul', [apart, lambda1])]);
  });
}

/** Center loss's value, and Δc [K,D]. */
function pull(
  b: NetworkBuilder,
  features: Value,
  target: Value,
  reduction: 'sum' | 'mean',
): { centers: Value; loss: Value; step: Value } {
  const [n, d] = requireMatrix('centerLoss', 'features', features);
  const [m, k] = requireMatrix('centerLoss', 'target', target);
  if (n !== m) throw new ShapeError('centerLoss', `${n} rows of features, but ${m} of target`);
  const centers = b.state('centers', [k, d], { kind: 'xavier' });
  // One-hot rows pick centers: [N,K]·[K,D]
  const own = b.op('MatMul', [target, centers]);
  const away = b.op('Mul', [b.op('Sub', [features, own]), rowSum(b, target)]);
  const half = b.op('Mul', [square(b, away), 0.5]);
  const counts = b.op('MatMul', [
    b.op('Transpose', [target], { perm: [1, 0] }),
    b.constant(float32([n, 1], new Array<number>(n).fill(1))),
  ]);
  const sums = b.op('MatMul', [b.op('Transpose', [target], { perm: [1, 0] }), features]);
  const step = b.op('Div', [b.op('Sub', [b.op('Mul', [centers, counts]), sums]), b.op('Add', [counts, 1])]);
  return { centers, loss: reduction === 'sum' ? total(b, half) : perSample(b, half, 'centerLoss'), step };
}

function moveCenters(b: NetworkBuilder, centers: Value, step: Value, rate: number): void {
  b.stateUpdates.set(centers.name, b.op('Sub', [centers, b.op('Mul', [step, rate])]));
}
