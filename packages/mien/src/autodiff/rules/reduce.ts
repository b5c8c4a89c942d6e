/** Gradient rules of reductions and of softmax. */
import { attrNumber, normalizeAxis } from '../../onnx/index.ts';
import { dimsOf, mask, mul, restoreAxes, sum, type GradientContext, type GradientEntry, type GradientRule } from '../rule.ts';
import { sizeOf } from '../../tensor/index.ts';

function reducedAxes(g: GradientContext): number[] {
  const rank = g.x(0).shape.length;
  const axes = g.numbers(1);
  if (axes?.length) return axes.map((a) => normalizeAxis(a, rank, g.node.op));
  return attrNumber(g.node, 'noop_with_empty_axes', 0) ? [] : Array.from({ length: rank }, (_, i) => i);
}

/** Equal extremes share the gradient evenly. */
const extreme: GradientRule = (g) => {
  const { b } = g;
  const full = dimsOf(g.x(0));
  const axes = reducedAxes(g);
  if (axes.length === 0) return [g.dy];
  const hits = mask(b, b.op('Equal', [g.x(0), restoreAxes(b, g.y(), full, axes)]));
  const share = b.op('Div', [restoreAxes(b, g.dy, full, axes), sum(b, hits, axes)]);
  return [mul(b, hits, share)];
};

export const reduce = {
  ReduceSum: (g) => {
    const full = dimsOf(g.x(0));
    return [g.b.op('Expand', [restoreAxes(g.b, g.dy, full, reducedAxes(g)), g.b.ints(full)])];
  },
  // 1/n for each of the n elements averaged
  ReduceMean: (g) => {
    const full = dimsOf(g.x(0));
    const n = sizeOf(full) / sizeOf(dimsOf(g.y()));
    return [g.b.op('Expand', [restoreAxes(g.b, mul(g.b, g.dy, 1 / n), full, reducedAxes(g)), g.b.ints(full)])];
  },
  ReduceMax: extreme,
  ReduceMin: extreme,
  ArgMax: 'zero',
  // dX = y ⊙ (dY − Σ dY ⊙ y)
  Softmax: (g) => {
    const { b } = g;
    const axis = attrNumber(g.node, 'axis', -1);
    const weighted = mul(b, g.dy, g.y());
    return [b.op('Sub', [weighted, mul(b, g.y(), sum(b, weighted, [axis]))])];
  },
  // dX = dY − softmax(x)·Σ dY
  LogSoftmax: (g) => {
    const { b } = g;
    const total = sum(b, g.dy, [attrNumber(g.node, 'axis', -1)]);
    return [b.op('Sub', [g.dy, mul(b, b.op('Exp', [g.y()]), total)])];
  },
} satisfies Record<string, GradientEntry>;
