import type { FacePrediction } from 'mien';

/** What is known of one photo: an entry of `images` in the JSON output. */
export interface ImageResult {
  readonly file: string;
  /** Pixels as displayed; null when the photo could not be read. */
  readonly width: number | null;
  readonly height: number | null;
  readonly faces: readonly FacePrediction[];
  /** Why the photo could not be read or recognised. */
  readonly error?: string;
  /** What its reader should know of it: frames that were left out, damage that was passed over. */
  readonly notes?: readonly string[];
}
