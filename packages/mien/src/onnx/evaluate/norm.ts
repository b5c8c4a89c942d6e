/** Normalisation. */
import { sizeOf } from '../../tensor/index.ts';
import type { OpName } from '../ops.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { nd, type Nd } from './nd.ts';

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

export const NORM = { BatchNormalization: batchNormalization } as const satisfies Partial<Record<OpName, Kernel>>;
