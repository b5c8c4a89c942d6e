/** Random layers over tensors of any rank, and over matrices and sequences. */
import type { Value } from 'mienjs/onnx';
import { int64, sizeOf } from 'mienjs/tensor';
import { dimsOf, type Draft, type Layer } from './draft.ts';

const activation: Layer = (d, v) =>
  d.b.op(
    d.choose([
      'Relu',
      'Tanh',
      'Sigmoid',
      'LeakyRelu',
      'Elu',
      'Selu',
      'Celu',
      'Softplus',
      'Softsign',
      'Gelu',
      'Mish',
      'HardSwish',
      'HardSigmoid',
      'Abs',
      'Erf',
      'Sin',
      'Cos',
      'Atan',
    ] as const),
    [v],
  );

const elementwise: Layer = (d, v) => {
  const other = d.variable(d.broadcastShape(dimsOf(v)));
  return d.b.op(
    d.choose(['Add', 'Sub', 'Mul', 'Max', 'Min', 'Mean', 'Sum'] as const),
    d.chance() ? [v, other] : [other, v],
  );
};

/** The result is larger than both: each lacks axes that the other has. */
const outer: Layer = (d, v) => {
  const dims = dimsOf(v);
  const axis = d.pick(0, dims.length - 1);
  const row = d.b.op('ReduceMean', [v, d.b.ints([axis])], { keepdims: 1 });
  return d.b.op('Mul', [row, d.variable(dims.map((_, i) => (i === axis ? d.pick(1, 4) : 1)))]);
};

/** v / (1 + e^u) and v to a power, where they are defined. */
const quotient: Layer = (d, v) => {
  const divisor = d.b.op('Add', [d.b.op('Exp', [d.variable(d.broadcastShape(dimsOf(v)))]), 1]);
  return d.chance() ? d.b.op('Div', [v, divisor]) : d.b.op('Pow', [divisor, d.b.op('Tanh', [v])]);
};

const select: Layer = (d, v) => {
  const other = d.variable(d.broadcastShape(dimsOf(v)));
  return d.b.op('Where', [d.b.op('Greater', [v, other]), v, d.b.op('Mul', [other, 2])]);
};

const reshape: Layer = (d, v) => {
  const dims = dimsOf(v);
  const at = d.pick(0, dims.length - 1);
  if (dims.length > 2 && at > 0)
    return d.b.op('Reshape', [v, d.b.ints([...dims.slice(0, at - 1), -1, ...dims.slice(at + 1)])]);
  const factor = [2, 3].find((f) => dims[at]! % f === 0);
  return factor && dims.length < 5
    ? d.b.op('Reshape', [v, d.b.ints([...dims.slice(0, at), dims[at]! / factor, factor, ...dims.slice(at + 1)])])
    : v;
};

const transpose: Layer = (d, v) => {
  const rest = dimsOf(v).map((_, i) => i);
  return d.b.op('Transpose', [v], {
    perm: rest.map(() => 0).map(() => rest.splice(d.pick(0, rest.length - 1), 1)[0]!),
  });
};

const axisOf = (d: Draft, v: Value): number => d.pick(0, dimsOf(v).length - 1);

const concat: Layer = (d, v) => {
  const axis = axisOf(d, v);
  const other = d.variable(dimsOf(v).map((size, i) => (i === axis ? d.pick(1, 2) : size)));
  return d.b.op('Concat', d.chance() ? [v, other] : [other, v, d.b.op('Tanh', [v])], { axis });
};

const slice: Layer = (d, v) => {
  const axis = axisOf(d, v);
  const size = dimsOf(v)[axis]!;
  const start = d.pick(0, size - 1);
  const back = d.chance();
  const step = d.pick(1, 2);
  return d.b.op('Slice', [
    v,
    d.b.ints([start]),
    d.b.ints([back ? -size - 1 : size]),
    d.b.ints([axis]),
    d.b.ints([back ? -step : step]),
  ]);
};

const gather: Layer = (d, v) => {
  const axis = axisOf(d, v);
  const size = dimsOf(v)[axis]!;
  return d.b.op('Gather', [v, d.b.constant(int64([d.pick(0, size - 1), d.pick(0, size - 1)]))], { axis });
};

const pad: Layer = (d, v) => d.b.op('Pad', [v, d.b.ints([...dimsOf(v), ...dimsOf(v)].map(() => d.pick(0, 1)))]);

const repeat: Layer = (d, v) =>
  d.chance()
    ? d.b.op('Tile', [v, d.b.ints(dimsOf(v).map(() => d.pick(1, 2)))])
    : d.b.op('CumSum', [v, d.b.constant(int64([axisOf(d, v)], []))], {
        exclusive: d.pick(0, 1),
        reverse: d.pick(0, 1),
      });

/** Two parts of an axis, added. */
const split: Layer = (d, v) => {
  const axis = axisOf(d, v);
  if (dimsOf(v)[axis]! % 2 !== 0) return v;
  const [a, c] = d.b.ops('Split', [v], { axis, num_outputs: 2 }, 2) as [Value, Value];
  return d.b.op('Mul', [a, d.b.op('Sigmoid', [c])]);
};

const reduce: Layer = (d, v) => {
  const axis = axisOf(d, v);
  const op = d.choose([
    'ReduceMean',
    'ReduceSum',
    'ReduceMax',
    'ReduceMin',
    'ReduceL1',
    'ReduceSumSquare',
    'ReduceLogSumExp',
  ] as const);
  return d.b.op(op, [v, d.b.ints([axis])], { keepdims: dimsOf(v).length > 2 ? d.pick(0, 1) : 1 });
};

const softmax: Layer = (d, v) => d.b.op(d.choose(['Softmax', 'LogSoftmax'] as const), [v], { axis: axisOf(d, v) });

const layerNorm: Layer = (d, v) => {
  const axis = axisOf(d, v);
  const dims = dimsOf(v).slice(axis);
  return d.b.op('LayerNormalization', [v, d.variable(dims), d.chance() ? d.variable(dims) : null], {
    axis,
    epsilon: 0.0625,
  });
};

const topK: Layer = (d, v) => {
  const axis = axisOf(d, v);
  return d.b.ops('TopK', [v, d.b.ints([d.pick(1, dimsOf(v)[axis]!)])], { axis, largest: d.pick(0, 1) }, 2)[0]!;
};

const matMul: Layer = (d, v) => {
  const dims = dimsOf(v);
  const k = dims.at(-1)!;
  if (dims.length === 2 && d.chance()) {
    const transB = d.pick(0, 1);
    const n = d.pick(1, 4);
    return d.b.op('Gemm', [v, d.variable(transB ? [n, k] : [k, n]), d.variable([n])], { transB });
  }
  // One matrix for all, or one for each batch
  const batch = d.chance() ? dims.slice(0, -2) : [];
  return d.b.op('MatMul', [v, d.variable([...batch, k, d.pick(1, 4)])]);
};

/** softmax(v·vᵀ)·v over the last two axes. */
const attention: Layer = (d, v) => {
  const scores = d.b.op('Einsum', [v, v], { equation: '...qd,...kd->...qk' });
  return d.b.op('MatMul', [d.b.op('Softmax', [scores], { axis: -1 }), v]);
};

const recurrent: Layer = (d, v) => {
  const [time, , features] = dimsOf(v) as [number, number, number];
  if (dimsOf(v).length !== 3 || time > 4 || sizeOf(dimsOf(v)) > 60) return v;
  const hidden = d.pick(1, 2);
  const op = d.choose(['RNN', 'GRU', 'LSTM'] as const);
  const rows = { RNN: 1, GRU: 3, LSTM: 4 }[op] * hidden;
  const directions = d.pick(1, 2);
  const inputs = [
    v,
    d.variable([directions, rows, features]),
    d.variable([directions, rows, hidden]),
    d.variable([directions, 2 * rows]),
  ];
  return d.b.op(op, inputs, { hidden_size: hidden, direction: directions === 2 ? 'bidirectional' : 'forward' });
};

export const LAYERS: readonly Layer[] = [
  activation,
  activation,
  elementwise,
  outer,
  quotient,
  select,
  reshape,
  transpose,
  concat,
  slice,
  gather,
  pad,
  repeat,
  split,
  reduce,
  softmax,
  layerNorm,
  topK,
  matMul,
  attention,
  recurrent,
];
