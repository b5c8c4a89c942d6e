/** A cascade as numbers in a row: the search runs through it some hundred thousand times an image. */
import type { Cascade } from './cascade.ts';
import type { WindowSums } from './window-sums.ts';

export interface FlatCascade {
  readonly hasTilted: boolean;
  /** [stages] */
  readonly thresholds: Float32Array;
  /** First classifier of each stage, and the end; [stages + 1] */
  readonly stageStart: Int32Array;
  /** First node of each classifier; [classifiers] */
  readonly nodeStart: Int32Array;
  /** First leaf of each classifier; [classifiers] */
  readonly leafStart: Int32Array;
  /** Of each node. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  readonly nodeThreshold: Float32Array;
  readonly leaves: Float32Array;
  readonly features: Cascade['features'];
  /** Three a feature, the last 0 where it has two rectangles. */
  readonly weights: Float32Array;
}

/** Where the corners of features lie in the sums of one image. */
export interface PlacedFeatures {
  /** Twelve a feature: four a rectangle. */
  readonly offsets: Int32Array;
  /** The sums that each feature reads. */
  readonly tables: readonly Int32Array[];
}

const { fround } = Math;
/** Offsets, and numbers of the weights, of a feature. */
const [OFFSETS, WEIGHTS] = [12, 3];

export function flatten({ stages, features }: Cascade): FlatCascade {
  const classifiers = stages.flatMap((stage) => stage.classifiers);
  const starts = (sizes: readonly number[]): Int32Array => {
    const out = new Int32Array(sizes.length + 1);
    sizes.forEach((size, i) => (out[i + 1] = out[i]! + size));
    return out;
  };
  const weights = new Float32Array(features.length * WEIGHTS);
  features.forEach(({ rectangles }, f) => rectangles.forEach(([, , , , w], r) => (weights[f * WEIGHTS + r] = w)));
  return {
    hasTilted: features.some(({ tilted }) => tilted),
    thresholds: Float32Array.from(stages, ({ threshold }) => threshold),
    stageStart: starts(stages.map((stage) => stage.classifiers.length)),
    nodeStart: starts(classifiers.map(({ left }) => left.length)),
    leafStart: starts(classifiers.map(({ leaves }) => leaves.length)),
    left: Int32Array.from(classifiers.flatMap(({ left }) => left)),
    right: Int32Array.from(classifiers.flatMap(({ right }) => right)),
    feature: Int32Array.from(classifiers.flatMap(({ feature }) => feature)),
    nodeThreshold: Float32Array.from(classifiers.flatMap(({ threshold }) => threshold)),
    leaves: Float32Array.from(classifiers.flatMap(({ leaves }) => leaves)),
    features,
    weights,
  };
}

export function place({ features }: FlatCascade, { stride, sums, tilted }: WindowSums): PlacedFeatures {
  const offsets = new Int32Array(features.length * OFFSETS);
  features.forEach((feature, f) =>
    feature.rectangles.forEach(([x, y, w, h], r) =>
      offsets.set(
        feature.tilted
          ? [y * stride + x, (y + h) * stride + x - h, (y + w) * stride + x + w, (y + w + h) * stride + x + w - h]
          : [y * stride + x, y * stride + x + w, (y + h) * stride + x, (y + h) * stride + x + w],
        f * OFFSETS + 4 * r,
      ),
    ),
  );
  return { offsets, tables: features.map((feature) => (feature.tilted ? tilted! : sums)) };
}

/** @param at the window's corner in the sums   @param scale what features are multiplied by */
export function stagesPassed(cascade: FlatCascade, placed: PlacedFeatures, at: number, scale: number): number {
  const { thresholds, stageStart, nodeStart, leafStart, left, right, feature, nodeThreshold, leaves, weights } =
    cascade;
  const { offsets, tables } = placed;
  for (let s = 0; s < thresholds.length; s++) {
    let sum = 0;
    for (let c = stageStart[s]!; c < stageStart[s + 1]!; c++) {
      const first = nodeStart[c]!;
      let node = 0;
      do {
        const f = feature[first + node]!;
        const table = tables[f]!;
        const [o, w] = [f * OFFSETS, f * WEIGHTS];
        // Rounded to float32 as OpenCV's are: windows lie on thresholds more often than one thinks
        let value = fround(
          fround(
            weights[w]! *
              ((table[at + offsets[o]!]! -
                table[at + offsets[o + 1]!]! -
                table[at + offsets[o + 2]!]! +
                table[at + offsets[o + 3]!]!) |
                0),
          ) +
            fround(
              weights[w + 1]! *
                ((table[at + offsets[o + 4]!]! -
                  table[at + offsets[o + 5]!]! -
                  table[at + offsets[o + 6]!]! +
                  table[at + offsets[o + 7]!]!) |
                  0),
            ),
        );
        if (weights[w + 2] !== 0)
          value = fround(
            value +
              fround(
                weights[w + 2]! *
                  ((table[at + offsets[o + 8]!]! -
                    table[at + offsets[o + 9]!]! -
                    table[at + offsets[o + 10]!]! +
                    table[at + offsets[o + 11]!]!) |
                    0),
              ),
          );
        const isBelow = fround(value * scale) < nodeThreshold[first + node]!;
        node = isBelow ? left[first + node]! : right[first + node]!;
      } while (node > 0);
      sum += leaves[leafStart[c]! - node]!;
    }
    if (sum < thresholds[s]!) return s;
  }
  return thresholds.length;
}
