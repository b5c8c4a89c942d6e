/** Along one axis: the greatest elements, and running sums. */
import { normalizeAxis } from '../infer.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { aroundAxis, nd, type Nd } from './nd.ts';

/** The k greatest (or least) along an axis in order, of equal ones the lower index first, and their indices. */
function topK(c: KernelCall): Nd[] {
  const x = c.x(0);
  const k = c.x(1).data[0]!;
  const axis = c.axis(x.dims.length, -1);
  c.supports('sorted', c.number('sorted', 1), [1]);
  const sign = c.flag('largest', true) ? -1 : 1;
  const { outer, size, inner } = aroundAxis(x.dims, axis);
  if (k > size) c.fail(`cannot take ${k} of ${size}`);
  const dims = x.dims.map((d, i) => (i === axis ? k : d));
  const [values, indices] = [nd(x.dtype, dims), nd('int64', dims)];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (j: number): number => x.data[(o * size + j) * inner + i]!;
      const order = Array.from({ length: size }, (_, j) => j).sort((a, b) => sign * (at(a) - at(b)) || a - b);
      for (let j = 0; j < k; j++) {
        values.data[(o * k + j) * inner + i] = at(order[j]!);
        indices.data[(o * k + j) * inner + i] = order[j]!;
      }
    }
  }
  return [values, indices];
}

/** y[j] = Σ x[i] over i ≤ j, or i ≥ j if reversed; without i = j if exclusive. */
function cumSum(c: KernelCall): Nd {
  const x = c.x(0);
  const axis = normalizeAxis(c.x(1).data[0]!, x.dims.length, c.op);
  const [exclusive, reverse] = [c.flag('exclusive', false), c.flag('reverse', false)];
  const { outer, size, inner } = aroundAxis(x.dims, axis);
  const y = nd(x.dtype, x.dims);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let step = 0; step < size; step++) {
        const at = (o * size + (reverse ? size - 1 - step : step)) * inner + i;
        const v = x.data[at]!;
        y.data[at] = exclusive ? sum : sum + v;
        sum += v;
      }
    }
  }
  return y;
}

export const ORDER = { TopK: topK, CumSum: cumSum } as const satisfies Partial<Record<OpName, Kernel>>;
