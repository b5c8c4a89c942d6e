/** Loss of resolution. Shape legend: H height, W width, C channels. */
import { rawImage } from '../raw-image.ts';
import { resize } from '../resize.ts';
import type { PixelShape } from './pixels.ts';

/**
 * Shrinks the image so that its height is `heightPx` (rounded), and enlarges it again, in place, as a small face in a
 * photo is.
 * @param values [H,W,C], 0 … 255   @param heightPx at least 1; from H on nothing happens
 */
export function loseResolution(values: Float32Array, { height, width, channels }: PixelShape, heightPx: number): void {
  const small = {
    height: Math.max(1, Math.round(heightPx)),
    width: Math.max(1, Math.round((heightPx * width) / height)),
  };
  if (small.height >= height) return;
  const image = rawImage(
    width,
    height,
    channels,
    Uint8Array.from(values, (v) => v + 0.5),
  );
  values.set(resize(resize(image, small), { height, width }).data);
}
