/**
 * The ops that Mien builds, evaluates and differentiates: one table, ONNX spelling, opset 20
 * (https://onnx.ai/onnx/operators/). `attrs` lists every attribute with its ONNX type; an attribute that is
 * not listed is rejected. A trailing `?` marks an optional input, `...` a variadic one.
 */
export type AttrKind = 'int' | 'float' | 'string' | 'ints' | 'floats' | 'strings' | 'tensor';

interface OpSpec {
  readonly inputs: string;
  readonly attrs: Readonly<Record<string, AttrKind>>;
}

const window = { kernel_shape: 'ints', strides: 'ints', pads: 'ints', dilations: 'ints', auto_pad: 'string' } as const;

export const OPS = {
  // Elementwise, two inputs, numpy broadcasting
  Add: { inputs: 'a b', attrs: {} }, // a + b
  Sub: { inputs: 'a b', attrs: {} }, // a − b
  Mul: { inputs: 'a b', attrs: {} }, // a·b
  Div: { inputs: 'a b', attrs: {} }, // a / b
  Pow: { inputs: 'a b', attrs: {} }, // aᵇ
  Max: { inputs: 'a...', attrs: {} }, // greatest of all inputs
  Min: { inputs: 'a...', attrs: {} }, // least of all inputs
  PRelu: { inputs: 'x slope', attrs: {} }, // x ≥ 0 ? x : slope·x, slope broadcast to x
  Where: { inputs: 'condition a b', attrs: {} }, // condition ? a : b
  Equal: { inputs: 'a b', attrs: {} }, // → bool
  Greater: { inputs: 'a b', attrs: {} }, // → bool
  GreaterOrEqual: { inputs: 'a b', attrs: {} }, // → bool
  Less: { inputs: 'a b', attrs: {} }, // → bool
  LessOrEqual: { inputs: 'a b', attrs: {} }, // → bool
  And: { inputs: 'a b', attrs: {} }, // bool
  Or: { inputs: 'a b', attrs: {} }, // bool
  // Elementwise, one input
  Identity: { inputs: 'x', attrs: {} },
  Neg: { inputs: 'x', attrs: {} },
  Sqrt: { inputs: 'x', attrs: {} },
  Exp: { inputs: 'x', attrs: {} },
  Log: { inputs: 'x', attrs: {} },
  Abs: { inputs: 'x', attrs: {} },
  Sign: { inputs: 'x', attrs: {} },
  Floor: { inputs: 'x', attrs: {} },
  Not: { inputs: 'x', attrs: {} },
  Relu: { inputs: 'x', attrs: {} },
  LeakyRelu: { inputs: 'x', attrs: { alpha: 'float' } },
  Sigmoid: { inputs: 'x', attrs: {} },
  Tanh: { inputs: 'x', attrs: {} },
  HardSigmoid: { inputs: 'x', attrs: { alpha: 'float', beta: 'float' } }, // clip(alpha·x + beta, 0, 1)
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
  ArgMax: { inputs: 'x', attrs: { axis: 'int', keepdims: 'int', select_last_index: 'int' } },
  // Products
  MatMul: { inputs: 'a b', attrs: {} }, // numpy matmul: batched over leading dimensions, which broadcast
  Gemm: { inputs: 'a b c?', attrs: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' } }, // alpha·A·B + beta·C
  // Convolution and pooling, [N,C,H,W]
  Conv: { inputs: 'x w b?', attrs: { ...window, group: 'int' } },
  ConvTranspose: { inputs: 'x w b?', attrs: { ...window, group: 'int', output_padding: 'ints', output_shape: 'ints' } },
  MaxPool: { inputs: 'x', attrs: { ...window, ceil_mode: 'int', storage_order: 'int' } }, // second output: flat indices, int64
  MaxUnpool: { inputs: 'x indices output_shape?', attrs: { kernel_shape: 'ints', strides: 'ints', pads: 'ints' } }, // scatters x to the flat indices that MaxPool gave
  AveragePool: { inputs: 'x', attrs: { ...window, ceil_mode: 'int', count_include_pad: 'int' } },
  GlobalAveragePool: { inputs: 'x', attrs: {} },
  BatchNormalization: { inputs: 'x scale bias mean var', attrs: { epsilon: 'float', momentum: 'float', training_mode: 'int' } },
  GridSample: { inputs: 'x grid', attrs: { mode: 'string', padding_mode: 'string', align_corners: 'int' } }, // x [N,C,H,W], grid [N,Ho,Wo,2] (x, y in −1 … 1)
  Resize: { inputs: 'x roi? scales? sizes?', attrs: { mode: 'string', coordinate_transformation_mode: 'string', nearest_mode: 'string', antialias: 'int', axes: 'ints', cubic_coeff_a: 'float', exclude_outside: 'int', extrapolation_value: 'float', keep_aspect_ratio_policy: 'string' } },
  // Movement
  Reshape: { inputs: 'x shape', attrs: { allowzero: 'int' } }, // −1 infers, 0 copies
  Flatten: { inputs: 'x', attrs: { axis: 'int' } },
  Transpose: { inputs: 'x', attrs: { perm: 'ints' } },
  Concat: { inputs: 'x...', attrs: { axis: 'int' } },
  Split: { inputs: 'x split?', attrs: { axis: 'int', num_outputs: 'int' } },
  Slice: { inputs: 'x starts ends axes? steps?', attrs: {} },
  Pad: { inputs: 'x pads value? axes?', attrs: { mode: 'string' } },
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
  Constant: { inputs: '', attrs: { value: 'tensor', value_float: 'float', value_int: 'int', value_ints: 'ints', value_floats: 'floats' } },
  Dropout: { inputs: 'x ratio? training_mode?', attrs: { seed: 'int' } }, // inference only: identity
  // float16 storage of imported weights
  DequantizeLinear: { inputs: 'x scale zero?', attrs: { axis: 'int', block_size: 'int' } },
} as const satisfies Record<string, OpSpec>;

export type OpName = keyof typeof OPS;

type AttrType<K extends AttrKind> = K extends 'int' | 'float' ? number
  : K extends 'string' ? string
  : K extends 'ints' | 'floats' ? readonly number[]
  : K extends 'strings' ? readonly string[]
  : import('../tensor/index.ts').Tensor;

/** The attributes that op `O` takes, all optional at the type level. */
export type AttrsOf<O extends OpName> = {
  readonly [A in keyof (typeof OPS)[O]['attrs']]?: (typeof OPS)[O]['attrs'][A] extends AttrKind ? AttrType<(typeof OPS)[O]['attrs'][A]> : never;
};

export const OPSET = 20;
