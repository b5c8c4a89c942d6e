/** Cross-entropy of several labels at once, each present or absent. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import { requireMatrix, requireSameShape, total } from './terms.ts';

export interface BinaryCrossEntropyLossOptions {
  /** float32 [N,L]: 1 where the label is known, 0 where it is missing. Default: all are known. */
  readonly mask?: Value;
  /** w, one for each label: what its presence counts against its absence, such as absences/presences. */
  readonly positiveWeights?: readonly number[];
}

/**
 * Binary cross-entropy of logits, mean over the known labels; 0 where none is.
 *   L = Σᵢₗ mᵢₗ·[wₗ·tᵢₗ·softplus(−zᵢₗ) + (1 − tᵢₗ)·softplus(zᵢₗ)] / max(1, Σᵢₗ mᵢₗ)
 * that is −t·log σ(z) − (1 − t)·log(1 − σ(z)), which cannot overflow in this form.
 * @param logits float32 [N,L]   @param target float32 [N,L], 1 present, 0 absent   @returns float32 []
 * @throws {ShapeError} when the shapes or the number of weights do not fit
 */
export function binaryCrossEntropyLoss(
  b: GraphBuilder,
  logits: Value,
  target: Value,
  { mask, positiveWeights }: BinaryCrossEntropyLossOptions = {},
): Value {
  const name = 'binaryCrossEntropyLoss';
  const [n, l] = requireMatrix(name, 'logits', logits);
  requireSameShape(name, ['logits', logits], ['target', target]);
  let present = b.op('Mul', [target, b.op('Softplus', [b.op('Neg', [logits])])]);
  if (positiveWeights) {
    if (positiveWeights.length !== l)
      throw new ShapeError(name, `expected ${l} positive weights, got ${positiveWeights.length}`);
    present = b.op('Mul', [present, b.constant(float32([1, l], positiveWeights))]);
  }
  const terms = b.op('Add', [present, b.op('Mul', [b.op('Sub', [1, target]), b.op('Softplus', [logits])])]);
  if (!mask) return b.op('Mul', [total(b, terms), 1 / (n * l)]);
  requireSameShape(name, ['logits', logits], ['mask', mask]);
  return b.op('Div', [total(b, b.op('Mul', [terms, mask])), b.op('Max', [total(b, mask), 1])]);
}
