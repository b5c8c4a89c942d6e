/** Pooling, 1-D to 3-D. x is [N,C,…spatial]; one number holds for all axes, a list has one for each. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { sizeOf } from '../../tensor/index.ts';
import type { NetworkBuilder } from '../network.ts';
import { perAxis, spatialRank } from './shape.ts';

export interface PoolOptions {
  /** Default: the kernel, so that windows do not overlap. */
  readonly stride?: number | readonly number[];
  readonly pad?: number | readonly number[];
  /** Whether a last window that is not full counts (Caffe's rule). */
  readonly ceil?: boolean;
}

function geometry(
  x: Value,
  kernel: number | readonly number[],
  o: PoolOptions,
  operation: string,
): { kernel_shape: number[]; strides: number[]; pads: number[]; ceil_mode: number } {
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
export function maxPool(
  b: NetworkBuilder,
  x: Value,
  kernel: number | readonly number[],
  options: PoolOptions = {},
): Value {
  return b.op('MaxPool', [x], geometry(x, kernel, options, 'maxPool'));
}

/** The mean of each window; padding counts as zeros only with `countPad` (PyTorch's default is true, ours false). */
export function averagePool(
  b: NetworkBuilder,
  x: Value,
  kernel: number | readonly number[],
  options: PoolOptions & { readonly countPad?: boolean } = {},
): Value {
  return b.op('AveragePool', [x], {
    ...geometry(x, kernel, options, 'averagePool'),
    count_include_pad: options.countPad ? 1 : 0,
  });
}

const spatialAxes = (x: Value, operation: string): number[] =>
  Array.from({ length: spatialRank(x, operation) }, (_, i) => i + 2);

/** [N,C,…] → [N,C], the mean over positions. */
export function globalAveragePool(b: NetworkBuilder, x: Value): Value {
  return b.op('ReduceMean', [x, b.ints(spatialAxes(x, 'globalAveragePool'))], { keepdims: 0 });
}

/**
 * [N,C,…] → [N,C], a learned weighted sum over positions: y_c = Σ_p w_cp·x_cp. Each channel has its own weights, which
 * start as the mean (1/P), so that a feature may count at the mouth and not at the brow.
 * Parameter `NAME.weight` [C,…].
 */
export function weightedPool(b: NetworkBuilder, name: string, x: Value): Value {
  const dims = staticDims(x.shape.slice(1), 'weightedPool');
  const weight = b.scope(name, () => b.weight('weight', dims, { kind: 'constant', value: 1 / sizeOf(dims.slice(1)) }));
  return b.op('ReduceSum', [b.op('Mul', [x, weight]), b.ints(spatialAxes(x, 'weightedPool'))], { keepdims: 0 });
}
