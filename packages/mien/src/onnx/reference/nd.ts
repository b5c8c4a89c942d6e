/**
 * The evaluator's working values: every dtype held as float64, so that kernels are plain number loops.
 * Floats of any width carry full float64 precision and the dtype `float64`; integers are exact up to 2⁵³.
 */
import { ShapeError } from '../../errors.ts';
import { allocate, halfToNumber, sizeOf, type DType, type Tensor } from '../../tensor/index.ts';
import { toInt64 } from '../protobuf-wire.ts';

export interface Nd {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

const FLOATS: ReadonlySet<DType> = new Set(['float16', 'float32', 'float64']);

/** The dtype that the evaluator uses for `dtype`: one width of float. */
export function evaluatedDType(dtype: DType): DType {
  return FLOATS.has(dtype) ? 'float64' : dtype;
}

export function isFloat(x: Nd): boolean {
  return x.dtype === 'float64';
}

/** A float64 tensor is wrapped as it is; kernels never write to their inputs. */
export function ndFromTensor(t: Tensor): Nd {
  const dtype = evaluatedDType(t.dtype);
  if (t.data instanceof Float64Array) return { dtype, dims: t.dims, data: t.data };
  if (t.data instanceof BigInt64Array) return { dtype, dims: t.dims, data: Float64Array.from(t.data, Number) };
  if (t.dtype === 'float16') return { dtype, dims: t.dims, data: Float64Array.from(t.data, halfToNumber) };
  return { dtype, dims: t.dims, data: Float64Array.from(t.data) };
}

/** Always a copy: an output never shares memory with a feed. */
export function tensorFromNd({ dtype, dims, data }: Nd): Tensor {
  const out = allocate(dtype, data.length);
  if (out instanceof BigInt64Array) for (let i = 0; i < data.length; i++) out[i] = toInt64(data[i]!);
  else out.set(data);
  return { dtype, dims, data: out };
}

export function nd(dtype: DType, dims: readonly number[], data: Float64Array = new Float64Array(sizeOf(dims))): Nd {
  return { dtype, dims, data };
}

/** Elements to step for one step along each axis, row-major. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}

/**
 * base + Σₖ iₖ·strides[k] for every index (i₀, i₁, …) of `dims` in row-major order. With strides of 0 it
 * broadcasts, permuted it transposes, scaled it slices.
 */
export function offsets(dims: readonly number[], strides: readonly number[], base = 0): Int32Array {
  const size = sizeOf(dims);
  const out = new Int32Array(size);
  if (size === 0) return out;
  out[0] = base;
  // Fill from the last axis outwards: each axis repeats the block filled so far, shifted by its stride.
  let filled = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    for (let i = 1; i < dims[axis]!; i++) {
      const shift = i * strides[axis]!;
      for (let j = 0; j < filled; j++) out[i * filled + j] = out[j]! + shift;
    }
    filled *= dims[axis]!;
  }
  return out;
}

/**
 * The shape that the shapes broadcast to, numpy's rule.
 * @throws {ShapeError} when two extents differ and neither is 1
 */
export function broadcastDims(shapes: readonly (readonly number[])[], operation: string): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    let extent = 1;
    for (const shape of shapes) {
      const d = shape[axis - rank + shape.length] ?? 1;
      if (d === 1 || d === extent) continue;
      if (extent !== 1)
        throw new ShapeError(
          operation,
          `shapes ${shapes.map((s) => `[${s.join(',')}]`).join(' and ')} do not broadcast`,
        );
      extent = d;
    }
    return extent;
  });
}

/** Strides that read a tensor of shape `from` as if it had the shape `to`: 0 along broadcast axes. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  return to.map((_, axis) => {
    const i = axis - to.length + from.length;
    return i < 0 || from[i] === 1 ? 0 : strides[i]!;
  });
}

/** The elements at the given offsets. */
export function take(data: Float64Array, at: Int32Array): Float64Array {
  const out = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) out[i] = data[at[i]!]!;
  return out;
}

/** The data of x expanded to `dims`. */
export function broadcastTo(x: Nd, dims: readonly number[]): Float64Array {
  if (x.data.length === sizeOf(dims)) return x.data;
  return take(x.data, offsets(dims, broadcastStrides(x.dims, dims)));
}

/** A shape seen from one axis: [outer, size, inner]. */
export function aroundAxis(dims: readonly number[], axis: number): { outer: number; size: number; inner: number } {
  return { outer: sizeOf(dims.slice(0, axis)), size: dims[axis]!, inner: sizeOf(dims.slice(axis + 1)) };
}
