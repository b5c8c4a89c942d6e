/** The images of a split after normalizations, where no model's preparation applies them: for descriptors. */
import { normalizePixels, type NormalizeStep } from '../image/index.ts';
import type { LabelledImages } from './dataset.ts';

/** @returns the same split with other pixels, rounded to 8 bits */
export function normalizeImages(split: LabelledImages, steps: readonly NormalizeStep[]): LabelledImages {
  const { count, height, width, channels, pixels } = split.images;
  const size = height * width * channels;
  const out = new Uint8ClampedArray(pixels.length); // rounds, and stays within 0 … 255
  for (let i = 0; i < count; i++)
    out.set(normalizePixels(pixels.subarray(i * size, (i + 1) * size), { height, width }, channels, steps), i * size);
  return split.withImages({ ...split.images, pixels: new Uint8Array(out.buffer) });
}
