/**
 * Normalisations that need no running statistics: layer, group, instance, and local response normalisation.
 * All but the last are y = γ·(x − μ)/√(σ² + ε) + β with μ, σ² (biased) over part of one sample, so training and inference agree.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { ONES, ZEROS } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { channelsOf } from './shape.ts';

export interface NormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Whether there are γ and β. */
  readonly affine?: boolean;
}

/** (x − μ)/√(σ² + ε) over the given axes. The variance is the mean of (x − μ)²: E[x²] − μ² would cancel. */
function standardize(b: NetworkBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  const mean = (v: Value): Value => b.op('ReduceMean', [v, b.ints(axes)], { keepdims: 1 });
  const centred = b.op('Sub', [x, mean(x)]);
  const deviation = b.op('Sqrt', [b.op('Add', [mean(b.op('Mul', [centred, centred])), epsilon])]);
  return b.op('Div', [centred, deviation]);
}

function scaleAndShift(b: NetworkBuilder, x: Value, dims: readonly number[], broadcast: readonly number[]): Value {
  const [gamma, beta] = [b.weight('weight', dims, ONES), b.weight('bias', dims, ZEROS)];
  const shaped = (v: Value): Value => (dims.length === broadcast.length ? v : b.op('Reshape', [v, b.ints(broadcast)]));
  return b.op('Add', [b.op('Mul', [x, shaped(gamma)]), shaped(beta)]);
}

/**
 * Layer normalisation (Ba et al. 2016) over the last `axes` axes (default 1): [N,…,D] keeps its shape.
 * Parameters `NAME.weight` γ, `NAME.bias` β of those axes' sizes.
 */
export function layerNorm(b: NetworkBuilder, name: string, x: Value, options: NormOptions & { readonly axes?: number } = {}): Value {
  return b.scope(name, () => {
    const count = options.axes ?? 1;
    const rank = x.shape.length;
    if (count < 1 || count >= rank) throw new ShapeError('layerNorm', `cannot normalise ${count} last axes of [${x.shape.join(',')}]`);
    const axes = Array.from({ length: count }, (_, i) => rank - count + i);
    const y = standardize(b, x, axes, options.epsilon ?? 1e-5);
    if (options.affine === false) return y;
    const dims = staticDims(x.shape.slice(rank - count), 'layerNorm');
    return scaleAndShift(b, y, dims, dims);
  });
}

/**
 * Group normalisation (Wu & He 2018): statistics over each group of C/groups channels and all positions of a sample.
 * x [N,C,…spatial]. Parameters `NAME.weight` γ, `NAME.bias` β, each [C].
 * @throws {ShapeError} when the groups do not divide the channels
 */
export function groupNorm(b: NetworkBuilder, name: string, x: Value, groups: number, options: NormOptions = {}): Value {
  return b.scope(name, () => {
    const channels = channelsOf(x, 'groupNorm');
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) throw new ShapeError('groupNorm', `"${name}": ${channels} channels do not divide into ${groups} groups`);
    const spatial = staticDims(x.shape.slice(2), 'groupNorm');
    // [N,C,…] → [N,G,C/G·…] → [N,C,…]
    const grouped = standardize(b, b.op('Reshape', [x, b.ints([0, groups, -1])]), [2], options.epsilon ?? 1e-5);
    const y = b.op('Reshape', [grouped, b.ints([0, channels, ...spatial])]);
    return options.affine === false ? y : scaleAndShift(b, y, [channels], [channels, ...spatial.map(() => 1)]);
  });
}

/** Instance normalisation (Ulyanov et al. 2016): statistics over the positions of each channel of each sample; γ and β only if `affine`. */
export function instanceNorm(b: NetworkBuilder, name: string, x: Value, options: NormOptions = {}): Value {
  return groupNorm(b, name, x, channelsOf(x, 'instanceNorm'), { ...options, affine: options.affine ?? false });
}

export interface LocalResponseOptions {
  /** Channels in a window. */
  readonly size?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly k?: number;
}

/**
 * Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3):
 *   y_c = x_c / (k + α/n · Σ x_j²)^β, j over the n channels around c (the extra one after c where n is even)
 * With Caffe's and PyTorch's α/n. The defaults are AlexNet's, α = 1e-4 being Caffe's reading of it.
 * @param x float32 [N,C,…spatial]
 */
export function localResponseNorm(b: NetworkBuilder, x: Value, { size = 5, alpha = 1e-4, beta = 0.75, k = 2 }: LocalResponseOptions = {}): Value {
  const channels = channelsOf(x, 'localResponseNorm');
  const spatial = staticDims(x.shape.slice(2), 'localResponseNorm');
  if (size < 1 || !Number.isInteger(size)) throw new ShapeError('localResponseNorm', `the window must be a whole number of channels, got ${size}`);
  const before = Math.floor((size - 1) / 2);
  // The window's mean of squares: a pooling along the channel axis of [N,1,C,positions]; absent channels count as 0
  const squares = b.op('Reshape', [b.op('Mul', [x, x]), b.ints([0, 1, channels, -1])]);
  const pooled = b.op('AveragePool', [squares], { kernel_shape: [size, 1], strides: [1, 1], pads: [before, 0, size - 1 - before, 0], count_include_pad: 1 });
  const base = b.op('Add', [b.op('Mul', [b.op('Reshape', [pooled, b.ints([0, channels, ...spatial])]), alpha]), k]);
  if (beta !== 0.75) return b.op('Div', [x, b.op('Pow', [base, beta])]);
  // s^¾ = √s·√√s: two square roots cost less than a power
  const root = b.op('Sqrt', [base]);
  return b.op('Div', [x, b.op('Mul', [root, b.op('Sqrt', [root])])]);
}
