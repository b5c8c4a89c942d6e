/**
 * What every dataset looks like to the rest of the library. A dataset file exports one `DatasetDefinition`;
 * `registry.ts` lists them, and nothing else knows their names.
 *
 * Shape legend: N samples, K classes.
 */
import { InputError } from '../errors.ts';
import type { IndexOptions } from './databases/database.ts';
import type { FrameSelectionName } from './protocols/frames.ts';
import type { ImageFormat } from './image-input.ts';
import type { RecordImagesOptions } from './framing.ts';
import type { Samples, TargetDescription } from './samples.ts';
import type { SplitUse } from './split-use.ts';

export * from './samples.ts';

export type { SplitUse } from './split-use.ts';

export interface Dataset {
  readonly name: string;
  /** Where it is, as errors name it. Default: the name. */
  readonly source?: string;
  /** Class order of its own labels. */
  readonly classes: readonly string[];
  /** What else its samples may be asked for, by name: targets for further heads. */
  readonly furtherTargets?: Readonly<Record<string, TargetDescription>>;
  /** No sample of any split has a label or a distribution of the classes: what there is to learn is further. */
  readonly withoutLabels?: true;
  /** The splits that the files at hand hold, in whatever order: what each is for, its name tells (splits.ts). */
  readonly splits: readonly string[];
  /** Those of them that have no label at all, as when their owners keep the labels. */
  readonly unlabelled?: readonly string[];
  /** What a split is, where its name does not say it. */
  readonly splitNotes?: Readonly<Record<string, string>>;
  /** What users should know of this copy, each in a sentence without its end: what was passed over. */
  readonly notes?: readonly string[];
  /** The dataset whose labels these are, where this is a variant of one: a model's head for it fits. */
  readonly labelsOf?: string;
  /** The same images under other rules of labels: figures of them stand beside this dataset's own. */
  readonly labelSets?: readonly Dataset[];
  /** @throws {InputError} when the split is absent; names the splits present */
  loadSplit(split: string, use: SplitUse): Promise<Samples>;
  /**
   * Images of a split that are left out because annotators saw no clear expression in them, by the reason: examples of
   * when a model should not answer. Absent where the source does not tell them.
   * @throws {InputError} when the split is absent
   */
  loadUnclear?(split: string): Promise<Readonly<Record<string, Samples>>>;
}

export interface Finding {
  readonly severity: 'error' | 'warning';
  /** `file` or `file:line`. */
  readonly where: string;
  readonly message: string;
}

export interface CheckSummary {
  /** Images per split, then per class; `unlabelled` counts images without a label. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Images that equal an earlier image of the same split, byte for byte. */
  readonly duplicatesWithinSplits: number;
  /** Images that equal an image of another split seen earlier. */
  readonly duplicatesAcrossSplits: number;
}

export interface CheckReport {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly summary: CheckSummary;
}

export interface LoadOptions extends IndexOptions {
  /**
   * Which frames of the sequences show their expression: to be said where the data have sequences, since the label of
   * one holds for its peak. The first as neutral where the name says so. Unlabelled frames are kept.
   */
  readonly frames?: FrameSelectionName;
  /** How images are read: how faces are brought to the frame and read, and how much memory they may take. */
  readonly images?: Omit<RecordImagesOptions, 'keep'>;
}

export interface CheckOptions extends IndexOptions {
  /** Read every image and its landmarks. Default true. */
  readonly readImages?: boolean;
  /** Called with how many images have been read. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DatasetDefinition {
  readonly name: string;
  /** What `path` may be, in one line for `mien data`. */
  readonly layout: string;
  /** Terms of use and what to cite, in one line, for the cards of models that are trained on it. */
  readonly licence: string;
  /** The options that it takes; others have no meaning for it. */
  readonly takes: readonly (keyof LoadOptions)[];
  /**
   * @param format what the images are brought to; default 48×48 grey
   * @throws {InputError} naming file and line, at the first thing that is wrong
   */
  load(path: string, format?: ImageFormat, options?: LoadOptions): Promise<Dataset>;
  /**
   * Reads everything and reports all that is wrong, instead of stopping at the first: what it finds no error in loads,
   * and nothing else does.
   */
  check(path: string, options?: CheckOptions): Promise<CheckReport>;
}

/** The error for a split that the data lack. */
export function missingSplit(input: string, wanted: string, present: readonly string[]): InputError {
  return new InputError(
    input,
    `has no split "${wanted}": expected one of ${present.join(', ') || '(none: it holds no images)'}`,
  );
}

/** [N] → [N,K] rows with 1 at the label; all 0 for unlabelled images. */
export function oneHotRows(labels: Int32Array, classCount: number): Float32Array {
  const rows = new Float32Array(labels.length * classCount);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i]! >= 0) rows[i * classCount + labels[i]!] = 1;
  }
  return rows;
}
