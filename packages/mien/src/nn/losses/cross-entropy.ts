/** Cross-entropy losses. */
import { staticDims, type GraphBuilder, type Value } from '../../onnx/index.ts';

/**
 * Cross-entropy against label distributions, mean over the batch.
 *   L = −(1/N) Σᵢ wᵢ Σₖ tᵢₖ·log softmax(zᵢ)ₖ
 * A one-hot t is the usual hard-label loss; a row of zeros (an unlabelled sample) adds nothing.
 * @param logits float32 [N,K]   @param target float32 [N,K], rows sum to 1 (or are zero)
 * @param smoothing ε: t ← (1 − ε)·t + ε/K·Σₖt   @returns float32 []
 */
export function crossEntropy(b: GraphBuilder, logits: Value, target: Value, smoothing = 0): Value {
  const [n, k] = staticDims(logits.shape, 'crossEntropy') as [number, number];
  let t = target;
  if (smoothing > 0) {
    const mass = b.op('ReduceSum', [target, b.ints([1])], { keepdims: 1 });
    t = b.op('Add', [b.op('Mul', [target, 1 - smoothing]), b.op('Mul', [mass, smoothing / k])]);
  }
  const total = b.op('ReduceSum', [b.op('Mul', [t, b.op('LogSoftmax', [logits], { axis: 1 })])], { keepdims: 0 });
  return b.op('Mul', [total, -1 / n]);
}

/**
 * λ·Σ‖w‖² over the given weights: Deep-Emotion's regulariser (P1, eq. 1), as a term of the loss.
 */
export function l2Penalty(b: GraphBuilder, weights: readonly Value[], lambda: number): Value {
  const norms = weights.map((w) => b.op('ReduceSum', [b.op('Mul', [w, w])], { keepdims: 0 }));
  return b.op('Mul', [norms.reduce((a, c) => b.op('Add', [a, c])), lambda]);
}
