/**
 * How sharp an image is, without another to compare it with.
 * Source: Crété-Roffet et al. 2007, "The blur effect: perception and estimation with a new no-reference perceptual blur
 * metric"; computed as scikit-image's `blur_effect` does (Sobel gradients, a box filter of 11 pixels, the worse axis).
 */
import { ShapeError } from '../errors.ts';
import type { HeightWidth } from './raw-image.ts';

/** Width of the box filter, px. */
const BLUR = 11;
const HALF = (BLUR - 1) / 2;

/**
 * 1 − B, B = max over both axes of 1 − Σ max(0, |∇f| − |∇(f ∗ box)|) / Σ |∇f|: an image that blurring changes little
 * was blurred before. Three pixels at the edges are left out, as scikit-image does (two before, one after).
 * @param gray float32 [H,W], in any unit
 * @returns 0 (blurred) … 1 (sharp); 0 for an image of one grey
 * @throws {ShapeError} when there are less than BLUR pixels along an axis, or not as many values
 */
export function sharpness(gray: Float32Array, { width, height }: HeightWidth): number {
  if (width < BLUR || height < BLUR || gray.length !== width * height) {
    throw new ShapeError(
      'sharpness',
      `grey: expected at least ${BLUR}×${BLUR} values, got ${gray.length} for ${width}×${height}`,
    );
  }
  return Math.min(alongRows(gray, width, height), alongRows(transpose(gray, width, height), height, width));
}

/** Σ max(0, |∇f| − |∇(f ∗ box)|) / Σ |∇f| of the gradient along x. */
function alongRows(f: Float32Array, width: number, height: number): number {
  const blurred = boxFilterRows(f, width, height);
  let [lost, total] = [0, 0];
  for (let y = 2; y < height - 1; y++) {
    for (let x = 2, at = y * width + 2; x < width - 1; x++, at++) {
      const sharp = Math.abs(sobelAcross(f, at, width));
      lost += Math.max(0, sharp - Math.abs(sobelAcross(blurred, at, width)));
      total += sharp;
    }
  }
  return total > 0 ? lost / total : 0;
}

/** The derivative along x, smoothed along y; not normalised, which cancels out. */
function sobelAcross(f: Float32Array, at: number, width: number): number {
  return (
    f[at + 1 - width]! - f[at - 1 - width]! + 2 * (f[at + 1]! - f[at - 1]!) + (f[at + 1 + width]! - f[at - 1 + width]!)
  );
}

/** Means of BLUR neighbours along x; the edge is a mirror between pixels. */
function boxFilterRows(f: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(f.length);
  for (let y = 0; y < height; y++) {
    const row = f.subarray(y * width, (y + 1) * width);
    const value = (x: number): number => row[x < 0 ? -1 - x : x >= width ? 2 * width - 1 - x : x]!;
    let sum = 0;
    for (let x = -HALF; x <= HALF; x++) sum += value(x);
    for (let x = 0; x < width; x++) {
      out[y * width + x] = sum / BLUR;
      sum += value(x + HALF + 1) - value(x - HALF);
    }
  }
  return out;
}

function transpose(f: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(f.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[x * height + y] = f[y * width + x]!;
  }
  return out;
}
