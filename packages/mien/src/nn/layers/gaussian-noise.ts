/** Gaussian noise. */
import { ShapeError } from '../../errors.ts';
import type { Value } from '../../onnx/index.ts';
import type { NetworkBuilder } from '../network.ts';

/** Below any difference of float32 numbers near 1, so that the logarithm of 1 − u is finite. */
const LEAST = 2 ** -25;

/**
 * Adds noise N(0, variance) to each element in training; the identity in inference. From two uniform numbers, which the
 * trainer feeds from its seeded generator (Box & Muller 1958): √(−2 ln(1 − u))·cos(2πv).
 * @param variance of the noise, in units of x: x should be standardised
 * @throws {ShapeError} when the variance is negative
 */
export function gaussianNoise(b: NetworkBuilder, name: string, x: Value, variance: number): Value {
  if (!(variance >= 0)) throw new ShapeError('gaussianNoise', `variance: expected at least 0, got ${variance}`);
  if (!b.training || variance === 0) return x;
  const u = b.op('Max', [b.op('Sub', [1, b.noise(`${name}.radius`, x.shape)]), LEAST]);
  const radius = b.op('Sqrt', [b.op('Mul', [b.op('Log', [u]), -2 * variance])]);
  const angle = b.op('Cos', [b.op('Mul', [b.noise(`${name}.angle`, x.shape), 2 * Math.PI])]);
  return b.op('Add', [x, b.op('Mul', [radius, angle])]);
}
