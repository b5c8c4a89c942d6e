/**
 * An image at half, quarter, … size, so that small crops of large regions need not touch every pixel again.
 * Level k is 2⁻ᵏ of the size; each of its pixels is the mean of 2×2 pixels of the level below, and an odd last row or
 * column is dropped, so that level-k coordinates are exactly 2⁻ᵏ times the image's.
 */
import { compose, scaling, type Affine2, type RawImage } from '../image/index.ts';

/** Levels live as long as their image. */
const pyramids = new WeakMap<RawImage, RawImage[]>();

/**
 * The level from which a warp takes less than `maxStep` pixels at each step.
 * @param outputToInput maps the warp's output to the image; a similarity
 * @param maxStep px, more than 1
 * @returns the level's image, and the map from the output to it
 */
export function levelForWarp(
  image: RawImage,
  outputToInput: Affine2,
  maxStep: number,
): { image: RawImage; outputToInput: Affine2 } {
  const { image: level, scale } = reducedImage(image, Math.hypot(outputToInput[0], outputToInput[3]), maxStep);
  return { image: level, outputToInput: compose(scaling(scale, scale), outputToInput) };
}

/**
 * The level of which steps of `stepPx` pixels of the image are less than `maxStep` pixels.
 * @returns the level's image, and its size as a part of the image's
 */
export function reducedImage(image: RawImage, stepPx: number, maxStep: number): { image: RawImage; scale: number } {
  const levels = pyramids.get(image) ?? [image];
  pyramids.set(image, levels);
  let k = 0;
  for (let step = stepPx; step >= maxStep; step /= 2, k++) {
    const { width, height } = levels[k]!;
    if (width < 2 || height < 2) break;
    levels[k + 1] ??= halve(levels[k]!);
  }
  return { image: levels[k]!, scale: 2 ** -k };
}

/** Means of 2×2 pixels, rounded to nearest. */
function halve({ width, height, channels, data }: RawImage): RawImage {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Uint8Array(w * h * channels);
  const row = width * channels;
  let at = 0;
  for (let y = 0; y < h; y++) {
    let p = 2 * y * row;
    if (channels === 1) {
      for (let x = 0; x < w; x++, p += 2)
        out[at++] = (data[p]! + data[p + 1]! + data[p + row]! + data[p + row + 1]! + 2) >> 2;
      continue;
    }
    // Written out: a loop over channels takes twice as long
    for (let x = 0, q = p + row; x < w; x++, p += 6, q += 6, at += 3) {
      out[at] = (data[p]! + data[p + 3]! + data[q]! + data[q + 3]! + 2) >> 2;
      out[at + 1] = (data[p + 1]! + data[p + 4]! + data[q + 1]! + data[q + 4]! + 2) >> 2;
      out[at + 2] = (data[p + 2]! + data[p + 5]! + data[q + 2]! + data[q + 5]! + 2) >> 2;
    }
  }
  return { width: w, height: h, channels, data: out };
}
