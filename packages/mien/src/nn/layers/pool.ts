/** Pooling, 1-D to 3-D. x is [N,C,…spatial]; one number holds for all axes, a list has one for each. */
import type { Value } from '../../onnx/index.ts';
import type { NetworkBuilder } from '../network.ts';
import { perAxis, spatialRank } from './shape.ts';

export interface PoolOptions {
  /** Default: the kernel, so that windows do not overlap. */
  readonly stride?: number | readonly number[];
  readonly pad?: number | readonly number[];
  /** Whether a last window that is not full counts (Caffe's rule). */
  readonly ceil?: boolean;
}

function geometry(x: Value, kernel: number | readonly number[], o: PoolOptions, operation: string): { kernel_shape: number[]; strides: number[]; pads: number[]; ceil_mode: number } {
  const rank = spatialRank(x, operation);
  const pad = perAxis(o.pad ?? 0, rank, operation, 'pad');
  return {
    kernel_shape: perAxis(kernel, rank, operation, 'kernel'),
    strides: perAxis(o.stride ?? kernel, rank, operation, 'stride'),
    pads: [...pad, ...pad],
    ceil_mode: o.ceil ? 1 : 0,
  };
}

/** The maximum of each window. */
export function maxPool(b: NetworkBuilder, x: Value, kernel: number | readonly number[], options: PoolOptions = {}): Value {
  return b.op('MaxPool', [x], geometry(x, kernel, options, 'maxPool'));
}

/** The mean of each window; padding counts as zeros only with `countPad` (PyTorch's default is true, ours false). */
export function averagePool(b: NetworkBuilder, x: Value, kernel: number | readonly number[], options: PoolOptions & { readonly countPad?: boolean } = {}): Value {
  return b.op('AveragePool', [x], { ...geometry(x, kernel, options, 'averagePool'), count_include_pad: options.countPad ? 1 : 0 });
}

const spatialAxes = (x: Value, operation: string): number[] => Array.from({ length: spatialRank(x, operation) }, (_, i) => i + 2);

/** [N,C,…] → [N,C], the mean over positions. */
export function globalAveragePool(b: NetworkBuilder, x: Value): Value {
  return b.op('ReduceMean', [x, b.ints(spatialAxes(x, 'globalAveragePool'))], { keepdims: 0 });
}

/** [N,C,…] → [N,C], the greatest over positions. */
export function globalMaxPool(b: NetworkBuilder, x: Value): Value {
  return b.op('ReduceMax', [x, b.ints(spatialAxes(x, 'globalMaxPool'))], { keepdims: 0 });
}
