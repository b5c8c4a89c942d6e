/** Ops that only move elements, or make constants. */
import { sizeOf } from '../../tensor/index.ts';
import { normalizeAxis, sliceIndices } from '../infer.ts';
import type { OpName } from '../ops.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { aroundAxis, broadcastDims, broadcastTo, nd, ndFromTensor, offsets, stridesOf, take, type Nd } from './nd.ts';

/** A dimension of 0 copies the input's (unless allowzero), one of −1 takes what is left. */
function reshape(c: KernelCall): Nd {
  const x = c.x(0);
  const copyZero = !c.flag('allowzero', false);
  const dims = c.numbers(1)!.map((d, i) => (d === 0 && copyZero ? x.dims[i]! : d));
  const known = dims.reduce((product, d) => (d === -1 ? product : product * d), 1);
  const full = dims.map((d) => (d === -1 ? x.data.length / known : d));
  if (sizeOf(full) !== x.data.length) c.fail(`[${x.dims.join(',')}] cannot become [${dims.join(',')}]`);
  return nd(x.dtype, full, x.data);
}

function flatten(c: KernelCall): Nd {
  const x = c.x(0);
  const axis = c.number('axis', 1);
  const split = axis < 0 ? axis + x.dims.length : axis;
  return nd(x.dtype, [sizeOf(x.dims.slice(0, split)), sizeOf(x.dims.slice(split))], x.data);
}

function transpose(c: KernelCall): Nd {
  const x = c.x(0);
  const perm = c.list('perm', [...x.dims.keys()].reverse());
  const strides = stridesOf(x.dims);
  const dims = perm.map((p) => x.dims[p]!);
  return nd(
    x.dtype,
    dims,
    take(
      x.data,
      offsets(
        dims,
        perm.map((p) => strides[p]!),
      ),
    ),
  );
}

function concat(c: KernelCall): Nd {
  const inputs = c.all;
  const first = inputs[0]!;
  const axis = c.axis(first.dims.length, 0);
  const total = inputs.reduce((sum, x) => sum + x.dims[axis]!, 0);
  const y = nd(
    first.dtype,
    first.dims.map((d, i) => (i === axis ? total : d)),
  );
  const { outer, inner } = aroundAxis(first.dims, axis);
  let start = 0;
  for (const x of inputs) {
    const block = x.dims[axis]! * inner;
    for (let o = 0; o < outer; o++) y.data.set(x.data.subarray(o * block, (o + 1) * block), o * total * inner + start);
    start += block;
  }
  return y;
}

/** Equal parts, the last one smaller where they do not come out even. */
function split(c: KernelCall): Nd[] {
  const x = c.x(0);
  const axis = c.axis(x.dims.length, 0);
  const { outer, size, inner } = aroundAxis(x.dims, axis);
  const chunk = Math.ceil(size / c.outputCount);
  const sizes = c.numbers(1) ?? Array.from({ length: c.outputCount }, (_, i) => Math.min(chunk, size - i * chunk));
  let start = 0;
  return sizes.map((part) => {
    const y = nd(
      x.dtype,
      x.dims.map((d, i) => (i === axis ? part : d)),
    );
    for (let o = 0; o < outer; o++) {
      const from = (o * size + start) * inner;
      y.data.set(x.data.subarray(from, from + part * inner), o * part * inner);
    }
    start += part;
    return y;
  });
}

function slice(c: KernelCall): Nd {
  const x = c.x(0);
  const [starts, ends] = [c.numbers(1)!, c.numbers(2)!];
  const axes = (c.numbers(3) ?? [...starts.keys()]).map((a) => normalizeAxis(a, x.dims.length, c.op));
  const steps = c.numbers(4) ?? starts.map(() => 1);
  const strides = stridesOf(x.dims);
  const dims = [...x.dims];
  const taken = [...strides];
  let base = 0;
  axes.forEach((axis, i) => {
    const positions = sliceIndices(x.dims[axis]!, starts[i]!, ends[i]!, steps[i]!);
    dims[axis] = positions.length;
    base += (positions[0] ?? 0) * strides[axis]!;
    taken[axis] = steps[i]! * strides[axis]!;
  });
  return nd(x.dtype, dims, take(x.data, offsets(dims, taken, base)));
}

/**
 * For each mode, the position inside an axis of length n that position i (outside it, maybe) copies; undefined: the
 * constant.
 */
const PADDING: Readonly<Record<string, (i: number, n: number) => number | undefined>> = {
  constant: (i, n) => (i < 0 || i >= n ? undefined : i),
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  reflect: (i, n) => {
    const period = Math.max(2 * (n - 1), 1);
    const k = ((i % period) + period) % period;
    return k < n ? k : period - k;
  },
  wrap: (i, n) => ((i % n) + n) % n,
};

/** Pads axis by axis; negative pads crop. */
function pad(c: KernelCall): Nd {
  let x = c.x(0);
  const pads = c.numbers(1)!;
  const value = c.optional(2)?.data[0] ?? 0;
  const axes = c.numbers(3) ?? [...x.dims.keys()];
  const position = PADDING[c.supports('mode', c.string('mode', 'constant'), Object.keys(PADDING))]!;
  axes.forEach((axisGiven, k) => {
    const axis = normalizeAxis(axisGiven, x.dims.length, c.op);
    const [before, after] = [pads[k]!, pads[k + axes.length]!];
    if (before === 0 && after === 0) return;
    const { outer, size, inner } = aroundAxis(x.dims, axis);
    const length = size + before + after;
    const y = nd(
      x.dtype,
      x.dims.map((d, i) => (i === axis ? length : d)),
    );
    for (let j = 0; j < length; j++) {
      const from = position(j - before, size);
      for (let o = 0; o < outer; o++) {
        const target = (o * length + j) * inner;
        if (from === undefined) y.data.fill(value, target, target + inner);
        else y.data.set(x.data.subarray((o * size + from) * inner, (o * size + from + 1) * inner), target);
      }
    }
    x = y;
  });
  return x;
}

function expand(c: KernelCall): Nd {
  const x = c.x(0);
  const dims = broadcastDims([x.dims, c.numbers(1)!], c.op);
  return nd(x.dtype, dims, broadcastTo(x, dims));
}

function squeeze(c: KernelCall): Nd {
  const x = c.x(0);
  const axes = c.numbers(1)?.map((a) => normalizeAxis(a, x.dims.length, c.op));
  return nd(
    x.dtype,
    x.dims.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
    x.data,
  );
}

function unsqueeze(c: KernelCall): Nd {
  const x = c.x(0);
  const given = c.numbers(1)!;
  const rank = x.dims.length + given.length;
  const axes = given.map((a) => normalizeAxis(a, rank, c.op));
  const rest = [...x.dims];
  return nd(
    x.dtype,
    Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)),
    x.data,
  );
}

function shape(c: KernelCall): Nd {
  const { dims } = c.x(0);
  const part = dims.slice(c.number('start', 0), c.number('end', dims.length));
  return nd('int64', [part.length], Float64Array.from(part));
}

function constantOfShape(c: KernelCall): Nd {
  const attribute = c.node.attrs['value']?.value as Tensor | undefined;
  const value = attribute ? ndFromTensor(attribute) : nd('float64', [1]);
  const y = nd(value.dtype, c.numbers(0)!);
  y.data.fill(value.data[0]!);
  return y;
}

function constant(c: KernelCall): Nd {
  const attribute = (name: string): unknown => c.node.attrs[name]?.value;
  const { value, float, int, floats, ints } = {
    value: attribute('value') as Tensor | undefined,
    float: attribute('value_float') as number | undefined,
    int: attribute('value_int') as number | undefined,
    floats: attribute('value_floats') as readonly number[] | undefined,
    ints: attribute('value_ints') as readonly number[] | undefined,
  };
  if (value !== undefined) return ndFromTensor(value);
  if (float !== undefined) return nd('float64', [], Float64Array.of(float));
  if (int !== undefined) return nd('int64', [], Float64Array.of(int));
  if (floats !== undefined) return nd('float64', [floats.length], Float64Array.from(floats));
  if (ints !== undefined) return nd('int64', [ints.length], Float64Array.from(ints));
  return c.fail('has no value');
}

export const MOVEMENT = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: expand,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Shape: shape,
  ConstantOfShape: constantOfShape,
  Constant: constant,
} as const satisfies Partial<Record<OpName, Kernel>>;
