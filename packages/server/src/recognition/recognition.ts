/** What routes and jobs need of recognition; pool.ts does it, tests put something quick in its place. */
import type { ImageResult } from 'mienjs/results';
import type { Inspection } from './inspect-photo.ts';

export interface Photo {
  /** As its owner calls it: stands in the result, and is not a path. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface RecognizeSettings {
  /** `request`: somebody waits, so that it goes before the items of jobs. */
  readonly lane: 'request' | 'job';
  /** Whether faces get estimates of action units. Default false. */
  readonly actionUnits?: boolean;
  /** Forgets the photo if its work has not begun. */
  readonly signal?: AbortSignal;
}

/** The process that read a photo ended: the photo may be why, or not. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/** Recognition was asked to stop before the photo's turn came. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface Recognition {
  /** Name of the expression model. */
  readonly model: string;
  /** Photos that are recognised at the same time. */
  readonly width: number;
  /** Photos in work and waiting. */
  readonly load: number;
  /** Mean time of a photo of late, ms. */
  readonly meanMs: number;
  /**
   * A photo that cannot be read, or takes too long, is a result that says so.
   * @throws {ProcessEnded} when the process died of it   @throws {Stopped}
   */
  recognize(photo: Photo, settings: RecognizeSettings): Promise<ImageResult>;
  /**
   * Measures a photo and how it looks, without recognising anybody.
   * @throws as `recognize`
   */
  inspect(photo: Photo, settings: RecognizeSettings): Promise<Inspection>;
  /** Finishes what is in work; what waits is refused with `Stopped`. */
  close(): Promise<void>;
}
