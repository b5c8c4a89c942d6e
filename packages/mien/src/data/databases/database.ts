/**
 * A database of faces as its owners hand it out: what every file of this folder exports, and what protocols, features,
 * training and evaluation work on. Indexing reads names and label files only; pixels and landmarks are read when asked for.
 */
import { InputError } from '../../errors.ts';
import type { BoxXYWH, Point2, RawImage } from '../../image/index.ts';

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
  /** Unique in the database and the same on every machine: the file's path from the database's root, `/` between folders; `#row` follows where a file holds many. */
  readonly id: string;
  /** A file of the database, or pixels that a larger file holds. */
  readonly image: { readonly file: string } | { readonly read: () => Promise<RawImage> };
  /** Name of the owners' split; absent where they published none. */
  readonly split?: string;
  /** One of the database's classes; absent = unlabelled. The label of a sequence stands on each of its frames: which of them show it is the protocol's choice. */
  readonly label?: string;
  /** Weights by class, from 0, not all 0; absent classes weigh 0. */
  readonly labelDistribution?: Readonly<Record<string, number>>;
  /** The person, the same over all of that person's records. */
  readonly subject?: string;
  /** The sequence that this is a frame of, and its place there, from 0, in order of time. */
  readonly sequence?: string;
  readonly frame?: number;
  /** The face in the image, px. */
  readonly box?: BoxXYWH;
  readonly landmarks?: () => Promise<LandmarkSets>;
  readonly actionUnits?: readonly ActionUnit[];
  /** −1 to 1. */
  readonly valence?: number;
  readonly arousal?: number;
  /** What else the database tells: camera, gaze, illumination, intensity level, gender, age … by the name its owners use. */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** A copy of a database. Records stand in an order that no file system decides. */
export interface Database {
  readonly name: string;
  readonly root: string;
  /** Class order of the labels; expressions in the canonical order of `labels/`. */
  readonly classes: readonly string[];
  readonly records: readonly FaceRecord[];
  /** Where this copy is of another release than the one whose figures the definition has. */
  readonly published?: PublishedCounts;
}

/** What the owners, or the papers, say a full copy holds. `labels` counts what one label file counts: sequences where the database has them, otherwise images. */
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

/** Told each thing that is wrong: `where` is a file or `file:line`. */
export type ProblemSink = (where: string, message: string) => void;

export interface DatabaseDefinition {
  /** As in `mien data list` and `--data NAME=DIR`. */
  readonly name: string;
  readonly title: string;
  /** What it is, in a few words. */
  readonly summary: string;
  /** What the folder must hold, in one line. */
  readonly layout: string;
  /** Terms of use, in one line. */
  readonly licence: string;
  /** What to cite, in one line. */
  readonly citation: string;
  /** All that a label can be. */
  readonly classes: readonly string[];
  readonly published: PublishedCounts;
  /**
   * @param problem told of each damaged or missing part, which is then left out; without it the first one throws
   * @throws {InputError} naming the file and line; in any case when nothing of the layout is there
   */
  index(root: string, problem?: ProblemSink): Promise<Database>;
}

/** The sink for an index without one. */
export const throwProblem: ProblemSink = (where, message) => {
  throw new InputError(where, message);
};
