/** Images of a split that also occur in others: field reports give the figure without them too. */
import { createHash } from 'node:crypto';
import { eachImage, type Images } from '../data/index.ts';
import { compareWithLater } from '../data/node.ts';
import { HASH_WORDS, NEAR_IDENTICAL, perceptualHash } from '../image/index.ts';

/** What tells images apart: a digest of their pixels, and what tells faces apart (see image/perceptual-hash.ts). */
interface Marks {
  readonly digests: readonly string[];
  /** `HASH_WORDS` an image. */
  readonly hashes: Uint32Array;
}

async function marksOf(images: Images): Promise<Marks> {
  const digests: string[] = [];
  const hashes = new Uint32Array(HASH_WORDS * images.count);
  for await (const image of eachImage(images)) {
    hashes.set(perceptualHash(image), HASH_WORDS * digests.length);
    digests.push(createHash('sha256').update(image.data).digest('base64'));
  }
  return { digests, hashes };
}

export interface Repeats {
  /** [N] whether the image equals, byte for byte, an image of the others. */
  readonly identical: readonly boolean[];
  /** [N] whether it is identical or near-identical to one of them. */
  readonly near: readonly boolean[];
}

/** Which images occur in others too; reads each once. */
export async function findRepeats(images: Images, others: readonly Images[]): Promise<Repeats> {
  const own = await marksOf(images);
  const theirs: Marks[] = [];
  for (const other of others) theirs.push(await marksOf(other));
  const known = new Set(theirs.flatMap(({ digests }) => digests));
  const words = new Uint32Array(HASH_WORDS + theirs.reduce((sum, { hashes }) => sum + hashes.length, 0));
  theirs.reduce((at, { hashes }) => {
    words.set(hashes, at);
    return at + hashes.length;
  }, HASH_WORDS);
  return {
    identical: own.digests.map((digest) => known.has(digest)),
    near: own.digests.map((_, i) => {
      words.set(own.hashes.subarray(i * HASH_WORDS, (i + 1) * HASH_WORDS));
      let found = false;
      compareWithLater(words, 0, 1, NEAR_IDENTICAL, () => {
        found = true;
      });
      return found;
    }),
  };
}
