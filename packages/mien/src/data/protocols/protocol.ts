/**
 * Evaluation protocols of the field as plain data: which classes, which frames of a sequence show the expression, and
 * how people or images are split into training, validation and test. `folds.ts` carries a protocol out; `list.ts` has
 * them all. A protocol is never changed once published (figures refer to its id): a changed one gets a new id.
 * Sources: Li & Deng 2020, Tables 3 and 5; the papers that each protocol names.
 */
import type { FaceRecord } from '../databases/index.ts';

/** Which frames of a labelled sequence show its expression. Stills are always taken. */
export type FrameRule =
  | { readonly rule: 'all' }
  /** Places counted from the last frame, which is 0. */
  | { readonly rule: 'from-end'; readonly places: readonly number[] }
  /** Frames ⌊(n − count)/2⌋ … of n: the apex of sequences that return to neutral. */
  | { readonly rule: 'middle'; readonly count: number }
  /** From this frame (0 = the first) to the last. */
  | { readonly rule: 'from-start'; readonly first: number };

export interface FrameSelection {
  readonly expression: FrameRule;
  /** The first frame of each labelled sequence is taken as neutral, and never as showing the expression. */
  readonly firstIsNeutral: boolean;
}

/** How much a split by image takes. */
export type Amount = { readonly share: number } | { readonly images: number } | { readonly imagesPerClass: number };

/** A part of the training people (of sequences or images, where people are unknown) that is kept to validate. */
export interface HoldOut {
  readonly share: number;
  readonly seed: number;
}

export type SplitRule =
  /** The owners' splits, by name. */
  | { readonly rule: 'official'; readonly train: string; readonly validation: string | HoldOut; readonly test: string }
  /** Folds that the owners give: an attribute for each, whose values say which part a record is in. */
  | {
      readonly rule: 'given-folds';
      readonly attributes: readonly string[];
      readonly train: string;
      readonly validation: string;
      readonly test: string;
    }
  /**
   * n groups of people. People are sorted by id in code-unit order (or then shuffled by the seed), and person i goes
   * into group i mod n. Fold k tests on group k, validates on group k + 1 (mod n) and trains on the others.
   */
  | { readonly rule: 'person-folds'; readonly folds: number; readonly seed?: number }
  /** The same with one person a group. */
  | { readonly rule: 'leave-one-subject-out' }
  /** One split of the images at random, people on both sides. */
  | { readonly rule: 'by-image'; readonly seed: number; readonly test: Amount; readonly validation: Amount }
  /**
   * Train on all of one database, test on all of another. `sampledTo`: the larger one is sampled down to the size of
   * the smaller.
   */
  | {
      readonly rule: 'cross-database';
      readonly train: string;
      readonly test: string;
      readonly validation: HoldOut;
      readonly sampledTo?: { readonly size: 'smaller'; readonly seed: number };
    };

export interface Protocol {
  /** `database.split.classes`, with what else tells it apart. */
  readonly id: string;
  /** Those it needs; of a cross-database one, first what is trained on. */
  readonly databases: readonly string[];
  /** Paper and table. */
  readonly source: string;
  /** What this protocol adds where the source is silent, or differs in. */
  readonly notes?: string;
  /** Records of other classes are left out and counted. `own`: all that the database has. */
  readonly classes: readonly string[] | 'own';
  /** By database: attributes and the values of them that count. */
  readonly where?: Readonly<Record<string, Readonly<Record<string, readonly (string | number)[]>>>>;
  readonly frames: FrameSelection;
  /** Frames to test and validate on, where they are not those to train on. */
  readonly testFrames?: FrameSelection;
  readonly split: SplitRule;
  /** No person is on both sides; checked wherever people are known. */
  readonly personIndependent: boolean;
  /** What is right or wrong: an image, or a sequence, by the mean of the probabilities of its frames. */
  readonly scored: 'images' | 'sequences';
}

/** One round of training and testing. */
export interface ProtocolFold {
  readonly name: string;
  readonly train: readonly FaceRecord[];
  /** Chooses the epoch and tunes; never part of the test. */
  readonly validation: readonly FaceRecord[];
  readonly test: readonly FaceRecord[];
}
