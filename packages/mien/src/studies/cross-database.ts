/**
 * The cross-database study: each predictor, trained on one database, is tested on every other, over the classes that
 * all have. Li & Deng 2019, section III-B (an SVM on HOG features, CK+ and RAF-DB) and table IX; what a predictor is, a
 * network or an SVM, is open here.
 *
 * Shape legend: P predictors, T tests, N samples of a test, S shared classes.
 */
import { MienError, ShapeError } from '../errors.ts';
import { accuracy, confusionMatrix, meanAccuracy } from '../metrics/index.ts';
import type { Table } from '../report/index.ts';

/** Samples with labels, by whatever means a predictor reads them. */
export interface CrossTest {
  /** The column's name, e.g. the database. */
  readonly name: string;
  readonly classes: readonly string[];
}

export interface CrossPredictions {
  /** [N] index into the shared classes; −1 = a label outside, or none: the sample is left out. */
  readonly labels: ArrayLike<number>;
  /** [N] index into the shared classes; −1 = another class was predicted, which is an error. */
  readonly predicted: ArrayLike<number>;
}

/** Anything that predicts the labels of tests of kind Test. */
export interface CrossPredictor<Test extends CrossTest> {
  readonly name: string;
  /** Names of the databases that it was trained on. */
  readonly trainedOn: readonly string[];
  /** What it can predict on this test. */
  classesOn(test: Test): readonly string[];
  /** @param among the shared classes; a predictor that can do so chooses among these alone */
  predict(test: Test, among: readonly string[]): Promise<CrossPredictions>;
}

export interface CrossCell {
  /** Whether the predictor was trained on this database: the figure is not across databases. */
  readonly within: boolean;
  /** Samples with a shared label. */
  readonly n: number;
  /** Samples that have none. */
  readonly leftOut: number;
  readonly accuracy: number;
  /** Mean of the recalls, Li & Deng's (2019) "mean diagonal"; classes without samples are left out. */
  readonly meanAccuracy: number;
  /** [S][S+1] counts, row = label, column = prediction, the last of them a class outside. */
  readonly confusion: readonly (readonly number[])[];
}

export interface CrossDatabase {
  /** [S] in the order of the first test. */
  readonly classes: readonly string[];
  /** [T] */
  readonly tests: readonly string[];
  /** [P] */
  readonly rows: readonly {
    readonly name: string;
    readonly trainedOn: readonly string[];
    /** [T] null where the test was skipped. */ readonly cells: readonly (CrossCell | null)[];
  }[];
}

export interface CrossOptions<Test extends CrossTest> {
  /** Pairs to leave out, such as a classifier on the very samples that it was fitted to. */
  readonly skip?: (predictor: CrossPredictor<Test>, test: Test) => boolean;
  /** Called before each cell. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/**
 * Every predictor on every test.
 * @throws {MienError} when there is nothing to compare, or fewer than two classes are shared
 */
export async function crossDatabase<Test extends CrossTest>(
  predictors: readonly CrossPredictor<Test>[],
  tests: readonly Test[],
  { skip = () => false, onProgress }: CrossOptions<Test> = {},
): Promise<CrossDatabase> {
  const pairs = predictors.flatMap((predictor) =>
    tests.filter((test) => !skip(predictor, test)).map((test) => ({ predictor, test })),
  );
  if (pairs.length === 0) throw new MienError('crossDatabase: expected at least one predictor and one test');
  const classes = tests[0]!.classes.filter((name) =>
    pairs.every(({ predictor, test }) => test.classes.includes(name) && predictor.classesOn(test).includes(name)),
  );
  if (classes.length < 2) {
    throw new MienError(
      `crossDatabase: expected two or more classes in common, got ${classes.join(', ') || 'none'} of ${tests.map((test) => `${test.name} (${test.classes.join(', ')})`).join(' and ')}`,
    );
  }
  const cells = new Map<string, CrossCell>();
  // Test by test, so that one test's images are in memory at a time
  for (const [t, test] of tests.entries()) {
    for (const [p, predictor] of predictors.entries()) {
      if (skip(predictor, test)) continue;
      onProgress?.(cells.size, pairs.length, `${predictor.name} on ${test.name}`);
      cells.set(
        `${p},${t}`,
        cellOf(await predictor.predict(test, classes), classes.length, predictor.trainedOn.includes(test.name)),
      );
    }
  }
  return {
    classes,
    tests: tests.map(({ name }) => name),
    rows: predictors.map(({ name, trainedOn }, p) => ({
      name,
      trainedOn,
      cells: tests.map((_, t) => cells.get(`${p},${t}`) ?? null),
    })),
  };
}

function cellOf({ labels, predicted }: CrossPredictions, S: number, within: boolean): CrossCell {
  if (labels.length !== predicted.length)
    throw new ShapeError(
      'crossDatabase',
      `expected a prediction for each of ${labels.length} samples, got ${predicted.length}`,
    );
  const rows = Array.from(labels, (_, i) => i).filter((i) => labels[i]! >= 0);
  // Class S stands for all others: none of the labels is there, so that its row is empty and dropped
  const full = confusionMatrix(
    rows.map((i) => labels[i]!),
    rows.map((i) => (predicted[i]! < 0 ? S : predicted[i]!)),
    S + 1,
  );
  return {
    within,
    n: rows.length,
    leftOut: labels.length - rows.length,
    accuracy: accuracy(full),
    meanAccuracy: meanAccuracy(full),
    confusion: full.slice(0, S),
  };
}

/** Rows: predictors and what they were trained on; columns: accuracy and mean accuracy on each test, in %. */
export function crossDatabaseTable({ classes, tests, rows }: CrossDatabase): Table {
  const figure = (cell: CrossCell | null, value: number): string =>
    cell === null || Number.isNaN(value) ? '–' : `${(100 * value).toFixed(2)}${cell.within ? '†' : ''}`;
  const within = rows.some(({ cells }) => cells.some((cell) => cell?.within));
  const sizes = tests.map((name, t) => {
    const cell = rows.map(({ cells }) => cells[t]).find((c) => c != null);
    return cell
      ? `${name} ${cell.n}${cell.leftOut > 0 ? ` (${cell.leftOut} with other labels, or none, left out)` : ''}`
      : name;
  });
  return {
    columns: ['model', 'trained on', ...tests.flatMap((name) => [`${name}: accuracy`, 'mean'])],
    rows: rows.map(({ name, trainedOn, cells }) => [
      name,
      trainedOn.join(', '),
      ...cells.flatMap((cell) => [figure(cell, cell?.accuracy ?? NaN), figure(cell, cell?.meanAccuracy ?? NaN)]),
    ]),
    named: 2,
    caption: `Tested across databases, %; mean = mean of the recall of each of ${classes.length} classes`,
    notes: [
      `Classes: ${classes.join(', ')}.`,
      `Samples: ${sizes.join('; ')}.`,
      ...(within ? ['† Trained on this database.'] : []),
    ],
  };
}
