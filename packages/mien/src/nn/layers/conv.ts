/**
 * Convolutions, 1-D to 3-D. x is [N,C,…spatial].
 * Sizes that take one number for all axes take a list of one for each, too: `kernel: [1, 3, 3]`.
 */
import type { Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { ZEROS, type Initializer } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { channelsOf, perAxis, spatialRank } from './shape.ts';

export interface ConvOptions {
  /** Channels out. */
  readonly channels: number;
  readonly kernel: number | readonly number[];
  readonly stride?: number | readonly number[];
  /** Zero padding on each side; default 0. */
  readonly pad?: number | readonly number[];
  /** Zero padding after the last, where it differs from that before the first. Default: `pad`. */
  readonly padEnd?: number | readonly number[];
  readonly dilation?: number | readonly number[];
  readonly group?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Default He (fan in). */
  readonly init?: Initializer;
}

function convolution(rank: number, operation: string) {
  return (b: NetworkBuilder, name: string, x: Value, o: ConvOptions): Value =>
    b.scope(name, () => {
      spatialRank(x, operation, [rank]);
      const group = o.group ?? 1;
      const inputs = channelsOf(x, operation);
      if (inputs % group !== 0 || o.channels % group !== 0) {
        throw new ShapeError(
          operation,
          `"${name}": ${inputs} channels in and ${o.channels} out do not divide into ${group} groups`,
        );
      }
      const kernel = perAxis(o.kernel, rank, operation, 'kernel');
      const pad = perAxis(o.pad ?? 0, rank, operation, 'pad');
      const padEnd = o.padEnd === undefined ? pad : perAxis(o.padEnd, rank, operation, 'padEnd');
      const w = b.weight('weight', [o.channels, inputs / group, ...kernel], o.init ?? { kind: 'he' });
      const bias = o.bias === false ? null : b.weight('bias', [o.channels], ZEROS);
      return b.op('Conv', [x, w, bias], {
        kernel_shape: kernel,
        strides: perAxis(o.stride ?? 1, rank, operation, 'stride'),
        pads: [...pad, ...padEnd],
        ...(o.dilation === undefined ? {} : { dilations: perAxis(o.dilation, rank, operation, 'dilation') }),
        group,
      });
    });
}

/** 1-D convolution: [N,C,L] → [N,channels,L']. Parameters `NAME.weight` [O,C/g,k], `NAME.bias` [O]. */
export const conv1d = convolution(1, 'conv1d');
/** 2-D convolution: [N,C,H,W] → [N,channels,H',W']. Parameters `NAME.weight` [O,C/g,kh,kw], `NAME.bias` [O]. */
export const conv2d = convolution(2, 'conv2d');
/** 3-D convolution: [N,C,T,H,W] → [N,channels,T',H',W']. Parameters `NAME.weight` [O,C/g,kt,kh,kw], `NAME.bias` [O]. */
export const conv3d = convolution(3, 'conv3d');

export interface ConvTransposeOptions extends Omit<ConvOptions, 'group'> {
  /** Added to one side of the output. */
  readonly outputPad?: number | readonly number[];
}

/**
 * Transposed convolution in as many dimensions as x has: size out = (in − 1)·stride + dilation·(k − 1) + 1 + outputPad
 * − pad − padEnd. Parameters `NAME.weight` [C,channels,…k], `NAME.bias` [channels]. The default He initialiser counts
 * channels·∏k as fan in, as PyTorch does.
 */
export function convTranspose(b: NetworkBuilder, name: string, x: Value, o: ConvTransposeOptions): Value {
  return b.scope(name, () => {
    const rank = spatialRank(x, 'convTranspose');
    const each = (value: number | readonly number[], what: string): number[] =>
      perAxis(value, rank, 'convTranspose', what);
    const kernel = each(o.kernel, 'kernel');
    const pad = each(o.pad ?? 0, 'pad');
    const padEnd = o.padEnd === undefined ? pad : each(o.padEnd, 'padEnd');
    const w = b.weight('weight', [channelsOf(x, 'convTranspose'), o.channels, ...kernel], o.init ?? { kind: 'he' });
    const bias = o.bias === false ? null : b.weight('bias', [o.channels], ZEROS);
    return b.op('ConvTranspose', [x, w, bias], {
      kernel_shape: kernel,
      strides: each(o.stride ?? 1, 'stride'),
      pads: [...pad, ...padEnd],
      ...(o.dilation === undefined ? {} : { dilations: each(o.dilation, 'dilation') }),
      ...(o.outputPad === undefined ? {} : { output_padding: each(o.outputPad, 'outputPad') }),
    });
  });
}

export interface SeparableOptions extends Omit<ConvOptions, 'group'> {
  /** What stands between the two convolutions, e.g. batch normalisation and ReLU; default nothing. */
  readonly between?: (x: Value) => Value;
}

/**
 * Depthwise-separable 2-D convolution (Howard et al. 2017): each channel filtered by itself (`NAME.depthwise`), then
 * a 1×1 convolution that mixes channels (`NAME.pointwise`).
 */
export function separableConv2d(b: NetworkBuilder, name: string, x: Value, o: SeparableOptions): Value {
  const { channels, between, ...window } = o;
  const inputs = channelsOf(x, 'separableConv2d');
  return b.scope(name, () => {
    const filtered = conv2d(b, 'depthwise', x, { ...window, channels: inputs, group: inputs });
    return conv2d(b, 'pointwise', between ? between(filtered) : filtered, {
      channels,
      kernel: 1,
      ...(o.bias === undefined ? {} : { bias: o.bias }),
      ...(o.init === undefined ? {} : { init: o.init }),
    });
  });
}
