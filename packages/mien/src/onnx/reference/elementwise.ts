/** Element by element, broadcasting as numpy does: y[i] = f(a[i], b[i], …). */
import type { DType } from '../../tensor/index.ts';
import { DTYPE_BY_CODE } from '../infer.ts';
import type { OpName } from '../ops.ts';
import { map } from './activations.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { broadcastDims, broadcastTo, evaluatedDType, isFloat, nd, type Nd } from './nd.ts';

function zip(a: Nd, b: Nd, operation: string, f: (a: number, b: number) => number, dtype: DType = a.dtype): Nd {
  const dims = broadcastDims([a.dims, b.dims], operation);
  const left = broadcastTo(a, dims);
  const right = broadcastTo(b, dims);
  const data = new Float64Array(left.length);
  for (let i = 0; i < data.length; i++) data[i] = f(left[i]!, right[i]!);
  return nd(dtype, dims, data);
}

const unary =
  (f: (v: number) => number): Kernel =>
  (c) =>
    map(c.x(0), f);
const binary =
  (f: (a: number, b: number) => number): Kernel =>
  (c) =>
    zip(c.x(0), c.x(1), c.op, f);
const relation =
  (f: (a: number, b: number) => boolean): Kernel =>
  (c) =>
    zip(c.x(0), c.x(1), c.op, (a, b) => (f(a, b) ? 1 : 0), 'bool');
const fold =
  (f: (a: number, b: number) => number): Kernel =>
  (c) =>
    c.all.reduce((a, b) => zip(a, b, c.op, f));

/** a / b; integers divide towards zero. */
function div(c: KernelCall): Nd {
  const divide = isFloat(c.x(0)) ? (a: number, b: number) => a / b : (a: number, b: number) => Math.trunc(a / b);
  return zip(c.x(0), c.x(1), c.op, divide);
}

function mean(c: KernelCall): Nd {
  const total = c.all.reduce((a, b) => zip(a, b, c.op, (x, y) => x + y));
  return map(total, (v) => v / c.all.length);
}

/** fmod: the remainder with the sign of a, as in C; otherwise with that of b. */
function mod(c: KernelCall): Nd {
  const remainder = c.flag('fmod', false)
    ? (a: number, b: number) => a % b
    : (a: number, b: number) => a - b * Math.floor(a / b);
  return zip(c.x(0), c.x(1), c.op, remainder);
}

function where(c: KernelCall): Nd {
  const [condition, a, b] = [c.x(0), c.x(1), c.x(2)];
  const dims = broadcastDims([condition.dims, a.dims, b.dims], c.op);
  const choose = broadcastTo(condition, dims);
  const yes = broadcastTo(a, dims);
  const no = broadcastTo(b, dims);
  return nd(
    a.dtype,
    dims,
    choose.map((v, i) => (v ? yes[i]! : no[i]!)),
  );
}

function clip(c: KernelCall): Nd {
  const low = c.optional(1)?.data[0] ?? -Infinity;
  const high = c.optional(2)?.data[0] ?? Infinity;
  return map(c.x(0), (v) => Math.min(Math.max(v, low), high));
}

/**
 * Among floats nothing changes (all are float64 here); floats become integers by truncation, anything becomes bool by ≠
 * 0.
 */
function cast(c: KernelCall): Nd {
  const code = c.number('to', 0);
  const dtype = evaluatedDType(DTYPE_BY_CODE.get(code) ?? c.fail(`cannot cast to ONNX type ${code}`));
  if (dtype === 'bool') return map(c.x(0), (v) => (v === 0 ? 0 : 1), dtype);
  return map(c.x(0), dtype === 'float64' ? (v) => v : Math.trunc, dtype);
}

/** (x − zero)·scale, with scale and zero point for the tensor or for each index of `axis`. */
function dequantizeLinear(c: KernelCall): Nd {
  const [x, scale, zero] = [c.x(0), c.x(1), c.optional(2)];
  c.supports('block_size', c.number('block_size', 0), [0]);
  const perAxis = (p: Nd): Nd => {
    if (p.dims.length === 0 || p.data.length === 1) return nd(p.dtype, [], p.data);
    const axis = c.axis(x.dims.length, 1);
    return nd(
      p.dtype,
      x.dims.map((_, i) => (i === axis ? p.data.length : 1)),
      p.data,
    );
  };
  const shifted = zero === undefined ? x : zip(x, perAxis(zero), c.op, (v, z) => v - z);
  return zip(shifted, perAxis(scale), c.op, (v, s) => v * s, 'float64');
}

/** Outside training dropout passes its input on, and its mask keeps everything. */
function dropout(c: KernelCall): Nd[] {
  if (c.optional(2)?.data[0]) c.fail('training_mode must be false: the evaluator draws no random numbers');
  return [c.x(0), map(c.x(0), () => 1, 'bool')];
}

export const ELEMENTWISE = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: div,
  Pow: binary((a, b) => a ** b),
  Max: fold(Math.max),
  Min: fold(Math.min),
  Sum: fold((a, b) => a + b),
  Mean: mean,
  Mod: mod,
  PRelu: binary((x, slope) => (x >= 0 ? x : slope * x)),
  Where: where,
  Equal: relation((a, b) => a === b),
  Greater: relation((a, b) => a > b),
  GreaterOrEqual: relation((a, b) => a >= b),
  Less: relation((a, b) => a < b),
  LessOrEqual: relation((a, b) => a <= b),
  And: relation((a, b) => a !== 0 && b !== 0),
  Or: relation((a, b) => a !== 0 || b !== 0),
  Xor: relation((a, b) => (a !== 0) !== (b !== 0)),
  Identity: (c) => c.x(0),
  Neg: unary((v) => -v),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Not: unary((v) => (v === 0 ? 1 : 0)),
  Clip: clip,
  Cast: cast,
  Dropout: dropout,
  DequantizeLinear: dequantizeLinear,
} as const satisfies Partial<Record<OpName, Kernel>>;
