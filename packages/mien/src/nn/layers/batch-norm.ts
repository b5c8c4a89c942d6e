/** Batch normalisation. */
import { staticDims, type Value } from '../../onnx/index.ts';
import { sizeOf } from '../../tensor/index.ts';
import { ONES, ZEROS } from '../init.ts';
import type { NetworkBuilder } from '../network.ts';
import { channelsOf } from './shape.ts';

/**
 * Batch normalisation (Ioffe & Szegedy 2015): y = γ·(x − μ)/√(σ² + ε) + β per channel.
 * Training: μ, σ² of the batch; running ← (1 − momentum)·running + momentum·batch, with the unbiased variance, as PyTorch does.
 * Inference, and frozen layers: the running statistics.
 * Parameters `NAME.weight` γ, `NAME.bias` β, `NAME.running_mean`, `NAME.running_var`, each [C].
 */
export function batchNorm(
  b: NetworkBuilder,
  name: string,
  x: Value,
  options: { epsilon?: number; momentum?: number } = {},
): Value {
  return b.scope(name, () => {
    const c = [channelsOf(x, 'batchNorm')];
    const epsilon = options.epsilon ?? 1e-5;
    const momentum = options.momentum ?? 0.1;
    const gamma = b.weight('weight', c, ONES);
    const beta = b.weight('bias', c, ZEROS);
    const mean = b.state('running_mean', c, ZEROS);
    const variance = b.state('running_var', c, ONES);
    if (!b.training || b.isFrozen('weight'))
      return b.op('BatchNormalization', [x, gamma, beta, mean, variance], { epsilon });
    return normalizeBatch(b, x, { gamma, beta, mean, variance }, { epsilon, momentum });
  });
}

/**
 * Batch normalisation in training, with the new running statistics noted as state updates of the builder.
 * @param p γ, β and the running statistics, each [C]   @param o ε, and the momentum: the share of the batch in the new statistics
 */
export function normalizeBatch(
  b: NetworkBuilder,
  x: Value,
  p: { gamma: Value; beta: Value; mean: Value; variance: Value },
  o: { epsilon: number; momentum: number },
): Value {
  // Momentum 0: outputs 1 and 2 are the batch's own mean and (biased) variance. ONNX Runtime writes them over
  // inputs 3 and 4, so each gets a value of its own there, not the running statistics that are still to be blended.
  const own = (v: Value): Value => b.op('Mul', [v, 0]);
  const [y, batchMean, batchVariance] = b.ops(
    'BatchNormalization',
    [x, p.gamma, p.beta, own(p.mean), own(p.variance)],
    { epsilon: o.epsilon, momentum: 0, training_mode: 1 },
    3,
  ) as [Value, Value, Value];
  const dims = staticDims(x.shape, 'batchNorm');
  const count = sizeOf(dims) / dims[1]!;
  const blend = (old: Value, now: Value, scale: number): Value =>
    b.op('Add', [b.op('Mul', [old, 1 - o.momentum]), b.op('Mul', [now, o.momentum * scale])]);
  // a network that is applied twice in a step moves its statistics twice
  const latest = (v: Value): Value => b.stateUpdates.get(v.name) ?? v;
  b.stateUpdates.set(p.mean.name, blend(latest(p.mean), batchMean, 1));
  b.stateUpdates.set(p.variance.name, blend(latest(p.variance), batchVariance, count / Math.max(1, count - 1)));
  return y;
}
