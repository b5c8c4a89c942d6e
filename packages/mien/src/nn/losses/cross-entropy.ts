/** Cross-entropy losses. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32 } from '../../tensor/index.ts';
import { requireMatrix, requireSameShape, rowSum, total } from './terms.ts';

export interface CrossEntropyLossOptions {
  /** ε of label smoothing: t′ = (1 − ε)·t + ε/K·Σₖt (Szegedy et al. 2016). Default 0. */
  readonly smoothing?: number;
  /** w, one for each class, e.g. N/(K·n_k) against imbalance. Default: every class counts alike. */
  readonly classWeights?: readonly number[];
}

/**
 * Cross-entropy against label distributions, mean over the batch.
 *   L = −(1/N) Σᵢ Σₖ tᵢₖ·log softmax(zᵢ)ₖ;  with class weights  L = −Σᵢₖ wₖ·t′ᵢₖ·log softmax(zᵢ)ₖ / Σᵢₖ wₖ·tᵢₖ
 * A one-hot t is the usual hard-label loss (then the weighted form is PyTorch's); a row of zeros (an unlabelled sample)
 * adds nothing.
 * @param logits float32 [N,K]   @param target float32 [N,K], rows sum to 1 (or are zero)
 * @returns float32 []
 * @throws {ShapeError} when the shapes or the number of weights do not fit
 */
export function crossEntropyLoss(
  b: GraphBuilder,
  logits: Value,
  target: Value,
  { smoothing = 0, classWeights }: CrossEntropyLossOptions = {},
): Value {
  const [n, k] = requireMatrix('crossEntropyLoss', 'logits', logits);
  requireSameShape('crossEntropyLoss', ['logits', logits], ['target', target]);
  let t = target;
  if (smoothing > 0)
    t = b.op('Add', [b.op('Mul', [target, 1 - smoothing]), b.op('Mul', [rowSum(b, target), smoothing / k])]);
  const logs = b.op('LogSoftmax', [logits], { axis: 1 });
  if (!classWeights) return b.op('Mul', [total(b, b.op('Mul', [t, logs])), -1 / n]);
  if (classWeights.length !== k)
    throw new ShapeError('crossEntropyLoss', `expected ${k} class weights, got ${classWeights.length}`);
  const w = b.constant(float32([1, k], classWeights));
  const weighted = b.op('Neg', [total(b, b.op('Mul', [b.op('Mul', [t, w]), logs]))]);
  // A batch without labels has weight 0 and loss 0, not 0/0
  return b.op('Div', [weighted, b.op('Max', [total(b, b.op('Mul', [target, w])), 1e-12])]);
}
