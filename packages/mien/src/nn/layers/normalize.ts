/**
 * Normalisations that need no running statistics: layer, group, instance, and local response normalisation.
 * All but the last are y = γ·(x − μ)/√(σ² + ε) + β with μ, σ² (biased) over part of one sample, so training and
 * inference agree.
 */
import { staticDims, type Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { float32, sizeOf } from '../../tensor/index.ts';
import { ONES, ZEROS } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { channelsOf } from './shape.ts';

export interface NormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Whether there are γ and β. */
  readonly affine?: boolean;
}

/** (x − μ)/√(σ² + ε) over all axes from `from` on; x keeps its shape. */
function standardize(b: NetworkBuilder, x: Value, from: number, epsilon: number): Value {
  const dims = staticDims(x.shape.slice(from), 'standardize');
  const ones = b.constant(float32(dims, new Array<number>(sizeOf(dims)).fill(1)));
  return b.op('LayerNormalization', [x, ones], { axis: from, epsilon });
}

/** γ·x + β for each channel, axis 1. */
function scaleAndShift(b: NetworkBuilder, x: Value, channels: number, spatialAxes: number): Value {
  const perChannel = (v: Value): Value =>
    b.op('Reshape', [v, b.ints([channels, ...new Array<number>(spatialAxes).fill(1)])]);
  const [gamma, beta] = [b.weight('weight', [channels], ONES), b.weight('bias', [channels], ZEROS)];
  return b.op('Add', [b.op('Mul', [x, perChannel(gamma)]), perChannel(beta)]);
}

/**
 * Layer normalisation (Ba et al. 2016) over the last `axes` axes (default 1): [N,…,D] keeps its shape.
 * Parameters `NAME.weight` γ, `NAME.bias` β of those axes' sizes.
 */
export function layerNorm(
  b: NetworkBuilder,
  name: string,
  x: Value,
  options: NormOptions & { readonly axes?: number } = {},
): Value {
  return b.scope(name, () => {
    const count = options.axes ?? 1;
    const rank = x.shape.length;
    if (count < 1 || count >= rank)
      throw new ShapeError('layerNorm', `cannot normalise ${count} last axes of [${x.shape.join(',')}]`);
    const [axis, epsilon] = [rank - count, options.epsilon ?? 1e-5];
    if (options.affine === false) return standardize(b, x, axis, epsilon);
    const dims = staticDims(x.shape.slice(axis), 'layerNorm');
    return b.op('LayerNormalization', [x, b.weight('weight', dims, ONES), b.weight('bias', dims, ZEROS)], {
      axis,
      epsilon,
    });
  });
}

/**
 * Group normalisation (Wu & He 2018): statistics over each group of C/groups channels and all positions of a sample.
 * x [N,C,…spatial]. Parameters `NAME.weight` γ, `NAME.bias` β, each [C]. Unlike batch normalisation it works with batches
 * of any size, and does the same in training and in prediction.
 * @throws {ShapeError} when the groups do not divide the channels
 * @example
 * ```ts
 * import { conv2d, countParameters, globalAveragePool, groupNorm, linear, relu } from 'mienjs/nn';
 *
 * const parameters = countParameters({
 *   name: 'small',
 *   input: { channels: 1, height: 48, width: 48 },
 *   build(b, x) {
 *     const v = relu(b, groupNorm(b, 'norm', conv2d(b, 'conv', x, { channels: 8, kernel: 3, bias: false }), 4));
 *     return { logits: linear(b, 'classifier', globalAveragePool(b, v), { features: 7 }) };
 *   },
 * });
 * parameters; // → 8 * 9 + 2 * 8 + 8 * 7 + 7
 * ```
 */
export function groupNorm(b: NetworkBuilder, name: string, x: Value, groups: number, options: NormOptions = {}): Value {
  return b.scope(name, () => {
    const channels = channelsOf(x, 'groupNorm');
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
      throw new ShapeError('groupNorm', `"${name}": ${channels} channels do not divide into ${groups} groups`);
    const spatial = staticDims(x.shape.slice(2), 'groupNorm');
    // [N,C,…] → [N,G,C/G·…] → [N,C,…]
    const columns = (channels / groups) * sizeOf(spatial);
    const grouped = standardize(b, b.op('Reshape', [x, b.ints([-1, groups, columns])]), 2, options.epsilon ?? 1e-5);
    const y = b.op('Reshape', [grouped, b.ints([0, channels, ...spatial])]);
    return options.affine === false ? y : scaleAndShift(b, y, channels, spatial.length);
  });
}

/**
 * Instance normalisation (Ulyanov et al. 2016): statistics over the positions of each channel of each sample, so that
 * contrast is the same in all of them; γ and β only if `affine`.
 */
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
export function localResponseNorm(
  b: NetworkBuilder,
  x: Value,
  { size = 5, alpha = 1e-4, beta = 0.75, k = 2 }: LocalResponseOptions = {},
): Value {
  const channels = channelsOf(x, 'localResponseNorm');
  const spatial = staticDims(x.shape.slice(2), 'localResponseNorm');
  if (size < 1 || !Number.isInteger(size))
    throw new ShapeError('localResponseNorm', `the window must be a whole number of channels, got ${size}`);
  const before = Math.floor((size - 1) / 2);
  // Window sums by a band matrix, [C,C]·[N,C,positions]: several times as fast, backward too, as pooling along channels
  const band = Array.from({ length: channels * channels }, (_, i) => {
    const offset = (i % channels) - Math.floor(i / channels);
    return offset >= -before && offset < size - before ? 1 : 0;
  });
  const squares = b.op('Reshape', [b.op('Mul', [x, x]), b.ints([0, channels, -1])]);
  const sums = b.op('Reshape', [
    b.op('MatMul', [b.constant(float32([channels, channels], band)), squares]),
    b.ints([0, channels, ...spatial]),
  ]);
  const base = b.op('Add', [b.op('Mul', [sums, alpha / size]), k]);
  if (beta !== 0.75) return b.op('Div', [x, b.op('Pow', [base, beta])]);
  // s^¾ = √s·√√s: two square roots cost less than a power
  const root = b.op('Sqrt', [base]);
  return b.op('Div', [x, b.op('Mul', [root, b.op('Sqrt', [root])])]);
}
