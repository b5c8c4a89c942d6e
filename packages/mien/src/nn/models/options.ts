/** What the networks of the field have in common to choose. */

export interface ImageNetworkOptions {
  readonly classes: number;
  /** Channels of the input; default: the paper's. */
  readonly channels?: number;
  /** Side of the square input in pixels; default: the paper's. */
  readonly size?: number;
  /** Factor on the number of channels of every layer; default 1, the paper's. */
  readonly widthMultiplier?: number;
}

/** Channels under a width multiplier: at least 1. */
export const scaledBy =
  (multiplier = 1) =>
  (channels: number): number =>
    Math.max(1, Math.round(channels * multiplier));
