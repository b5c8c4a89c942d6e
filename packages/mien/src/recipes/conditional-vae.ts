/** A conditional variational autoencoder: it draws faces of a class, and faces between two classes. */
import { gaussianPriorLoss, reconstructionLoss } from '../nn/losses/index.ts';
import {
  conditionalClassifier,
  conditionalDecoder,
  decodeFaces,
  encodeDistribution,
  sampleCode,
  type ConditionalOptions,
} from '../nn/models/index.ts';
import { cosine } from '../optim/index.ts';
import { balancedSampler } from '../data/index.ts';
import { labelHead } from '../train/heads.ts';
import type { Recipe } from '../train/index.ts';
import { FERPLUS } from './framing.ts';
import { onSmallFaces, type SmallFacesOptions } from './small-faces.ts';

export interface ConditionalVaeRecipeOptions extends SmallFacesOptions {
  /** Side of the face, px, a multiple of 8. Default 32. */
  readonly size?: number;
  /** Numbers of the code. Default 32. */
  readonly code?: number;
  /**
   * What the distance of codes from N(0, 1) counts against the squared error, in units of the pixels' deviation. Default 5:
   * little is then left in the code that the class can tell.
   */
  readonly beta?: number;
  /** Factor on the channels of the convolutions. Default 1. */
  readonly width?: number;
  /** Default 64. */
  readonly batchSize?: number;
}

/**
 * A recipe of a conditional variational autoencoder.
 * @example
 * ```ts
 * import { conditionalVaeRecipe } from 'mienjs/recipes';
 *
 * const recipe = conditionalVaeRecipe({ dataset: 'jaffe', classes: ['neutral', 'happiness'], code: 16 });
 * recipe.id; // → 'conditional-vae.jaffe'
 * ```
 */
export function conditionalVaeRecipe(options: ConditionalVaeRecipeOptions): Recipe {
  const { dataset, classes, size = 32, code = 32, beta = 5, batchSize = 64 } = options;
  const { groups: _, ...shared } = onSmallFaces({ ...options, size, batchSize }, 30);
  const network: ConditionalOptions = {
    input: { channels: 1, height: size, width: size },
    body: 'convolutional',
    code,
    classes: classes.length,
    beta,
    ...(options.width === undefined ? {} : { width: options.width }),
  };
  return {
    ...shared,
    id: `conditional-vae.${dataset}`,
    title: `Conditional variational autoencoder of ${dataset}, which draws faces of a class`,
    paper: 'Sohn, Lee & Yan, Learning Structured Output Representation using Deep Conditional Generative Models, 2015',
    notes:
      'Encoder and decoder are told the class; classes are drawn alike, so that rare ones are learned too. The accuracy is that of the class which explains a face best.',
    heads: [{ ...labelHead('logits', classes, dataset), learn: 'label' }],
    sampler: balancedSampler(),
    network: conditionalClassifier(network),
    generator: { kind: 'class', network: conditionalDecoder(network), noise: code },
    program: {
      steps: ({ feeds }) => ({
        reconstruct: {
          inputs: { x: feeds['x']!, 'target.logits': feeds['target.logits']! },
          optimizer: shared.optimizer,
          build(b, inputs) {
            const [x, told] = [inputs['x']!, inputs['target.logits']!];
            const distribution = encodeDistribution(b, network, x, told);
            const picture = decodeFaces(b, network, sampleCode(b, distribution), told);
            return {
              losses: [
                { name: 'reconstruction', value: reconstructionLoss(b, picture, x) },
                {
                  name: 'prior',
                  weight: beta,
                  value: gaussianPriorLoss(b, distribution.mean, distribution.logVariance),
                },
              ],
            };
          },
        },
      }),
      round: () => ['reconstruct'],
    },
    // What explains faces best does not judge the pictures
    keep: 'last',
    schedule: cosine(0.05),
  };
}

export const CONDITIONAL_VAE_RECIPES: readonly Recipe[] = [conditionalVaeRecipe(FERPLUS)];
