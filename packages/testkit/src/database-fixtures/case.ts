/** A database's fixture and what its index must say of it: a row of the contract test that all databases pass. */
import type { Tree } from './draw.ts';

export interface DatabaseCase {
  /** As in the definition. */
  readonly name: string;
  /** A small intact copy in the owners' layout, with the files that systems leave behind (.DS_Store, Thumbs.db). */
  readonly tree: Tree;
  readonly expected: ExpectedIndex;
  /** The same copy with damages. */
  readonly damaged: {
    /** Written over the intact copy. */
    readonly changed: Tree;
    /** Paths that the intact copy has and this one lacks, files or folders. */
    readonly removed?: readonly string[];
    /** Every problem that is reported, in any order. */
    readonly problems: readonly ExpectedProblem[];
    /** Ids that the damaged copy has, in order. */
    readonly ids: readonly string[];
  };
  /**
   * The copy with pixels that cannot be read, which an index must not notice. By default every image file is emptied.
   */
  readonly unreadable?: Tree;
}

export interface ExpectedIndex {
  /** All ids, in order. */
  readonly ids: readonly string[];
  /** Label of each id, in the same order; undefined = unlabelled. */
  readonly labels: readonly (string | undefined)[];
  readonly subjects: number;
  readonly sequences: number;
  /** Parts of single records, by id. */
  readonly records: Readonly<Record<string, ExpectedRecord>>;
  /** Size of every image, px, where the record's own entry says nothing else. */
  readonly image: ExpectedImage;
}

/** Width and height in px. */
export interface ExpectedImage {
  readonly width: number;
  readonly height: number;
}

/**
 * What a record must have, at least. `landmarks` = number of points of each set, [] = none may be there; so for an
 * attribute that is undefined.
 */
export interface ExpectedRecord {
  readonly image?: ExpectedImage;
  readonly split?: string;
  readonly subject?: string;
  readonly sequence?: string;
  readonly frame?: number;
  readonly labelDistribution?: Readonly<Record<string, number>>;
  readonly box?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly landmarks?: readonly number[];
  readonly actionUnits?: readonly { readonly unit: number; readonly intensity?: number }[];
  readonly valence?: number;
  readonly arousal?: number;
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
}

export interface ExpectedProblem {
  /** Path from the root, `/` between folders, with `:line` where the problem has one; empty for the root. */
  readonly where: string;
  readonly message: RegExp;
}
