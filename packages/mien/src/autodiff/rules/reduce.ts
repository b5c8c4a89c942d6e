/** Gradient rules of reductions and of softmax. */
import { attrNumber, normalizeAxis, type GraphBuilder, type Value } from '../../onnx/index.ts';
import {
  dimsOf,
  mask,
  mul,
  restoreAxes,
  sum,
  type GradientContext,
  type GradientEntry,
  type GradientRule,
} from '../rule.ts';
import { sizeOf } from '../../tensor/index.ts';

/** The smallest normal float32. */
const SMALLEST = 2 ** -126;

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

/** dX = dY·f(x, y), with y and dY given their reduced axes back. */
const scaled =
  (slope: (b: GraphBuilder, x: Value, y: Value, axes: readonly number[]) => Value): GradientRule =>
  (g) => {
    const { b } = g;
    const full = dimsOf(g.x(0));
    const axes = reducedAxes(g);
    return [mul(b, restoreAxes(b, g.dy, full, axes), slope(b, g.x(0), restoreAxes(b, g.y(), full, axes), axes))];
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
  ReduceL1: scaled((b, x) => b.op('Sign', [x])),
  // x/y; 0 where all elements are 0
  ReduceL2: scaled((b, x, y) => b.op('Div', [x, b.op('Max', [y, SMALLEST])])),
  ReduceSumSquare: scaled((b, x) => mul(b, x, 2)),
  // 1/Σx
  ReduceLogSum: scaled((b, x, y) => b.op('Expand', [b.op('Exp', [b.op('Neg', [y])]), b.ints(dimsOf(x))])),
  ReduceLogSumExp: scaled((b, x, y) => b.op('Exp', [b.op('Sub', [x, y])])),
  // The product of the other elements: with p the product of those that are not 0, p/x where no element is 0, and p
  // for the only one that is
  ReduceProd: scaled((b, x, _, axes) => {
    const zero = mask(b, b.op('Equal', [x, b.constant(0)]));
    const filled = b.op('Add', [x, zero]);
    const product = axes.length ? b.op('ReduceProd', [filled, b.ints(axes)], { keepdims: 1 }) : filled;
    const zeros = axes.length ? sum(b, zero, axes) : zero;
    return mul(b, b.op('Div', [product, filled]), mask(b, b.op('Equal', [zeros, zero])));
  }),
  ArgMax: 'zero',
  ArgMin: 'zero',
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
