/**
 * The objectives of HA-GAN (Ali et al. 2019), as named, weighted terms.
 *
 *   discriminator  ½·[ −log Dᵉ_E(x, real) − log Dᴿ(x, real) − log(1 − Dᴿ(x, G)) ]
 *   generator      −log Dᵉ_E(x, G) − log Dᴿ(x, G) + λ·‖goal − G‖
 *
 * Equations 3 to 5; section 5.1 halves the first. Equation 5 prints log Dᴿ of the generated picture and lacks the term of
 * the real one, which would make the discriminator take what is generated for real: read as a misprint. λ is not given.
 * ‖·‖ is the mean over all values.
 *
 * Shape legend: N batch, K classes, S side in pixels.
 */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { discriminatorLoss, generatorLoss } from './adversarial.ts';
import { crossEntropyLoss } from './cross-entropy.ts';
import { meanAbsoluteErrorLoss, meanSquaredErrorLoss } from './regression.ts';

/** A term of an objective Σ weight·value. */
export interface WeightedTerm {
  readonly name: string;
  /** A scalar. */
  readonly value: Value;
  readonly weight: number;
}

/** What a discriminator of two heads says. */
export interface TwoHeads {
  /** [N,1] */
  readonly score: Value;
  /** [N,K] */
  readonly logits: Value;
}

/**
 * @param real of pictures of the character with the face's expression   @param fakeScore [N,1] of generated ones
 * @param expression [N,K] one-hot
 */
export function haGanDiscriminatorTerms(
  b: GraphBuilder,
  real: TwoHeads,
  fakeScore: Value,
  expression: Value,
): WeightedTerm[] {
  return [
    { name: 'expression', value: crossEntropyLoss(b, real.logits, expression), weight: 0.5 },
    { name: 'real-or-not', value: discriminatorLoss(b, real.score, fakeScore, 'non-saturating'), weight: 0.5 },
  ];
}

export interface GeneratorTermsOptions {
  /** λ */
  readonly lambda: number;
  /** The paper found L1 less blurred. */
  readonly distance: 'l1' | 'l2';
}

/** What generated pictures are, what the discriminator says of them, and what they should be. */
export interface GeneratedPictures {
  readonly fake: TwoHeads;
  /** [N,3,S,S] generated */
  readonly picture: Value;
  /** [N,3,S,S] what they are pulled to */
  readonly goal: Value;
}

/** @param expression [N,K] one-hot */
export function haGanGeneratorTerms(
  b: GraphBuilder,
  { fake, picture, goal }: GeneratedPictures,
  expression: Value,
  { lambda, distance }: GeneratorTermsOptions,
): WeightedTerm[] {
  const far = distance === 'l1' ? meanAbsoluteErrorLoss : meanSquaredErrorLoss;
  return [
    { name: 'expression', value: crossEntropyLoss(b, fake.logits, expression), weight: 1 },
    { name: 'fooled', value: generatorLoss(b, fake.score, 'non-saturating'), weight: 1 },
    { name: 'distance', value: far(b, picture, goal), weight: lambda },
  ];
}
