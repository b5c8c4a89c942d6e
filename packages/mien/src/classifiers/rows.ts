/** Float32 rows in WebAssembly's memory, where the kernels reach them. Shape legend: D values a row. */
import { MienError, ShapeError } from '../errors.ts';
import { createKernels, type Kernels } from './kernels.ts';

/** What a WebAssembly memory can have. */
const MAX_BYTES = 2 ** 32;
/** Floats of a block of the kernels. */
const BLOCK = 16;
/** Rows of the second operand that `products` holds in the cache, in bytes. */
const CACHE = 2 ** 18;

/**
 * A table of rows of zeros, to be filled. Rows are numbered from 0; samples and weight vectors lie in the same table.
 * Sums are kept in float32, four to sixteen partial sums a product.
 */
export class Rows {
  readonly count: number;
  readonly D: number;
  /** Bytes from row to row. */
  readonly #stride: number;
  readonly #values: Float32Array;
  readonly #kernels: Kernels;
  readonly #tile: Float32Array;

  /** @throws {MienError} when the table does not fit into 4 GiB */
  constructor(count: number, D: number) {
    this.count = count;
    this.D = D;
    this.#stride = Math.ceil(D / BLOCK) * BLOCK * 4;
    // Rows past the last, of zeros, let `products` work in whole tiles
    const bytes = (count + 4) * this.#stride + 64;
    if (bytes > MAX_BYTES)
      throw new MienError(
        `classifiers: ${count} rows of ${D} values need ${(bytes / 2 ** 30).toFixed(1)} GiB, more than the 4 GiB that WebAssembly has`,
      );
    const { buffer, kernels } = createKernels(bytes);
    this.#kernels = kernels;
    this.#values = new Float32Array(buffer);
    this.#tile = new Float32Array(buffer, (count + 4) * this.#stride, 8);
  }

  /** The row's D values, to read or write. */
  row(i: number): Float32Array {
    const start = (i * this.#stride) / 4;
    return this.#values.subarray(start, start + this.D);
  }

  /** xᵢ·xⱼ */
  dot(i: number, j: number): number {
    return this.#kernels.dot(i * this.#stride, j * this.#stride, this.#stride);
  }

  /** xⱼ ← xⱼ + s·xᵢ */
  add(j: number, i: number, s: number): void {
    this.#kernels.axpy(i * this.#stride, j * this.#stride, this.#stride, s);
  }

  /**
   * All products of rows a … a+m−1 with rows b … b+n−1.
   * @param out [m,n], row-major
   */
  products(a: number, m: number, b: number, n: number, out: Float32Array): void {
    if (out.length < m * n)
      throw new ShapeError('products', `out: expected room for ${m * n} values, got ${out.length}`);
    const panel = Math.max(4, Math.floor(CACHE / this.#stride / 4) * 4);
    const { tile } = this.#kernels;
    for (let start = 0; start < n; start += panel) {
      const end = Math.min(n, start + panel);
      for (let i = 0; i < m; i += 2) {
        for (let j = start; j < end; j += 4) {
          tile((a + i) * this.#stride, (b + j) * this.#stride, this.#stride, this.#stride, this.#tile.byteOffset);
          for (let p = 0; p < Math.min(2, m - i); p++) {
            for (let q = 0; q < Math.min(4, end - j); q++) out[(i + p) * n + j + q] = this.#tile[4 * p + q]!;
          }
        }
      }
    }
  }
}
