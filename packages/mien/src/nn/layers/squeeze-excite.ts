/** Squeeze-and-excitation (Hu et al. 2018). */
import type { Value } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import type { NetworkBuilder } from '../network.ts';
import { linear, relu } from './basic.ts';
import { globalAveragePool } from './pool.ts';
import { channelsOf } from './shape.ts';

/**
 * Scales each channel by a gate that all channels decide: y = x · σ(W₂·relu(W₁·mean(x) + b₁) + b₂).
 * @param x float32 [N,C,…spatial]   @param reduction the hidden layer has C/reduction units (at least 1); default 16
 * Parameters `NAME.fc1`, `NAME.fc2`.
 */
export function squeezeExcite(b: NetworkBuilder, name: string, x: Value, reduction = 16): Value {
  return b.scope(name, () => {
    const channels = channelsOf(x, 'squeezeExcite');
    if (!(reduction > 0))
      throw new ShapeError('squeezeExcite', `"${name}": the reduction must be positive, got ${reduction}`);
    const squeezed = relu(
      b,
      linear(b, 'fc1', globalAveragePool(b, x), { features: Math.max(1, Math.floor(channels / reduction)) }),
    );
    const gate = b.op('Sigmoid', [linear(b, 'fc2', squeezed, { features: channels, init: { kind: 'xavier' } })]);
    const spatial = x.shape.slice(2).map(() => 1);
    return b.op('Mul', [x, b.op('Reshape', [gate, b.ints([0, channels, ...spatial])])]);
  });
}
