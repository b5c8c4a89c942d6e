/**
 * Batches of an epoch: the order of the samples, and their inputs, augmented and normalised. Targets are gathered by the
 * batch's rows (targets.ts). Everything depends on (seed, epoch) alone, so that an epoch can start again at any batch.
 *
 * Shape legend: B samples of a batch, T frames, P points, D numbers, C channels, H height, W width.
 */
import { InputError, ShapeError } from '../errors.ts';
import { applyAffine, identityAffine, invert, type Affine2, type Point2 } from '../image/index.ts';
import { Random, tensor, type Tensor } from '../tensor/index.ts';
import {
  augmentImage,
  augmentRandom,
  type AugmentSpec,
  cropFromGrid,
  cropGridSize,
  drawAffine,
  validateAugmentSpec,
} from './augment/index.ts';
import { mirroredPoints } from '../face/mirror-points.ts';
import { IMAGE_INPUT, type ModelInput, type ModelInputs, stepsOf } from './model-inputs.ts';
import { channelCount, cropToInput, imageFormat, type InputSpec, inputSize, pixelsToTensor } from './image-input.ts';
import type { Sampler } from './samplers.ts';
import { loadSamples, streams } from './load-samples.ts';
import {
  type Images,
  type ImageTable,
  isStreamed,
  MESH_LANDMARKS,
  type PointTable,
  type SampleInput,
  type Samples,
} from './samples.ts';

export interface Batch {
  /** By the names of the network's inputs: `x` [B,C,H,W] of images, [B,C,T,H,W] of clips … */
  readonly inputs: Readonly<Record<string, Tensor<'float32'>>>;
  /** [B] rows of the samples in the source. */
  readonly indices: Int32Array;
}

export interface BatchOptions {
  readonly samples: Samples;
  /** What the network takes. Default: one image, `x`. */
  readonly inputs?: ModelInputs;
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
  readonly preprocess: InputSpec;
  /**
   * No augmentation when absent. With it, even when empty, `cropFrom` cuts at a random place. It is the same for all
   * frames of a clip, and moves landmarks with their image.
   */
  readonly augment?: AugmentSpec;
  /** A new order each epoch; the order of the source when absent or false. */
  readonly shuffle?: boolean;
  /** Rows of the source in the order in which they are shown, in place of each once (see samplers.ts). */
  readonly order?: Int32Array;
  /** Leaves out a last batch that is not full. */
  readonly dropLast?: boolean;
  /** First batch to prepare, from 0. */
  readonly startBatch?: number;
}

/** Number of batches of a whole epoch. */
export function batchCount(sampleCount: number, batchSize: number, dropLast = false): number {
  return dropLast ? Math.floor(sampleCount / batchSize) : Math.ceil(sampleCount / batchSize);
}

/** The order of an epoch: by the sampler, otherwise each sample once. @returns rows of the source */
export function epochOrder(
  samples: Samples,
  options: Pick<BatchOptions, 'seed' | 'epoch' | 'batchSize' | 'shuffle'> & {
    readonly sampler?: Sampler | undefined;
    /** [N,D] of all samples, for a sampler that mines. */
    readonly features?: Tensor<'float32'> | undefined;
  },
): Int32Array {
  const random = new Random(options.seed, `order/${options.epoch}`);
  if (options.sampler)
    return options.sampler.order(samples, {
      random,
      batchSize: options.batchSize,
      ...(options.features ? { features: options.features } : {}),
    });
  return options.shuffle ? random.permutation(samples.count) : Int32Array.from({ length: samples.count }, (_, i) => i);
}

/**
 * Prepares the epoch's batches one after another, each when it is asked for.
 * @throws {ShapeError} when the images have another size or colour than `preprocess`, or an option is out of range
 * @throws {InputError} when the samples lack what an input is made of; names the first such sample
 */
export function* epochBatches(options: BatchOptions): Generator<Batch, void, undefined> {
  validate(options);
  const make = batchMaker(options);
  for (const { b, indices } of batchesInOrder(options)) yield { inputs: make(indices, b), indices };
}

/**
 * As `epochBatches`, also of samples that stream from disk: up to `ahead` batches are prepared while the consumer works on
 * one. The batches are the same to the bit, wherever the images come from.
 * @throws as `epochBatches`   @throws {InputError} naming an image that cannot be read
 */
export async function* sampleBatches(options: BatchOptions, ahead = 3): AsyncGenerator<Batch, void, undefined> {
  const { samples } = options;
  if (!streams(samples)) {
    yield* prefetch(epochBatches(options), ahead);
    return;
  }
  validate(options);
  const batches = batchesInOrder(options);
  // One after another, so that memory holds the images of one batch as they are decoded
  const ready: Promise<Batch>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const start = (): void => {
    const next = batches.next();
    if (next.done) return;
    const { b, indices } = next.value;
    const batch = last.then(async (): Promise<Batch> => {
      if (stopped) return { inputs: {}, indices };
      const loaded = await loadSamples(samples, indices);
      const own = Int32Array.from(indices, (_, i) => i);
      return { inputs: batchMaker({ ...options, samples: loaded })(own, b), indices };
    });
    // Whoever awaits it is told; a consumer that stopped early is not
    last = batch.catch(() => undefined);
    ready.push(batch);
  };
  try {
    for (let i = 0; i < Math.max(1, ahead); i++) start();
    for (;;) {
      const next = ready.shift();
      if (!next) return;
      const batch = await next;
      start();
      yield batch;
    }
  } finally {
    stopped = true;
  }
}

/** Which rows each batch of the epoch has. */
function* batchesInOrder(
  options: BatchOptions,
): Generator<{ readonly b: number; readonly indices: Int32Array }, void, undefined> {
  const { samples, batchSize } = options;
  const order = options.order ?? epochOrder(samples, options);
  const batches = batchCount(order.length, batchSize, options.dropLast);
  for (let b = options.startBatch ?? 0; b < batches; b++)
    yield { b, indices: order.slice(b * batchSize, (b + 1) * batchSize) };
}

/** Makes the inputs of batch b of the epoch from rows of the samples. */
function batchMaker(options: BatchOptions): (indices: Int32Array, b: number) => Batch['inputs'] {
  const { batchSize, augment, inputs = IMAGE_INPUT } = options;
  // Images first: they draw where they are cut, and landmarks follow
  const makers = Object.entries(inputs)
    .sort(([, a], [, b]) => Number(isCut(b)) - Number(isCut(a)))
    .map(([name, input]) => [name, makerOf(name, input, options)] as const);
  return (indices, b) => {
    // Keyed by the place in the epoch's order, so that a sample drawn twice is augmented twice
    const numbers = (i: number): Random => augmentRandom(options.seed, options.epoch, b * batchSize + i);
    const places: Places = indices.length > 0 && augment ? Array.from(indices, (_, i) => new Place(numbers, i)) : [];
    return Object.fromEntries(makers.map(([name, make]) => [name, make(indices, places)]));
  };
}

const isCut = ({ kind }: ModelInput): boolean => kind === 'image' || kind === 'clip';

/** Makes an input of a batch. */
type Maker = (indices: Int32Array, places: Places) => Tensor<'float32'>;

/** How a sample of the batch is augmented: the same for each of its inputs and frames. */
class Place {
  readonly #numbers: (i: number) => Random;
  readonly #i: number;
  /** Where the input is cut from its image: drawn after all else that befalls the image. */
  cut: readonly [left: number, top: number] | undefined;

  constructor(numbers: (i: number) => Random, i: number) {
    this.#numbers = numbers;
    this.#i = i;
  }

  /** The sample's random numbers, from the first on. */
  random(): Random {
    return this.#numbers(this.#i);
  }
}
/** One a sample; none without augmentation. */
type Places = readonly Place[];

function makerOf(
  name: string,
  input: ModelInput,
  { samples, preprocess, augment, inputs = IMAGE_INPUT }: BatchOptions,
): Maker {
  const wanted = sourceOf(input.kind === 'length' ? inputs[input.of] : input);
  const source = wanted === undefined ? undefined : samples.inputs[wanted];
  if (!source || (input.kind !== 'length' && source.kind !== input.kind))
    throw new InputError(
      samples.ids[0] ?? 'samples',
      `has no ${describeSource(input)}, which the input "${name}" is made of: the samples have ${Object.keys(samples.inputs).join(', ') || 'no input'}`,
    );
  switch (input.kind) {
    case 'image': {
      const { table } = source as SampleInput & { kind: 'image' };
      return imageMaker(table, preprocess, augment);
    }
    case 'clip': {
      const { frames, rows } = source as SampleInput & { kind: 'clip' };
      return clipMaker(frames, rows, stepsOf(input), preprocess, augment);
    }
    case 'landmarks': {
      const { table } = source as SampleInput & { kind: 'landmarks' };
      const row = pointMaker(table, input, preprocess, augment, samples.ids);
      return (indices, places) => {
        const out = new Float32Array(indices.length * table.size);
        indices.forEach((r, i) => row(r, r, places[i], out, i * table.size));
        return tensor('float32', [indices.length, table.size], out);
      };
    }
    case 'track': {
      const { steps, rows } = source as SampleInput & { kind: 'track' };
      const row = pointMaker(steps, input, preprocess, augment, samples.ids);
      const T = stepsOf(input);
      return (indices, places) => {
        const out = new Float32Array(indices.length * T * steps.size); // [B,T,2·P]
        indices.forEach((r, i) =>
          atMost(rows[r]!, T, samples.ids[r]!).forEach((step, t) =>
            row(step, r, places[i], out, (i * T + t) * steps.size),
          ),
        );
        return tensor('float32', [indices.length, T, steps.size], out);
      };
    }
    case 'frontal': {
      const { table } = source as SampleInput & { kind: 'frontal' };
      return frontalMaker(table, input.size, augment);
    }
    case 'vector': {
      const { table } = source as SampleInput & { kind: 'vector' };
      if (table.size !== input.size)
        throw new ShapeError('epochBatches', `${input.source}: expected ${input.size} numbers, got ${table.size}`);
      return (indices) => {
        const out = new Float32Array(indices.length * table.size);
        indices.forEach((r, i) => {
          const values = table.values.subarray(r * table.size, (r + 1) * table.size);
          if (values.some(Number.isNaN)) throw new InputError(samples.ids[r]!, `has no "${input.source}"`);
          out.set(values, i * table.size);
        });
        return tensor('float32', [indices.length, table.size], out);
      };
    }
    case 'length': {
      if (!('rows' in source))
        throw new ShapeError('epochBatches', `input "${name}": "${input.of}" has no frames to count`);
      const { rows } = source;
      return (indices) =>
        tensor(
          'float32',
          [indices.length],
          Float32Array.from(indices, (r) => rows[r]!.length),
        );
    }
  }
}

/** The name of what an input is made of among the samples' inputs. */
function sourceOf(input: ModelInput | undefined): string | undefined {
  if (!input) return undefined;
  switch (input.kind) {
    case 'length':
      return undefined;
    case 'vector':
      return input.source;
    case 'frontal':
      return input.view;
    case 'landmarks':
      return input.from ? MESH_LANDMARKS : input.kind;
    case 'image':
    case 'clip':
    case 'track':
      return input.kind;
  }
}

const describeSource = (input: ModelInput): string =>
  input.kind === 'vector'
    ? `"${input.source}"`
    : input.kind === 'frontal'
      ? `frontal ${input.view}`
      : input.kind === 'landmarks' && input.from
        ? 'landmarks of the face mesh'
        : input.kind;

function atMost(rows: Int32Array, T: number, id: string): Int32Array {
  if (rows.length > T) throw new ShapeError('epochBatches', `${id}: expected at most ${T} frames, got ${rows.length}`);
  return rows;
}

function imageMaker(images: Images, preprocess: InputSpec, augment: AugmentSpec | undefined): Maker {
  const size = inputSize(preprocess);
  const frame = frameMaker(images, preprocess, augment);
  return (indices, places) => {
    const x = new Float32Array(indices.length * size);
    indices.forEach((row, i) => frame(row, places[i], x, i * size));
    return tensor(
      'float32',
      [indices.length, channelCount(preprocess.channels), preprocess.height, preprocess.width],
      x,
    );
  };
}

/** [B,C,T,H,W]; frames beyond a clip's end are 0. */
function clipMaker(
  frames: Images,
  rows: readonly Int32Array[],
  T: number,
  preprocess: InputSpec,
  augment: AugmentSpec | undefined,
): Maker {
  const size = inputSize(preprocess);
  const frame = frameMaker(frames, preprocess, augment);
  const C = channelCount(preprocess.channels);
  const area = size / C;
  const one = new Float32Array(size);
  return (indices, places) => {
    const x = new Float32Array(indices.length * T * size);
    indices.forEach((row, i) =>
      atMost(rows[row]!, T, `clip ${row}`).forEach((at, t) => {
        frame(at, places[i], one, 0);
        for (let c = 0; c < C; c++) x.set(one.subarray(c * area, (c + 1) * area), ((i * C + c) * T + t) * area);
      }),
    );
    return tensor('float32', [indices.length, C, T, preprocess.height, preprocess.width], x);
  };
}

/** Writes one image into a batch; a fresh run of the sample's random numbers for each frame makes all alike. */
function frameMaker(
  images: Images,
  preprocess: InputSpec,
  augment: AugmentSpec | undefined,
): (row: number, place: Place | undefined, out: Float32Array, at: number) => void {
  checkImages(images, preprocess);
  if (isStreamed(images)) throw new ShapeError('epochBatches', 'images: stream from disk, take sampleBatches');
  const table = images;
  const stored = table.height * table.width * table.channels;
  const grid = augment?.cropGrid;
  const augmented = augment && new Float32Array(grid ? inputSize(preprocess) : stored);
  return (row, place, out, at) => {
    const pixels = table.pixels.subarray(row * stored, (row + 1) * stored);
    if (!augmented || !place) return pixelsToTensor(cropToInput(pixels, preprocess), preprocess, out, at);
    const random = place.random();
    if (grid) {
      cropFromGrid(pixels, table, preprocess, grid, random.int(cropGridSize(grid)), augmented);
      return pixelsToTensor(augmented, preprocess, out, at);
    }
    augmentImage(pixels, table, augment, random, augmented);
    place.cut = drawCut(table, preprocess, random);
    pixelsToTensor(cropToInput(augmented, preprocess, ...place.cut), preprocess, out, at);
  };
}

const drawCut = (
  { width, height }: { readonly width: number; readonly height: number },
  preprocess: InputSpec,
  random: Random,
): readonly [number, number] => {
  const left = random.int(width - preprocess.width + 1);
  return [left, random.int(height - preprocess.height + 1)];
};

/**
 * [B,C,S,S] from 0 to 1. A face that is turned to the front stays where it is while its image is moved; it is mirrored with
 * the image.
 */
function frontalMaker(table: ImageTable, side: number, augment: AugmentSpec | undefined): Maker {
  const { width, height, channels, pixels } = table;
  if (width !== side || height !== side)
    throw new ShapeError('epochBatches', `frontal view: expected ${side}×${side}, got ${height}×${width}`);
  const size = side * side * channels;
  return (indices, places) => {
    const out = new Float32Array(indices.length * size);
    indices.forEach((row, i) => {
      const place = places[i];
      const [a, b, , c, d] = augment && place ? drawAffine(table, augment, place.random()) : identityAffine;
      frontalToTensor(pixels.subarray(row * size, (row + 1) * size), side, a * d - b * c < 0, out, i * size);
    });
    return tensor('float32', [indices.length, channels, side, side], out);
  };
}

/** [S,S,C] of 8 bits → [C,S,S] from 0 to 1, written into `out` from `at` on. @param mirrored left and right exchanged */
export function frontalToTensor(
  pixels: Uint8Array,
  side: number,
  mirrored: boolean,
  out: Float32Array,
  at: number,
): void {
  const area = side * side;
  const channels = pixels.length / area;
  for (let p = 0; p < area; p++) {
    const x = p % side;
    const from = channels * (mirrored ? p - x + side - 1 - x : p);
    for (let k = 0; k < channels; k++) out[at + k * area + p] = pixels[from + k]! / 255;
  }
}

/**
 * Writes the landmarks of one image: moved as the image is, and as x/width − ½, y/height − ½ of the input. Those of the
 * mesh are 0 where it found no face.
 */
function pointMaker(
  table: PointTable,
  { points, from }: { readonly points: number; readonly from?: 'mesh' },
  preprocess: InputSpec,
  augment: AugmentSpec | undefined,
  ids: readonly string[],
): (row: number, sample: number, place: Place | undefined, out: Float32Array, at: number) => void {
  if (table.size !== 2 * points)
    throw new ShapeError('epochBatches', `landmarks: expected ${points} points, got ${table.size / 2}`);
  if (augment?.cropGrid) throw new ShapeError('epochBatches', 'landmarks: do not follow the crops of cropGrid');
  const { width, height } = table;
  const centered: readonly [number, number] = [
    Math.floor((width - preprocess.width) / 2),
    Math.floor((height - preprocess.height) / 2),
  ];
  const mirrored = augment?.flip ? mirroredPoints(points) : [];
  return (row, sample, place, out, at) => {
    const values = table.values.subarray(row * table.size, (row + 1) * table.size);
    if (values.some(Number.isNaN)) {
      if (from) return; // the middle of the frame, which `out` holds already
      throw new InputError(ids[sample]!, `has no ${points} landmarks`);
    }
    let map: Affine2 = identityAffine;
    let [left, top] = centered;
    if (augment && place) {
      const random = place.random();
      map = drawAffine({ width, height, channels: 1 }, augment, random);
      [left, top] = place.cut ??= drawCut(table, preprocess, random);
    }
    const flipped = map[0] * map[4] - map[1] * map[3] < 0;
    const back = map === identityAffine ? map : invert(map); // from the image to where it is shown
    for (let p = 0; p < points; p++) {
      const from = flipped ? mirrored[p]! : p;
      const [x, y] = applyAffine(back, [values[2 * from]!, values[2 * from + 1]!] as Point2);
      out[at + 2 * p] = (x - left) / preprocess.width - 0.5;
      out[at + 2 * p + 1] = (y - top) / preprocess.height - 0.5;
    }
  };
}

function checkImages({ height, width, channels }: Omit<ImageTable, 'pixels'>, preprocess: InputSpec): void {
  const format = imageFormat(preprocess);
  const wanted = channelCount(format.channels);
  if (height !== format.height || width !== format.width || channels !== wanted) {
    throw new ShapeError(
      'epochBatches',
      `images: expected ${format.height}×${format.width}×${wanted}, got ${height}×${width}×${channels}`,
    );
  }
}

function validate({ batchSize, augment, startBatch = 0 }: BatchOptions): void {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ShapeError('epochBatches', `batchSize: expected a positive integer, got ${batchSize}`);
  if (!Number.isInteger(startBatch) || startBatch < 0)
    throw new ShapeError('epochBatches', `startBatch: expected an integer from 0, got ${startBatch}`);
  if (augment) validateAugmentSpec(augment);
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
