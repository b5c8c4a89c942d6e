/**
 * Metrics of numbers (valence, arousal, intensities) and of labels that are present or absent (action units). What is
 * undefined is NaN, never 0. Shape legend: N samples.
 */
import { ShapeError } from '../errors.ts';

function requireEqualLengths(metric: string, truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (truth.length !== predicted.length)
    throw new ShapeError(metric, `expected as many predictions as targets (${truth.length}), got ${predicted.length}`);
}

interface Moments {
  readonly meanA: number;
  readonly meanB: number;
  /** (Co)variances, divided by N. */
  readonly varianceA: number;
  readonly varianceB: number;
  readonly covariance: number;
}

function momentsOf(a: ArrayLike<number>, b: ArrayLike<number>): Moments {
  const N = a.length;
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < N; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  const [meanA, meanB] = [sumA / N, sumB / N];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < N; i++) {
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
    ab += (a[i]! - meanA) * (b[i]! - meanB);
  }
  return { meanA, meanB, varianceA: aa / N, varianceB: bb / N, covariance: ab / N };
}

/**
 * Concordance correlation coefficient, 2·s_ab / (s_a² + s_b² + (ā − b̄)²); NaN where both sides are one constant.
 * Source: Lin 1989, doi:10.2307/2532051.
 * @param truth [N]   @param predicted [N]   @returns −1 … 1
 * @throws {ShapeError} when the lengths differ
 */
export function concordance(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireEqualLengths('concordance', truth, predicted);
  const { meanA, meanB, varianceA, varianceB, covariance } = momentsOf(truth, predicted);
  return (2 * covariance) / (varianceA + varianceB + (meanA - meanB) ** 2);
}

/** Pearson's correlation; NaN where a side is constant. @throws {ShapeError} when the lengths differ */
export function pearsonCorrelation(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireEqualLengths('pearsonCorrelation', truth, predicted);
  const { varianceA, varianceB, covariance } = momentsOf(truth, predicted);
  return covariance / Math.sqrt(varianceA * varianceB);
}

/** √(Σ (tᵢ − pᵢ)²/N); NaN without samples. @throws {ShapeError} when the lengths differ */
export function rootMeanSquaredError(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireEqualLengths('rootMeanSquaredError', truth, predicted);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += (truth[i]! - predicted[i]!) ** 2;
  return Math.sqrt(sum / truth.length);
}

/**
 * Sign agreement (SAGR): the share of predictions that have the target's sign; 0 has a sign of its own. Source: Nicolaou
 * et al. 2011, doi:10.1109/T-AFFC.2011.9.
 * @throws {ShapeError} when the lengths differ
 */
export function signAgreement(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireEqualLengths('signAgreement', truth, predicted);
  let agree = 0;
  for (let i = 0; i < truth.length; i++) agree += Number(Math.sign(truth[i]!) === Math.sign(predicted[i]!));
  return agree / truth.length;
}

/**
 * Intraclass correlation ICC(3,1) of target and prediction as two raters, consistency of single ratings:
 *   (MSR − MSE) / (MSR + MSE),  mean squares of rows and of the error of a two-way analysis of variance
 * NaN where nothing varies, or with fewer than two samples. Source: Shrout & Fleiss 1979, case 3; used for intensities of
 * action units.
 * @throws {ShapeError} when the lengths differ
 */
export function intraclassCorrelation(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireEqualLengths('intraclassCorrelation', truth, predicted);
  const N = truth.length;
  const { meanA, meanB } = momentsOf(truth, predicted);
  const grand = (meanA + meanB) / 2;
  let [rows, error] = [0, 0];
  for (let i = 0; i < N; i++) {
    const mean = (truth[i]! + predicted[i]!) / 2;
    rows += 2 * (mean - grand) ** 2;
    error += (truth[i]! - mean - (meanA - grand)) ** 2 + (predicted[i]! - mean - (meanB - grand)) ** 2;
  }
  const [meanRows, meanError] = [rows / (N - 1), error / (N - 1)];
  return (meanRows - meanError) / (meanRows + meanError);
}

/**
 * F1 of the presence of a label, 2·TP/(2·TP + FP + FN); NaN where it is neither present nor predicted.
 * @param truth [N] 1 or 0   @param predicted [N] 1 or 0
 * @throws {ShapeError} when the lengths differ
 */
export function presenceF1(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireEqualLengths('presenceF1', truth, predicted);
  let [both, either] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    both += truth[i]! * predicted[i]!;
    either += truth[i]! + predicted[i]!;
  }
  return (2 * both) / either;
}

/**
 * Area under the ROC curve: the chance that a sample with the label scores above one without, ties counting half. NaN
 * where one of the two kinds is absent. Source: Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747.
 * @param truth [N] 1 or 0   @param scores [N], the greater the surer
 * @throws {ShapeError} when the lengths differ
 */
export function rocAuc(truth: ArrayLike<number>, scores: ArrayLike<number>): number {
  requireEqualLengths('rocAuc', truth, scores);
  const order = Int32Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let [rankSum, positives] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let i = from; i < to; i++) {
      if (truth[order[i]!] !== 1) continue;
      rankSum += (from + to + 1) / 2; // ranks from 1, ties at their mean
      positives++;
    }
    from = to;
  }
  const negatives = truth.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
