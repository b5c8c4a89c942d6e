import { DTYPE_CODES, type OpName } from 'mienjs/onnx';
import { float32, int64, tensor } from 'mienjs/tensor';
import { bool, int32, positive, scalar, spread, type OpCase, type OpCases } from './op-case.ts';

/** Every way two shapes broadcast: none, a missing axis, an axis of 1 on either side and on both, a scalar. */
const BROADCASTS: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['same shape', [2, 3], [2, 3]],
  ['b lacks an axis', [2, 3, 4], [3, 1]],
  ['a lacks axes', [4], [2, 3, 4]],
  ['both expand', [2, 1, 3], [1, 4, 1]],
  ['scalar b', [2, 3], []],
];

function broadcasting(makeB: typeof spread = spread, differentiable: readonly number[] = [0, 1]): OpCase[] {
  return BROADCASTS.map(([name, a, b]) => ({ name, inputs: [spread(a, 1), makeB(b, 2)], differentiable }));
}

const ints: OpCase = { name: 'int64', inputs: [int64([7, -7, 9, 0], [2, 2]), int64([2, 3])], differentiable: [] };

/** Equal, smaller and greater elements, and a broadcast. */
const comparisons: OpCase[] = [
  { name: 'same shape', inputs: [float32([4], [1, 2, 3, -1]), float32([4], [1, 3, 2, -1])], differentiable: [] },
  { name: 'broadcast', inputs: [float32([2, 3], [1, 2, 3, 4, 5, 6]), float32([2, 1], [2, 5])], differentiable: [] },
  { name: 'int64', inputs: [int64([1, 2, 3]), int64([2])], differentiable: [] },
];

const logic: OpCase[] = [
  { name: 'broadcast', inputs: [bool([2, 2], [0, 0, 1, 1]), bool([2], [0, 1])], differentiable: [] },
];

const smooth: OpCase[] = [{ name: 'matrix', inputs: [spread([2, 3])], differentiable: [0] }];
const smoothPositive: OpCase[] = [{ name: 'matrix', inputs: [positive([2, 3])], differentiable: [0] }];
const stepwise: OpCase[] = [{ name: 'matrix', inputs: [spread([2, 3])], differentiable: [] }];

const variadic: OpCase[] = [
  ...broadcasting(),
  { name: 'three inputs', inputs: [spread([2, 3], 1), spread([3], 2), spread([2, 1], 3)], differentiable: [0, 1, 2] },
  { name: 'one input', inputs: [spread([2, 3])], differentiable: [0] },
];

export const ELEMENTWISE_CASES = {
  Add: [...broadcasting(), ints],
  Sub: [...broadcasting(), ints],
  Mul: [...broadcasting(), ints],
  Div: [...broadcasting(positive), ints],
  Pow: [
    ...BROADCASTS.map(([name, a, b]) => ({ name, inputs: [positive(a, 1), spread(b, 2)], differentiable: [0, 1] })),
    { name: 'square of negative numbers', inputs: [spread([2, 3]), scalar(2)], differentiable: [0] },
    { name: 'cube of negative numbers', inputs: [spread([2, 3]), scalar(3)], differentiable: [0] },
  ],
  Max: variadic,
  Min: variadic,
  Sum: variadic,
  Mean: variadic,
  Mod: [
    {
      name: 'floats, sign of a',
      inputs: [float32([6], [5.3, -5.3, 5.3, -5.3, 0.4, 7.9]), float32([6], [2, 2, -2, -2, 1.5, 2.5])],
      attrs: { fmod: 1 },
      differentiable: [0, 1],
    },
    {
      name: 'floats, broadcast',
      inputs: [float32([2, 2], [5.3, -5.3, 1.7, 0.4]), scalar(1.5)],
      attrs: { fmod: 1 },
      differentiable: [0, 1],
    },
    { name: 'integers, sign of b', inputs: [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])], differentiable: [] },
    {
      name: 'integers, sign of a',
      inputs: [int64([7, -7, 7, -7]), int64([3, 3, -3, -3])],
      attrs: { fmod: 1 },
      differentiable: [],
    },
  ],
  PRelu: [
    { name: 'a slope for each channel', inputs: [spread([2, 3, 2, 2]), spread([3, 1, 1], 2)], differentiable: [0, 1] },
    { name: 'one slope', inputs: [spread([2, 3]), spread([1], 2)], differentiable: [0, 1] },
    { name: 'a slope for each element', inputs: [spread([2, 3]), spread([2, 3], 2)], differentiable: [0, 1] },
  ],
  Where: [
    { name: 'same shape', inputs: [bool([4], [1, 0, 0, 1]), spread([4], 1), spread([4], 2)], differentiable: [1, 2] },
    {
      name: 'all broadcast',
      inputs: [bool([2, 1, 1], [1, 0]), spread([3, 1], 1), spread([4], 2)],
      differentiable: [1, 2],
    },
    { name: 'scalar branches', inputs: [bool([2, 2], [1, 0, 0, 1]), scalar(0.5), scalar(-1)], differentiable: [1, 2] },
  ],
  Equal: comparisons,
  Greater: comparisons,
  GreaterOrEqual: comparisons,
  Less: comparisons,
  LessOrEqual: comparisons,
  And: logic,
  Or: logic,
  Xor: logic,
  Identity: smooth,
  Neg: smooth,
  Sqrt: smoothPositive,
  Exp: smooth,
  Log: smoothPositive,
  Abs: smooth,
  Sign: [...stepwise, { name: 'zero', inputs: [float32([3], [-2, 0, 5])], differentiable: [] }],
  Floor: stepwise,
  Not: [{ name: 'both', inputs: [bool([2], [0, 1])], differentiable: [] }],
  Relu: smooth,
  LeakyRelu: [
    { name: 'default slope', inputs: [spread([2, 3])], differentiable: [0] },
    { name: 'slope', inputs: [spread([2, 3])], attrs: { alpha: 0.3 }, differentiable: [0] },
  ],
  Sigmoid: [...smooth, { name: 'saturated', inputs: [float32([4], [-90, -20, 20, 90])], differentiable: [0] }],
  Tanh: smooth,
  HardSigmoid: [
    { name: 'defaults', inputs: [float32([5], [-4, -1, 0.3, 2, 3])], differentiable: [0] },
    {
      name: 'slope and offset',
      inputs: [float32([5], [-4, -0.3, 0.3, 2, 3])],
      attrs: { alpha: 0.5, beta: 0.25 },
      differentiable: [0],
    },
  ],
  Clip: [
    { name: 'both bounds', inputs: [spread([3, 4]), scalar(-0.51), scalar(0.77)], differentiable: [0] },
    { name: 'lower bound', inputs: [spread([3, 4]), scalar(-0.51)], differentiable: [0] },
    { name: 'upper bound', inputs: [spread([3, 4]), null, scalar(0.77)], differentiable: [0] },
    { name: 'no bound', inputs: [spread([3, 4])], differentiable: [0] },
  ],
  Cast: [
    { name: 'float32 to float64', inputs: [spread([2, 3])], attrs: { to: DTYPE_CODES.float64 }, differentiable: [0] },
    { name: 'float32 to itself', inputs: [spread([2, 3])], attrs: { to: DTYPE_CODES.float32 }, differentiable: [0] },
    {
      name: 'float32 to int64',
      inputs: [float32([4], [-1.7, -0.2, 0.9, 3.5])],
      attrs: { to: DTYPE_CODES.int64 },
      differentiable: [],
    },
    {
      name: 'float32 to bool',
      inputs: [float32([3], [-0.5, 0, 2])],
      attrs: { to: DTYPE_CODES.bool },
      differentiable: [],
    },
    { name: 'int64 to float32', inputs: [int64([-3, 0, 5])], attrs: { to: DTYPE_CODES.float32 }, differentiable: [] },
    { name: 'bool to float32', inputs: [bool([2], [0, 1])], attrs: { to: DTYPE_CODES.float32 }, differentiable: [] },
    {
      name: 'float16 to float32',
      inputs: [tensor('float16', [3], Uint16Array.of(0x3c00, 0xc000, 0x0001))],
      attrs: { to: DTYPE_CODES.float32 },
      differentiable: [],
    },
  ],
  Dropout: [
    { name: 'inference', inputs: [spread([2, 3])], differentiable: [0] },
    {
      name: 'mask',
      inputs: [spread([2, 3]), scalar(0.5), bool([], [0])],
      constant: [1, 2],
      outputs: 2,
      differentiable: [0],
    },
  ],
  DequantizeLinear: [
    {
      name: 'per tensor',
      inputs: [
        tensor('uint8', [2, 2], Uint8Array.of(0, 3, 128, 255)),
        scalar(0.5),
        tensor('uint8', [], Uint8Array.of(128)),
      ],
      differentiable: [],
    },
    {
      name: 'per axis',
      inputs: [
        tensor('int8', [2, 3], Int8Array.of(-128, 3, 127, 0, 1, -1)),
        float32([3], [0.5, 2, 0.25]),
        tensor('int8', [3], Int8Array.of(1, -2, 0)),
      ],
      attrs: { axis: -1 },
      differentiable: [],
    },
    { name: 'no zero point', inputs: [int32([3], [-5, 0, 70000]), scalar(0.125)], differentiable: [] },
  ],
} as const satisfies Partial<OpCases<OpName>>;
