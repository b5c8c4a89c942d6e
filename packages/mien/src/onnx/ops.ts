/**
 * The ops that Mien builds, evaluates and differentiates: one table, ONNX spelling, opset 20
 * (https://onnx.ai/onnx/operators/). `attrs` lists every attribute with its ONNX type; an attribute that is
 * not listed is rejected. A trailing `?` marks an optional input, `...` a variadic one.
 */
import type { Tensor } from '../tensor/index.ts';

export type AttrKind = 'int' | 'float' | 'string' | 'ints' | 'floats' | 'strings' | 'tensor';

interface OpSpec {
  readonly inputs: string;
  readonly attrs: Readonly<Record<string, AttrKind>>;
}

const window = { kernel_shape: 'ints', strides: 'ints', pads: 'ints', dilations: 'ints', auto_pad: 'string' } as const;

const recurrent = {
  activations: 'strings',
  activation_alpha: 'floats',
  activation_beta: 'floats',
  clip: 'float',
  direction: 'string',
  hidden_size: 'int',
  layout: 'int',
} as const;

export const OPS = {
  // Elementwise, two inputs, numpy broadcasting
  Add: { inputs: 'a b', attrs: {} }, // a + b
  Sub: { inputs: 'a b', attrs: {} }, // a − b
  Mul: { inputs: 'a b', attrs: {} }, // a·b
  Div: { inputs: 'a b', attrs: {} }, // a / b
  Pow: { inputs: 'a b', attrs: {} }, // aᵇ
  Max: { inputs: 'a...', attrs: {} }, // greatest of all inputs
  Min: { inputs: 'a...', attrs: {} }, // least of all inputs
  Sum: { inputs: 'a...', attrs: {} }, // sum of all inputs
  Mean: { inputs: 'a...', attrs: {} }, // mean of all inputs
  Mod: { inputs: 'a b', attrs: { fmod: 'int' } }, // remainder; fmod 1: with the sign of a, the only kind for floats
  PRelu: { inputs: 'x slope', attrs: {} }, // x ≥ 0 ? x : slope·x, slope broadcast to x
  Where: { inputs: 'condition a b', attrs: {} }, // condition ? a : b
  Equal: { inputs: 'a b', attrs: {} }, // → bool
  Greater: { inputs: 'a b', attrs: {} }, // → bool
  GreaterOrEqual: { inputs: 'a b', attrs: {} }, // → bool
  Less: { inputs: 'a b', attrs: {} }, // → bool
  LessOrEqual: { inputs: 'a b', attrs: {} }, // → bool
  And: { inputs: 'a b', attrs: {} }, // bool
  Or: { inputs: 'a b', attrs: {} }, // bool
  Xor: { inputs: 'a b', attrs: {} }, // bool
  // Elementwise, one input
  Identity: { inputs: 'x', attrs: {} },
  Neg: { inputs: 'x', attrs: {} },
  Sqrt: { inputs: 'x', attrs: {} },
  Exp: { inputs: 'x', attrs: {} },
  Log: { inputs: 'x', attrs: {} },
  Abs: { inputs: 'x', attrs: {} },
  Sign: { inputs: 'x', attrs: {} },
  Floor: { inputs: 'x', attrs: {} },
  Ceil: { inputs: 'x', attrs: {} },
  Round: { inputs: 'x', attrs: {} }, // half to even
  Reciprocal: { inputs: 'x', attrs: {} },
  Sin: { inputs: 'x', attrs: {} },
  Cos: { inputs: 'x', attrs: {} },
  Tan: { inputs: 'x', attrs: {} },
  Atan: { inputs: 'x', attrs: {} },
  Erf: { inputs: 'x', attrs: {} }, // 2/√π ∫₀ˣ exp(−t²) dt
  IsNaN: { inputs: 'x', attrs: {} }, // → bool
  IsInf: { inputs: 'x', attrs: { detect_negative: 'int', detect_positive: 'int' } }, // → bool
  Not: { inputs: 'x', attrs: {} },
  Relu: { inputs: 'x', attrs: {} },
  LeakyRelu: { inputs: 'x', attrs: { alpha: 'float' } },
  Sigmoid: { inputs: 'x', attrs: {} },
  Tanh: { inputs: 'x', attrs: {} },
  HardSigmoid: { inputs: 'x', attrs: { alpha: 'float', beta: 'float' } }, // clip(alpha·x + beta, 0, 1)
  HardSwish: { inputs: 'x', attrs: {} }, // x·clip(x/6 + 1/2, 0, 1)
  Elu: { inputs: 'x', attrs: { alpha: 'float' } }, // x > 0 ? x : alpha·(eˣ − 1)
  Selu: { inputs: 'x', attrs: { alpha: 'float', gamma: 'float' } }, // gamma·(x > 0 ? x : alpha·(eˣ − 1))
  Celu: { inputs: 'x', attrs: { alpha: 'float' } }, // x > 0 ? x : alpha·(exp(x/alpha) − 1)
  ThresholdedRelu: { inputs: 'x', attrs: { alpha: 'float' } }, // x > alpha ? x : 0
  Softplus: { inputs: 'x', attrs: {} }, // ln(1 + eˣ)
  Softsign: { inputs: 'x', attrs: {} }, // x / (1 + |x|)
  Gelu: { inputs: 'x', attrs: { approximate: 'string' } }, // x·Φ(x), Φ the normal distribution function
  Mish: { inputs: 'x', attrs: {} }, // x·tanh(ln(1 + eˣ))
  Clip: { inputs: 'x min? max?', attrs: {} },
  Cast: { inputs: 'x', attrs: { to: 'int', saturate: 'int' } },
  // Along an axis
  Softmax: { inputs: 'x', attrs: { axis: 'int' } },
  LogSoftmax: { inputs: 'x', attrs: { axis: 'int' } },
  // Reductions; axes are an input since opset 18 (13 for ReduceSum)
  ReduceSum: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } },
  ReduceMean: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } },
  ReduceMax: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } },
  ReduceMin: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } },
  ReduceProd: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } },
  ReduceL1: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } }, // Σ|x|
  ReduceL2: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } }, // √Σx²
  ReduceSumSquare: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } }, // Σx²
  ReduceLogSum: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } }, // ln Σx
  ReduceLogSumExp: { inputs: 'x axes?', attrs: { keepdims: 'int', noop_with_empty_axes: 'int' } }, // ln Σeˣ
  ArgMin: { inputs: 'x', attrs: { axis: 'int', keepdims: 'int', select_last_index: 'int' } },
  TopK: { inputs: 'x k', attrs: { axis: 'int', largest: 'int', sorted: 'int' } }, // second output: indices, int64
  CumSum: { inputs: 'x axis', attrs: { exclusive: 'int', reverse: 'int' } },
  ArgMax: { inputs: 'x', attrs: { axis: 'int', keepdims: 'int', select_last_index: 'int' } },
  // Products
  MatMul: { inputs: 'a b', attrs: {} }, // numpy matmul: batched over leading dimensions, which broadcast
  Gemm: { inputs: 'a b c?', attrs: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' } }, // alpha·A·B + beta·C
  Einsum: { inputs: 'x...', attrs: { equation: 'string' } }, // Σ over the labels that the result lacks
  // Convolution, pooling and normalisation, [N,C,…spatial]
  Conv: { inputs: 'x w b?', attrs: { ...window, group: 'int' } },
  ConvTranspose: { inputs: 'x w b?', attrs: { ...window, group: 'int', output_padding: 'ints', output_shape: 'ints' } },
  MaxPool: { inputs: 'x', attrs: { ...window, ceil_mode: 'int', storage_order: 'int' } }, // second output: flat indices, int64
  MaxUnpool: { inputs: 'x indices output_shape?', attrs: { kernel_shape: 'ints', strides: 'ints', pads: 'ints' } }, // scatters x to the flat indices that MaxPool gave
  AveragePool: { inputs: 'x', attrs: { ...window, ceil_mode: 'int', count_include_pad: 'int' } },
  GlobalAveragePool: { inputs: 'x', attrs: {} },
  GlobalMaxPool: { inputs: 'x', attrs: {} },
  LRN: { inputs: 'x', attrs: { size: 'int', alpha: 'float', beta: 'float', bias: 'float' } }, // x·(bias + alpha/size·Σ x² over `size` channels)^−beta
  LayerNormalization: { inputs: 'x scale bias?', attrs: { axis: 'int', epsilon: 'float', stash_type: 'int' } }, // over the axes from `axis` on; further outputs: mean, 1/σ
  InstanceNormalization: { inputs: 'x scale bias', attrs: { epsilon: 'float' } }, // over the spatial axes of each channel
  GroupNormalization: { inputs: 'x scale bias', attrs: { epsilon: 'float', num_groups: 'int' } }, // scale and bias for each group
  BatchNormalization: {
    inputs: 'x scale bias mean var',
    attrs: { epsilon: 'float', momentum: 'float', training_mode: 'int' },
  },
  GridSample: { inputs: 'x grid', attrs: { mode: 'string', padding_mode: 'string', align_corners: 'int' } }, // x [N,C,H,W], grid [N,Ho,Wo,2] (x, y in −1 … 1)
  Resize: {
    inputs: 'x roi? scales? sizes?',
    attrs: {
      mode: 'string',
      coordinate_transformation_mode: 'string',
      nearest_mode: 'string',
      antialias: 'int',
      axes: 'ints',
      cubic_coeff_a: 'float',
      exclude_outside: 'int',
      extrapolation_value: 'float',
      keep_aspect_ratio_policy: 'string',
    },
  },
  // Movement
  Reshape: { inputs: 'x shape', attrs: { allowzero: 'int' } }, // −1 infers, 0 copies
  Flatten: { inputs: 'x', attrs: { axis: 'int' } },
  Transpose: { inputs: 'x', attrs: { perm: 'ints' } },
  Concat: { inputs: 'x...', attrs: { axis: 'int' } },
  Split: { inputs: 'x split?', attrs: { axis: 'int', num_outputs: 'int' } },
  Slice: { inputs: 'x starts ends axes? steps?', attrs: {} },
  Pad: { inputs: 'x pads value? axes?', attrs: { mode: 'string' } },
  Tile: { inputs: 'x repeats', attrs: {} },
  DepthToSpace: { inputs: 'x', attrs: { blocksize: 'int', mode: 'string' } }, // [N,C·s²,H,W] → [N,C,H·s,W·s]
  SpaceToDepth: { inputs: 'x', attrs: { blocksize: 'int' } }, // [N,C,H·s,W·s] → [N,C·s²,H,W]
  Trilu: { inputs: 'x k?', attrs: { upper: 'int' } }, // zeros below (upper) or above diagonal k
  EyeLike: { inputs: 'x', attrs: { dtype: 'int', k: 'int' } },
  Range: { inputs: 'start limit delta', attrs: {} },
  Expand: { inputs: 'x shape', attrs: {} },
  Squeeze: { inputs: 'x axes?', attrs: {} },
  Unsqueeze: { inputs: 'x axes', attrs: {} },
  Gather: { inputs: 'x indices', attrs: { axis: 'int' } },
  GatherElements: { inputs: 'x indices', attrs: { axis: 'int' } },
  ScatterElements: { inputs: 'x indices updates', attrs: { axis: 'int', reduction: 'string' } },
  GatherND: { inputs: 'x indices', attrs: { batch_dims: 'int' } },
  ScatterND: { inputs: 'x indices updates', attrs: { reduction: 'string' } },
  OneHot: { inputs: 'indices depth values', attrs: { axis: 'int' } },
  Shape: { inputs: 'x', attrs: { start: 'int', end: 'int' } },
  ConstantOfShape: { inputs: 'shape', attrs: { value: 'tensor' } },
  Constant: {
    inputs: '',
    attrs: { value: 'tensor', value_float: 'float', value_int: 'int', value_ints: 'ints', value_floats: 'floats' },
  },
  Dropout: { inputs: 'x ratio? training_mode?', attrs: { seed: 'int' } }, // inference only: identity
  // Recurrent layers, x [T,N,I], w [D,G·H,I], r [D,G·H,H], b [D,2·G·H] for D directions and G gates → [T,D,N,H], last h
  // [D,N,H]
  RNN: { inputs: 'x w r b? sequence_lens? initial_h?', attrs: recurrent },
  GRU: { inputs: 'x w r b? sequence_lens? initial_h?', attrs: { ...recurrent, linear_before_reset: 'int' } },
  LSTM: { inputs: 'x w r b? sequence_lens? initial_h? initial_c? p?', attrs: { ...recurrent, input_forget: 'int' } }, // third output: last c
  // Integers of quantized files: (x − zero)·scale
  DequantizeLinear: { inputs: 'x scale zero?', attrs: { axis: 'int', block_size: 'int' } },
} as const satisfies Record<string, OpSpec>;

export type OpName = keyof typeof OPS;

type AttrType<K extends AttrKind> = K extends 'int' | 'float'
  ? number
  : K extends 'string'
    ? string
    : K extends 'ints' | 'floats'
      ? readonly number[]
      : K extends 'strings'
        ? readonly string[]
        : Tensor;

/** The attributes that op `O` takes, all optional at the type level. */
export type AttrsOf<O extends OpName> = {
  readonly [A in keyof (typeof OPS)[O]['attrs']]?: (typeof OPS)[O]['attrs'][A] extends AttrKind
    ? AttrType<(typeof OPS)[O]['attrs'][A]>
    : never;
};

export const OPSET = 20;
