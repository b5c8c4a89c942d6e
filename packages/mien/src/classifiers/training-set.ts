/** What every classifier is trained on, and how it is divided. Shape legend: N samples, D features, K classes. */
import { MienError, ShapeError } from '../errors.ts';
import { accuracy, confusionMatrix, meanAccuracy } from '../metrics/index.ts';
import { Random, type Tensor } from '../tensor/index.ts';

/** float32 [N,D] */
export type Features = Tensor<'float32'>;

export interface TrainingSet {
  readonly x: Features;
  /** [N] class indices; rows of −1 are left out. */
  readonly y: Int32Array;
  readonly classCount: number;
}

/**
 * What settings are chosen for: right predictions, or the mean of the confusion matrix's diagonal (Li & Deng's (2019)
 * mean diagonal).
 */
export type Selection = 'accuracy' | 'mean-accuracy';

/** One setting that was tried. */
export interface TuningStep<Setting> {
  readonly setting: Setting;
  readonly score: number;
}

/** @throws {ShapeError} when x is not [N,D] */
export function featureDims(operation: string, x: Features): readonly [number, number] {
  const [N, D] = x.dims;
  if (x.dims.length !== 2 || N === undefined || D === undefined || D < 1)
    throw new ShapeError(operation, `x: expected [N,D], got [${x.dims.join(',')}]`);
  return [N, D];
}

/**
 * The rows that train, by class.
 * @returns [K] row numbers of x, ascending; empty for classes that do not occur
 * @throws {ShapeError} when x and y do not fit   @throws {MienError} when fewer than two classes occur, or a feature is
 *   not a finite number
 */
export function rowsByClass(operation: string, { x, y, classCount }: TrainingSet): Int32Array[] {
  const [N, D] = featureDims(operation, x);
  if (y.length !== N) throw new ShapeError(operation, `y: expected ${N} labels, got ${y.length}`);
  const rows = Array.from({ length: classCount }, (): number[] => []);
  y.forEach((label, i) => {
    if (label === -1) return;
    const members = rows[label];
    if (!members)
      throw new ShapeError(operation, `y: expected classes 0 … ${classCount - 1} or −1, got ${label} for sample ${i}`);
    members.push(i);
  });
  if (rows.filter(({ length }) => length > 0).length < 2)
    throw new MienError(`${operation}: expected samples of two classes at least`);
  for (let i = 0; i < x.data.length; i++) {
    if (!Number.isFinite(x.data[i]!))
      throw new MienError(
        `${operation}: sample ${Math.floor(i / D)}, feature ${i % D}: expected a finite number, got ${x.data[i]}`,
      );
  }
  return rows.map((members) => Int32Array.from(members));
}

/**
 * Stratified folds: each class is shuffled and dealt out in turn, starting where the class before ended, so that folds
 * differ by one sample at most, in each class and in total.
 * @param byClass see `rowsByClass`   @param N rows of x   @returns [N] fold 0 … count−1; −1 for rows of no class
 */
export function stratifiedFolds(byClass: readonly Int32Array[], N: number, count: number, seed: number): Int8Array {
  const folds = new Int8Array(N).fill(-1);
  let next = 0;
  byClass.forEach((rows, k) => {
    for (const r of new Random(seed, `folds/${k}`).permutation(rows.length)) folds[rows[r]!] = next++ % count;
  });
  return folds;
}

/** The score of predictions; rows of −1 in y do not count. */
export function scorePredictions(y: Int32Array, predicted: Int32Array, classCount: number, select: Selection): number {
  const rows = [...y.keys()].filter((i) => y[i]! >= 0);
  const confusion = confusionMatrix(
    rows.map((i) => y[i]!),
    rows.map((i) => predicted[i]!),
    classCount,
  );
  return select === 'accuracy' ? accuracy(confusion) : meanAccuracy(confusion);
}
