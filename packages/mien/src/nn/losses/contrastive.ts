/** Contrastive loss. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { perSample, requireSameShape, square, squaredDistance } from './terms.ts';

/**
 * Contrastive loss of pairs, batch mean: like pairs together, unlike ones at least a margin apart.
 *   L = 1/N Σᵢ ½·yᵢ·dᵢ² + ½·(1 − yᵢ)·[m − dᵢ]₊²,  d = ‖a − b‖
 * Source: Hadsell et al. 2006, eq. 4. At d = 0 an unlike pair has no direction to part in: its gradient is 0.
 * @param left float32 [N,D]   @param right float32 [N,D]   @param same float32 [N], 1 for a like pair, 0 for an unlike
 *   one
 * @param options the margin m, default 1
 * @returns float32 []
 * @throws {ShapeError} when the shapes differ or the margin is not positive
 */
export function contrastiveLoss(
  b: GraphBuilder,
  left: Value,
  right: Value,
  same: Value,
  { margin = 1 }: { readonly margin?: number } = {},
): Value {
  requireSameShape('contrastiveLoss', ['left', left], ['right', right]);
  if (!(margin > 0)) throw new ShapeError('contrastiveLoss', `the margin must be positive, got ${margin}`);
  if (same.shape.length !== 1)
    throw new ShapeError('contrastiveLoss', `same must be [N], got [${same.shape.join(',')}]`);
  const y = b.op('Unsqueeze', [same, b.ints([1])]);
  const squared = squaredDistance(b, left, right);
  // 1e-24 keeps the slope of √ finite at 0
  const short = b.op('Relu', [b.op('Sub', [margin, b.op('Sqrt', [b.op('Add', [squared, 1e-24])])])]);
  const terms = b.op('Add', [b.op('Mul', [y, squared]), b.op('Mul', [b.op('Sub', [1, y]), square(b, short)])]);
  return b.op('Mul', [perSample(b, terms, 'contrastiveLoss'), 0.5]);
}
