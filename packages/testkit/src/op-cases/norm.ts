import type { OpName } from 'mienjs/onnx';
import { positive, spread, type OpCases } from './op-case.ts';

export const NORM_CASES = {
  // Momenta that float32 holds exactly: rules write them into the graph as constants
  BatchNormalization: [
    {
      name: 'inference',
      inputs: [spread([2, 3, 2, 2], 1), spread([3], 2), spread([3], 3), spread([3], 1), positive([3])],
      attrs: { epsilon: 1e-3 },
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      name: 'inference, features',
      inputs: [spread([4, 3], 1), spread([3], 2), spread([3], 3), spread([3], 1), positive([3])],
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      name: 'training',
      inputs: [spread([3, 2, 2, 3], 1), spread([2], 2), spread([2], 3), spread([2], 1), positive([2])],
      attrs: { training_mode: 1, momentum: 0.75 },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
    {
      name: 'training, features',
      inputs: [spread([5, 2], 1), spread([2], 2), spread([2], 3), spread([2], 1), positive([2])],
      attrs: { training_mode: 1, momentum: 0.5, epsilon: 1e-3 },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
  ],
  // ONNX Runtime takes odd sizes only
  LRN: [
    {
      name: 'three channels',
      inputs: [spread([2, 5, 2, 2])],
      attrs: { size: 3, alpha: 0.5, beta: 0.75, bias: 1 },
      differentiable: [0],
    },
    {
      name: 'more than the channels',
      inputs: [spread([1, 3, 2, 2])],
      attrs: { size: 7, alpha: 1 },
      differentiable: [0],
    },
  ],
  LayerNormalization: [
    { name: 'last axis', inputs: [spread([2, 3, 4], 1), spread([4], 2), spread([4], 3)], differentiable: [0, 1, 2] },
    {
      name: 'two axes, with statistics',
      inputs: [spread([2, 3, 4], 1), spread([3, 4], 2), spread([3, 4], 3)],
      attrs: { axis: 1, epsilon: 0.125 },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
    { name: 'no bias', inputs: [spread([3, 4], 1), spread([4], 2)], differentiable: [0, 1] },
  ],
  InstanceNormalization: [
    {
      name: 'images',
      inputs: [spread([2, 3, 2, 3], 1), spread([3], 2), spread([3], 3)],
      attrs: { epsilon: 0.125 },
      differentiable: [0, 1, 2],
    },
    { name: 'one axis', inputs: [spread([2, 2, 5], 1), spread([2], 2), spread([2], 3)], differentiable: [0, 1, 2] },
  ],
  GroupNormalization: [
    {
      name: 'two groups',
      inputs: [spread([2, 4, 2, 2], 1), spread([2], 2), spread([2], 3)],
      attrs: { num_groups: 2, epsilon: 0.125 },
      differentiable: [0, 1, 2],
    },
    {
      name: 'one group, one axis',
      inputs: [spread([2, 3, 4], 1), spread([1], 2), spread([1], 3)],
      attrs: { num_groups: 1 },
      differentiable: [0, 1, 2],
    },
  ],
} as const satisfies Partial<OpCases<OpName>>;
