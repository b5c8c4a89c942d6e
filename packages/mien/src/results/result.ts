/** What is known of one photo, or of one frame of a video. */
import type { UnitEstimate } from '../animate/index.ts';
import type { FacePrediction } from '../predict/index.ts';

/** A face of a photo, or one that is followed from frame to frame. */
export interface FaceResult extends FacePrediction {
  /** The same in each frame of a video that shows the face; in tables it is the column `face_id`. */
  readonly id?: number;
  /** Estimates of `ActionUnitEstimator`, where they were asked for. */
  readonly actionUnits?: readonly UnitEstimate[];
}

/** An entry of `images` in the JSON output. */
export interface ImageResult {
  readonly file: string;
  /** Pixels as displayed; null when the photo could not be read. */
  readonly width: number | null;
  readonly height: number | null;
  readonly faces: readonly FaceResult[];
  /** Time of a video's frame: seconds from its start. */
  readonly timeSec?: number;
  /** Why the photo could not be read or recognised. */
  readonly error?: string;
  /** What its reader should know of it: frames that were left out, damage that was passed over. */
  readonly notes?: readonly string[];
}
