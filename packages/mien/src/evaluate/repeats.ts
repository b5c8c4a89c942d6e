/** Images of a split that also occur in others: field reports give the figure without them too. */
import type { ImageTable } from '../data/index.ts';

/** Keys of images, equal for equal pixels; for 8-bit images of one size. */
function* imageKeys({ count, height, width, channels, pixels }: ImageTable): Generator<string> {
  const size = height * width * channels;
  for (let i = 0; i < count; i++) yield Buffer.from(pixels.buffer, pixels.byteOffset + i * size, size).toString('latin1');
}

/**
 * Which images equal, byte for byte, an image of the other tables.
 * @returns [N] true = it occurs there
 */
export function findRepeats(images: ImageTable, others: readonly ImageTable[]): boolean[] {
  const wanted = new Set(imageKeys(images));
  const repeated = new Set<string>();
  for (const other of others) for (const key of imageKeys(other)) if (wanted.has(key)) repeated.add(key);
  return Array.from(imageKeys(images), (key) => repeated.has(key));
}
