/** Small pieces that losses share. N batch, K classes, D features. */
import { staticDims, type GraphBuilder, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';

/** Σ over all elements: → []. */
export const total = (b: GraphBuilder, x: Value): Value => b.op('ReduceSum', [x], { keepdims: 0 });

/** Σ over all elements, divided by N, the size of axis 0: → []. */
export function perSample(b: GraphBuilder, x: Value, operation: string): Value {
  const [n] = staticDims(x.shape.slice(0, 1), operation) as [number];
  return b.op('Mul', [total(b, x), 1 / n]);
}

export const square = (b: GraphBuilder, x: Value): Value => b.op('Mul', [x, x]);

/** Twice the divergence of each number of a code from N(0, 1), μ² + σ² − 1 − log σ²: [N,D]. */
export const gaussianDivergence = (b: GraphBuilder, mean: Value, logVariance: Value): Value =>
  b.op('Sub', [b.op('Add', [square(b, mean), b.op('Exp', [logVariance])]), b.op('Add', [logVariance, 1])]);

/** ‖x_i − y_i‖² of each row: [N,D] → [N,1]. */
export const squaredDistance = (b: GraphBuilder, x: Value, y: Value): Value =>
  b.op('ReduceSum', [square(b, b.op('Sub', [x, y])), b.ints([1])], { keepdims: 1 });

/** Σ of each row: [N,K] → [N,1]. */
export const rowSum = (b: GraphBuilder, x: Value): Value => b.op('ReduceSum', [x, b.ints([1])], { keepdims: 1 });

/**
 * ‖x_i − x_j‖² of all pairs of rows, by ‖x_i‖² + ‖x_j‖² − 2·x_i·x_j, not below 0: [N,D] → [N,N].
 */
export function pairwiseSquaredDistances(b: GraphBuilder, x: Value): Value {
  const norms = rowSum(b, square(b, x));
  const products = b.op('MatMul', [x, b.op('Transpose', [x], { perm: [1, 0] })]);
  const sums = b.op('Add', [norms, b.op('Transpose', [norms], { perm: [1, 0] })]);
  return b.op('Relu', [b.op('Sub', [sums, b.op('Mul', [products, 2])])]);
}

/**
 * x_i/‖x_i‖ of each row, [N,D]; a row of zeros stays. Embeddings of the triplet family are meant to be on the unit
 * sphere.
 */
export function l2Normalize(b: GraphBuilder, x: Value): Value {
  // 1e-24 keeps √ differentiable at 0 and is below float32's resolution of any norm above 1e-8
  return b.op('Div', [x, b.op('Sqrt', [b.op('Add', [rowSum(b, square(b, x)), 1e-24])])]);
}

/**
 * Class indices to one-hot rows: float32 [N] → float32 [N,K]. A negative index (unlabelled) gives a row of zeros.
 */
export function oneHot(b: GraphBuilder, labels: Value, classes: number): Value {
  if (labels.shape.length !== 1) throw new ShapeError('oneHot', `labels must be [N], got [${labels.shape.join(',')}]`);
  const indices = b.constant(
    float32(
      [1, classes],
      Array.from({ length: classes }, (_, i) => i),
    ),
  );
  return b.op('Cast', [b.op('Equal', [b.op('Unsqueeze', [labels, b.ints([1])]), indices])], { to: 1 });
}

/** @throws {ShapeError} unless both have the same shape */
export function requireSameShape(
  operation: string,
  first: readonly [string, Value],
  second: readonly [string, Value],
): void {
  const [a, c] = [first[1].shape.join(','), second[1].shape.join(',')];
  if (a !== c) throw new ShapeError(operation, `${first[0]} [${a}] and ${second[0]} [${c}] must have the same shape`);
}

/** @throws {ShapeError} unless x has two dimensions */
export function requireMatrix(operation: string, name: string, x: Value): [rows: number, columns: number] {
  if (x.shape.length !== 2)
    throw new ShapeError(operation, `${name} must have two dimensions, got [${x.shape.join(',')}]`);
  return staticDims(x.shape, operation) as [number, number];
}
