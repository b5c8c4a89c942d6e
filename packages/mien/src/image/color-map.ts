/** Numbers to colours, by tables whose lightness grows evenly, so that equal steps look equal. */
import type { Color } from './draw.ts';

/** Colours at equal distances; those between are interpolated linearly in sRGB. */
export interface ColorMap {
  /** The values of the first and the last colour. */
  readonly range: readonly [low: number, high: number];
  readonly colors: readonly Color[];
}

/** For [0, 1]: nine samples of matplotlib's "inferno" (CC0): black, purple, orange, pale yellow. */
export const sequentialMap: ColorMap = {
  range: [0, 1],
  colors: [
    [0, 0, 4],
    [31, 12, 72],
    [85, 15, 109],
    [136, 34, 106],
    [186, 54, 85],
    [227, 89, 51],
    [249, 140, 10],
    [249, 201, 50],
    [252, 255, 164],
  ],
};

/** For [−1, 1]: ColorBrewer's "RdBu" of seven classes, reversed: blue below 0, white at 0, red above. */
export const divergingMap: ColorMap = {
  range: [-1, 1],
  colors: [
    [33, 102, 172],
    [103, 169, 207],
    [209, 229, 240],
    [247, 247, 247],
    [253, 219, 199],
    [239, 138, 98],
    [178, 24, 43],
  ],
};

/** @returns the colour of a value; values beyond the range take the colour of its end */
export function colorOf(value: number, { range: [low, high], colors }: ColorMap): Color {
  const last = colors.length - 1;
  const position = Math.min(last, Math.max(0, ((value - low) / (high - low)) * last));
  const i = Math.min(last - 1, Math.floor(position));
  const [a, b] = [colors[i]!, colors[i + 1]!];
  const f = position - i;
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f, a[2] + (b[2] - a[2]) * f];
}
