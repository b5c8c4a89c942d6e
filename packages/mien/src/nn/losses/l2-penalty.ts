/** Weight decay as a term of the loss. */
import type { GraphBuilder, Value } from '../../onnx/index.ts';

/**
 * λ·Σ‖w‖² over the given weights: Deep-Emotion's regulariser (Minaee & Abdolrashidi 2019, eq. 1), as a term of the
 * loss.
 * @param options λ   @returns float32 []
 */
export function l2Penalty(b: GraphBuilder, weights: readonly Value[], { lambda }: { readonly lambda: number }): Value {
  const norms = weights.map((w) => b.op('ReduceSum', [b.op('Mul', [w, w])], { keepdims: 0 }));
  return b.op('Mul', [norms.reduce((a, c) => b.op('Add', [a, c])), lambda]);
}
