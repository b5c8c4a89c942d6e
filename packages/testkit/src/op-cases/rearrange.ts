import { DTYPE_CODES, type OpName } from 'mienjs/onnx';
import { float32, int64 } from 'mienjs/tensor';
import { scalar, spread, type OpCases } from './op-case.ts';

export const REARRANGE_CASES = {
  Tile: [
    { name: 'both axes', inputs: [spread([2, 3]), int64([2, 3])], constant: [1], differentiable: [0] },
    { name: 'one axis of three', inputs: [spread([2, 1, 3]), int64([1, 4, 1])], constant: [1], differentiable: [0] },
  ],
  DepthToSpace: [
    { name: 'DCR', inputs: [spread([2, 8, 2, 3])], attrs: { blocksize: 2 }, differentiable: [0] },
    { name: 'CRD', inputs: [spread([1, 8, 2, 3])], attrs: { blocksize: 2, mode: 'CRD' }, differentiable: [0] },
  ],
  SpaceToDepth: [{ name: 'blocks of 2', inputs: [spread([2, 2, 4, 6])], attrs: { blocksize: 2 }, differentiable: [0] }],
  Trilu: [
    { name: 'upper', inputs: [spread([2, 3, 4])], differentiable: [0] },
    { name: 'lower', inputs: [spread([4, 3])], attrs: { upper: 0 }, differentiable: [0] },
    {
      name: 'lower, without the diagonal',
      inputs: [spread([3, 3]), int64([-1], [])],
      attrs: { upper: 0 },
      differentiable: [0],
    },
  ],
  EyeLike: [
    { name: 'square', inputs: [spread([3, 3])], differentiable: [] },
    {
      name: 'above the diagonal, int64',
      inputs: [spread([2, 4])],
      attrs: { k: 1, dtype: DTYPE_CODES.int64 },
      differentiable: [],
    },
  ],
  Range: [
    { name: 'floats', inputs: [scalar(1), scalar(2.9), scalar(0.5)], constant: [0, 1, 2], differentiable: [] },
    {
      name: 'downwards',
      inputs: [int64([5], []), int64([-1], []), int64([-2], [])],
      constant: [0, 1, 2],
      differentiable: [],
    },
  ],
  CumSum: [
    { name: 'inclusive', inputs: [spread([2, 4]), int64([1], [])], constant: [1], differentiable: [0] },
    {
      name: 'exclusive, negative axis',
      inputs: [spread([2, 4]), int64([-2], [])],
      constant: [1],
      attrs: { exclusive: 1 },
      differentiable: [0],
    },
    {
      name: 'reverse',
      inputs: [spread([2, 3, 2]), int64([1], [])],
      constant: [1],
      attrs: { reverse: 1 },
      differentiable: [0],
    },
    {
      name: 'exclusive, reverse',
      inputs: [spread([5]), int64([0], [])],
      constant: [1],
      attrs: { exclusive: 1, reverse: 1 },
      differentiable: [0],
    },
  ],
  TopK: [
    { name: 'greatest', inputs: [spread([2, 5]), int64([3])], constant: [1], outputs: 2, differentiable: [0] },
    {
      name: 'least, middle axis',
      inputs: [spread([2, 4, 3]), int64([2])],
      constant: [1],
      attrs: { axis: 1, largest: 0 },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: 'ties',
      inputs: [float32([5], [1, 3, 3, 2, 3]), int64([2])],
      constant: [1],
      outputs: 2,
      differentiable: [],
    },
  ],
} as const satisfies Partial<OpCases<OpName>>;
