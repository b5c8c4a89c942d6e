/**
 * Losses of a generator G and a discriminator D that play against each other. Scores are D's outputs before any
 * sigmoid.
 */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { perSample, square } from './terms.ts';

const softplus = (b: GraphBuilder, x: Value): Value => b.op('Softplus', [x]);

export type AdversarialKind = 'non-saturating' | 'least-squares';

/**
 * The discriminator's loss, batch means.
 *   non-saturating:  L = 1/N Σ softplus(−D(x)) + 1/M Σ softplus(D(G)),  that is −log σ(D(x)) − log(1 − σ(D(G)))   (Goodfellow et al. 2014)
 *   least-squares:   L = 1/2N Σ (D(x) − 1)² + 1/2M Σ D(G)²                                                        (Mao et al. 2017, eq. 9)
 * The generator's outputs reach D through a stop-gradient, or G's weights are not among those updated.
 * @param real float32 [N,…]   @param fake float32 [M,…]   @returns float32 []
 */
export function discriminatorLoss(b: GraphBuilder, real: Value, fake: Value, kind: AdversarialKind): Value {
  const mean = (x: Value): Value => perSample(b, x, 'discriminatorLoss');
  if (kind === 'non-saturating') return b.op('Add', [mean(softplus(b, b.op('Neg', [real]))), mean(softplus(b, fake))]);
  return b.op('Mul', [b.op('Add', [mean(square(b, b.op('Sub', [real, 1]))), mean(square(b, fake))]), 0.5]);
}

/**
 * The generator's loss, batch mean.
 *   non-saturating:  L = 1/M Σ softplus(−D(G)), that is −log σ(D(G)): steep where D is sure, unlike log(1 − σ(D(G)))
 *   least-squares:   L = 1/2M Σ (D(G) − 1)²
 * @param fake float32 [M,…]   @returns float32 []
 */
export function generatorLoss(b: GraphBuilder, fake: Value, kind: AdversarialKind): Value {
  if (kind === 'non-saturating') return perSample(b, softplus(b, b.op('Neg', [fake])), 'generatorLoss');
  return b.op('Mul', [perSample(b, square(b, b.op('Sub', [fake, 1])), 'generatorLoss'), 0.5]);
}
