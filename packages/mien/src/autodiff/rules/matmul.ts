/** Gradient rules of matrix products. */
import { attrNumber } from '../../onnx/index.ts';
import { dimsOf, mul, reshape, transpose, type GradientEntry } from '../rule.ts';
import type { GraphBuilder, Value } from '../../onnx/index.ts';

/** Swaps the last two axes. */
function transposeLast(b: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  return transpose(
    b,
    x,
    Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
}

export const matmul = {
  // Y = A·B: dA = dY·Bᵀ, dB = Aᵀ·dY, per batch; vectors are taken as a row (A) or a column (B)
  MatMul: (g) => {
    const { b } = g;
    const a = dimsOf(g.x(0));
    const c = dimsOf(g.x(1));
    const A = a.length === 1 ? reshape(b, g.x(0), [1, a[0]!]) : g.x(0);
    const B = c.length === 1 ? reshape(b, g.x(1), [c[0]!, 1]) : g.x(1);
    const batch = dimsOf(g.y()).slice(0, dimsOf(g.y()).length - (a.length > 1 ? 1 : 0) - (c.length > 1 ? 1 : 0));
    const dY = reshape(b, g.dy, [...batch, dimsOf(A).at(-2)!, dimsOf(B).at(-1)!]);
    const dA = (): Value => b.op('MatMul', [dY, transposeLast(b, B)]);
    // With a plain matrix B, the batch folds into the rows: one product instead of one per batch and a sum
    const dB = (): Value => {
      if (c.length === 2 && a.length > 2) {
        const k = a.at(-1)!;
        const n = c[1]!;
        return b.op('MatMul', [transposeLast(b, reshape(b, A, [-1, k])), reshape(b, dY, [-1, n])]);
      }
      // Matrices: a form that shows its two factors (train/large-updates.ts)
      if (a.length === 2 && c.length === 2) return b.op('Gemm', [A, dY, null], { transA: 1 });
      return b.op('MatMul', [transposeLast(b, A), dY]);
    };
    const flat = (v: Value, rank: number): Value => (rank === 1 ? sumBatches(b, v) : v);
    return [g.needs(0) ? flat(dA(), a.length) : null, g.needs(1) ? flat(dB(), c.length) : null];
  },
  // Y = α·A'·B' + β·C
  Gemm: (g) => {
    const { b } = g;
    const alpha = attrNumber(g.node, 'alpha', 1);
    const beta = attrNumber(g.node, 'beta', 1);
    const transA = attrNumber(g.node, 'transA', 0);
    const transB = attrNumber(g.node, 'transB', 0);
    const dA = (): Value =>
      transA
        ? b.op('Gemm', [g.x(1), g.dy], { alpha, transA: transB, transB: 1 })
        : b.op('Gemm', [g.dy, g.x(1)], { alpha, transB: 1 - transB });
    const dB = (): Value =>
      transB
        ? b.op('Gemm', [g.dy, g.x(0)], { alpha, transA: 1, transB: transA })
        : b.op('Gemm', [g.x(0), g.dy], { alpha, transA: 1 - transA });
    return [
      g.needs(0) ? dA() : null,
      g.needs(1) ? dB() : null,
      g.needs(2) ? (beta === 1 ? g.dy : mul(b, g.dy, beta)) : null,
    ];
  },
} satisfies Record<string, GradientEntry>;

/** […,p,q] with p or q equal to 1 → the vector, summed over the batch. */
function sumBatches(b: GraphBuilder, v: Value): Value {
  const dims = dimsOf(v);
  const n = dims.at(-1)! * dims.at(-2)!;
  return b.op('ReduceSum', [reshape(b, v, [-1, n]), b.ints([0])], { keepdims: 0 });
}
