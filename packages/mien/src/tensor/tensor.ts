/**
 * Dense tensors: a dtype, dimensions and a flat row-major (C order) typed array.
 * Shape legend used across the project: N batch, C channels, H height, W width, K classes, D features.
 */
import { ShapeError } from '../errors.ts';

export interface DTypeArrays {
  float32: Float32Array;
  float64: Float64Array;
  /** IEEE half precision, as raw bits. */
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  uint8: Uint8Array;
  int8: Int8Array;
  /** 0 or 1 in each byte. */
  bool: Uint8Array;
}
export type DType = keyof DTypeArrays;
export type TensorData = DTypeArrays[DType];

export interface Tensor<T extends DType = DType> {
  readonly dtype: T;
  readonly dims: readonly number[];
  readonly data: DTypeArrays[T];
}

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, d) => product * d, 1);
}

/** A zero-filled typed array for `size` elements of `dtype`. */
export function allocate<T extends DType>(dtype: T, size: number): DTypeArrays[T] {
  return new arrayTypes[dtype](size) as DTypeArrays[T];
}

/**
 * Wraps data as a tensor without copying it.
 * @throws {ShapeError} when the length of the data is not the product of the dimensions
 */
export function tensor<T extends DType>(dtype: T, dims: readonly number[], data: DTypeArrays[T]): Tensor<T> {
  if (data.length !== sizeOf(dims)) {
    throw new ShapeError('tensor', `[${dims.join(',')}] needs ${sizeOf(dims)} elements, got ${data.length}`);
  }
  return { dtype, dims, data };
}

/** A float32 tensor from plain numbers. */
export function float32(dims: readonly number[], values: ArrayLike<number>): Tensor<'float32'> {
  return tensor('float32', dims, Float32Array.from(values));
}

const INT64_MAX = 2n ** 63n - 1n;

/**
 * An int64 tensor from plain numbers; one dimension unless `dims` says otherwise.
 * ONNX's "to the end", 2⁶³ − 1, is 2⁶³ as a number: from there on, a number becomes 2⁶³ − 1.
 */
export function int64(values: readonly number[], dims: readonly number[] = [values.length]): Tensor<'int64'> {
  return tensor(
    'int64',
    dims,
    BigInt64Array.from(values, (v) => (v >= 2 ** 63 ? INT64_MAX : BigInt(v))),
  );
}

/** A tensor whose data is computed when first read. */
export function lazyTensor<T extends DType>(
  dtype: T,
  dims: readonly number[],
  compute: () => DTypeArrays[T],
): Tensor<T> {
  let data: DTypeArrays[T] | undefined;
  return {
    dtype,
    dims,
    get data() {
      return (data ??= compute());
    },
  };
}

/** A tensor of zeros. */
export function zeros<T extends DType>(dtype: T, dims: readonly number[]): Tensor<T> {
  return tensor(dtype, dims, allocate(dtype, sizeOf(dims)));
}

/** The values as plain numbers (int64 becomes number; float16 is decoded). */
export function toNumbers(t: Tensor): number[] {
  if (t.dtype === 'float16') return Array.from(t.data as Uint16Array, halfToNumber);
  return Array.from(t.data as ArrayLike<number | bigint>, Number);
}

/** Decodes one IEEE 754 half-precision value. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array | undefined;

/** Half-precision values as float32, by a table of all 65,536: for the weights of whole networks. */
export function halvesToFloats(bits: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 1 << 16 }, (_, b) => halfToNumber(b));
  const table = halfTable;
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = table[bits[i]!]!;
  return out;
}

const roundToFloat = new Float32Array(1);
const floatBits = new Uint32Array(roundToFloat.buffer);

/** Encodes a number in IEEE 754 half precision, rounded to nearest, ties to even; beyond ±65504 infinity. */
export function numberToHalf(value: number): number {
  roundToFloat[0] = value;
  const bits = floatBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to 2¹⁶ or more
  if (magnitude < 0x38800000) return sign | roundHalfToEven(Math.abs(roundToFloat[0]) * 2 ** 24); // below 2⁻¹⁴: multiples of 2⁻²⁴
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function roundHalfToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}
