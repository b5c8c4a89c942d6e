/** Activations by name, and the one that has a parameter. */
import type { Value } from '../../onnx/index.ts';
import type { NetworkBuilder } from '../network.ts';
import { channelsOf } from './shape.ts';

const ACTIVATIONS = {
  identity: (_, x) => x,
  relu: (b, x) => b.op('Relu', [x]),
  /** x < 0: x/100. */
  leakyRelu: (b, x) => b.op('LeakyRelu', [x], { alpha: 0.01 }),
  /** x < 0: eˣ − 1 (Clevert et al. 2016). */
  elu: (b, x) => b.op('Elu', [x], { alpha: 1 }),
  /** x·Φ(x) (Hendrycks & Gimpel 2016), exactly. */
  gelu: (b, x) => b.op('Gelu', [x]),
  /** x·σ(x), also called swish. */
  silu: (b, x) => b.op('Mul', [x, b.op('Sigmoid', [x])]),
  /** ln(1 + eˣ). */
  softplus: (b, x) => b.op('Softplus', [x]),
  /** x·clip(x/6 + ½, 0, 1) (Howard et al. 2019). */
  hardSwish: (b, x) => b.op('HardSwish', [x]),
  /** clip(x/6 + ½, 0, 1). */
  hardSigmoid: (b, x) => b.op('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 }),
  sigmoid: (b, x) => b.op('Sigmoid', [x]),
  tanh: (b, x) => b.op('Tanh', [x]),
} satisfies Record<string, (b: NetworkBuilder, x: Value) => Value>;

export type ActivationName = keyof typeof ACTIVATIONS;
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** The named activation of every element. */
export const activation = (b: NetworkBuilder, name: ActivationName, x: Value): Value => ACTIVATIONS[name](b, x);

/**
 * Parametric ReLU (He et al. 2015): x ≥ 0 ? x : a·x with one a for each channel. x [N,C,…]; parameter `NAME.weight`
 * [C], at first ¼.
 */
export function prelu(b: NetworkBuilder, name: string, x: Value): Value {
  return b.scope(name, () => {
    const channels = channelsOf(x, 'prelu');
    const slope = b.weight('weight', [channels], { kind: 'constant', value: 0.25 });
    return b.op('PRelu', [x, b.op('Reshape', [slope, b.ints([channels, ...x.shape.slice(2).map(() => 1)])])]);
  });
}
