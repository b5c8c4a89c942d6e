/** Smooth functions and activations, element by element. */
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { nd, type Nd } from './nd.ts';

export function map(x: Nd, f: (v: number) => number, dtype = x.dtype): Nd {
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i]!);
  return nd(dtype, x.dims, data);
}

const unary =
  (f: (v: number) => number): Kernel =>
  (c) =>
    map(c.x(0), f);

/** A function with one number as attribute. */
const shaped =
  (attribute: string, otherwise: number, f: (v: number, a: number) => number): Kernel =>
  (c) => {
    const a = c.number(attribute, otherwise);
    return map(c.x(0), (v) => f(v, a));
  };

/** 1/(1 + e⁻ˣ) by the form whose exponential cannot overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * erf x = 2/√π·exp(−x²)·Σₙ 2ⁿ·x²ⁿ⁺¹/(2n + 1)!!, whose terms have one sign, so that nothing cancels
 * (Abramowitz & Stegun 1964, 7.1.6). Beyond 6 it is ±1 to double precision.
 */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Rounds half to even. */
export function roundHalfEven(v: number): number {
  const floor = Math.floor(v);
  if (v - floor !== 0.5) return Math.round(v);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** x·Φ(x) exactly, or with tanh(√(2/π)·(x + 0.044715·x³)) for 2Φ − 1. */
function gelu(c: KernelCall): Nd {
  const approximate = c.supports('approximate', c.string('approximate', 'none'), ['none', 'tanh']) === 'tanh';
  const inner = (v: number): number => Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3));
  return map(c.x(0), (v) => 0.5 * v * (1 + (approximate ? inner(v) : erf(v / Math.SQRT2))));
}

function selu(c: KernelCall): Nd {
  const alpha = c.number('alpha', 1.67326319217681884765625);
  const gamma = c.number('gamma', 1.05070102214813232421875);
  return map(c.x(0), (v) => gamma * (v > 0 ? v : alpha * Math.expm1(v)));
}

function isInf(c: KernelCall): Nd {
  const [negative, positive] = [c.flag('detect_negative', true), c.flag('detect_positive', true)];
  return map(c.x(0), (v) => ((positive && v === Infinity) || (negative && v === -Infinity) ? 1 : 0), 'bool');
}

export const ACTIVATIONS = {
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Atan: unary(Math.atan),
  Erf: unary(erf),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfEven),
  Reciprocal: unary((v) => 1 / v),
  IsNaN: (c) => map(c.x(0), (v) => (Number.isNaN(v) ? 1 : 0), 'bool'),
  IsInf: isInf,
  Relu: unary((v) => Math.max(v, 0)),
  LeakyRelu: shaped('alpha', 0.01, (v, alpha) => (v >= 0 ? v : alpha * v)),
  Sigmoid: unary(sigmoid),
  Tanh: unary(Math.tanh),
  HardSigmoid: (c) => {
    const alpha = c.number('alpha', 0.2);
    const beta = c.number('beta', 0.5);
    return map(c.x(0), (v) => Math.min(Math.max(alpha * v + beta, 0), 1));
  },
  HardSwish: unary((v) => v * Math.min(Math.max(v / 6 + 0.5, 0), 1)),
  Elu: shaped('alpha', 1, (v, alpha) => (v > 0 ? v : alpha * Math.expm1(v))),
  Selu: selu,
  Celu: shaped('alpha', 1, (v, alpha) => (v > 0 ? v : alpha * Math.expm1(v / alpha))),
  ThresholdedRelu: shaped('alpha', 1, (v, alpha) => (v > alpha ? v : 0)),
  Softplus: unary(softplus),
  Softsign: unary((v) => v / (1 + Math.abs(v))),
  Gelu: gelu,
  Mish: unary((v) => v * Math.tanh(softplus(v))),
} as const satisfies Partial<Record<OpName, Kernel>>;
