/**
 * Builds a split's images and labels row by row, without knowing their number beforehand.
 */
import type { ImageTable } from './samples.ts';

/** Appends images of one size to one byte array that doubles when full. */
export class ImageTableBuilder {
  readonly #height: number;
  readonly #width: number;
  readonly #channels: 1 | 3;
  #pixels: Uint8Array;
  #count = 0;

  /** @param capacity images that are expected; more may come */
  constructor(height: number, width: number, channels: 1 | 3, capacity = 256) {
    this.#height = height;
    this.#width = width;
    this.#channels = channels;
    this.#pixels = new Uint8Array(height * width * channels * Math.max(1, capacity));
  }

  /** @param pixels one image, row-major, channels interleaved; copied */
  push(pixels: Uint8Array): void {
    const at = this.#count * this.#height * this.#width * this.#channels;
    if (at === this.#pixels.length) {
      const grown = new Uint8Array(at * 2);
      grown.set(this.#pixels);
      this.#pixels = grown;
    }
    this.#pixels.set(pixels, at);
    this.#count++;
  }

  /** The table; no more images may be pushed then. */
  build(): ImageTable {
    const size = this.#count * this.#height * this.#width * this.#channels;
    return {
      count: this.#count,
      height: this.#height,
      width: this.#width,
      channels: this.#channels,
      pixels: size === this.#pixels.length ? this.#pixels : this.#pixels.slice(0, size),
    };
  }
}
