/** The images of a split after normalizations, where no model's preparation applies them: for descriptors. */
import { MienError } from '../errors.ts';
import { formatNormalization, givesThreeChannels, normalizePixels, type NormalizeStep } from '../image/index.ts';
import { isStreamed, type LabelledImages } from './samples.ts';

/**
 * @returns the same split with other pixels, rounded to 8 bits
 * @throws {MienError} when a step gives three channels, which are colours for networks and no picture to describe
 */
export function normalizeImages(split: LabelledImages, steps: readonly NormalizeStep[]): LabelledImages {
  if (givesThreeChannels(steps))
    throw new MienError(
      `${formatNormalization(steps)}: makes the input of a network, and descriptors are of images: train with it`,
    );
  const images = split.imageSource;
  const { height, width, channels } = images;
  const size = height * width * channels;
  const normalized = (pixels: Uint8Array): Uint8Array => {
    const out = new Uint8ClampedArray(pixels.length); // rounds, and stays within 0 … 255
    for (let at = 0; at < pixels.length; at += size)
      out.set(normalizePixels(pixels.subarray(at, at + size), { height, width }, channels, steps), at);
    return new Uint8Array(out.buffer);
  };
  return split.withImages(
    isStreamed(images)
      ? { ...images, read: async (rows) => normalized(await images.read(rows)) }
      : { ...images, pixels: normalized(images.pixels) },
  );
}
