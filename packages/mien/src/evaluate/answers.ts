/**
 * What a model answers for the images of a split: under the dataset's own rule of labels, under the others that it has,
 * and for the images that these rules leave out. An image that several of them hold is shown to the network once.
 *
 * Shape legend: N images, K classes of a head, D classes of a set of labels.
 */
import {
  findSplit,
  LABEL,
  requireLabels,
  selectSamples,
  testSplit,
  type Dataset,
  type LabelledImages,
  type ModelHead,
  type Samples,
} from '../data/index.ts';
import { InputError } from '../errors.ts';
import { argMax } from '../tensor/arg-max.ts';
import type { HeadFigures } from '../train/index.ts';
import type { LogitsModel } from './model.ts';
import { valueFigures, valuesFor } from './value-answers.ts';
import { datasetProbabilities, headIndexFor, scoreImages, type ScoreOptions } from './score.ts';

export interface AnswerOptions extends ScoreOptions {
  /** By its name or its role. Default: the test split (see `testSplit`). */
  readonly split?: string;
}

/** The answers for one set of images. */
export interface Answers {
  readonly images: LabelledImages;
  /** [N,D] */
  readonly probabilities: Float64Array;
}

export interface SplitAnswers {
  /** The model, and its output that was used. */
  readonly model: string;
  readonly head: string;
  /** Answers of a lower probability are called uncertain; undefined for a model without a threshold. */
  readonly uncertainBelow?: number;
  readonly dataset: Dataset;
  readonly split: string;
  /** Answers of the head of classes; without any labels where the model has no such head, or the data have none. */
  readonly main: Answers;
  /** Figures of heads of several labels or numbers, by their output, where the data have their target. */
  readonly values: Readonly<Record<string, HeadFigures>>;
  /** By the name of the set of labels. */
  readonly labelSets: ReadonlyMap<string, Answers>;
  /** By the reason why the images are unclear. */
  readonly unclear: ReadonlyMap<string, Answers>;
}

/**
 * Shows a split to a model. The head is `headIndexFor` the dataset, its probabilities are `datasetProbabilities`.
 * @throws {InputError} when the split is absent, or has no image with a label; names those that have   @throws
 *   {ShapeError} when the model takes other images
 */
export async function answerSplit(
  scored: LogitsModel,
  dataset: Dataset,
  options: AnswerOptions = {},
): Promise<SplitAnswers> {
  const split = options.split === undefined ? testSplit(dataset) : findSplit(dataset, options.split);
  const images = await dataset.loadSplit(split, 'evaluate');
  const { heads, valueHeads = [], name } = scored.model;
  const h = headIndexFor(heads, dataset.labelsOf ?? dataset.name);
  const head = heads[h];
  const hasValues = valueHeads.some((other) => valuesFor(other, images));
  if (!hasValues) requireLabels(dataset, split, images);
  const isLabelled = head !== undefined && images.labels.some((label) => label >= 0);
  if (!head || !isLabelled) return { ...(await valuesAlone(scored, images, options)), dataset, split };
  const seen = new SeenImages(scored, h, head);

  const main = await seen.answer(images, options);
  const labelSets = new Map<string, Answers>();
  for (const other of dataset.labelSets ?? [])
    labelSets.set(other.name, await seen.answer(await other.loadSplit(split, 'evaluate')));
  const unclear = new Map<string, Answers>();
  for (const [reason, others] of Object.entries((await dataset.loadUnclear?.(split)) ?? {}))
    unclear.set(reason, await seen.answer(others));
  return {
    model: name,
    head: head.output,
    dataset,
    split,
    main,
    values: valueFigures(valueHeads, images, seen.values),
    labelSets,
    unclear,
    ...(head.uncertainBelow === undefined ? {} : { uncertainBelow: head.uncertainBelow }),
  };
}

/** Answers of a model or data without classes: figures of numbers, and none of labels. */
async function valuesAlone(
  scored: LogitsModel,
  images: Samples,
  options: ScoreOptions,
): Promise<Omit<SplitAnswers, 'dataset' | 'split'>> {
  const { heads, valueHeads = [], name } = scored.model;
  if (valueHeads.length === 0) throw new InputError(name, 'has no output that the data have a target for');
  const scores = await scoreImages(scored, images, options);
  return {
    model: name,
    head: valueHeads.map(({ output }) => output).join(', '),
    main: {
      images: images.with({
        targets: { ...images.targets, [LABEL]: { ...images.labelling, labels: images.labels.map(() => -1) } },
      }),
      probabilities: new Float64Array(images.count * images.classes.length),
    },
    values: valueFigures(valueHeads, images, scores.slice(heads.length)),
    labelSets: new Map(),
    unclear: new Map(),
  };
}

/** Logits of the images that the network has been shown, by their ids. */
class SeenImages {
  readonly #scored: LogitsModel;
  readonly #h: number;
  readonly #head: ModelHead;
  readonly #logits = new Map<string, Float32Array>();
  /** [N,L] of each value head, for the images that were shown first. */
  values: readonly Float32Array[] = [];

  constructor(scored: LogitsModel, h: number, head: ModelHead) {
    this.#scored = scored;
    this.#h = h;
    this.#head = head;
  }

  async answer(images: LabelledImages, options: ScoreOptions = {}): Promise<Answers> {
    const K = this.#head.classes.length;
    const fresh = Int32Array.from(images.ids.keys()).filter((i) => !this.#logits.has(images.ids[i]!));
    const all = await scoreImages(
      this.#scored,
      fresh.length === images.ids.length ? images : selectSamples(images, fresh),
      options,
    );
    if (this.#logits.size === 0) this.values = all.slice(this.#scored.model.heads.length);
    const scores = all[this.#h]!;
    fresh.forEach((row, i) => this.#logits.set(images.ids[row]!, scores.subarray(i * K, (i + 1) * K)));
    const logits = new Float32Array(images.ids.length * K);
    images.ids.forEach((id, i) => logits.set(this.#logits.get(id)!, i * K));
    return { images, probabilities: datasetProbabilities(logits, this.#head, images.classes) };
  }
}

/**
 * The labelled images of a set, with what was answered for each. The first of equally probable classes is predicted.
 */
export interface Outcomes {
  /** Places in the set. */
  readonly rows: readonly number[];
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  /** Probability of the predicted class. */
  readonly confidences: readonly number[];
  readonly right: readonly boolean[];
}

export function outcomesOf({ images: { labels, classes }, probabilities }: Answers): Outcomes {
  const D = classes.length;
  const rows = [...labels.keys()].filter((i) => labels[i]! >= 0);
  const predicted = rows.map((row) => argMax(probabilities, row * D, D));
  return {
    rows,
    labels: rows.map((row) => labels[row]!),
    predicted,
    confidences: rows.map((row, i) => probabilities[row * D + predicted[i]!]!),
    right: rows.map((row, i) => predicted[i] === labels[row]),
  };
}

/** The greatest probability for each image of a set, whether it has a label or not. */
export function confidencesOf({ images: { classes, labels }, probabilities }: Answers): number[] {
  const D = classes.length;
  return Array.from(labels, (_, i) => probabilities.subarray(i * D, (i + 1) * D).reduce((a, b) => Math.max(a, b), 0));
}
