/**
 * Which of many pictures are near-identical. Each is compared with every other, so the time grows with the square of
 * their number.
 */
import { hashDistance, HASH_WORDS } from '../../image/index.ts';

/** Places of two near-identical pictures, a < b, and the bits in which their hashes differ. */
export type PairSink = (a: number, b: number, distance: number) => void;

/**
 * The coarse bits are compared first, and pairs that differ there in more than this are passed over: of FER2013's 2,417
 * pairs within 60 bits none does, and of all pairs 99.4 % do.
 */
const MAX_COARSE = 18;
/** Pictures that are compared before others get their turn. */
const AT_A_TIME = 256;

/**
 * Pairs are given one by one, not kept: drawn or filmed faces may have millions of them.
 * @param words hashes, one after another   @param threshold bits that may differ
 */
export async function findNearPairs(
  words: Uint32Array,
  threshold: number,
  onPair: PairSink,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const count = words.length / HASH_WORDS;
  for (let a = 0; a < count; a++) {
    compareWithLater(words, a, a + 1, threshold, onPair);
    if (a % AT_A_TIME > 0) continue;
    // Counted by the comparisons done: the first pictures have the most to do
    onProgress?.(Math.round(count * (1 - ((count - a) / count) ** 2)), count);
    await new Promise(setImmediate);
  }
  onProgress?.(count, count);
}

/** Compares one picture with those from `first` on. */
export function compareWithLater(
  words: Uint32Array,
  a: number,
  first: number,
  threshold: number,
  onPair: PairSink,
): void {
  const [w0, w1] = [words[a * HASH_WORDS]!, words[a * HASH_WORDS + 1]!];
  const end = words.length;
  for (let at = first * HASH_WORDS; at < end; at += HASH_WORDS) {
    let v = w0 ^ words[at]!;
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    let w = w1 ^ words[at + 1]!;
    w -= (w >>> 1) & 0x55555555;
    w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
    const sum = ((v + (v >>> 4)) & 0x0f0f0f0f) + ((w + (w >>> 4)) & 0x0f0f0f0f);
    const coarse = Math.imul(sum, 0x01010101) >>> 24;
    if (coarse > MAX_COARSE) continue;
    const distance = coarse + hashDistance(words, a * HASH_WORDS, at, 2);
    if (distance <= threshold) onPair(a, at / HASH_WORDS, distance);
  }
}
