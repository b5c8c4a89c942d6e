/** Something in front of a part of the image. Shape legend: H height, W width, C channels. */
import type { BoxXYWH } from '../raw-image.ts';
import type { PixelShape } from './pixels.ts';

/**
 * Covers a box with the mean colour of the image, in place.
 * @param values [H,W,C]   @param box px, rounded to whole pixels; what lies beyond the image is passed over
 */
export function coverBox(values: Float32Array, { height, width, channels }: PixelShape, box: BoxXYWH): void {
  const mean = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) mean[i % channels]! += values[i]! / (height * width);
  const [left, right] = [Math.max(0, Math.round(box.x)), Math.min(width, Math.round(box.x + box.width))];
  const [top, bottom] = [Math.max(0, Math.round(box.y)), Math.min(height, Math.round(box.y + box.height))];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++)
      for (let c = 0; c < channels; c++) values[(y * width + x) * channels + c] = mean[c]!;
  }
}
