/**
 * How a model's accuracy holds when faces are blurred, dark, hidden, turned or badly framed: the same images under each
 * condition, one condition at a time. Shape legend: N images measured, D classes of the dataset.
 */
import {
  imageAt,
  loadSamples,
  streams,
  findSplit,
  IMAGE_INPUT,
  imageFormat,
  requireLabels,
  selectSamples,
  testSplit,
  type Dataset,
  type ImageTable,
  type LabelledImages,
} from '../../data/index.ts';
import { InputError } from '../../errors.ts';
import { accuracy, accuracyIntervals, confusionMatrix, meanAccuracy, type Interval } from '../../metrics/index.ts';
import { Random } from '../../tensor/index.ts';
import { outcomesOf, type Outcomes } from '../answers.ts';
import type { LogitsModel } from '../model.ts';
import { datasetProbabilities, headIndexFor, scoreImages } from '../score.ts';
import { conditionsFor, KINDS, type Condition, type Kind } from './conditions.ts';
import { binByYaw, type MeasureYaw, type YawBin } from './yaw.ts';

export interface RobustnessFigure {
  /** In the unit of the change; the name of what is covered for an occlusion. */
  readonly strength: number | string;
  readonly accuracy: number;
  readonly meanAccuracy: number;
  /** 95 % bootstrap interval of the accuracy. */
  readonly interval: Interval;
  /** Accuracy without the condition, less that with it. */
  readonly lost: number;
}

/** One kind of change in all its strengths. */
export interface MeasuredChange {
  readonly kind: Kind;
  /** What it does, and the unit of its strengths. */
  readonly what: string;
  readonly figures: readonly RobustnessFigure[];
}

export interface Robustness {
  readonly model: string;
  readonly dataset: string;
  readonly split: string;
  readonly head: string;
  /** Images measured, of those with a label that the split holds; drawn by the seed. */
  readonly n: number;
  readonly of: number;
  readonly seed: number;
  /** Without any change. */
  readonly accuracy: number;
  readonly meanAccuracy: number;
  readonly changes: readonly MeasuredChange[];
  /** The same images by how far the head is turned to a side; null where that was not measured. */
  readonly yaw: readonly YawBin[] | null;
}

export interface RobustnessOptions {
  /** Default: as to evaluate. */
  readonly split?: string;
  /** Images to measure on, at most; default all with a label, of a split that streams from disk 5,000. */
  readonly images?: number;
  /** Draws the images and the noise. Default 0. */
  readonly seed?: number;
  /** Gives the turn of a head in an image; without it yaw is not measured. */
  readonly measureYaw?: MeasureYaw;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images that are measured at most of a split that is too large for memory: they are changed in memory. */
const MOST_OF_STREAM = 5000;

/**
 * Measures a model under every condition of `conditionsFor` its images.
 * Memory holds the images under one condition at a time.
 * @throws {InputError} when the split is absent or has no image with a label, or the model takes more than an image: what
 *   was found in it would not change with it   @throws {ShapeError} when the model takes other images
 */
export async function measureRobustness(
  scored: LogitsModel,
  dataset: Dataset,
  options: RobustnessOptions = {},
): Promise<Robustness> {
  const { seed = 0, onProgress } = options;
  checkInputs(scored);
  const split = options.split === undefined ? testSplit(dataset) : findSplit(dataset, options.split);
  const images = await dataset.loadSplit(split, 'evaluate');
  requireLabels(dataset, split, images);
  const { chosen: some, of } = choose(
    images,
    Math.min(options.images ?? Infinity, streams(images) ? MOST_OF_STREAM : Infinity),
    seed,
  );
  const chosen = await loadSamples(some, Int32Array.from(some.ids.keys()));
  const n = chosen.images.count;
  const h = headIndexFor(scored.model.heads, dataset.labelsOf ?? dataset.name);
  const head = scored.model.heads[h]!;
  const conditions = conditionsFor(imageFormat(scored.preprocess));
  const total = n * (conditions.length + 1 + (options.measureYaw ? 1 : 0));
  let done = 0;
  const answer = async (images: ImageTable): Promise<Outcomes> => {
    const shown = chosen.withImages(images);
    const logits = await scoreImages(scored, shown, { onProgress: (batch) => onProgress?.(done + batch, total) });
    done += n;
    return outcomesOf({ images: shown, probabilities: datasetProbabilities(logits[h]!, head, chosen.classes) });
  };

  const plain = await answer(chosen.images);
  const base = figures(plain, chosen.classes.length);
  const measured = new Map<Kind, RobustnessFigure[]>();
  for (const condition of conditions) {
    const { kind, strength } = condition;
    const found = figures(await answer(degraded(chosen.images, condition, seed)), chosen.classes.length);
    measured.set(kind, [...(measured.get(kind) ?? []), { strength, ...found, lost: base.accuracy - found.accuracy }]);
  }
  const yaws =
    options.measureYaw &&
    (await measureAll(chosen.images, options.measureYaw, (count) => onProgress?.(done + count, total)));
  return {
    model: scored.model.name,
    dataset: dataset.name,
    split,
    head: head.output,
    n,
    of,
    seed,
    accuracy: base.accuracy,
    meanAccuracy: base.meanAccuracy,
    changes: [...measured].map(([kind, list]) => ({ kind, what: KINDS[kind], figures: list })),
    yaw: yaws ? binByYaw(yaws, plain.right) : null,
  };
}

function checkInputs({ model, inputs = IMAGE_INPUT }: LogitsModel): void {
  const [name, other] = Object.entries(inputs).find(([, { kind }]) => kind !== 'image') ?? [];
  if (other)
    throw new InputError(
      model.name,
      `takes ${other.kind} as its input "${name}", which would not change with the image: robustness is measured for models of an image alone`,
    );
}

function figures(
  { labels, predicted }: Outcomes,
  classCount: number,
): { accuracy: number; meanAccuracy: number; interval: Interval } {
  const confusion = confusionMatrix(labels, predicted, classCount);
  return {
    accuracy: accuracy(confusion),
    meanAccuracy: meanAccuracy(confusion),
    interval: accuracyIntervals(confusion, { resamples: 1000 }).accuracy,
  };
}

/** The labelled images, or so many of them, in the order of the split. */
function choose(images: LabelledImages, count = Infinity, seed: number): { chosen: LabelledImages; of: number } {
  const labelled = Int32Array.from(images.labels.keys()).filter((i) => images.labels[i]! >= 0);
  const drawn = new Random(seed, 'robustness/images')
    .permutation(labelled.length)
    .slice(0, Math.min(count, labelled.length))
    .sort();
  return {
    chosen: selectSamples(
      images,
      drawn.map((place) => labelled[place]!),
    ),
    of: labelled.length,
  };
}

function degraded(table: ImageTable, { kind, strength, apply }: Condition, seed: number): ImageTable {
  const pixels = new Uint8Array(table.pixels.length);
  const size = pixels.length / table.count;
  for (let i = 0; i < table.count; i++)
    pixels.set(apply(imageAt(table, i), i, new Random(seed, `robustness/${kind}/${strength}/${i}`)).data, i * size);
  return { ...table, pixels };
}

async function measureAll(
  table: ImageTable,
  measureYaw: MeasureYaw,
  onProgress: (done: number) => void,
): Promise<(number | undefined)[]> {
  const yaws: (number | undefined)[] = [];
  for (let i = 0; i < table.count; i++) {
    yaws.push(await measureYaw(imageAt(table, i)));
    onProgress(i + 1);
  }
  return yaws;
}
