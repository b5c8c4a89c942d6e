/** Dropout. */
import type { Value } from '../../onnx/index.ts';
import type { NetworkBuilder } from '../network.ts';

/**
 * Dropout (Srivastava et al. 2014), inverted: in training each element is 0 with probability p, else divided by 1 − p;
 * the identity in inference. The uniform noise is a graph input that the trainer feeds from its seeded generator.
 */
export function dropout(b: NetworkBuilder, name: string, x: Value, p: number): Value {
  if (!b.training || p === 0) return x;
  const keep = b.op('Cast', [b.op('GreaterOrEqual', [b.noise(name, x.shape), p])], { to: 1 });
  return b.op('Mul', [x, b.op('Mul', [keep, 1 / (1 - p)])]);
}
