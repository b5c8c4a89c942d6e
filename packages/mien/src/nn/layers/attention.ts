/** Attention (Vaswani et al. 2017). E features, h heads, d = E/h; T queries, S keys. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { ZEROS } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { linear } from './basic.ts';

/** The score of a masked key: far below any score, and finite, so that a row without keys gives no NaN. */
const MASKED = -1e9;

/**
 * softmax(Q·Kᵀ/√d)·V.
 * @param q float32 […,T,d]   @param k float32 […,S,d]   @param v float32 […,S,e]
 * @param mask float32, broadcast to […,T,S]: 1 lets a query see a key, 0 hides it. A query that sees none gets V's
 *   mean.
 * @returns float32 […,T,e]
 */
export function scaledDotProductAttention(b: NetworkBuilder, q: Value, k: Value, v: Value, mask?: Value): Value {
  const rank = k.shape.length;
  const width = staticDims(q.shape.slice(-1), 'scaledDotProductAttention')[0]!;
  const perm = [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];
  // Scaling q costs T·d products, scaling the scores T·S
  let scores = b.op('MatMul', [b.op('Mul', [q, 1 / Math.sqrt(width)]), b.op('Transpose', [k], { perm })]);
  if (mask) scores = b.op('Where', [b.op('Greater', [mask, 0.5]), scores, MASKED]);
  return b.op('MatMul', [b.op('Softmax', [scores], { axis: rank - 1 }), v]);
}

export interface AttentionOptions {
  readonly heads: number;
  /** What the keys and values are made of, [N,S,E]; default x: self-attention. */
  readonly context?: Value;
  /** float32, broadcast to [N,heads,T,S]: 1 visible, 0 hidden. [N,1,1,S] hides padding. */
  readonly mask?: Value;
}

/**
 * Multi-head attention with PyTorch's parameters: `NAME.in_proj_weight` [3E,E] (queries, keys, values),
 * `NAME.in_proj_bias` [3E], `NAME.out_proj.weight` [E,E], `NAME.out_proj.bias` [E].
 * @param x float32 [N,T,E]   @returns float32 [N,T,E]
 * @throws {ShapeError} when the heads do not divide E
 */
export function multiHeadAttention(
  b: NetworkBuilder,
  name: string,
  x: Value,
  { heads, context = x, mask }: AttentionOptions,
): Value {
  if (x.shape.length !== 3)
    throw new ShapeError('multiHeadAttention', `"${name}" needs [N,T,E], got [${x.shape.join(',')}]`);
  const [steps, width] = staticDims(x.shape.slice(1), 'multiHeadAttention') as [number, number];
  const [keys] = staticDims(context.shape.slice(1), 'multiHeadAttention') as [number];
  if (width % heads !== 0)
    throw new ShapeError('multiHeadAttention', `"${name}": ${width} features do not divide into ${heads} heads`);
  return b.scope(name, () => {
    const weight = b.weight('in_proj_weight', [3 * width, width], { kind: 'xavier' });
    const bias = b.weight('in_proj_bias', [3 * width], ZEROS);
    // [N,L,E] → [N·L,p·E] → [N,L,p,h,d] → [p,N,h,L,d]
    const project = (v: Value, length: number, w: Value, c: Value, parts: number): Value[] => {
      const flat = b.op('Gemm', [b.op('Reshape', [v, b.ints([-1, width])]), w, c], { transB: 1 });
      const split = b.op('Transpose', [b.op('Reshape', [flat, b.ints([-1, length, parts, heads, width / heads])])], {
        perm: [2, 0, 3, 1, 4],
      });
      const pieces = parts === 1 ? [split] : b.ops('Split', [split], { axis: 0, num_outputs: parts }, parts);
      return pieces.map((p) => b.op('Squeeze', [p, b.ints([0])]));
    };
    let q: Value, k: Value, v: Value;
    if (context === x) {
      [q, k, v] = project(x, steps, weight, bias, 3) as [Value, Value, Value];
    } else {
      const [wq, wkv] = b.ops('Split', [weight, b.ints([width, 2 * width])], { axis: 0 }, 2) as [Value, Value];
      const [cq, ckv] = b.ops('Split', [bias, b.ints([width, 2 * width])], { axis: 0 }, 2) as [Value, Value];
      [q] = project(x, steps, wq, cq, 1) as [Value];
      [k, v] = project(context, keys, wkv, ckv, 2) as [Value, Value];
    }
    // [N,h,T,d] → [N,T,h,d] → [N·T,E]
    const mixed = b.op('Transpose', [scaledDotProductAttention(b, q, k, v, mask)], { perm: [0, 2, 1, 3] });
    const out = linear(b, 'out_proj', b.op('Reshape', [mixed, b.ints([-1, width])]), {
      features: width,
      init: { kind: 'xavier' },
    });
    return b.op('Reshape', [out, b.ints([-1, steps, width])]);
  });
}
