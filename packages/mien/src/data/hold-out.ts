/**
 * Images that are kept from training to validate on, for data that have no split for it. Shape legend: N images, K
 * classes.
 */
import { InputError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import { type Dataset, type LabelledImages, selectSamples } from './dataset.ts';
import { roleOfSplit, trainSplit } from './splits.ts';

/** Splits that a recipe trains and validates on. */
export interface TrainingSplits {
  readonly trainSplit: string;
  readonly validationSplit: string;
}

export interface TrainingData extends TrainingSplits {
  readonly dataset: Dataset;
  /** What was held out, in a sentence; absent where the data have both splits. */
  readonly note?: string;
}

export interface HoldOutOptions {
  /** Share of each class, in (0, 1). Default 0.1. */
  readonly share?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** The name of the split that is made. */
export const HELD_OUT = 'held-out';

/**
 * The data with the splits that a recipe wants: those of its names, otherwise those of their roles. Where there is none
 * to validate on (and the test split is not to be looked at), a share of each class is held out of the training split.
 * @throws {InputError} when there is nothing to train on, or no class has two images
 */
export async function trainingData(
  dataset: Dataset,
  wanted: TrainingSplits,
  options: HoldOutOptions = {},
): Promise<TrainingData> {
  const { splits, unlabelled = [] } = dataset;
  const train = splits.includes(wanted.trainSplit) ? wanted.trainSplit : trainSplit(dataset);
  const ofRole = splits.filter(
    (name) => roleOfSplit(name) === 'validation' && !unlabelled.includes(name) && name !== train,
  );
  const validation = splits.includes(wanted.validationSplit)
    ? wanted.validationSplit
    : ofRole.length === 1
      ? ofRole[0]
      : undefined;
  if (validation !== undefined) return { dataset, trainSplit: train, validationSplit: validation };
  const { share = 0.1, seed = 1 } = options;
  const all = await dataset.loadSplit(train, 'train');
  const held = heldOut(all, share, seed);
  return {
    dataset: withHeldOut(dataset, train, held),
    trainSplit: train,
    validationSplit: HELD_OUT,
    note: `${dataset.name} has no split to validate on: ${held.size} of the ${all.count} images of ${train} (${describeShare(share)}${all.labels.some((label) => label >= 0) ? ' of each class' : ''}, drawn by seed ${seed}) are held out for it${describeSingle(all)}`,
  };
}

/** The classes that cannot be validated on. */
function describeSingle({ labels, classes }: LabelledImages): string {
  const single = classes.filter((_, k) => labels.filter((label) => label === k).length === 1);
  return single.length === 0 ? '' : `; of ${single.join(', ')} none, since there is one image only`;
}

const describeShare = (share: number): string =>
  share === 0.1 ? 'one in ten' : `${Number((100 * share).toFixed(1))} %`;

/**
 * Draws a share of each class, at least one image; the only image of a class stays with training. The draw depends on
 * the ids, the labels and the seed alone.
 * @returns ids
 * @throws {InputError} when no class has two images
 */
export function heldOut(
  { ids, labels, classes }: Pick<LabelledImages, 'ids' | 'labels' | 'classes'>,
  share: number,
  seed: number,
): Set<string> {
  const held = new Set<string>();
  // Data of numbers alone, such as action units, are one class
  const hasLabels = labels.some((label) => label >= 0);
  for (const [k, label] of (hasLabels ? classes : ['']).entries()) {
    const own = ids.filter((_, i) => !hasLabels || labels[i] === k).sort();
    if (own.length < 2) continue;
    const count = Math.min(own.length - 1, Math.max(1, Math.round(share * own.length)));
    for (const i of new Random(seed, `validation/${label}`).permutation(own.length).subarray(0, count))
      held.add(own[i]!);
  }
  if (held.size === 0 && ids.length > 0)
    throw new InputError(ids[0]!, 'no class has two images: one to train and one to validate');
  return held;
}

/** The dataset with one of its splits divided in two. */
function withHeldOut(dataset: Dataset, train: string, held: ReadonlySet<string>): Dataset {
  const part = async (use: 'train' | 'evaluate', isHeld: boolean): Promise<LabelledImages> => {
    const all = await dataset.loadSplit(train, use);
    return selectSamples(
      all,
      Int32Array.from(all.ids.keys()).filter((i) => held.has(all.ids[i]!) === isHeld),
    );
  };
  const place = dataset.splits.indexOf(train) + 1;
  return {
    ...dataset,
    splits: [...dataset.splits.slice(0, place), HELD_OUT, ...dataset.splits.slice(place)],
    loadSplit: (split, use) =>
      split === train ? part(use, false) : split === HELD_OUT ? part(use, true) : dataset.loadSplit(split, use),
  };
}
