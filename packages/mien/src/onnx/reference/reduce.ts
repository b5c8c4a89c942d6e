/** Reductions over axes, and the two softmaxes. */
import { sizeOf } from '../../tensor/index.ts';
import { normalizeAxis } from '../infer.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { aroundAxis, isFloat, nd, offsets, stridesOf } from './nd.ts';

/** y = the fold of the elements along the reduced axes; `finish` sees the fold and how many elements went in. */
function reduce(
  start: number,
  f: (a: number, v: number) => number,
  finish: (sum: number, count: number) => number = (v) => v,
): Kernel {
  return (c) => {
    const x = c.x(0);
    const given = c.numbers(1) ?? [];
    // No axes and noop_with_empty_axes: each element is reduced by itself
    const all = given.length === 0 && !c.flag('noop_with_empty_axes', false);
    const axes = all ? [...x.dims.keys()] : given.map((a) => normalizeAxis(a, x.dims.length, c.op));
    const strides = stridesOf(x.dims);
    const pick = (values: readonly number[], reduced: boolean): number[] =>
      values.filter((_, i) => axes.includes(i) === reduced);
    const outer = offsets(pick(x.dims, false), pick(strides, false));
    const inner = offsets(pick(x.dims, true), pick(strides, true));
    const data = new Float64Array(outer.length);
    for (let i = 0; i < outer.length; i++) {
      let value = start;
      for (let j = 0; j < inner.length; j++) value = f(value, x.data[outer[i]! + inner[j]!]!);
      value = finish(value, inner.length);
      data[i] = isFloat(x) ? value : Math.trunc(value);
    }
    return nd(x.dtype, keepOrDrop(c, x.dims, axes), data);
  };
}

function keepOrDrop(c: KernelCall, dims: readonly number[], axes: readonly number[]): number[] {
  if (c.flag('keepdims', true)) return dims.map((d, i) => (axes.includes(i) ? 1 : d));
  return dims.filter((_, i) => !axes.includes(i));
}

/** The index of the extreme element along an axis; of equal ones the first, or the last if asked. */
const argExtreme =
  (better: (a: number, b: number) => boolean): Kernel =>
  (c) => {
    const x = c.x(0);
    const axis = c.axis(x.dims.length, 0);
    const last = c.flag('select_last_index', false);
    const { outer, size, inner } = aroundAxis(x.dims, axis);
    const data = new Float64Array(outer * inner);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = (k: number): number => x.data[(o * size + k) * inner + i]!;
        let best = 0;
        for (let k = 1; k < size; k++) if (better(at(k), at(best)) || (last && at(k) === at(best))) best = k;
        data[o * inner + i] = best;
      }
    }
    return nd('int64', keepOrDrop(c, x.dims, [axis]), data);
  };

/** Along an axis, with m its maximum and s = Σ exp(x − m): softmax exp(x − m)/s, log-softmax x − m − log s. */
function softmax(normalize: (shifted: number, sum: number) => number): Kernel {
  return (c) => {
    const x = c.x(0);
    const { outer, size, inner } = aroundAxis(x.dims, c.axis(x.dims.length, -1));
    const data = new Float64Array(sizeOf(x.dims));
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const first = o * size * inner + i;
        let max = -Infinity;
        for (let k = 0; k < size; k++) max = Math.max(max, x.data[first + k * inner]!);
        let sum = 0;
        for (let k = 0; k < size; k++) sum += Math.exp(x.data[first + k * inner]! - max);
        for (let k = 0; k < size; k++) data[first + k * inner] = normalize(x.data[first + k * inner]! - max, sum);
      }
    }
    return nd(x.dtype, x.dims, data);
  };
}

export const REDUCE = {
  ReduceSum: reduce(0, (a, v) => a + v),
  ReduceMean: reduce(
    0,
    (a, v) => a + v,
    (sum, count) => sum / count,
  ),
  ReduceMax: reduce(-Infinity, Math.max),
  ReduceMin: reduce(Infinity, Math.min),
  ReduceProd: reduce(1, (a, v) => a * v),
  ReduceL1: reduce(0, (a, v) => a + Math.abs(v)),
  ReduceL2: reduce(0, (a, v) => a + v * v, Math.sqrt),
  ReduceSumSquare: reduce(0, (a, v) => a + v * v),
  ReduceLogSum: reduce(0, (a, v) => a + v, Math.log),
  // ln(eᵃ + eᵛ) = max + ln(1 + e^−|a − v|), which cannot overflow
  ReduceLogSumExp: reduce(-Infinity, (a, v) =>
    a === -Infinity ? v : Math.max(a, v) + Math.log1p(Math.exp(-Math.abs(a - v))),
  ),
  ArgMax: argExtreme((a, b) => a > b),
  ArgMin: argExtreme((a, b) => a < b),
  Softmax: softmax((shifted, sum) => Math.exp(shifted) / sum),
  LogSoftmax: softmax((shifted, sum) => shifted - Math.log(sum)),
} as const satisfies Partial<Record<OpName, Kernel>>;
