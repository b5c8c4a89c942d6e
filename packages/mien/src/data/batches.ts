/**
 * Batches of an epoch: the order of the images, their augmentation and normalisation, and their targets.
 * Everything depends on (seed, epoch) alone, so that an epoch can start again at any batch.
 *
 * Shape legend: B images of a batch, K classes, C channels, H height, W width.
 */
import { ShapeError } from '../errors.ts';
import { Random, tensor, type Tensor } from '../tensor/index.ts';
import { augmentImage, augmentRandom, type AugmentSpec, validateAugmentSpec } from './augment/index.ts';
import { type LabelledImages, type Labelling, oneHotRows } from './dataset.ts';
import { channelCount, cropToInput, imageFormat, type InputSpec, inputSize, pixelsToTensor } from './preprocess.ts';

export interface Batch {
  /** [B,C,H,W] */
  readonly x: Tensor<'float32'>;
  /** [B] −1 = unlabelled. */
  readonly labels: Int32Array;
  /** [B,K] the label distribution, or one-hot labels where the data have none; rows of 0 = no target. */
  readonly target: Tensor<'float32'>;
  /** [B,K'] the same for each alternative labelling, by name. */
  readonly alternatives: Readonly<Record<string, Tensor<'float32'>>>;
  /** [B] rows of the images in the source. */
  readonly indices: Int32Array;
}

export interface BatchOptions {
  readonly images: LabelledImages;
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
  readonly preprocess: InputSpec;
  /** No augmentation when absent. With it, even when empty, `cropFrom` cuts at a random place. */
  readonly augment?: AugmentSpec;
  /** A new order each epoch; the order of the source when absent or false. */
  readonly shuffle?: boolean;
  /**
   * [K] Draws as many images as there are, with replacement, each class as often as its weight says
   * (see `balancedClassWeights`), instead of each image once. Images without a label are not drawn.
   */
  readonly classWeights?: readonly number[];
  /** Leaves out a last batch that is not full. */
  readonly dropLast?: boolean;
  /** First batch to prepare, from 0. */
  readonly startBatch?: number;
}

/** Number of batches of a whole epoch. */
export function batchCount(imageCount: number, batchSize: number, dropLast = false): number {
  return dropLast ? Math.floor(imageCount / batchSize) : Math.ceil(imageCount / batchSize);
}

/** Equal shares for the classes that occur, 0 for the others. */
export function balancedClassWeights({ classes, labels }: Labelling): number[] {
  const present = classes.map((_, k) => labels.includes(k));
  const count = present.filter(Boolean).length;
  return present.map((occurs) => (occurs ? 1 / count : 0));
}

/**
 * Prepares the epoch's batches one after another, each when it is asked for.
 * @throws {ShapeError} when the images have another size or colour than `preprocess`, or an option is out of range
 */
export function* epochBatches(options: BatchOptions): Generator<Batch, void, undefined> {
  const { images, batchSize, preprocess, augment } = options;
  validate(options);
  const table = images.images;
  const size = inputSize(preprocess);
  const order = epochOrder(options);
  const stored = table.height * table.width * table.channels;
  const augmented = augment && new Float32Array(stored);
  const targets = targetRows(images);
  const alternatives = Object.entries(images.alternatives).map(([name, labelling]) => ({
    name,
    labelling,
    rows: targetRows(labelling),
  }));
  const dims = [channelCount(preprocess.channels), preprocess.height, preprocess.width];

  const batches = batchCount(order.length, batchSize, options.dropLast);
  for (let b = options.startBatch ?? 0; b < batches; b++) {
    const positions = order.subarray(b * batchSize, (b + 1) * batchSize);
    const x = new Float32Array(positions.length * size);
    positions.forEach((row, i) => {
      const pixels = table.pixels.subarray(row * stored, (row + 1) * stored);
      if (!augmented) return pixelsToTensor(cropToInput(pixels, preprocess), preprocess, x, i * size);
      // keyed by the place in the epoch's order, so that an image drawn twice is augmented twice
      const random = augmentRandom(options.seed, options.epoch, b * batchSize + i);
      augmentImage(pixels, table, augment, random, augmented);
      const [left, top] = [
        random.int(table.width - preprocess.width + 1),
        random.int(table.height - preprocess.height + 1),
      ];
      pixelsToTensor(cropToInput(augmented, preprocess, left, top), preprocess, x, i * size);
    });
    yield {
      x: tensor('float32', [positions.length, ...dims], x),
      labels: positions.map((row) => images.labels[row]!),
      target: gather(targets, images.classes.length, positions),
      alternatives: Object.fromEntries(
        alternatives.map(({ name, labelling, rows }) => [name, gather(rows, labelling.classes.length, positions)]),
      ),
      indices: positions.slice(),
    };
  }
}

function validate({ images, batchSize, preprocess, augment, classWeights, startBatch = 0 }: BatchOptions): void {
  const { height, width, channels } = images.images;
  const format = imageFormat(preprocess);
  const wanted = channelCount(format.channels);
  if (height !== format.height || width !== format.width || channels !== wanted) {
    throw new ShapeError(
      'epochBatches',
      `images: expected ${format.height}×${format.width}×${wanted}, got ${height}×${width}×${channels}`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ShapeError('epochBatches', `batchSize: expected a positive integer, got ${batchSize}`);
  if (!Number.isInteger(startBatch) || startBatch < 0)
    throw new ShapeError('epochBatches', `startBatch: expected an integer from 0, got ${startBatch}`);
  if (classWeights && classWeights.length !== images.classes.length) {
    throw new ShapeError(
      'epochBatches',
      `classWeights: expected ${images.classes.length} values, got ${classWeights.length}`,
    );
  }
  if (augment) validateAugmentSpec(augment);
}

/** Rows of the source in the order of this epoch. */
function epochOrder({ images, seed, epoch, shuffle, classWeights }: BatchOptions): Int32Array {
  const N = images.images.count;
  const random = new Random(seed, `order/${epoch}`);
  if (classWeights) return weightedOrder(images, classWeights, random);
  return shuffle ? random.permutation(N) : Int32Array.from({ length: N }, (_, i) => i);
}

/** N draws: a class by its weight, then one of its images, evenly. */
function weightedOrder({ classes, labels }: Labelling, classWeights: readonly number[], random: Random): Int32Array {
  const members = classes.map((_, k) => [...labels.keys()].filter((i) => labels[i] === k));
  const weights = classWeights.map((w, k) => (members[k]!.length > 0 ? w : 0));
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0) || weights.some((w) => w < 0)) {
    throw new ShapeError(
      'epochBatches',
      `classWeights: expected weights ≥ 0, above 0 for a class that occurs, got [${classWeights.join(', ')}]`,
    );
  }
  return Int32Array.from(labels, () => {
    let rest = random.uniform() * total;
    let chosen = -1;
    for (let k = 0; k < weights.length; k++) {
      if (weights[k] === 0) continue;
      chosen = k;
      rest -= weights[k]!;
      if (rest < 0) break;
    }
    return members[chosen]![random.int(members[chosen]!.length)]!;
  });
}

/** [N,K] */
function targetRows(labelling: Labelling): Float32Array {
  return labelling.labelDistribution ?? oneHotRows(labelling.labels, labelling.classes.length);
}

/** [N,K] rows → [B,K] */
function gather(rows: Float32Array, K: number, positions: Int32Array): Tensor<'float32'> {
  const picked = new Float32Array(positions.length * K);
  positions.forEach((row, i) => picked.set(rows.subarray(row * K, (row + 1) * K), i * K));
  return tensor('float32', [positions.length, K], picked);
}

/**
 * Prepares up to `depth` items ahead, in the pauses of the consumer: while it waits for a step that runs off the
 * main thread, the next batches are made.
 */
export async function* prefetch<T>(items: Iterable<T>, depth: number): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.iterator]();
  const ready: IteratorResult<T, unknown>[] = [];
  let failure: { error: unknown } | undefined;
  let timer: NodeJS.Immediate | undefined;
  const exhausted = (): boolean => ready.at(-1)?.done === true;
  const fill = (): void => {
    timer = undefined;
    try {
      ready.push(iterator.next());
    } catch (error) {
      failure = { error };
    }
    schedule();
  };
  const schedule = (): void => {
    if (timer === undefined && ready.length < depth && !exhausted() && !failure) timer = setImmediate(fill);
  };
  try {
    for (;;) {
      const next = ready.shift() ?? (failure ? undefined : iterator.next());
      if (!next) throw failure!.error;
      if (next.done) return;
      schedule();
      yield next.value;
    }
  } finally {
    if (timer !== undefined) clearImmediate(timer);
    iterator.return?.();
  }
}
