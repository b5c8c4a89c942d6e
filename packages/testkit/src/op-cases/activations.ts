import type { OpName } from 'mienjs/onnx';
import { float32 } from 'mienjs/tensor';
import { positive, spread, type OpCase, type OpCases } from './op-case.ts';

const smooth: OpCase[] = [{ name: 'matrix', inputs: [spread([2, 3])], differentiable: [0] }];
const stepwise: OpCase[] = [{ name: 'matrix', inputs: [spread([2, 3])], differentiable: [] }];
/** Both sides of every kink, and far out. */
const wide: OpCase = {
  name: 'wide',
  inputs: [float32([8], [-30, -4, -2.5, -0.3, 0.3, 2.5, 4, 30])],
  differentiable: [0],
};
const special: OpCase = {
  name: 'not a number, infinite',
  inputs: [float32([4], [NaN, Infinity, -Infinity, 1])],
  differentiable: [],
};

export const ACTIVATION_CASES = {
  Sin: [...smooth, wide],
  Cos: [...smooth, wide],
  Tan: smooth,
  Atan: [...smooth, wide],
  Erf: [...smooth, wide],
  Reciprocal: [
    { name: 'positive', inputs: [positive([2, 3])], differentiable: [0] },
    { name: 'both signs', inputs: [float32([4], [-3, -0.5, 0.5, 3])], differentiable: [0] },
  ],
  Ceil: stepwise,
  Round: [
    ...stepwise,
    { name: 'half-way', inputs: [float32([6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])], differentiable: [] },
  ],
  IsNaN: [special],
  IsInf: [special, { ...special, name: 'negative only', attrs: { detect_positive: 0 } }],
  HardSwish: [wide],
  Elu: [...smooth, wide, { name: 'alpha', inputs: [spread([2, 3])], attrs: { alpha: 0.5 }, differentiable: [0] }],
  Selu: [
    ...smooth,
    wide,
    { name: 'alpha and gamma', inputs: [spread([2, 3])], attrs: { alpha: 0.5, gamma: 2 }, differentiable: [0] },
  ],
  Celu: [...smooth, wide, { name: 'alpha', inputs: [spread([2, 3])], attrs: { alpha: 0.5 }, differentiable: [0] }],
  ThresholdedRelu: [wide, { name: 'alpha', inputs: [spread([2, 3])], attrs: { alpha: 0.28 }, differentiable: [0] }],
  Softplus: [...smooth, wide],
  Softsign: [...smooth, wide],
  Gelu: [
    ...smooth,
    wide,
    { name: 'tanh', inputs: [spread([2, 3])], attrs: { approximate: 'tanh' }, differentiable: [0] },
    { ...wide, name: 'tanh, wide', attrs: { approximate: 'tanh' } },
  ],
  Mish: [...smooth, wide],
} as const satisfies Partial<OpCases<OpName>>;
