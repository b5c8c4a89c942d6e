/** Normalisation. */
import { sizeOf } from '../../tensor/index.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { broadcastTo, nd, type Nd } from './nd.ts';

/**
 * y = scale·(x − μ)/√(σ² + ε) + bias for each channel of x [N,C,…].
 * Inference: μ, σ² are the inputs mean, var. training_mode: they are the batch's (σ² divides by the count), and
 * two more outputs are the new running statistics, momentum·old + (1 − momentum)·batch.
 */
function batchNormalization(c: KernelCall): Nd[] {
  const [x, scale, bias, mean, variance] = [c.x(0), c.x(1), c.x(2), c.x(3), c.x(4)];
  const epsilon = c.number('epsilon', 1e-5);
  const momentum = c.number('momentum', 0.9);
  const training = c.flag('training_mode', false);
  const [batch, channels] = x.dims as [number, number];
  const inner = sizeOf(x.dims.slice(2));
  const count = batch * inner;
  const y = nd(x.dtype, x.dims);
  const runningMean = nd(mean.dtype, mean.dims);
  const runningVariance = nd(variance.dtype, variance.dims);
  for (let ch = 0; ch < channels; ch++) {
    const each = (visit: (index: number) => void): void => {
      for (let n = 0; n < batch; n++) for (let i = 0; i < inner; i++) visit((n * channels + ch) * inner + i);
    };
    let [mu, sigma2] = [mean.data[ch]!, variance.data[ch]!];
    if (training) {
      mu = 0;
      sigma2 = 0;
      each((at) => (mu += x.data[at]! / count));
      each((at) => (sigma2 += (x.data[at]! - mu) ** 2 / count));
      runningMean.data[ch] = momentum * mean.data[ch]! + (1 - momentum) * mu;
      runningVariance.data[ch] = momentum * variance.data[ch]! + (1 - momentum) * sigma2;
    }
    const factor = scale.data[ch]! / Math.sqrt(sigma2 + epsilon);
    each((at) => (y.data[at] = (x.data[at]! - mu) * factor + bias.data[ch]!));
  }
  return training ? [y, runningMean, runningVariance] : [y];
}

/**
 * y = x·(bias + alpha/size·Σ x²)^−beta, the sum over `size` channels around each one (Krizhevsky et al. 2012, section
 * 3.3).
 */
function localResponseNormalization(c: KernelCall): Nd {
  const x = c.x(0);
  const size = c.number('size', 1);
  const [alpha, beta, bias] = [c.number('alpha', 1e-4), c.number('beta', 0.75), c.number('bias', 1)];
  const [batch, channels] = x.dims as [number, number];
  const inner = sizeOf(x.dims.slice(2));
  const y = nd(x.dtype, x.dims);
  for (let n = 0; n < batch; n++) {
    for (let ch = 0; ch < channels; ch++) {
      const first = Math.max(0, ch - Math.floor((size - 1) / 2));
      const last = Math.min(channels - 1, ch + Math.ceil((size - 1) / 2));
      for (let i = 0; i < inner; i++) {
        let squares = 0;
        for (let k = first; k <= last; k++) squares += x.data[(n * channels + k) * inner + i]! ** 2;
        const at = (n * channels + ch) * inner + i;
        y.data[at] = x.data[at]! * (bias + (alpha / size) * squares) ** -beta;
      }
    }
  }
  return y;
}

/** x̂ = (x − μ)/√(σ² + ε) over each run of `size` elements, with μ and 1/√(σ² + ε) of each run. */
function standardize(x: Nd, size: number, epsilon: number): { y: Nd; means: Float64Array; inverses: Float64Array } {
  const y = nd(x.dtype, x.dims);
  const runs = x.data.length / size;
  const [means, inverses] = [new Float64Array(runs), new Float64Array(runs)];
  for (let r = 0; r < runs; r++) {
    const values = x.data.subarray(r * size, (r + 1) * size);
    const mean = values.reduce((a, v) => a + v, 0) / size;
    const inverse = 1 / Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / size + epsilon);
    values.forEach((v, i) => (y.data[r * size + i] = (v - mean) * inverse));
    means[r] = mean;
    inverses[r] = inverse;
  }
  return { y, means, inverses };
}

/** Over the axes from `axis` on; further outputs are the mean and 1/√(σ² + ε) (Ba, Kiros & Hinton 2016). */
function layerNormalization(c: KernelCall): Nd[] {
  const [x, scale, bias] = [c.x(0), c.x(1), c.optional(2)];
  const axis = c.axis(x.dims.length, -1);
  const { y, means, inverses } = standardize(x, sizeOf(x.dims.slice(axis)), c.number('epsilon', 1e-5));
  const factor = broadcastTo(scale, x.dims);
  const shift = bias && broadcastTo(bias, x.dims);
  const dims = x.dims.map((d, i) => (i < axis ? d : 1));
  return [
    nd(
      x.dtype,
      x.dims,
      y.data.map((v, i) => v * factor[i]! + (shift?.[i] ?? 0)),
    ),
    nd(x.dtype, dims, means),
    nd(x.dtype, dims, inverses),
  ];
}

/** Over the channels and positions of each group of a sample; scale and bias hold one number for each group. */
const groupNormalization =
  (groupsOf: (c: KernelCall) => number): Kernel =>
  (c) => {
    const [x, scale, bias] = [c.x(0), c.x(1), c.x(2)];
    const groups = groupsOf(c);
    if (scale.data.length !== groups || bias.data.length !== groups)
      c.fail(`scale and bias must have ${groups} elements`);
    const size = sizeOf(x.dims.slice(1)) / groups;
    const { y } = standardize(x, size, c.number('epsilon', 1e-5));
    return nd(
      x.dtype,
      x.dims,
      y.data.map((v, i) => {
        const group = Math.floor(i / size) % groups;
        return v * scale.data[group]! + bias.data[group]!;
      }),
    );
  };

export const NORM = {
  BatchNormalization: batchNormalization,
  LRN: localResponseNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: groupNormalization((c) => c.x(0).dims[1]!),
  GroupNormalization: groupNormalization((c) => c.number('num_groups', 1)),
} as const satisfies Partial<Record<OpName, Kernel>>;
