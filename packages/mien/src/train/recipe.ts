/**
 * A recipe: everything that makes a training run, in one typed object. Files under recipes/ each hold one.
 */
import type {
  AugmentSpec,
  GeneratorKind,
  ModelInputs,
  Partners,
  PartnerSpec,
  PreprocessSpec,
  Sampler,
} from '../data/index.ts';
import type { Network } from '../nn/index.ts';
import type { Optimizer, Schedule } from '../optim/index.ts';
import type { JoinedModel, Stage } from './card-parts.ts';
import type { LossData } from './feeds.ts';
import type { Head } from './heads.ts';
import type { MixupSpec } from './mixup.ts';
import type { LossFunction } from './step.ts';
import type { ParameterGroup, StepDefinition } from './step-graph.ts';

/** A figure that the paper, or an earlier run, gives for this recipe. */
export interface ExpectedResult {
  readonly dataset: string;
  readonly split: string;
  readonly accuracy: number;
  readonly source: string;
  /**
   * What gives the accuracy: the network's own answers, or `svm`, a support vector machine on its features (`mien features
   * --fit svm`), which the card then does not set against the network's answers. Default: the network.
   */
  readonly by?: 'svm';
}

/** Learning from finished models besides the labels (see teaching.ts). */
export interface DistillationSpec {
  /** Installed models by name, or .onnx files. */
  readonly teachers: readonly string[];
  /** Softens the answers of teachers and student. */
  readonly temperature: number;
  /** Share of the teachers in the objective, above 0 and at most 1; the labels have the rest. */
  readonly weight: number;
}

/** What the steps of a program may be built from. */
export interface ProgramContext {
  readonly batchSize: number;
  /**
   * Shapes of what a batch feeds, by name: the network's inputs, and `target.OUTPUT` of each head, with
   * `target.OUTPUT.mask` where targets may be missing in part; with partners also `partner`, `neutral` and `person` (see
   * `Partners.feeds`). A step is fed those that it names among its inputs.
   */
  readonly feeds: Readonly<Record<string, readonly number[]>>;
  readonly data: LossData;
  /** Where the recipe has partners. */
  readonly partners?: Pick<Partners, 'people' | 'references'>;
}

/**
 * Training by several steps, in place of one loss: steps that alternate (a generator and a discriminator), or that
 * follow one another (layers that are trained one by one). Parameters of one name are one tensor in all of them, and in
 * the recipe's network, which is what is validated and exported.
 */
export interface ProgramRecipe {
  steps(context: ProgramContext): Readonly<Record<string, StepDefinition>>;
  /** Names of the steps that each batch of an epoch (from 0), of so many in all, runs, in order (see `inPhases`). */
  round(epoch: number, epochs: number): readonly string[];
  /**
   * The first epoch (from 0), of so many in all, that may be the best one and that patience counts: those before train what
   * the heads' figures do not judge (see `inPhases`). Default 0.
   */
  judgedFrom?(epochs: number): number;
  /** Factors on the learning rate, by step. Default 1. */
  readonly lrScale?: Readonly<Record<string, number>>;
}

/** A network that makes pictures, by its kind (see `GeneratorKind`). */
export interface GeneratorSpec {
  /** Default `transfer`. */
  readonly kind?: GeneratorKind;
  /**
   * To `picture` [N,C,H,W]; `transfer` from `x` [N,C,H,W], `identity` [N,I] one-hot and `z` [N,Z], `class` from `x` [N,K],
   * shares of classes, and `z`, `reconstruction` from `x` [N,C,H,W] alone.
   */
  readonly network: Network;
  /** Z; 0 of a reconstruction. */
  readonly noise: number;
}

export interface Recipe {
  /** `model.method.dataset` or `model.dataset`. */
  readonly id: string;
  readonly title: string;
  readonly paper?: string;
  /** What differs from the paper, and why. */
  readonly notes?: string;
  readonly data: {
    readonly dataset: string;
    readonly trainSplit: string;
    readonly validationSplit: string;
    /** Those of the dataset's classes that count (see `chooseClasses`). Default: all. */
    readonly classes?: readonly string[];
  };
  /**
   * The protocol whose splits these data are used in, where their owners give none: `mien train` follows it when no other
   * is chosen.
   */
  readonly protocol?: string;
  /** Images of another database that a program is shown beside the samples. */
  readonly partners?: PartnerSpec;
  /**
   * What a program trains beside `network`: written as `ID.generator.onnx`, and its pictures of a few fixed faces after
   * each epoch into the folder `samples`.
   */
  readonly generator?: GeneratorSpec;
  readonly network: Network;
  /** What each input of the network is made of. Default: one image, `x`. */
  readonly inputs?: ModelInputs;
  /** The first is the primary one: its accuracy (mean F1, mean CCC) chooses the epoch. */
  readonly heads: readonly Head[];
  /** This or `program`. `headsLoss` makes the usual one, of the heads' kinds. */
  readonly loss?: LossFunction;
  readonly program?: ProgramRecipe;
  /** How samples are drawn into batches; default each once an epoch, in a new order. */
  readonly sampler?: Sampler;
  /**
   * Keeps the training set's latest features of this output [N,D] for the loss to compare with
   * (nn/losses/neighbors.ts).
   */
  readonly bank?: { readonly output: string };
  /**
   * The linear layer of this name holds the principal components of this output [N,D], as many as it has units: they are found
   * on training samples before the first step, and not trained (build it within `frozen`).
   */
  readonly principal?: { readonly output: string; readonly layer: string };
  readonly preprocess: Omit<PreprocessSpec, 'classes'>;
  /**
   * Where the recipe has no face template: the model's is measured on the training images, so that it can be used on
   * photos too.
   */
  readonly measureTemplate?: boolean;
  readonly augment: AugmentSpec;
  /** Blends images of a batch, and their targets, with one another. Not for losses that compare images (a bank). */
  readonly mixup?: MixupSpec;
  /**
   * Where the weights start: an installed model by name, an .onnx file, or `face-api` (see `startFrom`). Default: seeded.
   */
  readonly start?: string;
  /** The chain of models that ends in the one that `network` is made of (see `basedOn`), for the card. */
  readonly base?: readonly Stage[];
  readonly distil?: DistillationSpec;
  /** The models whose networks `network` holds side by side (see `openJoined`), for the card: there is nothing to train. */
  readonly joined?: readonly JoinedModel[];
  /** Recipes whose finished models are joined to this one's, which is not trained itself (see `openJoined`). */
  readonly members?: readonly string[];
  readonly optimizer: Optimizer;
  readonly groups?: readonly ParameterGroup[];
  readonly lr: number;
  readonly schedule: Schedule;
  readonly epochs: number;
  readonly batchSize: number;
  readonly clipNorm?: number;
  readonly emaDecay?: number;
  /**
   * Which epoch's weights the model holds: the one with the best figure of the primary head (default), or the last, for
   * what that figure does not judge, such as pictures.
   */
  readonly keep?: 'best' | 'last';
  /** Stops after this many epochs without a better figure of the primary head. */
  readonly patience?: number;
  readonly seed: number;
  /** Stores the model's weights as float16, for a file of half the size. */
  readonly halfWeights?: boolean;
  /** Shifts each head's logits by class frequency in training, for the sake of rare classes (see `fitPriorShift`). */
  readonly priorShift?: boolean;
  readonly expected: readonly ExpectedResult[];
}
