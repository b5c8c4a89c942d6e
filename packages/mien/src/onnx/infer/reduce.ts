/** Shapes of reductions and matrix products. */
import { parseEinsum } from '../shared/einsum.ts';
import type { Dim } from '../graph.ts';
import type { OpName } from '../ops.ts';
import {
  broadcastShapes,
  normalizeAxis,
  sameAsFirst,
  show,
  type InferContext,
  type InferRule,
  type InferredValue,
} from './rule.ts';

const reduce: InferRule = (c) => {
  const x = c.shape(0);
  const axes = c.numbers(1);
  if (!axes?.length && c.int('noop_with_empty_axes', 0)) return sameAsFirst(c);
  const reduced = new Set((axes?.length ? axes : x.map((_, i) => i)).map((a) => normalizeAxis(a, x.length, c.op)));
  const keep = c.int('keepdims', 1) === 1;
  const shape = keep ? x.map((d, i) => (reduced.has(i) ? 1 : d)) : x.filter((_, i) => !reduced.has(i));
  return [{ dtype: c.dtype(0), shape }];
};

/** The shape of argmax and argmin. */
function extremeIndex(c: InferContext): InferredValue[] {
  const x = c.shape(0);
  const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
  const keep = c.int('keepdims', 1) === 1;
  return [{ dtype: 'int64', shape: keep ? x.map((d, i) => (i === axis ? 1 : d)) : x.filter((_, i) => i !== axis) }];
}

export const REDUCE_SHAPES = {
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceSumSquare: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ArgMax: extremeIndex,
  ArgMin: extremeIndex,
  TopK: (c) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', -1), x.length, c.op);
    const [k] = c.numbers(1)!;
    const size = x[axis]!;
    if (typeof size === 'number' && k! > size)
      c.fail(`cannot take ${k} of the ${size} along axis ${axis} of ${show(x)}`);
    const shape = x.map((d, i) => (i === axis ? k! : d));
    return [
      { dtype: c.dtype(0), shape },
      { dtype: 'int64', shape },
    ];
  },
  CumSum: sameAsFirst,
  Einsum: (c) => {
    const shapes = Array.from({ length: c.inputCount }, (_, i) => c.shape(i));
    const { inputs, output } = parseEinsum(
      c.string('equation', ''),
      shapes.map((s) => s.length),
    );
    const sizes = new Map<string, Dim>();
    inputs.forEach((labels, i) =>
      labels.forEach((label, axis) => {
        const [known] = broadcastShapes([sizes.get(label) ?? 1], [shapes[i]![axis]!], c.op);
        sizes.set(label, known!);
      }),
    );
    return [{ dtype: c.dtype(0), shape: output.map((label) => sizes.get(label)!) }];
  },
  MatMul: (c) => {
    const a = c.shape(0);
    const b = c.shape(1);
    if (a.length === 0 || b.length === 0) c.fail('scalars cannot be multiplied as matrices');
    const a2 = a.length === 1 ? [1, a[0]!] : a;
    const b2 = b.length === 1 ? [b[0]!, 1] : b;
    const [m, k] = a2.slice(-2);
    const [k2, n] = b2.slice(-2);
    if (k !== k2 && typeof k === 'number' && typeof k2 === 'number')
      c.fail(`inner dimensions differ: ${show(a)} · ${show(b)}`);
    const batch = broadcastShapes(a2.slice(0, -2), b2.slice(0, -2), c.op);
    return [{ dtype: c.dtype(0), shape: [...batch, ...(a.length === 1 ? [] : [m!]), ...(b.length === 1 ? [] : [n!])] }];
  },
  Gemm: (c) => {
    const [a0, a1] = c.shape(0);
    const [b0, b1] = c.shape(1);
    if (c.shape(0).length !== 2 || c.shape(1).length !== 2)
      c.fail(`needs two matrices, got ${show(c.shape(0))} and ${show(c.shape(1))}`);
    const [m, k] = c.int('transA', 0) ? [a1!, a0!] : [a0!, a1!];
    const [k2, n] = c.int('transB', 0) ? [b1!, b0!] : [b0!, b1!];
    if (k !== k2 && typeof k === 'number' && typeof k2 === 'number')
      c.fail(`inner dimensions differ: ${show(c.shape(0))} · ${show(c.shape(1))}`);
    return [{ dtype: c.dtype(0), shape: [m, n] }];
  },
} as const satisfies Partial<Record<OpName, InferRule>>;
