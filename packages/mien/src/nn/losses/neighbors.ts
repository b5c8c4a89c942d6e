/**
 * Nearest neighbours of the same class among the training set's features, for the locality-preserving loss (Li & Deng
 * 2019, section V-C: the neighbours are found "by traversing the whole training set").
 *
 * The features of the whole set lie outside of the step's graph, in a `FeatureBank`: as carried state they would be
 * copied at each step. The graph takes them as inputs, finds the neighbours of the features that the step has just
 * computed (`bankNeighborMeans`), and the trainer then writes those features into the bank.
 *
 * Shape legend: R rows of the training set, N of the batch, D features, k neighbours.
 */
import { ShapeError } from '../../errors.ts';
import { type GraphBuilder, type Value } from '../../onnx/index.ts';
import { float32, tensor, type Tensor } from '../../tensor/index.ts';
import { requireMatrix } from './terms.ts';

/** Farther than any feature, and the squared norm of a row that is not a neighbour of any. */
const FAR = 3e38;

/** A bank in the step's graph. */
export interface BankValues {
  /** [R,D] */
  readonly features: Value;
  /** [R] squared norms of the features; `FAR` for what was not written yet. */
  readonly norms: Value;
  /** [R] classes as numbers. */
  readonly labels: Value;
  /** [N] row of each sample of the batch. */
  readonly rows: Value;
}

/** Shapes of a bank's inputs to a step of N samples, by the names that `FeatureBank.feeds` uses. */
export function bankInputs(
  rows: number,
  width: number,
  batchSize: number,
): Record<`bank.${keyof BankValues}`, readonly number[]> {
  return { 'bank.features': [rows, width], 'bank.norms': [rows], 'bank.labels': [rows], 'bank.rows': [batchSize] };
}

/**
 * The mean of the min(k, available) rows nearest to each sample among the written rows of its class, its own row
 * excluded; the lower row first where distances are equal; the sample itself where there is none (so that its loss is
 * 0). Deviation from Li & Deng 2019: it divides by k even where fewer exist.
 * @param features float32 [N,D], of this step   @returns float32 [N,D]
 * @throws {ShapeError} when the bank holds features of another size, or k is not a positive integer
 */
export function bankNeighborMeans(b: GraphBuilder, features: Value, bank: BankValues, k: number): Value {
  const [n, d] = requireMatrix('bankNeighborMeans', 'features', features);
  const [r, width] = requireMatrix('bankNeighborMeans', 'bank', bank.features);
  if (width !== d) throw new ShapeError('bankNeighborMeans', `expected a bank of ${d} features, got ${width}`);
  if (!Number.isInteger(k) || k < 1)
    throw new ShapeError('bankNeighborMeans', `k must be a positive integer, got ${k}`);
  const count = Math.min(k, r);
  // ‖c‖² − 2·q·c orders as ‖q − c‖² does: [1,R] − 2·[N,R]
  const products = b.op('Gemm', [features, bank.features, null], { transB: 1, alpha: -2 });
  const distance = b.op('Add', [products, b.op('Unsqueeze', [bank.norms, b.ints([0])])]);
  const rows = b.op('Unsqueeze', [bank.rows, b.ints([1])]); // [N] → [N,1]
  const ownLabel = b.op('Gather', [bank.labels, b.op('Cast', [rows], { to: 7 })], { axis: 0 }); // [N,1]
  const everyRow = b.constant(
    float32(
      [1, r],
      Array.from({ length: r }, (_, i) => i),
    ),
  );
  const candidate = b.op('And', [
    b.op('Equal', [ownLabel, b.op('Unsqueeze', [bank.labels, b.ints([0])])]),
    b.op('Not', [b.op('Equal', [rows, everyRow])]),
  ]);
  const [nearest, places] = b.ops(
    'TopK',
    [b.op('Where', [candidate, distance, FAR]), b.ints([count])],
    { axis: 1, largest: 0, sorted: 1 },
    2,
  ) as [Value, Value];
  // FAR less a product is still above half of it
  const taken = b.op('Cast', [b.op('Less', [nearest, FAR / 2])], { to: 1 }); // [N,k]
  const available = b.op('ReduceSum', [taken, b.ints([1])], { keepdims: 1 }); // [N,1]
  const weights = b.op('Div', [taken, b.op('Max', [available, 1])]);
  const gathered = b.op('Gather', [bank.features, places], { axis: 0 }); // [N,k,D]
  const means = b.op('Reshape', [
    b.op('MatMul', [b.op('Unsqueeze', [weights, b.ints([1])]), gathered]),
    b.ints([n, d]),
  ]); // [N,1,k]·[N,k,D] → [N,D]
  return b.op('Where', [b.op('Greater', [available, 0.5]), means, features]);
}

/** Features of the training set, one row a sample, overwritten as batches pass. */
export class FeatureBank {
  readonly #features: Tensor<'float32'>;
  readonly #norms: Tensor<'float32'>;
  readonly #labels: Tensor<'float32'>;

  /**
   * @param labels the class of each row; a negative one has no neighbours and is none   @param width features of a row,
   *   D
   * @throws {ShapeError} when the width is not a positive integer
   */
  constructor(
    labels: ArrayLike<number>,
    readonly width: number,
  ) {
    if (!Number.isInteger(width) || width < 1)
      throw new ShapeError('FeatureBank', `the width must be a positive integer, got ${width}`);
    this.#features = tensor('float32', [labels.length, width], new Float32Array(labels.length * width));
    this.#norms = tensor('float32', [labels.length], new Float32Array(labels.length).fill(FAR));
    this.#labels = tensor('float32', [labels.length], Float32Array.from(labels));
  }

  /** The bank as the inputs of a step. @param rows of the batch's samples */
  feeds(rows: ArrayLike<number>): Record<`bank.${keyof BankValues}`, Tensor> {
    return {
      'bank.features': this.#features,
      'bank.norms': this.#norms,
      'bank.labels': this.#labels,
      'bank.rows': tensor('float32', [rows.length], Float32Array.from(rows)),
    };
  }

  /**
   * Overwrites rows.
   * @param rows which rows   @param features float32 [rows.length,D]
   * @throws {ShapeError} on another shape, or a row that does not exist
   */
  write(rows: ArrayLike<number>, features: Tensor): void {
    const [r, d] = [this.#labels.data.length, this.width];
    if (features.dtype !== 'float32' || features.dims.join() !== [rows.length, d].join())
      throw new ShapeError(
        'FeatureBank.write',
        `expected float32 [${rows.length},${d}], got ${features.dtype} [${features.dims.join(',')}]`,
      );
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (!(Number.isInteger(row) && row >= 0 && row < r))
        throw new ShapeError('FeatureBank.write', `there is no row ${row}: the bank has ${r}`);
      const part = (features.data as Float32Array).subarray(i * d, (i + 1) * d);
      this.#features.data.set(part, row * d);
      if (this.#labels.data[row]! >= 0) this.#norms.data[row] = part.reduce((sum, v) => sum + v * v, 0);
    }
  }

  /** What a checkpoint needs to go on from here, by name; not copied. */
  state(): Record<'bank.features' | 'bank.norms', Tensor<'float32'>> {
    return { 'bank.features': this.#features, 'bank.norms': this.#norms };
  }

  /**
   * Takes up what `state` gave.
   * @throws {ShapeError} when it is absent, or of a bank of another size
   */
  restore(state: ReadonlyMap<string, Tensor>): void {
    for (const [name, own] of Object.entries(this.state())) {
      const saved = state.get(name);
      if (saved?.dims.join() !== own.dims.join())
        throw new ShapeError(
          'FeatureBank.restore',
          `expected ${name} [${own.dims.join(',')}], got ${saved ? `[${saved.dims.join(',')}]` : 'none'}`,
        );
      own.data.set(saved.data as Float32Array);
    }
  }
}
