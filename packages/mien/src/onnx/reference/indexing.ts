/** Reading and writing elements at indices that are data. Negative indices count from the end. */
import { sizeOf } from '../../tensor/index.ts';
import { normalizeAxis } from '../infer.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { aroundAxis, nd, offsets, stridesOf, take, type Nd } from './nd.ts';

function resolve(c: KernelCall, index: number, size: number): number {
  if (index < -size || index >= size) c.fail(`index ${index} is outside an axis of ${size}`);
  return index < 0 ? index + size : index;
}

/** y[a…, i…, b…] = x[a…, indices[i…], b…]. */
function gather(c: KernelCall): Nd {
  const [x, indices] = [c.x(0), c.x(1)];
  const axis = c.axis(x.dims.length, 0);
  const { outer, size, inner } = aroundAxis(x.dims, axis);
  const y = nd(x.dtype, [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]);
  const count = indices.data.length;
  for (let k = 0; k < count; k++) {
    const index = resolve(c, indices.data[k]!, size);
    for (let o = 0; o < outer; o++) {
      const from = (o * size + index) * inner;
      y.data.set(x.data.subarray(from, from + inner), (o * count + k) * inner);
    }
  }
  return y;
}

/** For each element of indices, the flat place in x that it names: its own index, but indices[…] along `axis`. */
function elementPlaces(c: KernelCall, x: Nd, indices: Nd): Int32Array {
  const axis = c.axis(x.dims.length, 0);
  const strides = stridesOf(x.dims);
  const places = offsets(
    indices.dims,
    strides.map((s, i) => (i === axis ? 0 : s)),
  );
  return places.map((place, i) => place + resolve(c, indices.data[i]!, x.dims[axis]!) * strides[axis]!);
}

/** Where each row of indices [R…, q] points: the start of a block of `blockSize` elements of x. */
function blockPlaces(c: KernelCall, x: Nd, indices: Nd, batchDims: number): { places: Int32Array; blockSize: number } {
  const width = indices.dims.at(-1)!;
  const strides = stridesOf(x.dims);
  const rows = indices.dims.slice(0, -1);
  const batchOffsets = offsets(
    rows,
    rows.map((_, i) => (i < batchDims ? strides[i]! : 0)),
  );
  const places = batchOffsets.map((start, row) => {
    let at = start;
    for (let k = 0; k < width; k++) {
      const axis = batchDims + k;
      at += resolve(c, indices.data[row * width + k]!, x.dims[axis]!) * strides[axis]!;
    }
    return at;
  });
  return { places, blockSize: sizeOf(x.dims.slice(batchDims + width)) };
}

/** y[r…] = x[indices[r…]], with the first batch_dims axes shared. */
function gatherND(c: KernelCall): Nd {
  const [x, indices] = [c.x(0), c.x(1)];
  const batchDims = c.number('batch_dims', 0);
  const { places, blockSize } = blockPlaces(c, x, indices, batchDims);
  const y = nd(x.dtype, [...indices.dims.slice(0, -1), ...x.dims.slice(batchDims + indices.dims.at(-1)!)]);
  places.forEach((place, i) => y.data.set(x.data.subarray(place, place + blockSize), i * blockSize));
  return y;
}

const REDUCTIONS: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

/** A copy of x, with updates combined in at the places by `reduction`. */
function scatter(c: KernelCall, x: Nd, places: Int32Array, blockSize: number, updates: Nd): Nd {
  const combine = REDUCTIONS[c.supports('reduction', c.string('reduction', 'none'), Object.keys(REDUCTIONS))]!;
  const data = x.data.slice();
  places.forEach((place, i) => {
    for (let k = 0; k < blockSize; k++) data[place + k] = combine(data[place + k]!, updates.data[i * blockSize + k]!);
  });
  return nd(x.dtype, x.dims, data);
}

function scatterND(c: KernelCall): Nd {
  const { places, blockSize } = blockPlaces(c, c.x(0), c.x(1), 0);
  return scatter(c, c.x(0), places, blockSize, c.x(2));
}

/** values = [off, on]: on where the new axis's index is the element's, off elsewhere and for indices out of range. */
function oneHot(c: KernelCall): Nd {
  const [indices, values] = [c.x(0), c.x(2)];
  const depth = c.x(1).data[0]!;
  const rank = indices.dims.length + 1;
  const axis = normalizeAxis(c.number('axis', -1), rank, c.op);
  const y = nd(values.dtype, [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)]);
  y.data.fill(values.data[0]!);
  const inner = sizeOf(indices.dims.slice(axis));
  indices.data.forEach((given, i) => {
    const index = given < 0 ? given + depth : given;
    if (index < 0 || index >= depth) return;
    y.data[(Math.floor(i / inner) * depth + index) * inner + (i % inner)] = values.data[1]!;
  });
  return y;
}

export const INDEXING = {
  Gather: gather,
  GatherElements: (c) => nd(c.x(0).dtype, c.x(1).dims, take(c.x(0).data, elementPlaces(c, c.x(0), c.x(1)))),
  ScatterElements: (c) => scatter(c, c.x(0), elementPlaces(c, c.x(0), c.x(1)), 1, c.x(2)),
  GatherND: gatherND,
  ScatterND: scatterND,
  OneHot: oneHot,
} as const satisfies Partial<Record<OpName, Kernel>>;
