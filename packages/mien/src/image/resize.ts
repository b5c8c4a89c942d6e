/**
 * Resizing with a triangle ("bilinear") filter that widens on shrinking, so that nothing aliases: what Pillow calls
 * BILINEAR and PyTorch `interpolate(mode="bilinear", antialias=True, align_corners=False)`.
 */
import { ShapeError } from '../errors.ts';
import { type HeightWidth, rawImage, type RawImage } from './raw-image.ts';

/**
 * Along each axis, with s = input size / output size and f = max(s, 1), output pixel o is centred at u = (o + ½) s, and
 *   out(o) = Σᵢ w(i) in(i) / Σᵢ w(i),  w(i) = max(0, 1 − |i + ½ − u| / f)
 * over the pixels inside the image, so that no border is invented. Values are rounded to nearest once, at the end
 * (Pillow rounds after each axis, and so may differ by 1).
 * @throws {ShapeError} when the size is not positive integers
 * @example
 * ```ts
 * import { rawImage, resize } from 'mienjs/image';
 *
 * const image = rawImage(4, 1, 1, Uint8Array.of(10, 20, 30, 40));
 * [...resize(image, { width: 2, height: 1 }).data]; // → [17, 33]
 * ```
 */
export function resize(image: RawImage, size: HeightWidth): RawImage {
  if (!Number.isInteger(size.width) || !Number.isInteger(size.height) || size.width < 1 || size.height < 1) {
    throw new ShapeError('resize', `size: expected positive integers, got ${size.width}×${size.height}`);
  }
  const { channels, data } = image;
  const across = triangleWeights(image.width, size.width);
  const down = triangleWeights(image.height, size.height);
  const rowLength = size.width * channels;
  const sums = new Float32Array(size.height * rowLength);
  const narrowed = new Float32Array(rowLength);

  // Each input row is resized across once, then added to every output row that it belongs to.
  let firstOutput = 0;
  for (let y = 0; y < image.height; y++) {
    while (firstOutput < size.height && endOf(down[firstOutput]!) <= y) firstOutput++;
    if (firstOutput >= size.height || down[firstOutput]!.start > y) continue;
    resizeRow(data, y * image.width * channels, channels, across, narrowed);
    for (let o = firstOutput; o < size.height && down[o]!.start <= y; o++) {
      const { start, weights } = down[o]!;
      const weight = weights[y - start];
      if (weight === undefined) continue;
      const at = o * rowLength;
      for (let k = 0; k < rowLength; k++) sums[at + k]! += weight * narrowed[k]!;
    }
  }
  const out = new Uint8Array(sums.length);
  for (let k = 0; k < out.length; k++) out[k] = sums[k]! + 0.5;
  return rawImage(size.width, size.height, channels, out);
}

/**
 * The size of an image scaled, without distortion, so that its longer side is at most `longSide`; never enlarged.
 */
export function fitWithin({ width, height }: HeightWidth, longSide: number): HeightWidth {
  const factor = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** The input pixels [start, start + weights.length) of one output pixel; the weights sum to 1. */
interface Taps {
  readonly start: number;
  readonly weights: Float32Array;
}

function endOf({ start, weights }: Taps): number {
  return start + weights.length;
}

function triangleWeights(inputSize: number, outputSize: number): readonly Taps[] {
  const step = inputSize / outputSize;
  const reach = Math.max(step, 1);
  return Array.from({ length: outputSize }, (_, o) => {
    const center = (o + 0.5) * step;
    const start = Math.max(0, Math.floor(center - reach));
    const end = Math.min(inputSize, Math.ceil(center + reach));
    const weights = Float32Array.from({ length: end - start }, (_, i) =>
      Math.max(0, 1 - Math.abs(start + i + 0.5 - center) / reach),
    );
    const total = weights.reduce((sum, w) => sum + w, 0);
    return { start, weights: weights.map((w) => w / total) };
  });
}

/** data[at …] [W,C] → out [W',C] */
function resizeRow(data: Uint8Array, at: number, channels: 1 | 3, across: readonly Taps[], out: Float32Array): void {
  for (let o = 0, k = 0; o < across.length; o++, k += channels) {
    const { start, weights } = across[o]!;
    let [s0, s1, s2] = [0, 0, 0];
    let p = at + start * channels;
    if (channels === 1) {
      for (let i = 0; i < weights.length; i++) s0 += weights[i]! * data[p++]!;
      out[k] = s0;
      continue;
    }
    for (let i = 0; i < weights.length; i++, p += 3) {
      const w = weights[i]!;
      s0 += w * data[p]!;
      s1 += w * data[p + 1]!;
      s2 += w * data[p + 2]!;
    }
    out[k] = s0;
    out[k + 1] = s1;
    out[k + 2] = s2;
  }
}
