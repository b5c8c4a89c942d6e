/**
 * A database of faces as its owners hand it out: what every file of this folder exports, and what protocols, features,
 * training and evaluation work on. Indexing reads names and label files only; pixels and landmarks are read when asked
 * for.
 */
import { InputError } from '../../errors.ts';
import type { BoxXYWH, Point2, RawImage } from '../../image/index.ts';
import type { ColumnChoice } from '../../tables/index.ts';
import type { SplitUse } from '../split-use.ts';

/** Sets of points by their number, e.g. 5, 37 or 68; pixels of the image, in the database's own order. */
export type LandmarkSets = Readonly<Record<number, readonly Point2[]>>;

export interface ActionUnit {
  /** FACS number. */
  readonly unit: number;
  /** 1 (A, trace) to 5 (E, maximum); absent where the coder gave none. */
  readonly intensity?: number;
}

/** One face: a still image, or one frame of a sequence. */
export interface FaceRecord {
  /**
   * Unique in the database and the same on every machine: the file's path from the database's root, `/` between
   * folders; `#row` follows where a file holds many.
   */
  readonly id: string;
  /** A file of the database, or pixels that a larger file holds. */
  readonly image: { readonly file: string } | { readonly read: () => Promise<RawImage> };
  /** Name of the owners' split; absent where they published none. */
  readonly split?: string;
  /**
   * One of the database's classes; absent = unlabelled. The label of a sequence stands on each of its frames: which of
   * them show it is the protocol's choice.
   */
  readonly label?: string;
  /** Weights by class, from 0, not all 0; absent classes weigh 0. */
  readonly labelDistribution?: Readonly<Record<string, number>>;
  /** How much the image counts in training, from 0 to 1. Default 1. */
  readonly trainingWeight?: number;
  /** Labels of other labellings of the same image, by the labelling's name; absent = unlabelled there. */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** The person, the same over all of that person's records. */
  readonly subject?: string;
  /** The sequence that this is a frame of, and its place there, from 0, in order of time. */
  readonly sequence?: string;
  readonly frame?: number;
  /** The face in the image, px. */
  readonly box?: BoxXYWH;
  readonly landmarks?: () => Promise<LandmarkSets>;
  readonly actionUnits?: readonly ActionUnit[];
  /** The units that were looked for, where not all were: of others nothing is known. */
  readonly codedUnits?: readonly number[];
  /** −1 to 1. */
  readonly valence?: number;
  readonly arousal?: number;
  /**
   * [468·3] The vertices of the face mesh: x and y of each, and z behind the middle of the mesh, in widths of the image.
   */
  readonly mesh?: Float32Array;
  /**
   * What else the database tells: camera, gaze, illumination, intensity level, gender, age … by the name its owners
   * use.
   */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** A copy of a database. Records stand in an order that no file system decides. */
export interface Database {
  readonly name: string;
  readonly root: string;
  /** Class order of the labels; expressions in the canonical order of `labels/`. */
  readonly classes: readonly string[];
  readonly records: readonly FaceRecord[];
  /** Class orders of the other labellings that records have. */
  readonly alternatives?: Readonly<Record<string, readonly string[]>>;
  /**
   * What the reader of this copy should know: columns or files that were passed over, each in a sentence without its
   * end.
   */
  readonly notes?: readonly string[];
  /** What a split is, where its name does not say it. */
  readonly splitNotes?: Readonly<Record<string, string>>;
  /** Where this copy is of another release than the one whose figures the definition has. */
  readonly published?: PublishedCounts;
}

/**
 * What the owners, or the papers, say a full copy holds. `labels` counts what one label file counts: sequences where
 * the database has them, otherwise images.
 */
export interface PublishedCounts {
  readonly images?: number;
  readonly sequences?: number;
  readonly subjects?: number;
  readonly labels?: Readonly<Record<string, number>>;
  /** Images (or sequences) by split: all of them, or the labelled ones by class. */
  readonly splits?: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** Images by subject and class, where the owners list them so. */
  readonly bySubject?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Where the figures stand. */
  readonly source: string;
}

/** Counts in the order of the labels, by label. */
export const countsByLabel = (labels: readonly string[], counts: readonly number[]): Record<string, number> =>
  Object.fromEntries(labels.map((label, i) => [label, counts[i]!]));

/** Called with each thing that is wrong: `where` is a file or `file:line`. */
export type ProblemSink = (where: string, message: string) => void;

/** Options of an index that the user gives, for the data that take them. */
export interface IndexOptions {
  /** Columns of a table by field. */
  readonly columns?: ColumnChoice;
  /** What names of classes mean, such as numbers. */
  readonly codes?: Readonly<Record<string, string>>;
}

/** The same records under another rule of labels. */
export interface LabelSet {
  /** As in `--data NAME=PATH`. */
  readonly name: string;
  readonly classes: readonly string[];
  /** The source whose labels these are, by another rule: a model's head for it fits. */
  readonly labelsOf: string;
  readonly sampleOf: NonNullable<FaceSource['sampleOf']>;
}

/** Records that are left out because annotators saw no clear expression in them. */
export interface UnclearRecords {
  readonly reasons: readonly string[];
  /** One of `reasons`; undefined for a record that is clear. */
  readonly reasonOf: (record: FaceRecord) => string | undefined;
  /** The record as it counts then. */
  readonly sampleOf: (record: FaceRecord) => FaceRecord;
}

/** What can be indexed: a database of the literature, or a form of people's own data. */
export interface FaceSource {
  /** As in `mien data list` and `--data NAME=PATH`. */
  readonly name: string;
  /** What the path must hold, in one line. */
  readonly layout: string;
  /** Which options the index takes. Default: none. */
  readonly takes?: readonly (keyof IndexOptions)[];
  /**
   * @param problem called with each damaged or missing part, which is then left out; without it the first one throws
   * @throws {InputError} naming the file and line; in any case when nothing of the layout is there
   */
  index(path: string, problem?: ProblemSink, options?: IndexOptions): Promise<Database>;
  /**
   * The record as it counts in training or in evaluation, where that is not the record itself; undefined where it does
   * not count. Default: every record, as it is.
   */
  readonly sampleOf?: (record: FaceRecord, use: SplitUse) => FaceRecord | undefined;
  /** Other rules of labels: figures of them stand beside the source's own, and each is a dataset of its own. */
  readonly labelSets?: readonly LabelSet[];
  readonly unclear?: UnclearRecords;
}

export interface DatabaseDefinition extends FaceSource {
  readonly title: string;
  /** What it is, in a few words. */
  readonly summary: string;
  /** Terms of use, in one line. */
  readonly licence: string;
  /** Where to ask for a copy: mostly the addresses of Li & Deng 2020 (arXiv:1804.08348), table 2. */
  readonly access: string;
  /** What to cite, in one line. */
  readonly citation: string;
  /** All that a label can be. */
  readonly classes: readonly string[];
  readonly published: PublishedCounts;
}

/** The sink for an index without one. */
export const throwProblem: ProblemSink = (where, message) => {
  throw new InputError(where, message);
};
