/** Which of many images looks the same as a new one. */
import { HASH_WORDS, NEAR_IDENTICAL } from 'mienjs/image';
import { compareWithLater } from 'mienjs/data/node';

export class Looks {
  /** The place of the one that is compared, then those that are known; longer than needed. */
  #words = new Uint32Array(1024 * HASH_WORDS);
  #count = 1;

  /** @param look perceptual hash, 64 hexadecimal digits */
  add(look: string): void {
    if ((this.#count + 1) * HASH_WORDS > this.#words.length) {
      const longer = new Uint32Array(this.#words.length * 2);
      longer.set(this.#words);
      this.#words = longer;
    }
    this.#words.set(wordsOf(look), this.#count++ * HASH_WORDS);
  }

  /** @returns the place of the first that looks the same, in the order of their adding; undefined: none does */
  findAlike(look: string): number | undefined {
    this.#words.set(wordsOf(look), 0);
    const known = this.#words.subarray(0, this.#count * HASH_WORDS);
    let first: number | undefined;
    compareWithLater(known, 0, 1, NEAR_IDENTICAL, (_, other) => (first ??= other - 1));
    return first;
  }
}

const wordsOf = (look: string): number[] =>
  Array.from({ length: HASH_WORDS }, (_, i) => Number.parseInt(look.slice(i * 8, i * 8 + 8), 16));
