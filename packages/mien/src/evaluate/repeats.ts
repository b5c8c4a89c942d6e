/** Images of a split that also occur in others: field reports give the figure without them too. */
import type { ImageTable } from '../data/index.ts';
import { compareWithLater } from '../data/node.ts';
import { HASH_WORDS, NEAR_IDENTICAL, perceptualHash, rawImage } from '../image/index.ts';

/** Keys of images, equal for equal pixels; for 8-bit images of one size. */
function* imageKeys({ count, height, width, channels, pixels }: ImageTable): Generator<string> {
  const size = height * width * channels;
  for (let i = 0; i < count; i++)
    yield Buffer.from(pixels.buffer, pixels.byteOffset + i * size, size).toString('latin1');
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

/**
 * Which images are identical or near-identical to an image of the other tables (see image/perceptual-hash.ts).
 * @returns [N] true = a copy of it is there
 */
export function findNearRepeats(images: ImageTable, others: readonly ImageTable[]): boolean[] {
  const own = hashesOf([images]);
  const theirs = hashesOf(others);
  const words = new Uint32Array(HASH_WORDS + theirs.length);
  words.set(theirs, HASH_WORDS);
  return Array.from({ length: images.count }, (_, i) => {
    words.set(own.subarray(i * HASH_WORDS, (i + 1) * HASH_WORDS));
    let found = false;
    compareWithLater(words, 0, 1, NEAR_IDENTICAL, () => {
      found = true;
    });
    return found;
  });
}

/** One after another, table after table. */
function hashesOf(tables: readonly ImageTable[]): Uint32Array {
  const words = new Uint32Array(HASH_WORDS * tables.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const { count, width, height, channels, pixels } of tables) {
    const size = width * height * channels;
    for (let i = 0; i < count; i++, at += HASH_WORDS)
      words.set(perceptualHash(rawImage(width, height, channels, pixels.subarray(i * size, (i + 1) * size))), at);
  }
  return words;
}
