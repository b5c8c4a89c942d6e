/** Gaussian blur. Shape legend: H height, W width, C channels. */
import type { PixelShape } from './pixels.ts';

/**
 * Blurs in place: first along rows, then along columns, with
 *   w(i) ∝ exp(−i²/(2σ²)),  |i| ≤ ⌈3σ⌉,  Σw = 1
 * Beyond a border the nearest pixel counts.
 * @param values [H,W,C]   @param sigmaPx σ in pixels; 0 leaves the image as it is
 */
export function gaussianBlur(values: Float32Array, { height, width, channels }: PixelShape, sigmaPx: number): void {
  if (!(sigmaPx > 0)) return;
  const weights = gaussianWeights(sigmaPx);
  const line = new Float32Array(Math.max(height, width));
  const rowLength = width * channels;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) filterLine(values, y * rowLength + c, channels, width, weights, line);
    for (let x = 0; x < width; x++) filterLine(values, x * channels + c, rowLength, height, weights, line);
  }
}

function gaussianWeights(sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Filters the `length` values at start, start + stride, … in place. */
function filterLine(
  values: Float32Array,
  start: number,
  stride: number,
  length: number,
  weights: Float32Array,
  line: Float32Array,
): void {
  const radius = (weights.length - 1) / 2;
  for (let i = 0; i < length; i++) line[i] = values[start + i * stride]!;
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      const at = i + k - radius;
      sum += weights[k]! * line[at < 0 ? 0 : at >= length ? length - 1 : at]!;
    }
    values[start + i * stride] = sum;
  }
}
