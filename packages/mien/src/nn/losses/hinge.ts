/** Hinge losses: a linear layer trained with them is a support vector machine (its ½‖w‖² is weight decay). */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { perSample, requireSameShape, rowSum, square } from './terms.ts';

export interface HingeLossOptions {
  /** 1: hinge (L1-SVM); 2: squared hinge (L2-SVM). */
  readonly power?: 1 | 2;
  /** `one-vs-rest`: each class against the rest; `crammer-singer`: the true class against its best rival. */
  readonly form?: 'one-vs-rest' | 'crammer-singer';
}

/**
 * Hinge loss, batch mean.
 *   one-vs-rest:     L = 1/N Σᵢ Σₖ [1 − yᵢₖ·sᵢₖ]₊^p,  y = 2t − 1      (Tang 2013, eqs. 5 and 8: DLSVM)
 *   crammer-singer:  L = 1/N Σᵢ [1 + max_{k≠y} sᵢₖ − sᵢᵧ]₊^p          (Crammer & Singer 2001)
 * A row of zeros in t (an unlabelled sample) adds nothing. A score on the margin has the gradient 0.
 * @param scores float32 [N,K]   @param target float32 [N,K], one-hot   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function hingeLoss(
  b: GraphBuilder,
  scores: Value,
  target: Value,
  { power = 1, form = 'one-vs-rest' }: HingeLossOptions = {},
): Value {
  requireSameShape('hingeLoss', ['scores', scores], ['target', target]);
  let slack: Value;
  if (form === 'one-vs-rest') {
    const sign = b.op('Sub', [b.op('Mul', [target, 2]), 1]);
    slack = b.op('Relu', [b.op('Sub', [1, b.op('Mul', [sign, scores])])]);
  } else {
    // max over all k of s_k + 1 − t_k is at least s_y, so that the difference is the hinge already
    const rival = b.op('ReduceMax', [b.op('Add', [scores, b.op('Sub', [1, target])]), b.ints([1])], { keepdims: 1 });
    slack = b.op('Sub', [rival, rowSum(b, b.op('Mul', [target, scores]))]);
  }
  const terms = power === 2 ? square(b, slack) : slack;
  return perSample(b, b.op('Mul', [terms, rowSum(b, target)]), 'hingeLoss');
}
