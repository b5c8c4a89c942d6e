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
  /**
   * [N] the person of each sample: all of a person's samples are in one part of a cross-validation, so that settings are not
   * chosen for people who are known. Undefined: a sample is a person of its own. Default: none are known.
   */
  readonly people?: readonly (string | null | undefined)[];
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

/**
 * Folds for a cross-validation. Where people are known, each one's samples are together: people are dealt out in an order
 * drawn by the seed, the largest first, each to the fold that is then the most alike to the others in its classes.
 * @param byClass see `rowsByClass`   @returns [N] fold 0 … count−1; −1 for rows of no class
 * With fewer people than folds, some folds are empty.
 * @throws {MienError} when `count` is not a number of folds, or there is one person only
 */
export function tuningFolds(
  operation: string,
  { y, people }: Pick<TrainingSet, 'y' | 'people'>,
  byClass: readonly Int32Array[],
  count: number,
  seed: number,
): Int8Array {
  if (!Number.isInteger(count) || count < 2 || count > 100)
    throw new MienError(`${operation}: folds: expected a whole number from 2 to 100, got ${count}`);
  if (people?.some((person) => person !== null && person !== undefined)) {
    if (people.length !== y.length)
      throw new ShapeError(operation, `people: expected ${y.length}, one a sample, got ${people.length}`);
    return groupedFolds(operation, y, people, byClass, count, seed);
  }
  return stratifiedFolds(byClass, y.length, count, seed);
}

function groupedFolds(
  operation: string,
  y: Int32Array,
  people: readonly (string | null | undefined)[],
  byClass: readonly Int32Array[],
  count: number,
  seed: number,
): Int8Array {
  const groups = new Map<string, number[]>();
  byClass.forEach((rows) =>
    rows.forEach((i) => {
      const key = people[i] === null || people[i] === undefined ? `row ${i}` : `person ${people[i]}`;
      const own = groups.get(key);
      if (own) own.push(i);
      else groups.set(key, [i]);
    }),
  );
  if (groups.size < 2)
    throw new MienError(`${operation}: expected two people at least, to choose settings by, got one`);
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
  const order = Array.from(new Random(seed, 'folds/people').permutation(sorted.length), (i) => sorted[i]!);
  order.sort((a, b) => b.length - a.length);
  // Σ over classes and folds of (share of the class in the fold)²: least where all folds are alike
  const K = byClass.length;
  const shares = Array.from({ length: count }, () => new Float64Array(K));
  const sizes = new Float64Array(count);
  const folds = new Int8Array(y.length).fill(-1);
  for (const rows of order) {
    const own = new Float64Array(K);
    for (const i of rows) own[y[i]!]! += 1 / byClass[y[i]!]!.length;
    const rise = (f: number): number => own.reduce((sum, v, k) => sum + v * (2 * shares[f]![k]! + v), 0);
    let best = 0;
    for (let f = 1; f < count; f++) {
      const less = rise(f) - rise(best);
      if (less < -1e-12 || (less < 1e-12 && sizes[f]! < sizes[best]!)) best = f;
    }
    own.forEach((v, k) => {
      shares[best]![k]! += v;
    });
    sizes[best]! += rows.length;
    for (const i of rows) folds[i] = best;
  }
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
