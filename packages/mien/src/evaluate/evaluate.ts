/**
 * A model and a dataset become figures: images → logits → probabilities over the dataset's classes → metrics.
 *
 * Shape legend: N images with a label, D classes of the dataset.
 */
import { findSplit, requireLabels, splitsBefore, testSplit, type Dataset, type LabelledImages } from '../data/index.ts';
import { accuracy, confusionMatrix, expectedCalibrationError, meanAccuracy, perClass, type ClassMetrics } from '../metrics/index.ts';
import type { LogitsModel } from './model.ts';
import { reliabilityBins, type ReliabilityBin } from './reliability.ts';
import { findRepeats } from './repeats.ts';
import { datasetProbabilities, headIndexFor, scoreImages, type ScoreOptions } from './score.ts';

export interface EvaluateOptions extends ScoreOptions {
  /** By its name or its role. Default: the test split (see `testSplit`). */
  readonly split?: string;
}

/** The figures without the images that the splits to train and to validate on also hold, so that a model may have been fitted to them. */
export interface WithoutRepeats {
  readonly comparedWith: readonly string[];
  /** Images left out. */
  readonly repeats: number;
  readonly n: number;
  readonly accuracy: number;
  readonly meanAccuracy: number;
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
}

/**
 * Evaluates a model on one split.
 * The dataset decides which images count and what their labels are; the head is `headIndexFor` it, its probabilities are
 * `datasetProbabilities`. Of equal probabilities the first class is predicted.
 * @throws {InputError} when the split is absent, or has no image with a label; names those that have   @throws {ShapeError} when the model takes other images
 */
export async function evaluateModel(scored: LogitsModel, dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const split = options.split === undefined ? testSplit(dataset) : findSplit(dataset, options.split);
  const images = await dataset.loadSplit(split, 'evaluate');
  requireLabels(dataset, split, images);
  const { heads, name } = scored.model;
  const h = headIndexFor(heads, dataset.name);
  const head = heads[h]!;
  const logits = await scoreImages(scored, images, options);
  const probabilities = datasetProbabilities(logits[h]!, head, images.classes);

  const K = images.classes.length;
  const predicted = new Int32Array(images.labels.length);
  const confidences: number[] = [];
  const rows = labelledRows(images);
  const kept = new Float64Array(rows.length * K);
  rows.forEach((row, i) => {
    const p = probabilities.subarray(row * K, (row + 1) * K);
    const top = p.reduce((best, value, k) => (value > p[best]! ? k : best), 0);
    predicted[row] = top;
    confidences.push(p[top]!);
    kept.set(p, i * K);
  });
  return {
    ...await evaluatePredictions({ model: name, head: head.output }, dataset, split, images, predicted),
    ece: expectedCalibrationError(kept, rows.map((row) => images.labels[row]!)),
    reliability: reliabilityBins(confidences, rows.map((row) => predicted[row] === images.labels[row])),
  };
}

/**
 * The figures of predicted classes. Calibration is undefined, as there are no probabilities: `ece` is NaN, `reliability` empty.
 * @param predictor what predicted   @param images of the split, as loaded to evaluate   @param predicted [N] class indices
 */
export async function evaluatePredictions(
  predictor: { readonly model: string; readonly head: string }, dataset: Dataset, split: string, images: LabelledImages, predicted: ArrayLike<number>,
): Promise<Evaluation> {
  const K = images.classes.length;
  const rows = labelledRows(images);
  const labels = rows.map((row) => images.labels[row]!);
  const guesses = rows.map((row) => predicted[row]!);
  const confusion = confusionMatrix(labels, guesses, K);
  const classMetrics = perClass(confusion);
  const repeated = await repeatsOfSplitsBefore(dataset, split, images);
  return {
    model: predictor.model,
    dataset: dataset.name,
    split,
    head: predictor.head,
    classes: images.classes,
    n: rows.length,
    accuracy: accuracy(confusion),
    meanAccuracy: meanAccuracy(confusion),
    perClass: Object.fromEntries(images.classes.map((expression, k) => [expression, classMetrics[k]!])),
    confusion,
    ece: NaN,
    reliability: [],
    withoutRepeats: repeated && withoutRepeats(rows.map((row) => repeated.rows[row]!), labels, guesses, K, repeated.comparedWith),
  };
}

function labelledRows({ labels }: LabelledImages): number[] {
  return [...labels.keys()].filter((i) => labels[i]! >= 0);
}

/** Which images of the split those before it hold too; null without any before it. */
async function repeatsOfSplitsBefore(dataset: Dataset, split: string, { images }: LabelledImages): Promise<{ rows: boolean[]; comparedWith: string[] } | null> {
  const comparedWith = splitsBefore(dataset, split);
  if (comparedWith.length === 0) return null;
  const earlier = await Promise.all(comparedWith.map((name) => dataset.loadSplit(name, 'train')));
  return { rows: findRepeats(images, earlier.map((other) => other.images)), comparedWith };
}

/** @param repeated [N]   @param labels [N]   @param predicted [N] */
function withoutRepeats(
  repeated: readonly boolean[], labels: readonly number[], predicted: readonly number[], classCount: number, comparedWith: readonly string[],
): WithoutRepeats {
  const isFresh = (_: number, i: number): boolean => !repeated[i];
  const matrix = confusionMatrix(labels.filter(isFresh), predicted.filter(isFresh), classCount);
  const repeats = repeated.filter(Boolean).length;
  return { comparedWith, repeats, n: labels.length - repeats, accuracy: accuracy(matrix), meanAccuracy: meanAccuracy(matrix) };
}
