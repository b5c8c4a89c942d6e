/**
 * Losses of regression: means over all elements, as PyTorch's; with a mask over those that are known, 0 where none is.
 * Shapes are equal and free.
 */
import { staticDims, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { sizeOf } from '../../tensor/index.ts';
import { requireSameShape, square, total } from './terms.ts';

export interface RegressionLossOptions {
  /** 1 where the target is known, 0 where it is missing, of the target's shape. Default: all are known. */
  readonly mask?: Value;
}

function meanOver(b: GraphBuilder, x: Value, operation: string, mask: Value | undefined): Value {
  if (!mask) return b.op('Mul', [total(b, x), 1 / sizeOf(staticDims(x.shape, operation))]);
  requireSameShape(operation, ['target', x], ['mask', mask]);
  return b.op('Div', [total(b, b.op('Mul', [x, mask])), b.op('Max', [total(b, mask), 1])]);
}

function difference(b: GraphBuilder, operation: string, prediction: Value, target: Value): Value {
  requireSameShape(operation, ['prediction', prediction], ['target', target]);
  return b.op('Sub', [prediction, target]);
}

/** Mean of (p − t)². @throws {ShapeError} when the shapes differ */
export function meanSquaredErrorLoss(
  b: GraphBuilder,
  prediction: Value,
  target: Value,
  { mask }: RegressionLossOptions = {},
): Value {
  const name = 'meanSquaredErrorLoss';
  return meanOver(b, square(b, difference(b, name, prediction, target)), name, mask);
}

/** Mean of |p − t|; its gradient at equality is 0. @throws {ShapeError} when the shapes differ */
export function meanAbsoluteErrorLoss(
  b: GraphBuilder,
  prediction: Value,
  target: Value,
  { mask }: RegressionLossOptions = {},
): Value {
  const name = 'meanAbsoluteErrorLoss';
  return meanOver(b, b.op('Abs', [difference(b, name, prediction, target)]), name, mask);
}

/**
 * Mean of Huber's loss (1964): ½d² where |d| ≤ δ, δ·(|d| − ½δ) beyond; d = p − t.
 * @throws {ShapeError} when the shapes differ or δ is not positive
 */
export function huberLoss(
  b: GraphBuilder,
  prediction: Value,
  target: Value,
  { delta = 1, mask }: RegressionLossOptions & { readonly delta?: number } = {},
): Value {
  if (!(delta > 0)) throw new ShapeError('huberLoss', `delta must be positive, got ${delta}`);
  // With c = min(|d|, δ) both branches are c·(|d| − ½c)
  const size = b.op('Abs', [difference(b, 'huberLoss', prediction, target)]);
  const clipped = b.op('Min', [size, delta]);
  return meanOver(b, b.op('Mul', [clipped, b.op('Sub', [size, b.op('Mul', [clipped, 0.5])])]), 'huberLoss', mask);
}
