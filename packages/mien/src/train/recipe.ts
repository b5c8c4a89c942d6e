/**
 * A recipe: everything that makes a training run, in one typed object. Files under recipes/ each hold one.
 */
import type { AugmentSpec, PreprocessSpec } from '../data/index.ts';
import type { Network } from '../nn/index.ts';
import type { Optimizer, Schedule } from '../optim/index.ts';
import type { Stage } from './card-parts.ts';
import type { MixupSpec } from './mixup.ts';
import type { LossFunction } from './step.ts';
import type { ParameterGroup } from './step-graph.ts';

/** One output of the network and the labels it learns. */
export interface Head {
  /** Name of the network's output: logits [N,K]. */
  readonly output: string;
  readonly classes: readonly string[];
  /** `primary`: the dataset's own labels; otherwise the name of one of its alternative labellings. */
  readonly labelling: string;
  /** The dataset whose labels these are. */
  readonly trainedOn: string;
  /**
   * `distribution` (default): where the data have label distributions, they are the target; `label`: the label alone.
   */
  readonly target?: 'distribution' | 'label';
}

/** A figure that the paper, or an earlier run, gives for this recipe. */
export interface ExpectedResult {
  readonly dataset: string;
  readonly split: string;
  readonly accuracy: number;
  readonly source: string;
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

export interface Recipe {
  /** `model.method.dataset` or `model.dataset`. */
  readonly id: string;
  readonly title: string;
  readonly paper?: string;
  /** What differs from the paper, and why. */
  readonly notes?: string;
  readonly data: { readonly dataset: string; readonly trainSplit: string; readonly validationSplit: string };
  readonly network: Network;
  /** The first is the primary one. */
  readonly heads: readonly Head[];
  readonly loss: LossFunction;
  /**
   * Keeps the training set's latest features of this output [N,D] for the loss to compare with
   * (nn/losses/neighbors.ts).
   */
  readonly bank?: { readonly output: string };
  readonly preprocess: Omit<PreprocessSpec, 'classes'>;
  /**
   * Where the recipe has no face template: the model's is measured on the training images, so that it can be used on
   * photos too.
   */
  readonly measureTemplate?: boolean;
  readonly augment: AugmentSpec;
  /** Blends images of a batch, and their targets, with one another. Not for losses that compare images (a bank). */
  readonly mixup?: MixupSpec;
  /** Where the weights start: an installed model by name, or an .onnx file (see `startFrom`). Default: seeded. */
  readonly start?: string;
  /** The ONNX network that `network` is made of (see `basedOn`), for the card. */
  readonly base?: Stage;
  readonly distil?: DistillationSpec;
  readonly optimizer: Optimizer;
  readonly groups?: readonly ParameterGroup[];
  readonly lr: number;
  readonly schedule: Schedule;
  readonly epochs: number;
  readonly batchSize: number;
  readonly clipNorm?: number;
  readonly emaDecay?: number;
  /** Stops after this many epochs without a better validation accuracy. */
  readonly patience?: number;
  readonly seed: number;
  /** Stores the model's weights as float16, for a file of half the size. */
  readonly halfWeights?: boolean;
  /** Shifts each head's logits by class frequency in training, for the sake of rare classes (see `fitPriorShift`). */
  readonly priorShift?: boolean;
  readonly expected: readonly ExpectedResult[];
}
