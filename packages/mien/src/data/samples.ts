/**
 * Samples: what a split of a dataset holds. A sample is named inputs (an image, its landmarks, a clip …) and named
 * targets (classes, several labels at once, numbers …), each kept as one table of all samples; what a sample lacks is
 * marked in the table.
 *
 * Shape legend: N samples, K classes, L names of a target, P points, D numbers, C channels, H height, W width.
 */
import { InputError } from '../errors.ts';
import type { LandmarkSets } from './databases/database.ts';

/** Images of one size, compact: 8-bit, image after image, each row-major with channels interleaved. */
export interface ImageTable {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 = grey, 3 = RGB. */
  readonly channels: 1 | 3;
  /** Length count·height·width·channels. */
  readonly pixels: Uint8Array;
}

/** Images that are too many for memory: they are decoded when they are asked for. */
export interface StreamedImages extends Omit<ImageTable, 'pixels'> {
  /**
   * @param rows any, in any order   @returns their pixels, length rows·height·width·channels
   * @throws {InputError} naming the image that cannot be read
   */
  read(rows: Int32Array): Promise<Uint8Array>;
  /**
   * Reads those that were not read before, so that a training need not find out at their batch. Absent where all were.
   * @param onProgress `done` of the `total` that are to be read
   * @throws {InputError} naming the image that cannot be read
   */
  check?(rows: Int32Array, onProgress?: (done: number, total: number) => void): Promise<void>;
}

export type Images = ImageTable | StreamedImages;

export const isStreamed = (images: Images): images is StreamedImages => 'read' in images;

/** Numbers of each sample, such as landmarks: NaN where a sample has none. */
export interface VectorTable {
  /** D */
  readonly size: number;
  /** [N,D] */
  readonly values: Float32Array;
}

/** Points of each sample, px of an image of `width`×`height`: augmentation moves them with it. */
export interface PointTable extends VectorTable {
  readonly width: number;
  readonly height: number;
}

/** Rows of a table of steps that make up each sample, in order of time: samples may have different lengths. */
export type StepRows = readonly Int32Array[];

export type SampleInput =
  | { readonly kind: 'image'; readonly table: Images }
  /** [x₁, y₁, x₂, …], D = 2·P. */
  | { readonly kind: 'landmarks'; readonly table: PointTable }
  | { readonly kind: 'vector'; readonly table: VectorTable }
  /** Views of the face turned to the front; black where no face was found. */
  | { readonly kind: 'frontal'; readonly table: ImageTable }
  /** Frames of all samples in one table; clips may share frames. */
  | { readonly kind: 'clip'; readonly frames: Images; readonly rows: StepRows }
  /** Landmarks of the frames. */
  | { readonly kind: 'track'; readonly steps: PointTable; readonly rows: StepRows };

/** A labelling of the N samples: hard labels, or a distribution over the classes. */
export interface Labelling {
  /** Class order of the labels; expressions stand in the canonical order of `labels/`. */
  readonly classes: readonly string[];
  /** [N] index into `classes`; −1 = unlabelled. */
  readonly labels: Int32Array;
  /** [N,K] rows that sum to 1, or all 0 where the image has no distribution. */
  readonly labelDistribution?: Float32Array | undefined;
}

/** Several answers at once, or numbers: a column for each name. */
export interface ValueTable {
  /** `multilabel`: 1 or 0, present or absent; `regression`: any numbers. */
  readonly kind: 'multilabel' | 'regression';
  /** [L] such as `AU12`, `valence`. */
  readonly names: readonly string[];
  /** [N,L]; NaN = missing. */
  readonly values: Float32Array;
}

export type SampleTarget = Labelling | ValueTable;

export const isLabelling = (target: SampleTarget): target is Labelling => 'classes' in target;

/** What a dataset's targets are, without their values. */
export type TargetDescription =
  | { readonly kind: 'classes'; readonly classes: readonly string[] }
  | { readonly kind: ValueTable['kind']; readonly names: readonly string[] };

/** The name of a dataset's own labels among its targets. */
export const LABEL = 'label';
/** The name, among the targets, of the vertices of the face mesh: x, y and z of each, in widths of the image. */
export const MESH = 'mesh';
/** The name of the image among the inputs. */
export const IMAGE = 'image';
/** The name of the landmarks that the face mesh found; those that the data have are `landmarks`. */
export const MESH_LANDMARKS = 'meshLandmarks';

export interface SampleFields {
  /** [N] names that find the sample again in its source. */
  readonly ids: readonly string[];
  /** [N] the person; null where the source does not tell one. */
  readonly subjects?: readonly (string | null)[] | undefined;
  readonly inputs: Readonly<Record<string, SampleInput>>;
  readonly targets: Readonly<Record<string, SampleTarget>>;
  /** Landmarks of sample i, px of the source's image, read when asked for; undefined where the source has none. */
  readonly landmarks?: ((i: number) => Promise<LandmarkSets | undefined>) | undefined;
}

/** One split of a dataset: N samples, their inputs and targets in parallel tables. */
export class Samples implements SampleFields {
  readonly ids: readonly string[];
  readonly subjects: readonly (string | null)[] | undefined;
  readonly inputs: Readonly<Record<string, SampleInput>>;
  readonly targets: Readonly<Record<string, SampleTarget>>;
  readonly landmarks: ((i: number) => Promise<LandmarkSets | undefined>) | undefined;

  constructor({ ids, subjects, inputs, targets, landmarks }: SampleFields) {
    this.ids = ids;
    this.subjects = subjects;
    this.inputs = inputs;
    this.targets = targets;
    this.landmarks = landmarks;
  }

  /** N */
  get count(): number {
    return this.ids.length;
  }

  /**
   * The images, in memory.
   * @throws {InputError} when the samples are not images, as clips are not, or when they stream from disk (see `loadSamples`)
   */
  get images(): ImageTable {
    const images = this.imageSource;
    if (isStreamed(images))
      throw new InputError(
        this.ids[0] ?? 'samples',
        'is one of images that stream from disk, since they are too many for the memory given: load those that are needed',
      );
    return images;
  }

  /** The images, in memory or on disk. @throws {InputError} when the samples are not images */
  get imageSource(): Images {
    const input = this.inputs[IMAGE];
    if (input?.kind !== 'image')
      throw new InputError(
        this.ids[0] ?? 'samples',
        `is not an image: the samples have ${Object.keys(this.inputs).join(', ') || 'no input'}`,
      );
    return input.table;
  }

  /** The dataset's own labels. @throws {InputError} when it has none */
  get labelling(): Labelling {
    return this.labellingOf(LABEL);
  }

  /** @throws {InputError} when there is no such labelling; names the targets that there are */
  labellingOf(name: string): Labelling {
    const target = this.targets[name];
    if (!target || !isLabelling(target))
      throw new InputError(
        this.ids[0] ?? 'samples',
        `has no classes "${name}": the targets are ${Object.keys(this.targets).join(', ') || 'none'}`,
      );
    return target;
  }

  /** Those of the dataset's own labels, as the next two. */
  get classes(): readonly string[] {
    return this.labelling.classes;
  }

  get labels(): Int32Array {
    return this.labelling.labels;
  }

  get labelDistribution(): Float32Array | undefined {
    return this.labelling.labelDistribution;
  }

  /** The same samples with some fields in place of their own. */
  with(change: Partial<SampleFields>): Samples {
    return new Samples({ ...this.#fields(), ...change });
  }

  /** The same samples, shown other images. */
  withImages(table: Images): Samples {
    return this.with({ inputs: { ...this.inputs, [IMAGE]: { kind: 'image', table } } });
  }

  #fields(): SampleFields {
    const { ids, subjects, inputs, targets, landmarks } = this;
    return { ids, subjects, inputs, targets, landmarks };
  }
}

/** Samples whose input is an image and whose own target is a class: what figures of expressions are made of. */
export type LabelledImages = Samples;

/** Images with labels, and whatever other targets and inputs they have. */
export function labelledImages({
  images,
  classes,
  labels,
  labelDistribution,
  inputs = {},
  targets = {},
  ...rest
}: Labelling &
  Omit<SampleFields, 'inputs' | 'targets'> &
  Partial<Pick<SampleFields, 'inputs' | 'targets'>> & { readonly images: Images }): Samples {
  return new Samples({
    ...rest,
    inputs: { [IMAGE]: { kind: 'image', table: images }, ...inputs },
    targets: { [LABEL]: { classes, labels, ...(labelDistribution ? { labelDistribution } : {}) }, ...targets },
  });
}

/** The samples at `indices`, in that order, in every table. */
export function selectSamples(source: Samples, indices: Int32Array): Samples {
  return new Samples({
    ids: Array.from(indices, (i) => source.ids[i]!),
    ...(source.subjects ? { subjects: Array.from(indices, (i) => source.subjects![i]!) } : {}),
    ...(source.landmarks ? { landmarks: (i: number) => source.landmarks!(indices[i]!) } : {}),
    inputs: mapValues(source.inputs, (input) => selectInput(input, indices)),
    targets: mapValues(source.targets, (target) => selectTarget(target, indices)),
  });
}

function selectInput(input: SampleInput, indices: Int32Array): SampleInput {
  switch (input.kind) {
    case 'image':
      return { ...input, table: selectRows(input.table, indices) };
    case 'frontal':
      return { ...input, table: selectTable(input.table, indices) };
    case 'landmarks':
      return { ...input, table: { ...input.table, values: pickRows(input.table.values, input.table.size, indices) } };
    case 'vector':
      return { ...input, table: { ...input.table, values: pickRows(input.table.values, input.table.size, indices) } };
    case 'clip':
    case 'track':
      return { ...input, rows: Array.from(indices, (i) => input.rows[i]!) };
  }
}

/** The images at `indices`. */
function selectRows(images: Images, indices: Int32Array): Images {
  if (!isStreamed(images)) return selectTable(images, indices);
  const { height, width, channels } = images;
  const own = (rows: Int32Array): Int32Array => rows.map((row) => indices[row]!);
  return {
    count: indices.length,
    height,
    width,
    channels,
    read: (rows) => images.read(own(rows)),
    ...(images.check ? { check: (rows, onProgress) => images.check!(own(rows), onProgress) } : {}),
  };
}

function selectTable({ height, width, channels, pixels }: ImageTable, indices: Int32Array): ImageTable {
  const picked = pickRows(pixels, height * width * channels, indices);
  return { count: indices.length, height, width, channels, pixels: picked };
}

function selectTarget(target: SampleTarget, indices: Int32Array): SampleTarget {
  if (!isLabelling(target)) return { ...target, values: pickRows(target.values, target.names.length, indices) };
  const { classes, labels, labelDistribution } = target;
  return {
    classes,
    labels: indices.map((i) => labels[i]!),
    ...(labelDistribution ? { labelDistribution: pickRows(labelDistribution, classes.length, indices) } : {}),
  };
}

/** Rows of a table [N,size]. */
function pickRows<T extends Uint8Array | Float32Array>(rows: T, size: number, indices: Int32Array): T {
  const picked = new (rows.constructor as new (length: number) => T)(indices.length * size);
  indices.forEach((from, to) => picked.set(rows.subarray(from * size, (from + 1) * size), to * size));
  return picked;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
