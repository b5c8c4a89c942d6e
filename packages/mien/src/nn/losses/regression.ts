/** Losses of regression: means over all elements, as PyTorch's. Shapes are equal and free. */
import { staticDims, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { sizeOf } from '../../tensor/index.ts';
import { requireSameShape, square, total } from './terms.ts';

function meanOver(b: GraphBuilder, x: Value, operation: string): Value {
  return b.op('Mul', [total(b, x), 1 / sizeOf(staticDims(x.shape, operation))]);
}

function difference(b: GraphBuilder, operation: string, prediction: Value, target: Value): Value {
  requireSameShape(operation, ['prediction', prediction], ['target', target]);
  return b.op('Sub', [prediction, target]);
}

/** Mean of (p − t)². @throws {ShapeError} when the shapes differ */
export function meanSquaredErrorLoss(b: GraphBuilder, prediction: Value, target: Value): Value {
  return meanOver(b, square(b, difference(b, 'meanSquaredErrorLoss', prediction, target)), 'meanSquaredErrorLoss');
}

/** Mean of |p − t|; its gradient at equality is 0. @throws {ShapeError} when the shapes differ */
export function meanAbsoluteErrorLoss(b: GraphBuilder, prediction: Value, target: Value): Value {
  return meanOver(
    b,
    b.op('Abs', [difference(b, 'meanAbsoluteErrorLoss', prediction, target)]),
    'meanAbsoluteErrorLoss',
  );
}

/**
 * Mean of Huber's loss (1964): ½d² where |d| ≤ δ, δ·(|d| − ½δ) beyond; d = p − t.
 * @throws {ShapeError} when the shapes differ or δ is not positive
 */
export function huberLoss(
  b: GraphBuilder,
  prediction: Value,
  target: Value,
  { delta = 1 }: { readonly delta?: number } = {},
): Value {
  if (!(delta > 0)) throw new ShapeError('huberLoss', `delta must be positive, got ${delta}`);
  // With c = min(|d|, δ) both branches are c·(|d| − ½c)
  const size = b.op('Abs', [difference(b, 'huberLoss', prediction, target)]);
  const clipped = b.op('Min', [size, delta]);
  return meanOver(b, b.op('Mul', [clipped, b.op('Sub', [size, b.op('Mul', [clipped, 0.5])])]), 'huberLoss');
}
