/** Focal loss. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { perSample, requireSameShape } from './terms.ts';

/**
 * Focal loss, batch mean: cross-entropy that counts well-classified samples less.
 *   L = −α/N Σᵢ Σₖ tᵢₖ·(1 − pᵢₖ)^γ·log pᵢₖ,  p = softmax(z)
 * Source: Lin et al. 2017, eq. 5, for several classes with one α for all (Bao et al. 2019 prints the binary form). γ =
 * 0, α = 1 is cross-entropy.
 * @param logits float32 [N,K]   @param target float32 [N,K], one-hot rows or distributions   @returns float32 []
 * @throws {ShapeError} when the shapes differ, or γ lies between 0 and 1, where the gradient is infinite at p = 1
 */
export function focalLoss(
  b: GraphBuilder,
  logits: Value,
  target: Value,
  { gamma = 2, alpha = 0.25 }: { readonly gamma?: number; readonly alpha?: number } = {},
): Value {
  requireSameShape('focalLoss', ['logits', logits], ['target', target]);
  if (gamma !== 0 && !(gamma >= 1)) throw new ShapeError('focalLoss', `gamma must be 0 or at least 1, got ${gamma}`);
  const logs = b.op('LogSoftmax', [logits], { axis: 1 });
  const weight = gamma === 0 ? null : b.op('Pow', [b.op('Sub', [1, b.op('Softmax', [logits], { axis: 1 })]), gamma]);
  const terms = b.op('Mul', [target, weight ? b.op('Mul', [weight, logs]) : logs]);
  return b.op('Mul', [perSample(b, terms, 'focalLoss'), -alpha]);
}
