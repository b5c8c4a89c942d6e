/**
 * Classifiers on features as the predictors of a cross-database study, as in Li & Deng 2019, section III-B: one is
 * trained on each database's features and tested on those of the others.
 *
 * Shape legend: N samples, D dimensions, S shared classes.
 */
import { InputError, ShapeError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import type { CrossPredictor, CrossTest } from './cross-database.ts';

export interface CrossFeatures extends CrossTest {
  /** [N,D], the same D in all databases. */
  readonly features: Float32Array;
  readonly dimensions: number;
  /** [N] index into `classes`; −1 = unlabelled. */
  readonly labels: Int32Array;
}

/**
 * Trains a classifier.
 * @param x [N,D]   @param y [N] class indices, none −1   @returns what predicts [M] class indices for [M,D]
 */
export type FitFeatures = (
  x: Float32Array,
  dimensions: number,
  y: Int32Array,
  classCount: number,
) => (x: Float32Array) => ArrayLike<number>;

export interface CrossFeaturesOptions {
  /**
   * Train on equally many samples of each database, as many as the smallest has, drawn by `seed`: Li & Deng 2019 does
   * so, "to eliminate the bias caused by different training sizes". Deviation: it takes that subset for testing too;
   * here all samples are tested.
   */
  readonly balance?: boolean;
  readonly seed?: number;
}

/**
 * A predictor for each database. It is trained when it first predicts, on its samples of the shared classes. Skip the
 * pairs of a predictor and its own database (see `ownFeatures`): that would be testing on the training samples.
 * @throws {ShapeError} when the databases' features differ in their number
 */
export function crossFeatures(
  databases: readonly CrossFeatures[],
  fit: FitFeatures,
  { balance = false, seed = 0 }: CrossFeaturesOptions = {},
): CrossPredictor<CrossFeatures>[] {
  const [first] = databases;
  const other = databases.find(({ dimensions }) => dimensions !== first!.dimensions);
  if (other)
    throw new ShapeError(
      'crossFeatures',
      `expected ${first!.dimensions} dimensions in ${other.name} as in ${first!.name}, got ${other.dimensions}`,
    );
  return databases.map((database) => {
    let trained: { readonly among: string; readonly predict: (x: Float32Array) => ArrayLike<number> } | undefined;
    const train = (among: readonly string[]): ((x: Float32Array) => ArrayLike<number>) => {
      const size = balance ? Math.min(...databases.map((each) => rowsAmong(each, among).length)) : Infinity;
      const rows = draw(rowsAmong(database, among), size, seed, database.name);
      const y = Int32Array.from(rows, (row) => among.indexOf(database.classes[database.labels[row]!]!));
      const missing = among.find((_, k) => !y.includes(k));
      if (missing !== undefined) throw new InputError(database.name, `has no sample of ${missing} to train on`);
      const x = new Float32Array(rows.length * database.dimensions);
      rows.forEach((row, i) =>
        x.set(
          database.features.subarray(row * database.dimensions, (row + 1) * database.dimensions),
          i * database.dimensions,
        ),
      );
      return fit(x, database.dimensions, y, among.length);
    };
    return {
      name: database.name,
      trainedOn: [database.name],
      classesOn: () => database.classes,
      predict(test, among) {
        const key = among.join();
        if (trained?.among !== key) trained = { among: key, predict: train(among) };
        return Promise.resolve({
          labels: test.labels.map((k) => (k < 0 ? -1 : among.indexOf(test.classes[k]!))),
          predicted: trained.predict(test.features),
        });
      },
    };
  });
}

/** For `skip` of `crossDatabase`: whether the test is what the predictor was trained on. */
export function ownFeatures(predictor: CrossPredictor<CrossFeatures>, test: CrossFeatures): boolean {
  return predictor.trainedOn.includes(test.name);
}

function rowsAmong({ classes, labels }: CrossFeatures, among: readonly string[]): number[] {
  return [...labels.keys()].filter((row) => labels[row]! >= 0 && among.includes(classes[labels[row]!]!));
}

/** At most `size` of the rows, in ascending order. */
function draw(rows: readonly number[], size: number, seed: number, name: string): number[] {
  if (rows.length <= size) return [...rows];
  const order = new Random(seed, `cross-features/${name}`).permutation(rows.length);
  return Array.from(order.subarray(0, size), (i) => rows[i]!).sort((a, b) => a - b);
}
