/** Convolution, linear and pooling layers. x is [N,C,H,W] unless said otherwise. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { ZEROS, type Initializer } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';

export interface ConvOptions {
  readonly channels: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Zero padding on each side; default 0. */
  readonly pad?: number;
  readonly group?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Default He (fan in). */
  readonly init?: Initializer;
}

/** 2-D convolution: [N,C,H,W] → [N,channels,H',W']. Parameters `NAME.weight` [O,C/g,k,k], `NAME.bias` [O]. */
export function conv2d(b: NetworkBuilder, name: string, x: Value, o: ConvOptions): Value {
  return b.scope(name, () => {
    const group = o.group ?? 1;
    const inputs = channelsOf(x, 'conv2d');
    const w = b.weight('weight', [o.channels, inputs / group, o.kernel, o.kernel], o.init ?? { kind: 'he' });
    const bias = o.bias === false ? null : b.weight('bias', [o.channels], ZEROS);
    const pad = o.pad ?? 0;
    const stride = o.stride ?? 1;
    return b.op('Conv', [x, w, bias], { kernel_shape: [o.kernel, o.kernel], strides: [stride, stride], pads: [pad, pad, pad, pad], group });
  });
}

export interface LinearOptions {
  readonly features: number;
  readonly bias?: boolean;
  readonly init?: Initializer;
}

/** x·Wᵀ + b: [N,D] → [N,features]. Parameters `NAME.weight` [features,D], `NAME.bias` [features]. */
export function linear(b: NetworkBuilder, name: string, x: Value, o: LinearOptions): Value {
  return b.scope(name, () => {
    if (x.shape.length !== 2) throw new ShapeError('linear', `"${name}" needs [N,D], got [${x.shape.join(',')}]`);
    const w = b.weight('weight', [o.features, channelsOf(x, 'linear')], o.init ?? { kind: 'he' });
    const bias = o.bias === false ? null : b.weight('bias', [o.features], ZEROS);
    return b.op('Gemm', [x, w, bias], { transB: 1 });
  });
}

/** Maximum over kernel×kernel windows; stride = kernel unless given. */
export function maxPool(b: NetworkBuilder, x: Value, kernel: number, options: { stride?: number; pad?: number; ceil?: boolean } = {}): Value {
  const stride = options.stride ?? kernel;
  const pad = options.pad ?? 0;
  return b.op('MaxPool', [x], { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad], ceil_mode: options.ceil ? 1 : 0 });
}

/** [N,C,H,W] → [N,C], the mean over positions. */
export function globalAveragePool(b: NetworkBuilder, x: Value): Value {
  return b.op('ReduceMean', [x, b.ints([2, 3])], { keepdims: 0 });
}

/** [N,…] → [N,D]. */
export function flatten(b: NetworkBuilder, x: Value): Value {
  return b.op('Flatten', [x], { axis: 1 });
}

export const relu = (b: NetworkBuilder, x: Value): Value => b.op('Relu', [x]);

/** The size of axis 1. */
export function channelsOf(x: Value, operation: string): number {
  return staticDims(x.shape.slice(1, 2), operation)[0]!;
}
