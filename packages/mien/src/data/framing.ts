/** How the images of records are read: what frames faces, how much memory they take, who is told. */
import type { FivePoints } from '../face/align-points.ts';
import type { RawImage } from '../image/index.ts';
import type { FaceRecord } from './databases/database.ts';
import type { FaceReadingsOptions } from './face-readings.ts';

/** How a face was brought into the frame. */
export type Framing = 'frontal' | 'landmarks' | 'detected' | 'box' | 'whole';

const FRAMING_WORDS: Readonly<Record<Framing, string>> = {
  frontal: 'frontalized',
  landmarks: 'aligned by landmarks',
  detected: 'aligned by detection',
  box: 'cut out by their box',
  whole: 'taken whole',
};

/** How images were framed, counted: figures depend on it. */
export class FramingCounter {
  readonly #counts = new Map<Framing, number>();
  readonly add = (framing: Framing): void => {
    this.#counts.set(framing, (this.#counts.get(framing) ?? 0) + 1);
  };

  /** `12 aligned by landmarks, 3 taken whole`; undefined of no image. */
  describe(): string | undefined {
    const parts = [...this.#counts].map(([framing, count]) => `${count} ${FRAMING_WORDS[framing]}`);
    return parts.length > 0 ? parts.join(', ') : undefined;
  }
}

/** Finds what alignment needs in an image; undefined where there is no face. */
export type FindFace = (image: RawImage) => Promise<FivePoints | undefined>;

/**
 * - `landmarks`: the similarity that fits five points best
 * - `eyes-mouth`: the affine map that takes eyes and middle of the mouth to their places (Li & Deng 2019, section III-B)
 * - `none`: straight to box or whole image
 */
export type RecordAlignment = 'landmarks' | 'eyes-mouth' | 'none';

export interface RecordImagesOptions {
  /** Default `landmarks`. */
  readonly align?: RecordAlignment;
  /** For records without landmarks that alignment can use. */
  readonly findFace?: FindFace;
  /** Keeps the pixels of each image for the next split that asks for it: for databases whose folds share images. */
  readonly keep?: boolean;
  /**
   * Bytes that decoded images of a split may take. A split that takes more streams from disk: each image is decoded when it is
   * asked for, but for as many as fit into this memory, which are kept once decoded. Default 1 GiB.
   */
  readonly memory?: number;
  /** Folder that keeps which files of a stream were read; false: none. Default: in the user's cache. */
  readonly checked?: string | false;
  /** Called once for each image. */
  readonly onImage?: (record: FaceRecord, framing: Framing) => void;
  /** How faces are read, for formats that need what the face mesh finds. */
  readonly faces?: FaceReadingsOptions;
  /**
   * Called for each image of a split in which a face was looked for.
   * @param found so far, of `done` of the `total` images
   */
  readonly onFace?: (found: number, done: number, total: number) => void;
}

/** Default of `memory`. */
export const DEFAULT_MEMORY = 2 ** 30;
