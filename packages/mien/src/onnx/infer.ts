/**
 * Static shape and dtype inference, one rule per op, as the ONNX operator specification defines them
 * (https://onnx.ai/onnx/operators/). Dimensions may be symbolic (`"N"`); rules keep them where they can
 * and invent a product name (`"N*4"`) where a Reshape folds them into another.
 */
import { ShapeError } from '../errors.ts';
import { toNumbers, type DType, type Tensor } from '../tensor/index.ts';
import type { Attribute, Dim, Shape, Value } from './graph.ts';
import { OPS, type OpName } from './ops.ts';
import { convOutput, convTransposeOutput, poolOutput } from './window.ts';

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
  float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11,
};
export const DTYPE_BY_CODE: ReadonlyMap<number, DType> = new Map(Object.entries(DTYPE_CODES).map(([k, v]) => [v, k as DType]));

class Context {
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

type Rule = (c: Context) => InferredValue[];

const show = (shape: Shape): string => `[${shape.join(',')}]`;

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

const sameAsFirst: Rule = (c) => [{ dtype: c.dtype(0), shape: c.shape(0) }];

const broadcast: Rule = (c) => {
  let shape = c.shape(0);
  for (let i = 1; i < c.inputCount; i++) {
    if (c.dtype(i) !== c.dtype(0)) c.fail(`dtypes differ: ${c.dtype(0)} and ${c.dtype(i)}`);
    shape = broadcastShapes(shape, c.shape(i), c.op);
  }
  return [{ dtype: c.dtype(0), shape }];
};

const compare: Rule = (c) => broadcast(c).map((v) => ({ dtype: 'bool', shape: v.shape }));

const reduce: Rule = (c) => {
  const x = c.shape(0);
  const axes = c.numbers(1);
  if (!axes?.length && c.int('noop_with_empty_axes', 0)) return sameAsFirst(c);
  const reduced = new Set((axes?.length ? axes : x.map((_, i) => i)).map((a) => normalizeAxis(a, x.length, c.op)));
  const keep = c.int('keepdims', 1) === 1;
  const shape = keep ? x.map((d, i) => (reduced.has(i) ? 1 : d)) : x.filter((_, i) => !reduced.has(i));
  return [{ dtype: c.dtype(0), shape }];
};

const pool: Rule = (c) => {
  const x = c.shape(0);
  const kernel = c.ints('kernel_shape') ?? c.fail('needs kernel_shape');
  const spatial = x.slice(2);
  if (kernel.length !== spatial.length) c.fail(`kernel ${show(kernel)} does not fit the input ${show(x)}`);
  const out = spatial.map((d, i) => (typeof d === 'number'
    ? poolOutput(d, i, { kernel, strides: c.ints('strides'), pads: c.ints('pads'), dilations: c.ints('dilations'), autoPad: c.string('auto_pad', 'NOTSET'), ceil: c.int('ceil_mode', 0) === 1 })
    : d));
  if (out.some((d) => typeof d === 'number' && d < 1)) c.fail(`kernel ${show(kernel)} is larger than the input ${show(x)}`);
  const shape = [x[0]!, x[1]!, ...out];
  return c.outputCount > 1 ? [{ dtype: c.dtype(0), shape }, { dtype: 'int64', shape }] : [{ dtype: c.dtype(0), shape }];
};

const RULES: Record<OpName, Rule> = {
  Add: broadcast, Sub: broadcast, Mul: broadcast, Div: broadcast, Max: broadcast, Min: broadcast,
  Pow: (c) => [{ dtype: c.dtype(0), shape: broadcastShapes(c.shape(0), c.shape(1), c.op) }],
  PRelu: (c) => [{ dtype: c.dtype(0), shape: broadcastShapes(c.shape(0), c.shape(1), c.op) }],
  Where: (c) => [{ dtype: c.dtype(1), shape: broadcastShapes(broadcastShapes(c.shape(0), c.shape(1), c.op), c.shape(2), c.op) }],
  Equal: compare, Greater: compare, GreaterOrEqual: compare, Less: compare, LessOrEqual: compare, And: compare, Or: compare,
  Identity: sameAsFirst, Neg: sameAsFirst, Sqrt: sameAsFirst, Exp: sameAsFirst, Log: sameAsFirst, Abs: sameAsFirst,
  Sign: sameAsFirst, Floor: sameAsFirst, Not: sameAsFirst, Relu: sameAsFirst, LeakyRelu: sameAsFirst, Sigmoid: sameAsFirst,
  Tanh: sameAsFirst, HardSigmoid: sameAsFirst, Clip: sameAsFirst, Softmax: sameAsFirst, LogSoftmax: sameAsFirst,
  Dropout: (c) => (c.outputCount > 1 ? [...sameAsFirst(c), { dtype: 'bool', shape: c.shape(0) }] : sameAsFirst(c)),
  DequantizeLinear: (c) => [{ dtype: c.dtype(1), shape: c.shape(0) }],
  Cast: (c) => {
    const dtype = DTYPE_BY_CODE.get(c.int('to', 0));
    return dtype ? [{ dtype, shape: c.shape(0) }] : c.fail(`cannot cast to ONNX type ${c.int('to', 0)}`);
  },
  ReduceSum: reduce, ReduceMean: reduce, ReduceMax: reduce, ReduceMin: reduce,
  ArgMax: (c: Context) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    const keep = c.int('keepdims', 1) === 1;
    return [{ dtype: 'int64', shape: keep ? x.map((d, i) => (i === axis ? 1 : d)) : x.filter((_, i) => i !== axis) }];
  },
  MatMul: (c) => {
    const a = c.shape(0);
    const b = c.shape(1);
    if (a.length === 0 || b.length === 0) c.fail('scalars cannot be multiplied as matrices');
    const a2 = a.length === 1 ? [1, a[0]!] : a;
    const b2 = b.length === 1 ? [b[0]!, 1] : b;
    const [m, k] = a2.slice(-2);
    const [k2, n] = b2.slice(-2);
    if (k !== k2 && typeof k === 'number' && typeof k2 === 'number') c.fail(`inner dimensions differ: ${show(a)} · ${show(b)}`);
    const batch = broadcastShapes(a2.slice(0, -2), b2.slice(0, -2), c.op);
    return [{ dtype: c.dtype(0), shape: [...batch, ...(a.length === 1 ? [] : [m!]), ...(b.length === 1 ? [] : [n!])] }];
  },
  Gemm: (c) => {
    const [a0, a1] = c.shape(0);
    const [b0, b1] = c.shape(1);
    if (c.shape(0).length !== 2 || c.shape(1).length !== 2) c.fail(`needs two matrices, got ${show(c.shape(0))} and ${show(c.shape(1))}`);
    const [m, k] = c.int('transA', 0) ? [a1!, a0!] : [a0!, a1!];
    const [k2, n] = c.int('transB', 0) ? [b1!, b0!] : [b0!, b1!];
    if (k !== k2 && typeof k === 'number' && typeof k2 === 'number') c.fail(`inner dimensions differ: ${show(c.shape(0))} · ${show(c.shape(1))}`);
    return [{ dtype: c.dtype(0), shape: [m, n] }];
  },
  Conv: (c) => {
    const x = c.shape(0);
    const w = c.shape(1);
    if (x.length < 3 || w.length !== x.length) c.fail(`input ${show(x)} and weight ${show(w)} must both be [N,C,…spatial]`);
    const group = c.int('group', 1);
    if (typeof x[1] === 'number' && typeof w[1] === 'number' && x[1] !== w[1] * group) c.fail(`input ${show(x)} has ${x[1]} channels, weight ${show(w)} with group ${group} takes ${w[1] * group}`);
    if (typeof w[0] === 'number' && w[0] % group !== 0) c.fail(`group ${group} does not divide the ${w[0]} output channels`);
    const kernel = w.slice(2) as number[];
    const out = x.slice(2).map((d, i) => (typeof d === 'number'
      ? convOutput(d, i, { kernel, strides: c.ints('strides'), pads: c.ints('pads'), dilations: c.ints('dilations'), autoPad: c.string('auto_pad', 'NOTSET') })
      : d));
    if (out.some((d) => typeof d === 'number' && d < 1)) c.fail(`kernel ${show(kernel)} is larger than the input ${show(x)}`);
    return [{ dtype: c.dtype(0), shape: [x[0]!, w[0]!, ...out] }];
  },
  ConvTranspose: (c) => {
    const x = c.shape(0);
    const w = c.shape(1);
    if (x.length < 3 || w.length !== x.length) c.fail(`input ${show(x)} and weight ${show(w)} must both be [N,C,…spatial]`);
    if (x[1] !== w[0] && typeof x[1] === 'number') c.fail(`input ${show(x)} has ${x[1]} channels, weight ${show(w)} takes ${w[0]}`);
    const kernel = w.slice(2) as number[];
    const out = c.ints('output_shape') ?? x.slice(2).map((d, i) => (typeof d === 'number'
      ? convTransposeOutput(d, i, { kernel, strides: c.ints('strides'), pads: c.ints('pads'), dilations: c.ints('dilations'), autoPad: c.string('auto_pad', 'NOTSET'), outputPadding: c.ints('output_padding') })
      : d));
    return [{ dtype: c.dtype(0), shape: [x[0]!, (w[1] as number) * c.int('group', 1), ...out] }];
  },
  MaxPool: pool,
  AveragePool: pool,
  MaxUnpool: (c) => {
    if (c.has(2)) return [{ dtype: c.dtype(0), shape: c.numbers(2)! }];
    const kernel = c.ints('kernel_shape') ?? c.fail('needs kernel_shape');
    return [{ dtype: c.dtype(0), shape: c.shape(0).map((d, i) => (i < 2 || typeof d !== 'number' ? d
      : convTransposeOutput(d, i - 2, { kernel, strides: c.ints('strides'), pads: c.ints('pads') }))) }];
  },
  GlobalAveragePool: (c) => [{ dtype: c.dtype(0), shape: c.shape(0).map((d, i) => (i < 2 ? d : 1)) }],
  BatchNormalization: (c) => {
    const y = { dtype: c.dtype(0), shape: c.shape(0) };
    const stats = { dtype: c.dtype(3), shape: c.shape(3) };
    return c.outputCount > 1 ? [y, stats, stats] : [y];
  },
  GridSample: (c) => {
    const x = c.shape(0);
    const g = c.shape(1);
    if (g.length !== x.length || g.at(-1) !== x.length - 2) c.fail(`grid ${show(g)} does not fit the input ${show(x)}`);
    return [{ dtype: c.dtype(0), shape: [x[0]!, x[1]!, ...g.slice(1, -1)] }];
  },
  Resize: (c) => {
    const x = c.shape(0);
    const axes = c.ints('axes') ?? x.map((_, i) => i);
    const sizes = c.has(3) ? c.numbers(3)! : undefined;
    const scales = sizes ? undefined : c.numbers(2);
    if (!sizes && !scales) c.fail('needs scales or sizes');
    const shape = [...x];
    axes.forEach((axis, i) => {
      const a = normalizeAxis(axis, x.length, c.op);
      const d = x[a]!;
      if (sizes) shape[a] = sizes[i]!;
      else if (typeof d === 'number') shape[a] = Math.floor(d * scales![i]!);
      else if (scales![i] !== 1) c.fail(`cannot scale the symbolic dimension ${d}`);
    });
    return [{ dtype: c.dtype(0), shape }];
  },
  Reshape: (c) => [{ dtype: c.dtype(0), shape: reshape(c.shape(0), c.numbers(1)!, c.int('allowzero', 0) === 1, c) }],
  Flatten: (c) => {
    const x = c.shape(0);
    const axis = c.int('axis', 1) < 0 ? c.int('axis', 1) + x.length : c.int('axis', 1);
    return [{ dtype: c.dtype(0), shape: [productDim(x.slice(0, axis)), productDim(x.slice(axis))] }];
  },
  Transpose: (c) => {
    const x = c.shape(0);
    const perm = c.ints('perm') ?? x.map((_, i) => x.length - 1 - i);
    if (perm.length !== x.length || new Set(perm).size !== x.length) c.fail(`perm ${show(perm)} is no permutation of ${show(x)}`);
    return [{ dtype: c.dtype(0), shape: perm.map((p) => x[p]!) }];
  },
  Concat: (c) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    let total: Dim = 0;
    for (let i = 0; i < c.inputCount; i++) {
      const s = c.shape(i);
      if (s.length !== x.length || s.some((d, j) => j !== axis && typeof d === 'number' && typeof x[j] === 'number' && d !== x[j])) {
        c.fail(`input ${i} has shape ${show(s)}, which does not fit ${show(x)} along axis ${axis}`);
      }
      const d = s[axis]!;
      total = typeof total === 'number' && typeof d === 'number' ? total + d : c.inputCount === 1 ? d : `${total}+${d}`;
    }
    return [{ dtype: c.dtype(0), shape: x.map((d, i) => (i === axis ? total : d)) }];
  },
  Split: (c: Context) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    const d = x[axis];
    if (typeof d !== 'number') c.fail(`cannot split the symbolic dimension ${d}`);
    const given = c.numbers(1);
    const n = given?.length ?? c.int('num_outputs', c.outputCount);
    const chunk = Math.ceil(d / n);
    const sizes = given ?? Array.from({ length: n }, (_, i) => Math.min(chunk, d - i * chunk));
    if (sizes.reduce((a, b) => a + b, 0) !== d || sizes.length !== c.outputCount) c.fail(`parts ${show(sizes)} do not make up the ${d} of ${show(x)} in ${c.outputCount} outputs`);
    return sizes.map((size) => ({ dtype: c.dtype(0), shape: x.map((v, i) => (i === axis ? size : v)) }));
  },
  Slice: (c: Context) => {
    const x = c.shape(0);
    const starts = c.numbers(1)!;
    const ends = c.numbers(2)!;
    const axes = (c.numbers(3) ?? starts.map((_, i) => i)).map((a) => normalizeAxis(a, x.length, c.op));
    const steps = c.numbers(4) ?? starts.map(() => 1);
    const shape = [...x];
    axes.forEach((axis, i) => {
      const d = x[axis]!;
      if (typeof d !== 'number') c.fail(`cannot slice the symbolic dimension ${d}`);
      shape[axis] = sliceRange(d, starts[i]!, ends[i]!, steps[i]!).count;
    });
    return [{ dtype: c.dtype(0), shape }];
  },
  Pad: (c: Context) => {
    const x = c.shape(0);
    const pads = c.numbers(1)!;
    const axes = (c.numbers(3) ?? x.map((_, i) => i)).map((a) => normalizeAxis(a, x.length, c.op));
    if (pads.length !== 2 * axes.length) c.fail(`${pads.length} pads for ${axes.length} axes`);
    const shape = [...x];
    axes.forEach((axis, i) => {
      const total = pads[i]! + pads[i + axes.length]!;
      const d = x[axis]!;
      if (typeof d === 'number') shape[axis] = d + total;
      else if (total !== 0) c.fail(`cannot pad the symbolic dimension ${d}`);
    });
    return [{ dtype: c.dtype(0), shape }];
  },
  Expand: (c) => [{ dtype: c.dtype(0), shape: broadcastShapes(c.shape(0), c.numbers(1)!, c.op) }],
  Squeeze: (c) => {
    const x = c.shape(0);
    const axes = new Set((c.numbers(1) ?? x.flatMap((d, i) => (d === 1 ? [i] : []))).map((a) => normalizeAxis(a, x.length, c.op)));
    for (const a of axes) if (x[a] !== 1) c.fail(`dimension ${a} of ${show(x)} is not 1`);
    return [{ dtype: c.dtype(0), shape: x.filter((_, i) => !axes.has(i)) }];
  },
  Unsqueeze: (c) => {
    const x = c.shape(0);
    const given = c.numbers(1)!;
    const rank = x.length + given.length;
    const axes = new Set(given.map((a) => normalizeAxis(a, rank, c.op)));
    const rest = x[Symbol.iterator]();
    return [{ dtype: c.dtype(0), shape: Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : rest.next().value as Dim)) }];
  },
  Gather: (c) => {
    const x = c.shape(0);
    const axis = normalizeAxis(c.int('axis', 0), x.length, c.op);
    return [{ dtype: c.dtype(0), shape: [...x.slice(0, axis), ...c.shape(1), ...x.slice(axis + 1)] }];
  },
  GatherElements: (c) => [{ dtype: c.dtype(0), shape: c.shape(1) }],
  ScatterElements: sameAsFirst,
  GatherND: (c: Context) => {
    const x = c.shape(0);
    const indices = c.shape(1);
    const last = indices.at(-1);
    if (typeof last !== 'number') c.fail('needs a known last dimension of the indices');
    return [{ dtype: c.dtype(0), shape: [...indices.slice(0, -1), ...x.slice(c.int('batch_dims', 0) + last)] }];
  },
  ScatterND: sameAsFirst,
  OneHot: (c) => {
    const indices = c.shape(0);
    const depth = c.numbers(1)![0]!;
    const axis = normalizeAxis(c.int('axis', -1), indices.length + 1, c.op);
    return [{ dtype: c.dtype(2), shape: [...indices.slice(0, axis), depth, ...indices.slice(axis)] }];
  },
  Shape: (c) => {
    const rank = c.shape(0).length;
    const clampAxis = (a: number): number => Math.min(Math.max(a < 0 ? a + rank : a, 0), rank);
    return [{ dtype: 'int64', shape: [Math.max(0, clampAxis(c.int('end', rank)) - clampAxis(c.int('start', 0)))] }];
  },
  ConstantOfShape: (c) => [{ dtype: (c.attr('value')?.value as Tensor | undefined)?.dtype ?? 'float32', shape: c.numbers(0)! }],
  Constant: (c) => {
    const t = c.attr('value')?.value as Tensor | undefined;
    if (t) return [{ dtype: t.dtype, shape: t.dims }];
    if (c.attr('value_float')) return [{ dtype: 'float32', shape: [] }];
    if (c.attr('value_int')) return [{ dtype: 'int64', shape: [] }];
    const list = c.ints('value_ints') ?? c.ints('value_floats');
    return list ? [{ dtype: c.attr('value_ints') ? 'int64' : 'float32', shape: [list.length] }] : c.fail('has no value');
  },
};

function productDim(dims: Shape): Dim {
  const symbols = dims.filter((d) => typeof d === 'string');
  const product = dims.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  if (symbols.length === 0) return product;
  return product === 1 ? symbols.join('*') : `${symbols.join('*')}*${product}`;
}

/** What productDim multiplied: "N*16" → ["N", 16]. */
function factors(d: Dim): Dim[] {
  return typeof d === 'number' || d.includes('+') ? [d] : d.split('*').map((f) => (/^\d+$/.test(f) ? Number(f) : f));
}

function reshape(x: Shape, target: readonly number[], allowZero: boolean, c: Context): Shape {
  const shape: Dim[] = target.map((d, i) => (d === 0 && !allowZero ? (x[i] ?? c.fail(`0 at ${i} copies no dimension of ${show(x)}`)) : d));
  const inferred = shape.indexOf(-1);
  // Symbols that stand on both sides cancel; what is left must match as numbers.
  const rest = x.flatMap(factors);
  const others = shape.filter((_, i) => i !== inferred).flatMap(factors);
  for (const d of others) if (typeof d === 'string' && rest.includes(d)) rest.splice(rest.indexOf(d), 1);
  const known = others.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  const total = rest.reduce<number>((p, d) => (typeof d === 'number' ? p * d : p), 1);
  const symbols = rest.filter((d) => typeof d === 'string');
  if (inferred < 0) {
    if (symbols.length === 0 && known !== total) c.fail(`${show(x)} cannot become ${show(target)}`);
    return shape;
  }
  if (symbols.length === 0 && total % known !== 0) c.fail(`${show(x)} cannot become ${show(target)}`);
  shape[inferred] = productDim([...symbols, total / known]);
  return shape;
}

/** Where a Slice with these bounds starts along an axis of length `size`, and how many positions it takes. */
function sliceRange(size: number, start: number, end: number, step: number): { first: number; count: number } {
  if (step === 0) throw new ShapeError('Slice', 'step is 0');
  const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v < 0 ? v + size : v, low), high);
  const forward = step > 0;
  const first = forward ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  const stop = forward ? clamp(end, 0, size) : end < -size ? -1 : clamp(end, -1, size - 1);
  return { first, count: Math.max(0, Math.ceil((stop - first) / step)) };
}

/** The positions that a Slice with these bounds takes along an axis of length `size`. */
export function sliceIndices(size: number, start: number, end: number, step: number): number[] {
  const { first, count } = sliceRange(size, start, end, step);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/**
 * The dtype and shape of each output of a node.
 * @param constants the tensor behind a value name where it is known at build time
 * @throws {ShapeError} when the inputs or attributes do not fit the op, or the op is unknown
 */
export function inferNode(node: NodeToInfer, constants: (name: string) => Tensor | undefined): InferredValue[] {
  if (!Object.hasOwn(OPS, node.op)) throw new ShapeError(node.op, 'is not an op that Mien knows');
  const absent = OPS[node.op as OpName].inputs.split(' ').findIndex((name, i) => /^\w+$/.test(name) && node.inputs[i] == null);
  if (absent >= 0) throw new ShapeError(node.op, `input ${absent} is missing`);
  return RULES[node.op as OpName](new Context(node, constants));
}
