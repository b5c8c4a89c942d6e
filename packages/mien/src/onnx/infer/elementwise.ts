/** Shapes of elementwise ops. */
import type { OpName } from '../ops.ts';
import { DTYPE_BY_CODE, broadcast, broadcastShapes, sameAsFirst, type InferRule } from './rule.ts';

const compare: InferRule = (c) => broadcast(c).map((v) => ({ dtype: 'bool', shape: v.shape }));

export const ELEMENTWISE_SHAPES = {
  Add: broadcast, Sub: broadcast, Mul: broadcast, Div: broadcast, Max: broadcast, Min: broadcast,
  Sum: broadcast, Mean: broadcast, Mod: broadcast,
  Pow: (c) => [{ dtype: c.dtype(0), shape: broadcastShapes(c.shape(0), c.shape(1), c.op) }],
  PRelu: (c) => [{ dtype: c.dtype(0), shape: broadcastShapes(c.shape(0), c.shape(1), c.op) }],
  Where: (c) => [{ dtype: c.dtype(1), shape: broadcastShapes(broadcastShapes(c.shape(0), c.shape(1), c.op), c.shape(2), c.op) }],
  Equal: compare, Greater: compare, GreaterOrEqual: compare, Less: compare, LessOrEqual: compare, And: compare, Or: compare, Xor: compare,
  Identity: sameAsFirst, Neg: sameAsFirst, Sqrt: sameAsFirst, Exp: sameAsFirst, Log: sameAsFirst, Abs: sameAsFirst,
  Sign: sameAsFirst, Floor: sameAsFirst, Not: sameAsFirst, Relu: sameAsFirst, LeakyRelu: sameAsFirst, Sigmoid: sameAsFirst,
  Tanh: sameAsFirst, HardSigmoid: sameAsFirst, HardSwish: sameAsFirst, Clip: sameAsFirst, Softmax: sameAsFirst, LogSoftmax: sameAsFirst,
  Ceil: sameAsFirst, Round: sameAsFirst, Reciprocal: sameAsFirst, Sin: sameAsFirst, Cos: sameAsFirst, Tan: sameAsFirst,
  Atan: sameAsFirst, Erf: sameAsFirst, Elu: sameAsFirst, Selu: sameAsFirst, Celu: sameAsFirst, ThresholdedRelu: sameAsFirst,
  Softplus: sameAsFirst, Softsign: sameAsFirst, Gelu: sameAsFirst, Mish: sameAsFirst,
  IsNaN: (c) => [{ dtype: 'bool', shape: c.shape(0) }],
  IsInf: (c) => [{ dtype: 'bool', shape: c.shape(0) }],
  Dropout: (c) => (c.outputCount > 1 ? [...sameAsFirst(c), { dtype: 'bool', shape: c.shape(0) }] : sameAsFirst(c)),
  DequantizeLinear: (c) => [{ dtype: c.dtype(1), shape: c.shape(0) }],
  Cast: (c) => {
    const dtype = DTYPE_BY_CODE.get(c.int('to', 0));
    return dtype ? [{ dtype, shape: c.shape(0) }] : c.fail(`cannot cast to ONNX type ${c.int('to', 0)}`);
  },
} as const satisfies Partial<Record<OpName, InferRule>>;
