/**
 * What the operators of one TFLite model share while they are translated: constants, and each computed tensor in
 * the layouts that were asked for. TFLite is channels-last [N,H,W,C], ONNX channels-first [N,C,H,W]; a tensor of
 * four dimensions is kept in the layout that its operator made, and transposed once, when the other is wanted.
 */
import { MienError } from '../../errors.ts';
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { halvesToFloats, sizeOf, tensor, type Tensor } from '../../tensor/index.ts';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './model.ts';

/** Appends the nodes of one TFLite operator. */
export type Translate = (t: Translation, op: TfliteOperator) => void;

export class Translation {
  readonly builder: GraphBuilder;
  readonly model: TfliteModel;
  /** Channels-last, and every tensor that has not four dimensions. */
  readonly #native = new Map<number, Value>();
  readonly #channelsFirst = new Map<number, Value>();
  readonly #constants = new Map<number, Tensor>();

  constructor(builder: GraphBuilder, model: TfliteModel) {
    this.builder = builder;
    this.model = model;
  }

  /** @throws {MienError} naming the model and the operator */
  fail(op: TfliteOperator, reason: string): never {
    throw new MienError(`${this.model.label}: ${op.name} ${reason}`);
  }

  /** The tensor behind an operator's input or output `slot`. */
  info(op: TfliteOperator, slot: number, side: 'inputs' | 'outputs' = 'inputs'): TfliteTensor {
    return this.model.tensors[op[side][slot] ?? -1] ?? this.fail(op, `has no ${side.slice(0, -1)} ${slot}`);
  }

  /** A constant tensor as float32 or integers, float16 widened; undefined when the tensor is computed. */
  constant(index: number): Tensor | undefined {
    const known = this.#constants.get(index);
    if (known) return known;
    const info = this.model.tensors[index];
    if (!info || info.data.length === 0) return undefined;
    const decoded = decodeConstant(info, this.model.label);
    this.#constants.set(index, decoded);
    return decoded;
  }

  /** Declares that a tensor is constant after all (the result of DEQUANTIZE on a constant). */
  setConstant(index: number, value: Tensor): void {
    this.#constants.set(index, value);
  }

  /** @throws {MienError} when the input is computed at run time */
  constantInput(op: TfliteOperator, slot: number): Tensor {
    const index = this.info(op, slot).index;
    return (
      this.constant(index) ??
      this.fail(op, `needs a constant input ${slot}, got the computed tensor "${this.model.tensors[index]!.name}"`)
    );
  }

  /** A tensor in TFLite's own layout. */
  native(index: number): Value {
    const known = this.#native.get(index);
    if (known) return known;
    const constant = this.constant(index);
    const value = constant
      ? this.builder.constant(constant)
      : this.#relaid(index, this.#channelsFirst.get(index), [0, 2, 3, 1]);
    this.#native.set(index, value);
    return value;
  }

  /** A tensor of four dimensions as [N,C,H,W]; a constant of fewer is broadcast as TFLite does, from the last axis. */
  channelsFirst(index: number): Value {
    const known = this.#channelsFirst.get(index);
    if (known) return known;
    const constant = this.constant(index);
    const value = constant
      ? this.builder.constant(toChannelsFirst(constant))
      : this.#relaid(index, this.#native.get(index), [0, 3, 1, 2]);
    this.#channelsFirst.set(index, value);
    return value;
  }

  setNative(index: number, value: Value): void {
    this.#native.set(index, value);
  }

  setChannelsFirst(index: number, value: Value): void {
    this.#channelsFirst.set(index, value);
  }

  /** Reshape to a tensor's shape, its batch left open. */
  reshape(value: Value, shape: readonly number[]): Value {
    return this.builder.op('Reshape', [value, this.builder.ints([-1, ...shape.slice(1)])]);
  }

  #relaid(index: number, source: Value | undefined, perm: readonly number[]): Value {
    const { name, shape } = this.model.tensors[index]!;
    if (!source) throw new MienError(`${this.model.label}: tensor "${name}" is used before any operator makes it`);
    const dims = source.shape as readonly number[];
    const [, h, w, c] = shape as [number, number, number, number];
    // With one channel or one pixel both layouts have the same order in memory.
    if (c === 1 || h * w === 1)
      return this.reshape(
        source,
        perm.map((p) => dims[p]!),
      );
    return this.builder.op('Transpose', [source], { perm });
  }
}

/** Raw bytes of a constant → float32, int32 or int64. */
function decodeConstant(info: TfliteTensor, label: string): Tensor {
  const size = sizeOf(info.shape);
  const bytes = new Uint8Array(info.data).buffer; // a copy, so that the typed arrays below are aligned
  const expect = (bytesPerElement: number): void => {
    if (bytes.byteLength !== size * bytesPerElement) {
      throw new MienError(
        `${label}: constant "${info.name}" of shape [${info.shape.join(',')}] needs ${size * bytesPerElement} bytes, got ${bytes.byteLength}`,
      );
    }
  };
  switch (info.type) {
    case 'float32':
      expect(4);
      return tensor('float32', info.shape, new Float32Array(bytes));
    case 'float16':
      expect(2);
      return tensor('float32', info.shape, halvesToFloats(new Uint16Array(bytes)));
    case 'int32':
      expect(4);
      return tensor('int32', info.shape, new Int32Array(bytes));
    case 'int64':
      expect(8);
      return tensor('int64', info.shape, new BigInt64Array(bytes));
    default:
      throw new MienError(
        `${label}: constant "${info.name}" has type ${info.type}, expected a float or an integer of 32 bits or more`,
      );
  }
}

/** Padded with leading ones to [n,h,w,c], then → [n,c,h,w]. */
function toChannelsFirst(t: Tensor): Tensor {
  return transposed(
    tensor(t.dtype, [...new Array<number>(4 - t.dims.length).fill(1), ...t.dims], t.data),
    [0, 3, 1, 2],
  );
}

/** A float32 constant with its axes permuted. @param perm of at most four axes */
export function transposed(t: Tensor, perm: readonly number[]): Tensor<'float32'> {
  const values = t.data as Float32Array;
  const dims = perm.map((p) => t.dims[p]!);
  // Missing axes come first, of size 1: four plain loops are ten times as fast as counting through any number of axes
  const fill = <T>(list: readonly T[], value: T): T[] => [...new Array<T>(4 - list.length).fill(value), ...list];
  const [d0, d1, d2, d3] = fill(dims, 1) as [number, number, number, number];
  const [s0, s1, s2, s3] = fill(
    perm.map((p) => sizeOf(t.dims.slice(p + 1))),
    0,
  ) as [number, number, number, number];
  const out = new Float32Array(values.length);
  let at = 0;
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      for (let k = 0; k < d2; k++) {
        for (let l = 0, from = i * s0 + j * s1 + k * s2; l < d3; l++, from += s3) out[at++] = values[from]!;
      }
    }
  }
  return tensor('float32', dims, out);
}
