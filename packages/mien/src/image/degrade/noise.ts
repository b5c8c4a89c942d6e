/** Sensor noise. */
import type { Random } from '../../tensor/index.ts';
import { clampByte } from './pixels.ts';

/**
 * Adds N(0, σ²) to every value in place.
 * @param values any shape, 0 … 255   @param sigma in the same units
 */
export function addGaussianNoise(values: Float32Array, sigma: number, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = clampByte(values[i]! + sigma * random.normal());
}
