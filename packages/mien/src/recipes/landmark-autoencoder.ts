/** The deep sparse autoencoder on descriptors at landmarks (Zeng et al. 2018). */
import type { ModelInputs } from '../data/index.ts';
import { EXPRESSIONS_7, EXPRESSIONS_7_CONTEMPT, EXPRESSIONS_8 } from '../labels/index.ts';
import { reconstructionLoss, sparsityLoss } from '../nn/losses/index.ts';
import {
  landmarkAutoencoder,
  layersBelow,
  PRINCIPAL,
  sparseLayer,
  type LandmarkAutoencoderOptions,
} from '../nn/models/index.ts';
import { linear } from '../nn/index.ts';
import { adam, oneCycle } from '../optim/index.ts';
import { labelHead } from '../train/heads.ts';
import { headsStep } from '../train/heads-step.ts';
import { inPhases } from '../train/phases.ts';
import type { Recipe, StepDefinition } from '../train/index.ts';
import { FER2013_FRAMING } from './framing.ts';

export interface LandmarkAutoencoderRecipeOptions {
  readonly id?: string;
  readonly dataset: string;
  readonly trainSplit?: string;
  readonly validationSplit?: string;
  readonly classes: readonly string[];
  /** The protocol that `mien train` follows when no other is chosen. */
  readonly protocol?: string;
  /** Whether the face mesh finds the landmarks, for data that have none. Default false. */
  readonly mesh?: boolean;
  /** Side of the face, px. Default 96. */
  readonly size?: number;
  /** Principal components. Default 160. */
  readonly components?: number;
  /** Units of each layer. Default 100, 60. */
  readonly hidden?: readonly [number, ...number[]];
  /** The mean activation that is wanted, and what it counts. Defaults 0.05 and 3. */
  readonly rho?: number;
  readonly beta?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
}

/** Share of the epochs in which the layers are trained one by one, in equal parts. */
const PRETRAINING = 0.5;

/**
 * A recipe of the deep sparse autoencoder.
 * @example
 * ```ts
 * import { landmarkAutoencoderRecipe } from 'mienjs/recipes';
 *
 * const recipe = landmarkAutoencoderRecipe({ dataset: 'jaffe', classes: ['neutral', 'happiness'], mesh: true });
 * recipe.id; // → 'dsae.jaffe'
 * ```
 */
export function landmarkAutoencoderRecipe(options: LandmarkAutoencoderRecipeOptions): Recipe {
  const { dataset, classes, size = 96, components = 160, hidden = [100, 60], rho = 0.05, beta = 3 } = options;
  const network: LandmarkAutoencoderOptions = { classes: classes.length, size, components, hidden };
  const built = landmarkAutoencoder(network);
  const heads = [labelHead('logits', classes, dataset)];
  const groups = [{ match: (name: string) => name.endsWith('.weight'), weightDecay: 1e-4 }];
  const inputs: ModelInputs = {
    x: { kind: 'image' },
    landmarks: { kind: 'landmarks', points: 68, ...(options.mesh ? { from: 'mesh' } : {}) },
  };
  const layers = hidden.map((_, i) => `layer${i + 1}`);
  const { round, judgedFrom, schedule } = inPhases([
    ...layers.map((name) => ({ steps: [name], share: PRETRAINING / layers.length })),
    { steps: ['tune'], share: 1 - PRETRAINING, schedule: oneCycle() },
  ]);
  return {
    id: options.id ?? `dsae.${dataset}`,
    title: `Deep sparse autoencoder on descriptors at landmarks, ${classes.length} expressions`,
    paper: 'Zeng et al., Facial Expression Recognition via Learning Deep Sparse Autoencoders, 2018',
    notes: `Grey values, HOG and LBP around 51 landmarks, ${components} principal components, layers of ${hidden.join(' and ')} units with ρ ${rho} and β ${beta}, then softmax. After the description in Li & Deng's survey (2020); sizes of patches and layers are chosen here. The accuracy says nothing until the tuning begins.`,
    data: {
      dataset,
      trainSplit: options.trainSplit ?? 'train',
      validationSplit: options.validationSplit ?? 'validation',
    },
    ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
    network: built,
    inputs,
    heads,
    principal: { output: 'descriptors', layer: PRINCIPAL },
    program: {
      steps: (context) => ({
        ...Object.fromEntries(
          layers.map((name, i): [string, StepDefinition] => [
            name,
            {
              inputs: { x: context.feeds['x']!, landmarks: context.feeds['landmarks']! },
              trains: (parameter) => parameter.startsWith(`${name}.`),
              optimizer: adam(),
              groups,
              build(b, { x, landmarks }) {
                const below = b.frozen(() => layersBelow(b, network, i, x!, landmarks!).below);
                const code = sparseLayer(b, network, i, below);
                const width = i === 0 ? components : hidden[i - 1]!;
                const rebuilt = linear(b, `${name}.decoder`, code, { features: width, init: { kind: 'xavier' } });
                return {
                  losses: [
                    { name: 'reconstruction', value: reconstructionLoss(b, rebuilt, below) },
                    { name: 'sparsity', weight: beta, value: sparsityLoss(b, code, { rho }) },
                  ],
                };
              },
            },
          ]),
        ),
        tune: headsStep(built, heads, context, { optimizer: adam(), groups }),
      }),
      round,
      judgedFrom,
    },
    preprocess: { ...FER2013_FRAMING, width: size, height: size },
    augment: { flip: 0.5 },
    optimizer: adam(),
    lr: 1e-3,
    schedule,
    epochs: options.epochs ?? 60,
    batchSize: options.batchSize ?? 32,
    seed: 1,
    expected: [],
  };
}

const CK_PLUS = { dataset: 'ck-plus', protocol: 'ck-plus.loso.8', classes: EXPRESSIONS_8 } as const;

export const LANDMARK_AUTOENCODER_RECIPES: readonly Recipe[] = [
  landmarkAutoencoderRecipe(CK_PLUS),
  landmarkAutoencoderRecipe({
    ...CK_PLUS,
    id: 'dsae.ck-plus-7c',
    protocol: 'ck-plus.loso.7c-last-four',
    classes: EXPRESSIONS_7_CONTEMPT,
  }),
  landmarkAutoencoderRecipe({ dataset: 'manifest', classes: EXPRESSIONS_7 }),
];
