/** Contrast and brightness. */
import { clampByte } from './pixels.ts';

/**
 * Changes contrast about the image's mean m and then brightness, in place:
 *   v ← (v − m)·contrast + m + brightness
 * @param values any shape, 0 … 255
 */
export function changeTone(values: Float32Array, contrast: number, brightness: number): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const offset = (sum / values.length) * (1 - contrast) + brightness;
  for (let i = 0; i < values.length; i++) values[i] = clampByte(values[i]! * contrast + offset);
}

/** Less light, in place: v ← v·gain. @param values any shape, 0 … 255   @param gain from 0 */
export function changeExposure(values: Float32Array, gain: number): void {
  for (let i = 0; i < values.length; i++) values[i] = clampByte(values[i]! * gain);
}
