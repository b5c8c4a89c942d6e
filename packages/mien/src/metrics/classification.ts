/**
 * Metrics of hard predictions. What is undefined (no sample, no prediction of a class) is NaN, never 0.
 *
 * Shape legend: N samples, K classes. Classes are indices 0 … K−1.
 */
import { ShapeError } from '../errors.ts';

/** [K][K], row = truth, column = prediction, counts. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** By class; NaN where undefined. */
export interface ClassMetrics {
  /** Right predictions of the class / its predictions; NaN when it was never predicted. */
  readonly precision: number;
  /** Right predictions of the class / its samples; NaN when it has none. */
  readonly recall: number;
  /** 2·right / (predictions + samples); NaN when both are 0. */
  readonly f1: number;
  /** Samples of the class. */
  readonly support: number;
}

/**
 * @param truth [N]   @param predicted [N]
 * @throws {ShapeError} when the lengths differ or a value is not a class
 * @example
 * ```ts
 * import { accuracy, confusionMatrix, meanAccuracy } from 'mienjs/metrics';
 *
 * const matrix = confusionMatrix([0, 0, 0, 1], [0, 0, 1, 1], 2); // → [[2, 1], [0, 1]]
 * accuracy(matrix); // → 0.75
 * meanAccuracy(matrix); // → 5 / 6
 * ```
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): number[][] {
  if (truth.length !== predicted.length) {
    throw new ShapeError(
      'confusionMatrix',
      `expected as many predictions as labels (${truth.length}), got ${predicted.length}`,
    );
  }
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const row = matrix[truth[i]!];
    const column = predicted[i]!;
    if (!row || row[column] === undefined) {
      throw new ShapeError(
        'confusionMatrix',
        `sample ${i}: expected classes 0 … ${classCount - 1}, got ${truth[i]} and ${column}`,
      );
    }
    row[column]!++;
  }
  return matrix;
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** Σₖ m[k][k] / N; NaN without samples. */
export function accuracy(matrix: ConfusionMatrix): number {
  return sum(matrix.map((row, k) => row[k]!)) / sum(matrix.map(sum));
}

/**
 * Mean of the diagonal of the row-normalised confusion matrix, the mean recall (also called average or balanced
 * accuracy). Classes without samples have no recall and are left out of the mean; NaN when all are.
 */
export function meanAccuracy(matrix: ConfusionMatrix): number {
  const recalls = perClass(matrix)
    .map(({ recall }) => recall)
    .filter((recall) => !Number.isNaN(recall));
  return sum(recalls) / recalls.length;
}

/** In the order of the classes. */
export function perClass(matrix: ConfusionMatrix): ClassMetrics[] {
  return matrix.map((row, k) => {
    const right = row[k]!;
    const support = sum(row);
    const predictions = sum(matrix.map((r) => r[k]!));
    return {
      precision: right / predictions,
      recall: right / support,
      f1: (2 * right) / (predictions + support),
      support,
    };
  });
}
