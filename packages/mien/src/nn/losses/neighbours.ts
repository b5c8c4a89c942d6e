/**
 * Nearest neighbours of the same class in a bank of the training set's features, for the locality-preserving loss (P4,
 * section V-C: the neighbours are found "by traversing the whole training set").
 *
 * The bank lies outside of the step's graph: as carried state it would be copied at each step. A trainer feeds the means
 * as the loss's `neighbours` and, after the step, writes the batch's features into the bank. Rows are stored class by
 * class, so that one matrix product of a class's queries with a contiguous block gives their distances.
 */
import { ShapeError } from '../../errors.ts';
import { GraphBuilder } from '../../onnx/index.ts';
import { encodeModel } from '../../onnx/protobuf.ts';
import type { Session } from '../../runtime/session.ts';
import { tensor, type Tensor } from '../../tensor/index.ts';

/** Features of the training set, one row a sample; rows are overwritten as batches pass. */
export class FeatureBank {
  readonly width: number;
  readonly #labels: Int32Array;
  /** Where each row is stored. */
  readonly #slotOf: Int32Array;
  /** Slots [from, to) of each class. */
  readonly #blocks = new Map<number, readonly [from: number, to: number]>();
  /** [slots,width]. */
  readonly #features: Float32Array;
  /** ‖features‖² by slot; infinite until the slot is written. */
  readonly #norms: Float64Array;
  readonly #product: Session;

  private constructor(labels: ArrayLike<number>, width: number, product: Session) {
    this.width = width;
    this.#labels = Int32Array.from(labels);
    this.#slotOf = new Int32Array(labels.length);
    this.#features = new Float32Array(labels.length * width);
    this.#norms = new Float64Array(labels.length).fill(Infinity);
    this.#product = product;
    // Stable: within a class, rows keep their order
    const order = Array.from(this.#labels, (_, row) => row).sort((a, b) => this.#labels[a]! - this.#labels[b]! || a - b);
    order.forEach((row, slot) => {
      this.#slotOf[row] = slot;
      const label = this.#labels[row]!;
      this.#blocks.set(label, [this.#blocks.get(label)?.[0] ?? slot, slot + 1]);
    });
  }

  /**
   * @param labels the class of each row; a negative one has no neighbours and is none   @param width features of a row, D
   * @param open makes the session that multiplies: the runtime's `createSession`, in Node or in a browser
   * @throws {ShapeError} when the width is no positive integer
   */
  static async create(labels: ArrayLike<number>, width: number, open: (model: Uint8Array) => Promise<Session>): Promise<FeatureBank> {
    if (!Number.isInteger(width) || width < 1) throw new ShapeError('FeatureBank', `the width must be a positive integer, got ${width}`);
    const b = new GraphBuilder('products');
    b.output(b.op('Gemm', [b.input('queries', 'float32', ['Q', width]), b.input('rows', 'float32', ['R', width]), null], { transB: 1 }), 'products');
    return new FeatureBank(labels, width, await open(encodeModel(b.graph)));
  }

  /**
   * Overwrites rows.
   * @param rows which rows   @param features float32 [rows.length,D]
   * @throws {ShapeError} on another shape, or a row that does not exist
   */
  write(rows: ArrayLike<number>, features: Tensor): void {
    const values = this.#check('FeatureBank.write', rows, features);
    for (let i = 0; i < rows.length; i++) {
      const slot = this.#slotOf[rows[i]!]!;
      const part = values.subarray(i * this.width, (i + 1) * this.width);
      this.#features.set(part, slot * this.width);
      this.#norms[slot] = part.reduce((sum, v) => sum + v * v, 0);
    }
  }

  /**
   * The mean of the min(k, available) rows nearest to each query among the written rows of its class, the query's own row
   * excluded; the lower row first where distances are equal; the query itself where there is none (so that its loss is 0).
   * Deviation from P4: it divides by k even where fewer exist.
   * @param rows each query's own row in the bank, which gives its class   @param queries float32 [n,D]
   * @returns float32 [n,D]
   * @throws {ShapeError} on another shape, a row that does not exist, or a k that is no positive integer
   */
  async neighbourMeans(rows: ArrayLike<number>, queries: Tensor, k: number): Promise<Tensor<'float32'>> {
    if (!Number.isInteger(k) || k < 1) throw new ShapeError('FeatureBank.neighbourMeans', `k must be a positive integer, got ${k}`);
    const values = this.#check('FeatureBank.neighbourMeans', rows, queries);
    const d = this.width;
    const out = new Float32Array(values);
    for (const [label, [from, to]] of this.#blocks) {
      const group = Array.from({ length: rows.length }, (_, i) => i).filter((i) => this.#labels[rows[i]!] === label);
      if (label < 0 || group.length === 0) continue;
      const products = await this.#products(group.map((i) => values.subarray(i * d, (i + 1) * d)), from, to);
      group.forEach((i, q) => {
        // ‖c‖² − 2·q·c orders as ‖q − c‖² does
        const distance = (slot: number): number => this.#norms[slot]! - 2 * products[q * (to - from) + slot - from]!;
        const nearest = smallest(from, to, distance, k, this.#slotOf[rows[i]!]!);
        if (nearest.length) this.#mean(nearest, out.subarray(i * d, (i + 1) * d));
      });
    }
    return tensor('float32', queries.dims, out);
  }

  release(): Promise<void> {
    return this.#product.release();
  }

  /** q·c for each query q and slot c: [queries,slots]. */
  async #products(queries: readonly Float32Array[], from: number, to: number): Promise<Float32Array> {
    const packed = new Float32Array(queries.length * this.width);
    queries.forEach((q, i) => packed.set(q, i * this.width));
    const block = this.#features.subarray(from * this.width, to * this.width);
    const out = await this.#product.run({ queries: tensor('float32', [queries.length, this.width], packed), rows: tensor('float32', [to - from, this.width], block) });
    return out['products']!.data as Float32Array;
  }

  #mean(slots: readonly number[], out: Float32Array): void {
    for (let j = 0; j < this.width; j++) {
      let sum = 0;
      for (const slot of slots) sum += this.#features[slot * this.width + j]!;
      out[j] = sum / slots.length;
    }
  }

  #check(operation: string, rows: ArrayLike<number>, t: Tensor): Float32Array {
    if (t.dtype !== 'float32' || t.dims.join() !== [rows.length, this.width].join()) throw new ShapeError(operation, `expected float32 [${rows.length},${this.width}], got ${t.dtype} [${t.dims.join(',')}]`);
    for (let i = 0; i < rows.length; i++) {
      if (!(Number.isInteger(rows[i]) && rows[i]! >= 0 && rows[i]! < this.#labels.length)) throw new ShapeError(operation, `there is no row ${rows[i]}: the bank has ${this.#labels.length}`);
    }
    return t.data as Float32Array;
  }
}

/** The k slots of [from, to) nearest by `distance`, nearest first, the lower slot first where equal; without `except` and the infinitely far. */
function smallest(from: number, to: number, distance: (slot: number) => number, k: number, except: number): number[] {
  const best: { slot: number; value: number }[] = [];
  for (let slot = from; slot < to; slot++) {
    const value = distance(slot);
    if (slot === except || value === Infinity || (best.length === k && value >= best[k - 1]!.value)) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.value > value) at--;
    best.splice(at, 0, { slot, value });
    if (best.length > k) best.pop();
  }
  return best.map((e) => e.slot);
}
