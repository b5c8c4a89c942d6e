/**
 * HA-GAN: a person's expression on an animated character, and recognition there; and the CNN of the same size that it is
 * compared with.
 *
 * The characters are those of `partners`, FERG or a copy of its layout. The paper's own settings are `ha-gan.ck-plus`,
 * `ha-gan.mmi` and `ha-gan.oulu-casia`, to be run under their protocols; `ha-gan.ferplus` is one that can be run with
 * public faces.
 */
import type { AugmentSpec } from '../data/index.ts';
import { HA_GAN_CROPS, repeatedSampler, cropGridSize } from '../data/index.ts';
import { EXPRESSIONS_6 } from '../labels/index.ts';
import { haGanDiscriminatorTerms, haGanGeneratorTerms } from '../nn/losses/index.ts';
import {
  haGanBaseline,
  haGanChain,
  haGanDiscriminator,
  haGanGenerator,
  haGanTransfer,
  REFERENCE,
  type HaGanOptions,
} from '../nn/models/index.ts';
import type { NetworkBuilder } from '../nn/index.ts';
import type { Value } from '../onnx/index.ts';
import { adam, constant } from '../optim/index.ts';
import { labelHead } from '../train/heads.ts';
import { headsLoss } from '../train/heads-loss.ts';
import type { ProgramRecipe, Recipe } from '../train/index.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

export interface HaGanRecipeOptions {
  /** The dataset of the faces. */
  readonly dataset: string;
  readonly trainSplit?: string;
  readonly validationSplit?: string;
  /** Channels of the faces; default rgb. */
  readonly channels?: 'grey' | 'rgb';
  /** The dataset of the characters. Default ferg. */
  readonly characters?: string;
  /** Which of them, by name; default: as many as `count`, the first ones. */
  readonly people?: readonly string[];
  /** How many characters the generator knows. Default 1, as in the paper. */
  readonly count?: number;
  /** The expressions; default the six. */
  readonly classes?: readonly string[];
  /** λ of the distance. Default 1. */
  readonly lambda?: number;
  readonly distance?: 'l1' | 'l2';
  /**
   * What the pictures are pulled to: the neutral character (the paper), or one that shows the face's expression, at
   * another moment.
   */
  readonly l1Target?: 'neutral' | 'sameExpression';
  readonly pairD?: boolean;
  readonly identity?: 'one-hot' | 'image';
  readonly noise?: number;
  readonly generatorWidth?: number;
  readonly discriminatorWidth?: number;
  /** Side of faces and pictures, px, and of what they are cut from. Default 75 of 84. */
  readonly size?: number;
  readonly cropFrom?: number;
  /** The 110 crops, turned and mirrored, of each face. */
  readonly crops?: boolean;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** The protocol that `mien train` follows when no other is chosen. */
  readonly protocol?: string;
  readonly notes?: string;
}

const PAPER =
  'Ali, Isler & Hughes, Facial Expression Recognition Using Human to Animated-Character Expression Translation, 2019';
const GAPS =
  'As in the paper: the two-headed discriminator of 16-32-64-128 and 1024, the losses of equations 3 to 5 (the misprint of the fifth mended), its halved objective, Adam at 2e-4 with β₁ 0.5, one step each in turn. ' +
  'Not given there and chosen here: the generator (64-128-256-512, a code of 256, no skip connections), z of 50 numbers in −1 … 1, branches of 512 and of 512 and 256, λ, 75×75 cut from 84×84 px.';

/** Half of what makes a recipe: what faces and characters are brought to, and how long it trains. */
function common({
  dataset,
  trainSplit = 'train',
  validationSplit = 'validation',
  channels = 'rgb',
  classes = EXPRESSIONS_6,
  size = 75,
  cropFrom = 84,
  crops = false,
  epochs = 200,
  batchSize = 130,
  protocol,
}: HaGanRecipeOptions): Pick<
  Recipe,
  | 'data'
  | 'protocol'
  | 'preprocess'
  | 'heads'
  | 'augment'
  | 'sampler'
  | 'optimizer'
  | 'lr'
  | 'schedule'
  | 'epochs'
  | 'batchSize'
  | 'seed'
  | 'paper'
  | 'expected'
> {
  const half = channels === 'grey' ? [0.5] : [0.5, 0.5, 0.5];
  const augment: AugmentSpec = crops ? { cropGrid: HA_GAN_CROPS } : { flip: 0.5 };
  const { template, framing } = FER2013_FRAMING;
  return {
    paper: PAPER,
    data: { dataset, trainSplit, validationSplit, classes },
    ...(protocol === undefined ? {} : { protocol }),
    heads: [{ ...labelHead('logits', classes, dataset), learn: 'label' }],
    preprocess: {
      width: size,
      height: size,
      channels,
      cropFrom: { width: cropFrom, height: cropFrom },
      mean: half,
      std: half,
      framing,
      ...(template ? { template } : {}),
    },
    augment,
    ...(crops ? { sampler: repeatedSampler(cropGridSize(HA_GAN_CROPS)) } : {}),
    optimizer: adam({ beta1: 0.5 }),
    lr: 2e-4,
    schedule: constant,
    epochs,
    batchSize,
    seed: 1,
    expected: [],
  };
}

/**
 * A recipe of HA-GAN.
 * @example
 * ```ts
 * import { haGanRecipe } from 'mienjs/recipes';
 *
 * const recipe = haGanRecipe({ dataset: 'ferplus', channels: 'grey', people: ['ray'], pairD: false, epochs: 30 });
 * console.log(recipe.id, recipe.epochs);
 * ```
 */
export function haGanRecipe(options: HaGanRecipeOptions): Recipe {
  const {
    dataset,
    characters = 'ferg',
    people,
    count = people?.length ?? 1,
    channels = 'rgb',
    classes = EXPRESSIONS_6,
    lambda = 1,
    distance = 'l1',
    l1Target = 'neutral',
    pairD = true,
    identity = 'one-hot',
    noise = 50,
    generatorWidth = 1,
    discriminatorWidth = 1,
    size = 75,
    cropFrom = 84,
  } = options;
  const network: HaGanOptions = {
    classes: classes.length,
    characters: count,
    channels: channels === 'grey' ? 1 : 3,
    size,
    noise,
    identity,
    pairD,
    generatorWidth,
    discriminatorWidth,
  };
  const half = [0.5, 0.5, 0.5];
  const shared = common(options);
  return {
    ...shared,
    id: `ha-gan.${dataset}`,
    title: `HA-GAN from ${dataset} to a character of ${characters}`,
    notes: [
      GAPS,
      `λ ${lambda} on ${distance.toUpperCase()} to ${l1Target === 'neutral' ? 'the neutral character' : 'a picture of the same expression'}, the discriminator ${pairD ? 'sees the face beside the picture' : 'sees the picture alone'}, the identity is ${identity === 'image' ? 'shown as the neutral image' : 'told as a one-hot vector'}.`,
      ...(options.notes === undefined ? [] : [options.notes]),
    ].join(' '),
    network: haGanChain(network),
    partners: {
      dataset: characters,
      count,
      ...(people ? { people } : {}),
      neutral: 'neutral',
      preprocess: {
        width: size,
        height: size,
        channels: 'rgb',
        cropFrom: { width: cropFrom, height: cropFrom },
        mean: half,
        std: half,
        ...(shared.preprocess.template ? { template: shared.preprocess.template } : {}),
      },
    },
    generator: { network: haGanTransfer(network), noise },
    // The classifier is right long before the pictures are good
    keep: 'last',
    program: haGanProgram(network, { lambda, distance, l1Target }),
  };
}

/** The two steps in turn: the discriminator, then the generator, each with noise of its own. */
function haGanProgram(
  network: HaGanOptions,
  {
    lambda,
    distance,
    l1Target,
  }: { readonly lambda: number; readonly distance: 'l1' | 'l2'; readonly l1Target: 'neutral' | 'sameExpression' },
): ProgramRecipe {
  const byImage = network.identity === 'image';
  return {
    steps({ batchSize, feeds, partners }) {
      const generated = (b: NetworkBuilder, inputs: Readonly<Record<string, Value>>): Value => {
        const z = b.op('Sub', [b.op('Mul', [b.noise('z', [batchSize, network.noise ?? 50]), 2]), 1]); // [0, 1) → [−1, 1)
        const identity = byImage ? inputs['neutral']! : inputs['person']!;
        // Kept with the weights for what is exported, which has no other image of the character
        if (byImage)
          b.state(REFERENCE, [network.characters, ...feeds['neutral']!.slice(1)], {
            kind: 'values',
            values: partners!.references,
          });
        return haGanGenerator(b, network, { x: inputs['x']!, identity, z });
      };
      const shapes = (...names: string[]): Record<string, readonly number[]> =>
        Object.fromEntries([...new Set(names)].map((name) => [name, feeds[name]!]));
      const told = byImage ? 'neutral' : 'person';
      const goal = l1Target === 'neutral' ? 'neutral' : 'partner';
      return {
        discriminator: {
          inputs: shapes('x', 'target.logits', 'partner', told),
          trains: (name) => name.startsWith('discriminator.'),
          optimizer: adam({ beta1: 0.5 }),
          build(b, inputs) {
            const picture = generated(b, inputs);
            const real = haGanDiscriminator(b, network, inputs['x'], inputs['partner']!);
            const fake = b.again(() => haGanDiscriminator(b, network, inputs['x'], picture));
            return { losses: haGanDiscriminatorTerms(b, real, fake.score, inputs['target.logits']!) };
          },
        },
        generator: {
          inputs: shapes('x', 'target.logits', goal, told),
          trains: (name) => name.startsWith('generator.'),
          optimizer: adam({ beta1: 0.5 }),
          build(b, inputs) {
            const picture = generated(b, inputs);
            const fake = haGanDiscriminator(b, network, inputs['x'], picture);
            return {
              losses: haGanGeneratorTerms(b, { fake, picture, goal: inputs[goal]! }, inputs['target.logits']!, {
                lambda,
                distance,
              }),
            };
          },
        },
      };
    },
    round: () => ['discriminator', 'generator'],
  };
}

/** The CNN of the discriminator's size, on faces alone, or on pictures of characters. */
export function haGanBaselineRecipe(options: HaGanRecipeOptions): Recipe {
  const { dataset, channels = 'rgb', classes = EXPRESSIONS_6, discriminatorWidth = 1, size = 75 } = options;
  const shared = common(options);
  return {
    ...shared,
    id: `ha-gan.cnn.${dataset}`,
    title: `The CNN that HA-GAN is compared with, on ${dataset}`,
    notes:
      "The layers of HA-GAN's discriminator and its expression branch, on one image; the paper does not give its baseline's.",
    network: haGanBaseline({
      classes: classes.length,
      channels: channels === 'grey' ? 1 : 3,
      size,
      discriminatorWidth,
    }),
    loss: headsLoss(shared.heads),
  };
}

/** Each set of faces with its settings: the GAN, and the CNN. */
const PAPERS: readonly HaGanRecipeOptions[] = ['ck-plus', 'mmi', 'oulu-casia'].map((dataset) => ({
  dataset,
  protocol: `${dataset}.10-fold.6`,
  crops: true,
}));
const FERPLUS: HaGanRecipeOptions = {
  ...ferSplits('ferplus'),
  channels: 'grey',
  generatorWidth: 0.5,
  pairD: false,
  epochs: 40,
  notes:
    'Half the width in the generator, one grey channel, mirrored in place of the 110 crops, 40 epochs. The discriminator does not see the face, so that the expression must be in the picture.',
};
const FERG: HaGanRecipeOptions = {
  dataset: 'ferg',
  generatorWidth: 0.5,
  pairD: false,
  epochs: 40,
  notes: 'From characters to a character: what is possible where faces are as pure as their targets.',
};

export const HA_GAN_RECIPES: readonly Recipe[] = [...PAPERS, FERPLUS, FERG].flatMap((options) => [
  haGanRecipe(options),
  haGanBaselineRecipe(options),
]);
