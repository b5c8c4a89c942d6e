/**
 * A model and a dataset become figures: images → logits → probabilities over the dataset's classes → metrics.
 *
 * Shape legend: N images with a label, D classes of the dataset.
 */
import { IMAGE, splitsBefore, type Dataset, type Images, type LabelledImages } from '../data/index.ts';
import {
  accuracy,
  accuracyIntervals,
  type AccuracyIntervals,
  confusionMatrix,
  type CoveragePoint,
  expectedCalibrationError,
  meanAccuracy,
  perClass,
  type ClassMetrics,
} from '../metrics/index.ts';
import {
  answerSplit,
  outcomesOf,
  type AnswerOptions,
  type Answers,
  type Outcomes,
  type SplitAnswers,
} from './answers.ts';
import { confidentMistakes, type Mistake } from './mistakes.ts';
import type { LogitsModel } from './model.ts';
import type { HeadFigures } from '../train/index.ts';
import { reliabilityBins, type ReliabilityBin } from '../metrics/reliability.ts';
import { findRepeats, type Repeats as FoundRepeats } from './repeats.ts';
import { curveOf, flaggedOf, uncertaintyOf, type FlaggedImages, type Uncertainty } from './uncertainty.ts';

/**
 * The figures without the images that the splits to train and to validate on also hold, so that a model may have been
 * fitted to them.
 */
export interface WithoutRepeats {
  readonly comparedWith: readonly string[];
  /** Images left out. */
  readonly repeats: number;
  readonly n: number;
  readonly accuracy: number;
  readonly meanAccuracy: number;
  /** The same without the images that are near-identical to one of theirs, too. */
  readonly near: {
    readonly repeats: number;
    readonly n: number;
    readonly accuracy: number;
    readonly meanAccuracy: number;
  };
}

/** A metric that is undefined (no sample of a class) is NaN, null in JSON. */
export interface Evaluation {
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  /** The model's output that was used. */
  readonly head: string;
  /** [D] order of `confusion`. */
  readonly classes: readonly string[];
  /** Images with a label. */
  readonly n: number;
  readonly accuracy: number;
  /** Mean of the diagonal of the row-normalised confusion matrix. */
  readonly meanAccuracy: number;
  readonly perClass: Readonly<Record<string, ClassMetrics>>;
  /** [D][D] counts, row = label, column = prediction. */
  readonly confusion: readonly (readonly number[])[];
  /** Expected calibration error, 15 bins. */
  readonly ece: number;
  readonly reliability: readonly ReliabilityBin[];
  /** Null when the data hold no split that a model meets before this one. */
  readonly withoutRepeats: WithoutRepeats | null;
  /** Bootstrap intervals of `accuracy` and `meanAccuracy`. */
  readonly intervals: AccuracyIntervals;
  /** What answering only from a confidence on costs and gains; empty without probabilities. */
  readonly coverage: readonly CoveragePoint[];
  /** What the model's own threshold costs; null for a model without one. */
  readonly uncertain: Uncertainty | null;
  /** The same model under the dataset's other rules of labels. */
  readonly labelSets: readonly LabelSetFigures[];
  /** Images that the rules leave out as unclear: how many of them the model is uncertain about. */
  readonly unclear: readonly FlaggedImages[];
  /** The most confident first; empty without probabilities. */
  readonly mistakes: readonly Mistake[];
  /** Figures of the model's outputs of several labels or numbers, by output; absent where there are none. */
  readonly outputs?: Readonly<Record<string, HeadFigures>>;
}

export interface LabelSetFigures {
  readonly dataset: string;
  readonly classes: readonly string[];
  readonly n: number;
  readonly accuracy: number;
  readonly meanAccuracy: number;
  /** Expected calibration error, 15 bins. */
  readonly ece: number;
  readonly intervals: AccuracyIntervals;
}

/**
 * Evaluates a model on one split.
 * The dataset decides which images count and what their labels are; what the model answers is in answers.ts.
 * @throws {InputError} when the split is absent, or has no image with a label; names those that have   @throws
 *   {ShapeError} when the model takes other images
 * @example
 * ```ts
 * import { loadDataset } from 'mienjs/data/node';
 * import { evaluateModel } from 'mienjs/evaluate';
 * import { loadClassifier } from 'mienjs/predict/node';
 *
 * const dataset = await loadDataset('ferplus', 'databases/ferplus');
 * const classifier = await loadClassifier('default');
 * const { accuracy, intervals, confusion } = await evaluateModel(classifier, dataset, { split: 'PublicTest' });
 * console.log(accuracy, intervals.accuracy, confusion);
 * ```
 */
export async function evaluateModel(
  scored: LogitsModel,
  dataset: Dataset,
  options: AnswerOptions = {},
): Promise<Evaluation> {
  return evaluateAnswers(await answerSplit(scored, dataset, options));
}

/** The figures of answers, of one model or of several together. */
export async function evaluateAnswers(answers: SplitAnswers): Promise<Evaluation> {
  const { model, head, dataset, split, main, values, labelSets, unclear, uncertainBelow } = answers;
  const outcomes = outcomesOf(main);
  return {
    ...(await figuresOf({ model, head }, dataset, split, main.images, outcomes)),
    ece: expectedCalibrationError(labelledProbabilities(main, outcomes), outcomes.labels),
    reliability: reliabilityBins(outcomes.confidences, outcomes.right),
    coverage: curveOf(outcomes),
    uncertain: uncertainBelow === undefined ? null : uncertaintyOf(outcomes, uncertainBelow),
    labelSets: [...labelSets].map(([name, set]) => labelSetFigures(name, set)),
    unclear:
      uncertainBelow === undefined ? [] : [...unclear].map(([reason, set]) => flaggedOf(reason, set, uncertainBelow)),
    mistakes: confidentMistakes(main.images, outcomes),
    ...(Object.keys(values).length > 0 ? { outputs: values } : {}),
  };
}

/** [M,D] of the M images with a label. */
function labelledProbabilities({ images, probabilities }: Answers, { rows }: Outcomes): Float64Array {
  const D = images.classes.length;
  const kept = new Float64Array(rows.length * D);
  rows.forEach((row, i) => kept.set(probabilities.subarray(row * D, (row + 1) * D), i * D));
  return kept;
}

function labelSetFigures(dataset: string, answers: Answers): LabelSetFigures {
  const { classes } = answers.images;
  const outcomes = outcomesOf(answers);
  const { labels, predicted } = outcomes;
  const confusion = confusionMatrix(labels, predicted, classes.length);
  return {
    dataset,
    classes,
    n: labels.length,
    accuracy: accuracy(confusion),
    meanAccuracy: meanAccuracy(confusion),
    ece: expectedCalibrationError(labelledProbabilities(answers, outcomes), labels),
    intervals: accuracyIntervals(confusion),
  };
}

/**
 * The figures of predicted classes. What needs probabilities is undefined: `ece` is NaN, `uncertain` null, and lists
 * are empty.
 * @param predictor what predicted   @param images of the split, as loaded to evaluate   @param predicted [N] class
 *   indices
 */
export function evaluatePredictions(
  predictor: { readonly model: string; readonly head: string },
  dataset: Dataset,
  split: string,
  images: LabelledImages,
  predicted: ArrayLike<number>,
): Promise<Evaluation> {
  const rows = [...images.labels.keys()].filter((i) => images.labels[i]! >= 0);
  return figuresOf(predictor, dataset, split, images, {
    rows,
    labels: rows.map((row) => images.labels[row]!),
    predicted: rows.map((row) => predicted[row]!),
  });
}

async function figuresOf(
  { model, head }: { readonly model: string; readonly head: string },
  dataset: Dataset,
  split: string,
  images: LabelledImages,
  { rows, labels, predicted }: Pick<Outcomes, 'rows' | 'labels' | 'predicted'>,
): Promise<Evaluation> {
  const K = images.classes.length;
  const confusion = confusionMatrix(labels, predicted, K);
  const classMetrics = perClass(confusion);
  const repeated = await repeatsOfSplitsBefore(dataset, split, images);
  return {
    model,
    dataset: dataset.name,
    split,
    head,
    classes: images.classes,
    n: rows.length,
    accuracy: accuracy(confusion),
    meanAccuracy: meanAccuracy(confusion),
    perClass: Object.fromEntries(images.classes.map((expression, k) => [expression, classMetrics[k]!])),
    confusion,
    ece: NaN,
    reliability: [],
    withoutRepeats: repeated && {
      comparedWith: repeated.comparedWith,
      ...figuresWithout(
        rows.map((row) => repeated.identical[row]!),
        labels,
        predicted,
        K,
      ),
      near: figuresWithout(
        rows.map((row) => repeated.near[row]!),
        labels,
        predicted,
        K,
      ),
    },
    intervals: accuracyIntervals(confusion),
    coverage: [],
    uncertain: null,
    labelSets: [],
    unclear: [],
    mistakes: [],
  };
}

interface Repeats extends FoundRepeats {
  readonly comparedWith: readonly string[];
}

/** Found once for each split: several models and views may be measured on it. */
const knownRepeats = new WeakMap<Dataset, Map<string, Promise<Repeats | null>>>();

/** Which images of the split those before it hold too; null without any before it. */
function repeatsOfSplitsBefore(dataset: Dataset, split: string, images: LabelledImages): Promise<Repeats | null> {
  const known = knownRepeats.get(dataset) ?? new Map<string, Promise<Repeats | null>>();
  knownRepeats.set(dataset, known);
  const found = known.get(split) ?? findRepeatsOf(dataset, split, images);
  known.set(split, found);
  return found;
}

async function findRepeatsOf(dataset: Dataset, split: string, samples: LabelledImages): Promise<Repeats | null> {
  const comparedWith = splitsBefore(dataset, split);
  // Clips are not compared: their frames are alike by nature
  if (comparedWith.length === 0 || !samples.inputs[IMAGE]) return null;
  const others: Images[] = [];
  for (const name of comparedWith) others.push((await dataset.loadSplit(name, 'train')).imageSource);
  return { ...(await findRepeats(samples.imageSource, others)), comparedWith };
}

/** @param repeated [N]   @param labels [N]   @param predicted [N] */
function figuresWithout(
  repeated: readonly boolean[],
  labels: readonly number[],
  predicted: readonly number[],
  classCount: number,
): WithoutRepeats['near'] {
  const isFresh = (_: number, i: number): boolean => !repeated[i];
  const matrix = confusionMatrix(labels.filter(isFresh), predicted.filter(isFresh), classCount);
  const repeats = repeated.filter(Boolean).length;
  return { repeats, n: labels.length - repeats, accuracy: accuracy(matrix), meanAccuracy: meanAccuracy(matrix) };
}
