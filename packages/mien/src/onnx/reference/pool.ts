/** Pooling over the spatial axes of x [N,C,…]. */
import { sizeOf } from '../../tensor/index.ts';
import type { OpName } from '../ops.ts';
import { convTransposeOutput, poolOutput, resolvePads } from '../shared/window.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { nd, offsets, stridesOf, type Nd } from './nd.ts';
import { OUTSIDE, beginPads, paddedTapCounts, tapTable, windowAttrs, type Sliding } from './taps.ts';

function sliding(c: KernelCall, spatial: readonly number[]): Sliding & { end: number[] } {
  const window = windowAttrs(c, c.list('kernel_shape', []));
  if (window.kernel.length !== spatial.length)
    c.fail(`kernel_shape [${window.kernel.join(',')}] does not fit ${spatial.length} spatial axes`);
  return {
    ...window,
    input: spatial,
    output: spatial.map((size, i) => poolOutput(size, i, window)),
    begin: beginPads(spatial, window),
    end: spatial.map((size, i) => resolvePads(size, i, window)[1]),
  };
}

/**
 * The greatest of each window; of equal ones the first. The second output is its index in the flattened x,
 * counted along columns within an image when storage_order is 1.
 */
function maxPool(c: KernelCall): Nd[] {
  const x = c.x(0);
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const s = sliding(c, spatial);
  const taps = tapTable(s);
  const [inSize, outSize, kernelSize] = [sizeOf(spatial), sizeOf(s.output), sizeOf(s.kernel)];
  const columnMajor = stridesOf([...spatial].reverse()).reverse();
  const order = c.number('storage_order', 0) === 1 ? offsets(spatial, columnMajor) : undefined;
  const values = new Float64Array(batch * channels * outSize);
  const indices = new Float64Array(values.length);
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let p = 0; p < outSize; p++) {
      let best = -Infinity;
      let bestAt = OUTSIDE;
      for (let k = 0; k < kernelSize; k++) {
        const at = taps[p * kernelSize + k]!;
        if (at === OUTSIDE || (bestAt !== OUTSIDE && !(x.data[plane * inSize + at]! > best))) continue;
        best = x.data[plane * inSize + at]!;
        bestAt = at;
      }
      values[plane * outSize + p] = best;
      indices[plane * outSize + p] = plane * inSize + (order ? order[bestAt]! : bestAt);
    }
  }
  const dims = [batch, channels, ...s.output];
  return [nd(x.dtype, dims, values), nd('int64', dims, indices)];
}

/** y = zeros; y[indices] = x. */
function maxUnpool(c: KernelCall): Nd {
  const [x, indices] = [c.x(0), c.x(1)];
  const kernel = c.list('kernel_shape', []);
  const strides = c.list(
    'strides',
    kernel.map(() => 1),
  );
  const pads = c.list(
    'pads',
    [...kernel, ...kernel].map(() => 0),
  );
  const inferred = x.dims.map((d, i) => (i < 2 ? d : convTransposeOutput(d, i - 2, { kernel, strides, pads })));
  const y = nd(x.dtype, c.numbers(2) ?? inferred);
  indices.data.forEach((at, i) => (y.data[at] = x.data[i]!));
  return y;
}

/**
 * The mean of each window: over its elements inside the input, or, with count_include_pad, over those inside the
 * padded input too (a window that ceil_mode lets hang over the padding's end does not count the overhang).
 */
function averagePool(c: KernelCall): Nd {
  const x = c.x(0);
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const s = sliding(c, spatial);
  const taps = tapTable(s);
  const [inSize, outSize, kernelSize] = [sizeOf(spatial), sizeOf(s.output), sizeOf(s.kernel)];
  const paddedCounts = c.flag('count_include_pad', false) ? paddedTapCounts(s, s.end) : undefined;
  const data = new Float64Array(batch * channels * outSize);
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let p = 0; p < outSize; p++) {
      let sum = 0;
      let count = 0;
      for (let k = 0; k < kernelSize; k++) {
        const at = taps[p * kernelSize + k]!;
        if (at === OUTSIDE) continue;
        sum += x.data[plane * inSize + at]!;
        count++;
      }
      data[plane * outSize + p] = sum / (paddedCounts?.[p] ?? count);
    }
  }
  return nd(x.dtype, [batch, channels, ...s.output], data);
}

/** A fold over all spatial axes: [N,C,…] → [N,C,1,…]. */
const globalPool =
  (start: number, f: (a: number, v: number) => number, finish: (value: number, count: number) => number): Kernel =>
  (c) => {
    const x = c.x(0);
    const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
    const size = sizeOf(spatial);
    const y = nd(x.dtype, [batch, channels, ...spatial.map(() => 1)]);
    for (let plane = 0; plane < y.data.length; plane++)
      y.data[plane] = finish(x.data.subarray(plane * size, (plane + 1) * size).reduce(f, start), size);
    return y;
  };

export const POOL = {
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool(
    0,
    (a, v) => a + v,
    (total, size) => total / size,
  ),
  GlobalMaxPool: globalPool(
    -Infinity,
    (a, v) => Math.max(a, v),
    (v) => v,
  ),
} as const satisfies Partial<Record<OpName, Kernel>>;
