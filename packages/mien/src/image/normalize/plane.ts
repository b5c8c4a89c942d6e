/**
 * One channel of an image as numbers on the scale 0 … 255, and what several normalizations do with it.
 * A plane is float32 [H,W], row-major; functions return new ones.
 */
import type { HeightWidth } from '../raw-image.ts';

/** What an image without any contrast becomes where contrast is stretched: the middle of the scale. */
export const MIDDLE = 127.5;
/** Standard deviations become this many steps of the scale: ±3 of them fill 0 … 255. */
export const STEPS_PER_DEVIATION = 42.5;

/** The least value becomes 0, the greatest 255; a constant plane becomes the middle. */
export function stretched(plane: Float32Array): Float32Array {
  let [low, high] = [Infinity, -Infinity];
  for (const value of plane) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // Below this part of the values, differences are rounding errors of a constant
  if (!(high - low > 1e-5 * Math.max(Math.abs(low), Math.abs(high), 1e-30))) return plane.map(() => MIDDLE);
  return plane.map((value) => (255 * (value - low)) / (high - low));
}

/**
 * Stretched after the lowest and the highest values were cut off.
 * @param percent of the pixels that are cut at each end
 */
export function stretchedWithout(plane: Float32Array, percent: number): Float32Array {
  const sorted = plane.slice().sort();
  const cut = Math.floor((sorted.length * percent) / 100);
  const [low, high] = [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
  return stretched(plane.map((value) => Math.min(high, Math.max(low, value))));
}

/** Weights of a Gaussian, together 1. @returns [2·radius + 1] */
export function gaussianWeights(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Which pixel stands for one beyond the border: the nearest, or its mirror image (the border pixel twice). */
export type Border = 'replicate' | 'symmetric';

/** The weights along rows, then along columns. @param weights of odd number */
export function filtered(
  plane: Float32Array,
  { height, width }: HeightWidth,
  weights: ArrayLike<number>,
  border: Border,
): Float32Array {
  return along(along(plane, height, width, width, 1, weights, border), width, height, 1, width, weights, border);
}

/** Along one direction: `lines` of `length` pixels, `step` apart from one to the next. */
function along(
  plane: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  weights: ArrayLike<number>,
  border: Border,
): Float32Array {
  const out = new Float32Array(plane.length);
  const radius = (weights.length - 1) / 2;
  const place = border === 'replicate' ? replicate : symmetric;
  const places = Int32Array.from({ length: length + 2 * radius }, (_, i) => place(i - radius, length) * step);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * plane[start + places[i + k]!]!;
      out[start + i * step] = sum;
    }
  }
  return out;
}

const replicate = (i: number, length: number): number => Math.min(length - 1, Math.max(0, i));

export function symmetric(i: number, length: number): number {
  const at = ((i % (2 * length)) + 2 * length) % (2 * length);
  return at < length ? at : 2 * length - 1 - at;
}
