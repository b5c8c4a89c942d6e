/** What a shape rule sees, and the helpers that rules share. */
import { ShapeError } from '../../errors.ts';
import { toNumbers, type DType, type Tensor } from '../../tensor/index.ts';
import type { Attribute, Dim, Shape, Value } from '../graph.ts';

export interface InferredValue {
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface NodeToInfer {
  readonly op: string;
  readonly attrs: Readonly<Record<string, Attribute>>;
  readonly inputs: readonly (Value | null)[];
  /** How many outputs are wanted; 1 when absent. */
  readonly outputCount?: number;
}

/** ONNX TensorProto.DataType codes. */
export const DTYPE_CODES: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};
export const DTYPE_BY_CODE: ReadonlyMap<number, DType> = new Map(
  Object.entries(DTYPE_CODES).map(([k, v]) => [v, k as DType]),
);

export class InferContext {
  readonly op: string;
  readonly outputCount: number;
  readonly #node: NodeToInfer;
  readonly #constants: (name: string) => Tensor | undefined;
  constructor(node: NodeToInfer, constants: (name: string) => Tensor | undefined) {
    this.op = node.op;
    this.outputCount = node.outputCount ?? 1;
    this.#node = node;
    this.#constants = constants;
  }
  get inputCount(): number {
    return this.#node.inputs.length;
  }
  has(i: number): boolean {
    return this.#node.inputs[i] != null;
  }
  value(i: number): Value {
    const v = this.#node.inputs[i];
    if (!v) throw new ShapeError(this.op, `input ${i} is missing`);
    return v;
  }
  shape(i: number): Shape {
    return this.value(i).shape;
  }
  dtype(i: number): DType {
    return this.value(i).dtype;
  }
  /** The numbers of a constant input, or undefined when the input is absent. */
  numbers(i: number): number[] | undefined {
    if (!this.has(i)) return undefined;
    const t = this.#constants(this.value(i).name);
    if (!t) throw new ShapeError(this.op, `input ${i} ("${this.value(i).name}") must be a constant`);
    return toNumbers(t);
  }
  int(name: string, otherwise: number): number {
    return (this.#node.attrs[name]?.value as number | undefined) ?? otherwise;
  }
  ints(name: string): readonly number[] | undefined {
    return this.#node.attrs[name]?.value as readonly number[] | undefined;
  }
  string(name: string, otherwise: string): string {
    return (this.#node.attrs[name]?.value as string | undefined) ?? otherwise;
  }
  attr(name: string): Attribute | undefined {
    return this.#node.attrs[name];
  }
  fail(reason: string): never {
    throw new ShapeError(this.op, reason);
  }
}

/** The dtype and shape of each output of a node. */
export type InferRule = (c: InferContext) => InferredValue[];

export const show = (shape: Shape): string => `[${shape.join(',')}]`;

/** Non-negative axis. */
export function normalizeAxis(axis: number, rank: number, operation: string): number {
  const a = axis < 0 ? axis + rank : axis;
  if (a < 0 || a >= rank) throw new ShapeError(operation, `axis ${axis} is outside a tensor of ${rank} dimensions`);
  return a;
}

/** Numpy broadcasting of two shapes. */
export function broadcastShapes(a: Shape, b: Shape, operation: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i): Dim => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    if (typeof x === 'string') return y;
    if (typeof y === 'string') return x;
    throw new ShapeError(operation, `shapes ${show(a)} and ${show(b)} do not broadcast`);
  });
}

export const sameAsFirst: InferRule = (c) => [{ dtype: c.dtype(0), shape: c.shape(0) }];

export const broadcast: InferRule = (c) => {
  let shape = c.shape(0);
  for (let i = 1; i < c.inputCount; i++) {
    if (c.dtype(i) !== c.dtype(0)) c.fail(`dtypes differ: ${c.dtype(0)} and ${c.dtype(i)}`);
    shape = broadcastShapes(shape, c.shape(i), c.op);
  }
  return [{ dtype: c.dtype(0), shape }];
};

/** The product of dimensions; of symbolic ones, a name for it. */
export function productDim(dims: Shape): Dim {
  const symbols = dims.filter((d) => typeof d === 'string');
  const product = dims.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  if (symbols.length === 0) return product;
  return product === 1 ? symbols.join('*') : `${symbols.join('*')}*${product}`;
}
