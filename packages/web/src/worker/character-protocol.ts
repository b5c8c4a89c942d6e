/** What the page and the worker that draws characters say to each other. */
import type { CanonicalFace } from 'mienjs/face';
import type { UnitIntensities } from 'mienjs/synth';

export interface CharacterRequest {
  /** Needed by the first. */
  readonly canonical?: CanonicalFace;
  readonly character: string;
  /** Names the face: expressions are smoothed while it stays the same. */
  readonly face: string;
  /** float32 [P,3], px of the image. */
  readonly mesh: Float32Array;
  readonly expressions: Readonly<Record<string, number>>;
  /** Absent for a photo, which is not smoothed. */
  readonly timeSec?: number;
  /** Of the picture, px. */
  readonly side: number;
  readonly isMirrored: boolean;
}

export type CharacterAnswer =
  | { readonly kind: 'drawn'; readonly pixels: ImageData; readonly units: UnitIntensities }
  | { readonly kind: 'failed'; readonly message: string };
