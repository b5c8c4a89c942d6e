/**
 * Autoencoders of faces: they learn a code without labels, and a linear classifier beside them, whose gradient does not
 * reach the code, says how much the code tells of expressions. The classifiers of the same encoders, which `--init` may start
 * from an autoencoder, stand beside them.
 */
import {
  contractiveLoss,
  discriminatorLoss,
  gaussianPriorLoss,
  generatorLoss,
  reconstructionLoss,
  sparsityLoss,
} from '../nn/losses/index.ts';
import {
  autoencoderPictures,
  classifyCode,
  codeClassifier,
  codeOf,
  decodeFaces,
  encodeDistribution,
  encodeFaces,
  sampleCode,
  type AutoencoderOptions,
} from '../nn/models/index.ts';
import { gaussianNoise, linear, relu, type NetworkBuilder } from '../nn/index.ts';
import type { Value } from '../onnx/index.ts';
import { constant, oneCycle } from '../optim/index.ts';
import { zeros } from '../tensor/index.ts';
import { headsLoss } from '../train/heads-loss.ts';
import { lossParts } from '../train/step-graph.ts';
import type { LossPart, ProgramContext, Recipe, StepDefinition } from '../train/index.ts';
import { FERPLUS } from './framing.ts';
import { onSmallFaces, type SmallFacesOptions } from './small-faces.ts';

/** What is asked of the code besides that the face can be made of it. */
export type AutoencoderVariant =
  'dense' | 'denoising' | 'sparse' | 'contractive' | 'convolutional' | 'variational' | 'adversarial';

export interface AutoencoderRecipeOptions extends SmallFacesOptions {
  /** Side of the face, px; of a convolutional body a multiple of 8. Default 24. */
  readonly size?: number;
  /** Numbers of the code. Default 500, and 64 of convolutional bodies. */
  readonly code?: number;
  /** Of a denoising one: the share of pixels that are set to the mean. Default 0.25 (Vincent et al. 2010). */
  readonly corruption?: number;
  /** Of a sparse one: the mean activation that is wanted, and what it counts. Defaults 0.05 and 3 (Ng 2011). */
  readonly rho?: number;
  readonly beta?: number;
  /** Of a contractive one: what the norm of the Jacobian counts. Default 0.1. */
  readonly contraction?: number;
}

const TITLES: Readonly<Record<AutoencoderVariant, string>> = {
  dense: 'one layer of sigmoids',
  denoising: 'faces are made whole from a part of their pixels',
  sparse: 'few units are active at a time',
  contractive: 'the code changes little with the face',
  convolutional: 'three convolutions of stride 2',
  variational: 'the code is a Gaussian near N(0, 1)',
  adversarial: 'a critic keeps the codes near N(0, 1)',
};
const PAPERS: Readonly<Record<AutoencoderVariant, string>> = {
  dense: 'Hinton & Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks, 2006',
  denoising: 'Vincent et al., Stacked Denoising Autoencoders, 2010',
  sparse: 'Ng, Sparse Autoencoder (CS294A lecture notes), 2011',
  contractive: 'Rifai et al., Contractive Auto-Encoders: Explicit Invariance During Feature Extraction, 2011',
  convolutional: 'Masci et al., Stacked Convolutional Auto-Encoders for Hierarchical Feature Extraction, 2011',
  variational: 'Kingma & Welling, Auto-Encoding Variational Bayes, 2014',
  adversarial: 'Makhzani et al., Adversarial Autoencoders, 2016',
};
export const AUTOENCODER_VARIANTS = Object.keys(TITLES) as AutoencoderVariant[];

/** Units of the critic's two layers. */
const CRITIC = 128;

const isConvolutional = (variant: AutoencoderVariant): boolean =>
  variant === 'convolutional' || variant === 'variational' || variant === 'adversarial';

function networkOf(
  variant: AutoencoderVariant,
  { size = 24, code }: AutoencoderRecipeOptions,
): AutoencoderOptions & { readonly kind: 'plain' | 'variational' } {
  const convolutional = isConvolutional(variant);
  return {
    input: { channels: 1, height: size, width: size },
    body: convolutional ? 'convolutional' : 'dense',
    code: code ?? (convolutional ? 64 : 500),
    kind: variant === 'variational' ? 'variational' : 'plain',
  };
}

/** A share of the pixels is set to 0, the mean of faces. */
function corrupted(b: NetworkBuilder, x: Value, share: number): Value {
  const kept = b.op('Cast', [b.op('Less', [b.noise('corruption', x.shape), 1 - share])], { to: 1 });
  return b.op('Mul', [x, kept]);
}

/** Real or not: is the code drawn from N(0, 1)? [N,D] → [N,1] */
const critic = (b: NetworkBuilder, code: Value): Value =>
  b.scope('critic', () => {
    const v = relu(b, linear(b, 'fc1', code, { features: CRITIC }));
    return linear(b, 'score', relu(b, linear(b, 'fc2', v, { features: CRITIC })), { features: 1 });
  });

/** What the code and the decoder learn. */
function objective(
  b: NetworkBuilder,
  variant: AutoencoderVariant,
  network: AutoencoderOptions,
  { corruption = 0.25, rho = 0.05, beta = 3, contraction = 0.1 }: AutoencoderRecipeOptions,
  x: Value,
): LossPart[] {
  const rebuilt = (code: Value): LossPart => ({
    name: 'reconstruction',
    value: reconstructionLoss(b, decodeFaces(b, network, code), x),
  });
  if (variant === 'variational') {
    const distribution = encodeDistribution(b, network, x);
    return [
      rebuilt(sampleCode(b, distribution)),
      { name: 'prior', value: gaussianPriorLoss(b, distribution.mean, distribution.logVariance) },
    ];
  }
  const code = encodeFaces(b, network, variant === 'denoising' ? corrupted(b, x, corruption) : x);
  if (variant === 'sparse')
    return [rebuilt(code), { name: 'sparsity', weight: beta, value: sparsityLoss(b, code, { rho }) }];
  if (variant === 'contractive') {
    const weight = b.parameters.get('encoder.code.weight')!.value;
    return [rebuilt(code), { name: 'contraction', weight: contraction, value: contractiveLoss(b, code, weight) }];
  }
  if (variant === 'adversarial')
    return [rebuilt(code), { name: 'fooled', value: generatorLoss(b, critic(b, code), 'non-saturating') }];
  return [rebuilt(code)];
}

/**
 * A recipe of an autoencoder.
 * @example
 * ```ts
 * import { autoencoderRecipe } from 'mienjs/recipes';
 *
 * const recipe = autoencoderRecipe('sparse', { dataset: 'jaffe', classes: ['neutral', 'happiness'], rho: 0.1 });
 * recipe.id; // → 'autoencoder.sparse.jaffe'
 * ```
 */
export function autoencoderRecipe(variant: AutoencoderVariant, options: AutoencoderRecipeOptions): Recipe {
  const { dataset, classes } = options;
  const network = networkOf(variant, options);
  const shared = onSmallFaces(options, 20);
  const loss = headsLoss(shared.heads);
  const isOwn = (name: string): boolean => name.startsWith('encoder.') || name.startsWith('decoder.');
  const steps = ({ feeds, data, batchSize }: ProgramContext): Record<string, StepDefinition> => ({
    reconstruct: {
      inputs: { x: feeds['x']! },
      trains: isOwn,
      optimizer: shared.optimizer,
      groups: shared.groups,
      build: (b, { x }) => ({ losses: objective(b, variant, network, options, x!) }),
    },
    ...(variant === 'adversarial'
      ? {
          judge: {
            inputs: { x: feeds['x']! },
            trains: (name: string) => name.startsWith('critic.'),
            optimizer: shared.optimizer,
            build(b, { x }) {
              const drawn = gaussianNoise(b, 'prior', b.constant(zeros('float32', [batchSize, network.code])), 1);
              const real = critic(b, drawn);
              const fake = b.frozen(() => encodeFaces(b, network, x!));
              return {
                losses: [
                  {
                    name: 'critic',
                    value: discriminatorLoss(
                      b,
                      real,
                      b.again(() => critic(b, fake)),
                      'non-saturating',
                    ),
                  },
                ],
              };
            },
          } satisfies StepDefinition,
        }
      : {}),
    read: {
      inputs: feeds,
      trains: (name) => name.startsWith('classifier.'),
      optimizer: shared.optimizer,
      build(b, inputs) {
        const code = b.frozen(() => codeOf(b, network, network.kind, inputs['x']!));
        const logits = classifyCode(b, code, classes.length);
        const value = loss(b, { logits }, { logits: inputs['target.logits']! }, undefined, data);
        return { losses: lossParts(value, 'logits') };
      },
    },
  });
  return {
    ...shared,
    id: `autoencoder.${variant}.${dataset}`,
    title: `Autoencoder of ${dataset} (${variant}): ${TITLES[variant]}`,
    paper: PAPERS[variant],
    notes:
      'The code is learned without labels; the accuracy is that of a linear classifier on it, which is trained beside it and changes nothing of it.',
    network: codeClassifier({ ...network, classes: classes.length }),
    generator: { kind: 'reconstruction', network: autoencoderPictures(network), noise: 0 },
    program: {
      steps,
      round: () => (variant === 'adversarial' ? ['judge', 'reconstruct', 'read'] : ['reconstruct', 'read']),
    },
    // The classifier does not judge the pictures
    keep: 'last',
    schedule: constant,
  };
}

/** The classifier of an autoencoder's encoder, all of it trained; `--init` starts it from the autoencoder. */
export function encoderRecipe(body: 'dense' | 'convolutional', options: AutoencoderRecipeOptions): Recipe {
  const { dataset, classes } = options;
  const shared = onSmallFaces(options, 20);
  return {
    ...shared,
    id: `encoder.${body}.${dataset}`,
    title: `The ${body} autoencoder's encoder as a classifier of ${dataset}, to be started from one by --init`,
    network: codeClassifier({ ...networkOf(body, options), classes: classes.length }),
    loss: headsLoss(shared.heads),
    schedule: oneCycle(),
  };
}

export const AUTOENCODER_RECIPES: readonly Recipe[] = [
  ...AUTOENCODER_VARIANTS.map((variant) => autoencoderRecipe(variant, FERPLUS)),
  encoderRecipe('dense', FERPLUS),
  encoderRecipe('convolutional', FERPLUS),
];
