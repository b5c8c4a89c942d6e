import type { OpName } from 'mienjs/onnx';
import { float32, int64 } from 'mienjs/tensor';
import { positive, scalar, spread, type OpCase, type OpCases } from './op-case.ts';

const reductions: OpCase<'ReduceSum'>[] = [
  { name: 'all axes', inputs: [spread([2, 3, 2])], differentiable: [0] },
  { name: 'all axes, dropped', inputs: [spread([2, 3, 2])], attrs: { keepdims: 0 }, differentiable: [0] },
  { name: 'middle axis', inputs: [spread([2, 3, 2]), int64([1])], constant: [1], differentiable: [0] },
  {
    name: 'negative axes, dropped',
    inputs: [spread([2, 3, 2]), int64([-1, 0])],
    constant: [1],
    attrs: { keepdims: 0 },
    differentiable: [0],
  },
  {
    name: 'no axes, no reduction',
    inputs: [spread([2, 3]), int64([])],
    constant: [1],
    attrs: { noop_with_empty_axes: 1 },
    differentiable: [0],
  },
];

const softmaxes: OpCase<'Softmax'>[] = [
  { name: 'last axis', inputs: [spread([2, 3, 4])], differentiable: [0] },
  { name: 'middle axis', inputs: [spread([2, 3, 4])], attrs: { axis: 1 }, differentiable: [0] },
  { name: 'negative axis', inputs: [spread([2, 3])], attrs: { axis: -2 }, differentiable: [0] },
  { name: 'large logits', inputs: [float32([1, 3], [1000, 1001, 999.5])], differentiable: [0] },
];

export const REDUCE_CASES = {
  ReduceSum: [
    ...reductions,
    { name: 'int64', inputs: [int64([1, 2, 3, 4], [2, 2]), int64([1])], constant: [1], differentiable: [] },
  ],
  ReduceMean: reductions,
  ReduceMax: reductions,
  ReduceMin: reductions,
  ReduceProd: [
    ...reductions,
    {
      name: 'with one zero, two zeros and none',
      inputs: [float32([3, 3], [2, 0, 3, 0, 0, 4, 0.5, -1, 2]), int64([1])],
      constant: [1],
      differentiable: [0],
    },
  ],
  ReduceL1: reductions,
  ReduceL2: reductions,
  ReduceSumSquare: reductions,
  ReduceLogSum: reductions.map((c) => ({
    ...c,
    inputs: [positive((c.inputs[0] as { dims: readonly number[] }).dims), ...c.inputs.slice(1)],
  })),
  ReduceLogSumExp: reductions,
  ArgMin: [
    { name: 'first axis', inputs: [spread([2, 3, 4])], differentiable: [] },
    {
      name: 'ties, last',
      inputs: [float32([4], [3, 1, 1, 2])],
      attrs: { select_last_index: 1, keepdims: 0 },
      differentiable: [],
    },
  ],
  ArgMax: [
    { name: 'first axis', inputs: [spread([2, 3, 4])], differentiable: [] },
    {
      name: 'negative axis, dropped',
      inputs: [spread([2, 3, 4])],
      attrs: { axis: -2, keepdims: 0 },
      differentiable: [],
    },
    { name: 'ties, first', inputs: [float32([4], [1, 3, 3, 2])], differentiable: [] },
    { name: 'ties, last', inputs: [float32([4], [1, 3, 3, 2])], attrs: { select_last_index: 1 }, differentiable: [] },
  ],
  Softmax: softmaxes,
  LogSoftmax: softmaxes,
  MatMul: [
    { name: 'matrices', inputs: [spread([2, 3], 1), spread([3, 4], 2)], differentiable: [0, 1] },
    { name: 'batched', inputs: [spread([2, 2, 3], 1), spread([2, 3, 2], 2)], differentiable: [0, 1] },
    { name: 'batches broadcast', inputs: [spread([2, 1, 2, 3], 1), spread([4, 3, 2], 2)], differentiable: [0, 1] },
    { name: 'one matrix for all', inputs: [spread([2, 2, 3], 1), spread([3, 4], 2)], differentiable: [0, 1] },
    { name: 'vector · matrix', inputs: [spread([3], 1), spread([3, 4], 2)], differentiable: [0, 1] },
    { name: 'matrix · vector', inputs: [spread([2, 3], 1), spread([3], 2)], differentiable: [0, 1] },
    { name: 'batched · vector', inputs: [spread([2, 2, 3], 1), spread([3], 2)], differentiable: [0, 1] },
    { name: 'vector · vector', inputs: [spread([3], 1), spread([3], 2)], differentiable: [0, 1] },
  ],
  Einsum: [
    {
      name: 'a product of matrices',
      inputs: [spread([2, 3], 1), spread([3, 4], 2)],
      attrs: { equation: 'ij,jk->ik' },
      differentiable: [0, 1],
    },
    {
      name: 'result implied',
      inputs: [spread([2, 3], 1), spread([3, 4], 2)],
      attrs: { equation: 'bj,ja' },
      differentiable: [0, 1],
    },
    {
      name: 'batched, transposed',
      inputs: [spread([2, 2, 3], 1), spread([2, 4, 3], 2)],
      attrs: { equation: 'bij, bkj -> bki' },
      differentiable: [0, 1],
    },
    {
      name: 'attention',
      inputs: [spread([1, 2, 2, 3], 1), spread([1, 2, 4, 3], 2)],
      attrs: { equation: 'bhqd,bhkd->bhqk' },
      differentiable: [0, 1],
    },
    {
      name: 'ellipsis that broadcasts',
      inputs: [spread([2, 2, 3], 1), spread([1, 3, 2], 2)],
      attrs: { equation: '...ij,...jk->...ik' },
      differentiable: [0, 1],
    },
    {
      name: 'a sum within one input',
      inputs: [spread([2, 3], 1), spread([4], 2)],
      attrs: { equation: 'ij,k->k' },
      differentiable: [0, 1],
    },
    {
      name: 'outer product',
      inputs: [spread([2], 1), spread([3], 2)],
      attrs: { equation: 'i,j->ij' },
      differentiable: [0, 1],
    },
    {
      name: 'to a scalar',
      inputs: [spread([2, 3], 1), spread([2, 3], 2)],
      attrs: { equation: 'ij,ij->' },
      differentiable: [0, 1],
    },
    {
      name: 'three inputs',
      inputs: [spread([2, 3], 1), spread([3, 2], 2), spread([2, 2], 3)],
      attrs: { equation: 'ij,jk,kl->il' },
      differentiable: [0, 1, 2],
    },
    { name: 'one input', inputs: [spread([2, 3, 2])], attrs: { equation: 'abc->cb' }, differentiable: [0] },
    { name: 'a diagonal', inputs: [spread([3, 3])], attrs: { equation: 'ii->i' }, differentiable: [] },
  ],
  Gemm: [
    { name: 'without C', inputs: [spread([2, 3], 1), spread([3, 4], 2)], differentiable: [0, 1] },
    { name: 'row bias', inputs: [spread([2, 3], 1), spread([3, 4], 2), spread([4], 3)], differentiable: [0, 1, 2] },
    {
      name: 'A transposed',
      inputs: [spread([3, 2], 1), spread([3, 4], 2), spread([2, 1], 3)],
      attrs: { transA: 1, alpha: 0.5 },
      differentiable: [0, 1, 2],
    },
    {
      name: 'B transposed',
      inputs: [spread([2, 3], 1), spread([4, 3], 2), spread([2, 4], 3)],
      attrs: { transB: 1, beta: 2 },
      differentiable: [0, 1, 2],
    },
    {
      name: 'both transposed',
      inputs: [spread([3, 2], 1), spread([4, 3], 2), scalar(0.7)],
      attrs: { transA: 1, transB: 1, alpha: 1.5, beta: -0.5 },
      differentiable: [0, 1, 2],
    },
  ],
} as const satisfies Partial<OpCases<OpName>>;
