/** Kullback–Leibler divergence. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { perSample, requireSameShape } from './terms.ts';

/**
 * KL divergence of the prediction from a label distribution, batch mean; 0·log 0 = 0.
 *   L = 1/N Σᵢ Σₖ tᵢₖ·(log tᵢₖ − log softmax(zᵢ)ₖ)
 * Its gradient is cross-entropy's; its value is 0 where the prediction is right.
 * @param logits float32 [N,K]   @param target float32 [N,K], rows sum to 1   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function klDivergenceLoss(b: GraphBuilder, logits: Value, target: Value): Value {
  requireSameShape('klDivergenceLoss', ['logits', logits], ['target', target]);
  const logTarget = b.op('Log', [b.op('Max', [target, 1e-30])]);
  const terms = b.op('Mul', [target, b.op('Sub', [logTarget, b.op('LogSoftmax', [logits], { axis: 1 })])]);
  return perSample(b, terms, 'klDivergenceLoss');
}
