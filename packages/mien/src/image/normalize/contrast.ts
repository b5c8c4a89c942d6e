/** Normalizations of brightness and contrast: point by point, of the whole plane, and of each pixel's neighborhood. */
import type { HeightWidth } from '../raw-image.ts';
import { filtered, gaussianWeights, MIDDLE, STEPS_PER_DEVIATION } from './plane.ts';

/** 255 (v/255)^γ; values below 0 count as 0. */
export function gammaCorrection(plane: Float32Array, gamma: number): Float32Array {
  return plane.map((value) => 255 * Math.max(0, value / 255) ** gamma);
}

/** 255 log₂(1 + v/255): 0 and 255 stay, dark pixels spread. Values below 0 count as 0. */
export function logarithm(plane: Float32Array): Float32Array {
  return plane.map((value) => 255 * Math.log2(1 + Math.max(0, value) / 255));
}

/**
 * Global contrast normalization: g = (x − x̄) / max(10⁻⁸, √(bias + mean (x − x̄)²)), put on the scale as 127.5 + 42.5
 * g. Source: Goodfellow et al. 2013 (pylearn2), with the mean where it has the sum, so that the size of the image does
 * not matter.
 */
export function globalContrast(plane: Float32Array, bias: number): Float32Array {
  const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
  const variance = plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plane.length;
  const divisor = Math.max(1e-8, Math.sqrt(bias + variance));
  return plane.map((value) => MIDDLE + (STEPS_PER_DEVIATION * settled(value - mean)) / divisor);
}

/** Less than what float32 tells apart of 8-bit values is nothing: a constant stays constant. */
const settled = (difference: number): number => (Math.abs(difference) < 1e-4 ? 0 : difference);

/**
 * Local contrast normalization: v = x − w ∗ x, σ = √(w ∗ v²), v / max(mean σ, σ), with Gaussian weights w over a
 * square. Source: Jarrett et al. 2009. Deviation: they have 9×9; beyond the border the image is mirrored. On the scale
 * as 127.5 + 42.5 v.
 */
export function localContrast(
  plane: Float32Array,
  size: HeightWidth,
  { radius, sigma }: { readonly radius: number; readonly sigma: number },
): Float32Array {
  const weights = gaussianWeights(sigma, radius);
  const mean = filtered(plane, size, weights, 'symmetric');
  const centered = plane.map((value, i) => settled(value - mean[i]!));
  const deviation = filtered(
    centered.map((value) => value * value),
    size,
    weights,
    'symmetric',
  ).map((value) => Math.sqrt(Math.max(0, value)));
  const least = deviation.reduce((sum, value) => sum + value, 0) / deviation.length;
  return centered.map((value, i) => MIDDLE + (STEPS_PER_DEVIATION * value) / Math.max(least, deviation[i]!, 1e-8));
}

/**
 * Contrastive equalization: (x − μ) / σ, mean and standard deviation of the square about each pixel. Source: Lopes et
 * al. 2017. Deviations: beyond the border the image is mirrored; where σ is 0 the result is 0. On the scale as 127.5 +
 * 42.5 v.
 */
export function contrastiveEqualization(plane: Float32Array, size: HeightWidth, radius: number): Float32Array {
  const weights = new Float64Array(2 * radius + 1).fill(1 / (2 * radius + 1));
  // Squares of centered values: those of the values themselves lose digits
  const overall = plane.reduce((sum, value) => sum + value, 0) / plane.length;
  const centered = plane.map((value) => value - overall);
  const mean = filtered(centered, size, weights, 'symmetric');
  const square = filtered(
    centered.map((value) => value * value),
    size,
    weights,
    'symmetric',
  );
  return centered.map((value, i) => {
    const variance = square[i]! - mean[i]! ** 2;
    return variance > 1e-3 ? MIDDLE + (STEPS_PER_DEVIATION * (value - mean[i]!)) / Math.sqrt(variance) : MIDDLE;
  });
}
