import type { OpName } from 'mienjs/onnx';
import { float32, int64 } from 'mienjs/tensor';
import { scalar, spread, type OpCases } from './op-case.ts';

export const MOVEMENT_CASES = {
  Reshape: [
    { name: 'flat', inputs: [spread([2, 3, 2]), int64([12])], constant: [1], differentiable: [0] },
    {
      name: 'copied and inferred axes',
      inputs: [spread([2, 3, 2]), int64([0, -1])],
      constant: [1],
      differentiable: [0],
    },
    { name: 'from a scalar', inputs: [scalar(3), int64([1, 1])], constant: [1], differentiable: [0] },
  ],
  Flatten: [
    { name: 'default axis', inputs: [spread([2, 3, 2])], differentiable: [0] },
    { name: 'axis 0', inputs: [spread([2, 3, 2])], attrs: { axis: 0 }, differentiable: [0] },
    { name: 'negative axis', inputs: [spread([2, 3, 2])], attrs: { axis: -1 }, differentiable: [0] },
  ],
  Transpose: [
    { name: 'reversed', inputs: [spread([2, 3, 4])], differentiable: [0] },
    {
      name: 'a cycle, not its own inverse',
      inputs: [spread([2, 3, 4])],
      attrs: { perm: [1, 2, 0] },
      differentiable: [0],
    },
    { name: 'NCHW to NHWC', inputs: [spread([2, 3, 2, 2])], attrs: { perm: [0, 2, 3, 1] }, differentiable: [0] },
  ],
  Concat: [
    { name: 'first axis', inputs: [spread([2, 3], 1), spread([1, 3], 2)], attrs: { axis: 0 }, differentiable: [0, 1] },
    {
      name: 'negative axis, three inputs',
      inputs: [spread([2, 2, 1], 1), spread([2, 2, 3], 2), spread([2, 2, 2], 3)],
      attrs: { axis: -1 },
      differentiable: [0, 1, 2],
    },
    { name: 'one input', inputs: [spread([2, 3])], attrs: { axis: 1 }, differentiable: [0] },
  ],
  Split: [
    { name: 'halves', inputs: [spread([4, 3])], attrs: { axis: 0, num_outputs: 2 }, outputs: 2, differentiable: [0] },
    {
      name: 'uneven parts',
      inputs: [spread([2, 5])],
      attrs: { axis: 1, num_outputs: 2 },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: 'given sizes, negative axis',
      inputs: [spread([2, 6]), int64([1, 3, 2])],
      constant: [1],
      attrs: { axis: -1 },
      outputs: 3,
      differentiable: [0],
    },
  ],
  Slice: [
    { name: 'two axes', inputs: [spread([3, 4]), int64([1, 0]), int64([3, 2])], constant: [1, 2], differentiable: [0] },
    {
      name: 'negative bounds and axis',
      inputs: [spread([2, 3, 4]), int64([-3]), int64([-1]), int64([-1])],
      constant: [1, 2, 3],
      differentiable: [0],
    },
    {
      name: 'steps',
      inputs: [spread([2, 7]), int64([1]), int64([7]), int64([1]), int64([2])],
      constant: [1, 2, 3, 4],
      differentiable: [0],
    },
    {
      name: 'backwards',
      inputs: [spread([2, 7]), int64([5]), int64([0]), int64([1]), int64([-2])],
      constant: [1, 2, 3, 4],
      differentiable: [0],
    },
    {
      name: 'reversed to the start',
      inputs: [spread([2, 3]), int64([-1]), int64([-100]), int64([1]), int64([-1])],
      constant: [1, 2, 3, 4],
      differentiable: [0],
    },
    {
      name: 'end beyond the axis',
      inputs: [spread([2, 3]), int64([1]), int64([Number.MAX_SAFE_INTEGER]), int64([1])],
      constant: [1, 2, 3],
      differentiable: [0],
    },
  ],
  Pad: [
    { name: 'zeros', inputs: [spread([2, 3]), int64([1, 0, 2, 1])], constant: [1], differentiable: [0] },
    { name: 'a value', inputs: [spread([2, 3]), int64([0, 1, 1, 0]), scalar(0.5)], constant: [1], differentiable: [0] },
    {
      name: 'named axes',
      inputs: [spread([2, 3, 2]), int64([1, 2]), null, int64([-2])],
      constant: [1, 3],
      differentiable: [0],
    },
    { name: 'negative pads crop', inputs: [spread([3, 4]), int64([-1, 1, 0, -2])], constant: [1], differentiable: [0] },
    {
      name: 'reflect',
      inputs: [spread([3, 4]), int64([1, 2, 2, 3])],
      constant: [1],
      attrs: { mode: 'reflect' },
      differentiable: [],
    },
    {
      name: 'edge',
      inputs: [spread([2, 3]), int64([1, 2, 0, 1])],
      constant: [1],
      attrs: { mode: 'edge' },
      differentiable: [],
    },
    {
      name: 'wrap',
      inputs: [spread([2, 3]), int64([1, 2, 0, 1])],
      constant: [1],
      attrs: { mode: 'wrap' },
      differentiable: [],
    },
  ],
  Expand: [
    { name: 'axes of 1', inputs: [spread([2, 1, 3]), int64([2, 4, 3])], constant: [1], differentiable: [0] },
    { name: 'new axes', inputs: [spread([3]), int64([2, 2, 3])], constant: [1], differentiable: [0] },
    {
      name: 'shape smaller than the input',
      inputs: [spread([2, 3]), int64([1, 1])],
      constant: [1],
      differentiable: [0],
    },
    { name: 'scalar', inputs: [scalar(0.3), int64([2, 2])], constant: [1], differentiable: [0] },
  ],
  Squeeze: [
    { name: 'every axis of 1', inputs: [spread([1, 2, 1, 3])], differentiable: [0] },
    { name: 'negative axis', inputs: [spread([1, 2, 1]), int64([-1])], constant: [1], differentiable: [0] },
  ],
  Unsqueeze: [
    { name: 'both ends', inputs: [spread([2, 3]), int64([0, 3])], constant: [1], differentiable: [0] },
    { name: 'negative axis', inputs: [spread([2, 3]), int64([-2])], constant: [1], differentiable: [0] },
  ],
  Gather: [
    { name: 'rows, one twice', inputs: [spread([3, 2]), int64([2, 0, 2])], differentiable: [0] },
    {
      name: 'index matrix along a middle axis',
      inputs: [spread([2, 3, 2]), int64([0, -1, 1, 1], [2, 2])],
      attrs: { axis: 1 },
      differentiable: [0],
    },
    { name: 'scalar index', inputs: [spread([2, 3]), int64([1], [])], attrs: { axis: -1 }, differentiable: [0] },
  ],
  GatherElements: [
    {
      name: 'a label for each row',
      inputs: [spread([3, 4]), int64([1, 3, 0], [3, 1])],
      attrs: { axis: 1 },
      differentiable: [0],
    },
    { name: 'first axis, repeated', inputs: [spread([3, 2]), int64([0, 2, 0, -1], [2, 2])], differentiable: [0] },
  ],
  ScatterElements: [
    {
      name: 'replace',
      inputs: [spread([3, 3], 1), int64([1, 0, 2, 2], [2, 2]), spread([2, 2], 2)],
      differentiable: [0, 2],
    },
    {
      name: 'replace, last axis',
      inputs: [spread([2, 4], 1), int64([1, -1, 2, 0], [2, 2]), spread([2, 2], 2)],
      attrs: { axis: -1 },
      differentiable: [0, 2],
    },
    {
      name: 'add, repeated',
      inputs: [spread([2, 3], 1), int64([1, 1, 0, 2], [2, 2]), spread([2, 2], 2)],
      attrs: { axis: 1, reduction: 'add' },
      differentiable: [0, 2],
    },
    {
      name: 'mul',
      inputs: [spread([2, 3], 1), int64([1, 1, 0, 2], [2, 2]), spread([2, 2], 2)],
      attrs: { axis: 1, reduction: 'mul' },
      differentiable: [],
    },
    {
      name: 'max',
      inputs: [spread([2, 3], 1), int64([1, 1, 0, 2], [2, 2]), spread([2, 2], 2)],
      attrs: { axis: 1, reduction: 'max' },
      differentiable: [],
    },
    {
      name: 'min',
      inputs: [spread([2, 3], 1), int64([1, 1, 0, 2], [2, 2]), spread([2, 2], 2)],
      attrs: { axis: 1, reduction: 'min' },
      differentiable: [],
    },
  ],
  GatherND: [
    { name: 'elements', inputs: [spread([2, 3]), int64([0, 1, 1, -1, 0, 1], [3, 2])], differentiable: [0] },
    { name: 'blocks', inputs: [spread([2, 3, 2]), int64([1, 0], [2, 1])], differentiable: [0] },
    {
      name: 'batched',
      inputs: [spread([2, 3, 2]), int64([1, 2], [2, 1])],
      attrs: { batch_dims: 1 },
      differentiable: [],
    },
  ],
  ScatterND: [
    {
      name: 'replace elements',
      inputs: [spread([2, 3], 1), int64([0, 1, 1, 2], [2, 2]), spread([2], 2)],
      differentiable: [0, 2],
    },
    {
      name: 'replace blocks',
      inputs: [spread([3, 2], 1), int64([2, 0], [2, 1]), spread([2, 2], 2)],
      differentiable: [0, 2],
    },
    {
      name: 'add, repeated',
      inputs: [spread([3, 2], 1), int64([2, 2], [2, 1]), spread([2, 2], 2)],
      attrs: { reduction: 'add' },
      differentiable: [0, 2],
    },
  ],
  OneHot: [
    {
      name: 'last axis',
      inputs: [int64([1, 0, 3, -1]), int64([4], []), float32([2], [0, 1])],
      constant: [1],
      differentiable: [],
    },
    {
      name: 'first axis, other values',
      inputs: [int64([1, 0, 2, 7], [2, 2]), int64([3], []), float32([2], [-1, 2])],
      constant: [1],
      attrs: { axis: 0 },
      differentiable: [],
    },
  ],
  Shape: [
    { name: 'whole', inputs: [spread([2, 3, 4])], differentiable: [] },
    { name: 'part', inputs: [spread([2, 3, 4])], attrs: { start: 1, end: -1 }, differentiable: [] },
  ],
  ConstantOfShape: [
    { name: 'zeros', inputs: [int64([2, 3])], constant: [0], differentiable: [] },
    { name: 'a value', inputs: [int64([2])], constant: [0], attrs: { value: int64([7]) }, differentiable: [] },
  ],
  Constant: [
    { name: 'tensor', inputs: [], attrs: { value: spread([2, 2]) }, differentiable: [] },
    { name: 'float', inputs: [], attrs: { value_float: 0.5 }, differentiable: [] },
    { name: 'int', inputs: [], attrs: { value_int: -3 }, differentiable: [] },
    { name: 'floats', inputs: [], attrs: { value_floats: [0.5, -1] }, differentiable: [] },
    { name: 'ints', inputs: [], attrs: { value_ints: [3, -1] }, differentiable: [] },
  ],
} as const satisfies Partial<OpCases<OpName>>;
