/**
 * Metrics of predicted probabilities, and temperature scaling. Without samples each is NaN.
 *
 * Shape legend: N samples, K classes. `probabilities` and `logits` are [N,K] row-major, `labels` is [N], classes 0 …
 * K−1.
 */
import { ShapeError } from '../errors.ts';
import { argMax } from '../tensor/arg-max.ts';

/** @returns K @throws {ShapeError} when the values are not N whole rows, or a label is not a class */
function classCountOf(operation: string, values: ArrayLike<number>, labels: ArrayLike<number>): number {
  const K = labels.length === 0 ? 0 : values.length / labels.length;
  if (!Number.isInteger(K) || (labels.length === 0 && values.length > 0)) {
    throw new ShapeError(operation, `expected ${labels.length} rows of equal length, got ${values.length} values`);
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= K) {
      throw new ShapeError(operation, `labels: expected classes 0 … ${K - 1}, got ${label} at ${i}`);
    }
  }
  return K;
}

/**
 * Expected calibration error over bins of equal width.
 *   ECE = Σ_b (n_b/N) · |accuracy_b − confidence_b|,  confidence = the largest probability
 * A confidence on the edge of two bins belongs to the lower one: bins are (b/B, (b+1)/B].
 * Source: Guo et al. 2017 (arXiv:1706.04599), eq. 3, who use 15 bins.
 * @example
 * ```ts
 * import { expectedCalibrationError } from 'mienjs/metrics';
 *
 * // Two images, two classes: right with a confidence of 0.9, wrong with one of 0.6
 * expectedCalibrationError([0.9, 0.1, 0.6, 0.4], [0, 1]); // → 0.35
 * ```
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 15,
): number {
  const K = classCountOf('expectedCalibrationError', probabilities, labels);
  if (!Number.isInteger(bins) || bins < 1)
    throw new ShapeError('expectedCalibrationError', `bins: expected a positive integer, got ${bins}`);
  const N = labels.length;
  const gap = new Float64Array(bins); // Σ (right − confidence), whose size is n_b·|accuracy_b − confidence_b|
  for (let i = 0; i < N; i++) {
    const top = argMax(probabilities, i * K, K);
    const confidence = probabilities[i * K + top]!;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    gap[bin]! += (top === labels[i] ? 1 : 0) - confidence;
  }
  return gap.reduce((total, g) => total + Math.abs(g), 0) / N;
}

/** −1/N Σᵢ ln p[i, labelᵢ], in nats; infinite when a label was given probability 0. */
export function negativeLogLikelihood(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  const K = classCountOf('negativeLogLikelihood', probabilities, labels);
  let total = 0;
  for (let i = 0; i < labels.length; i++) total -= Math.log(probabilities[i * K + labels[i]!]!);
  return total / labels.length;
}

/** Brier score: 1/N Σᵢ Σₖ (p[i,k] − [k = labelᵢ])², from 0 to 2. Source: Brier 1950. */
export function brier(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  const K = classCountOf('brier', probabilities, labels);
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let k = 0; k < K; k++) total += (probabilities[i * K + k]! - (k === labels[i] ? 1 : 0)) ** 2;
  }
  return total / labels.length;
}

/**
 * Softmax of logits / temperature, row by row; the row's maximum is taken off first, so that nothing overflows.
 * @param logits [N,K]   @returns [N,K]
 */
export function softmaxRows(logits: ArrayLike<number>, classCount: number, temperature = 1): Float64Array {
  const out = Float64Array.from(logits, (v) => v / temperature);
  for (let start = 0; start < out.length; start += classCount) {
    const row = out.subarray(start, start + classCount);
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
    let total = 0;
    for (let k = 0; k < classCount; k++) total += row[k] = Math.exp(row[k]! - top);
    for (let k = 0; k < classCount; k++) row[k]! /= total;
  }
  return out;
}

/**
 * Temperatures that the fit considers: at its ends the optimum would lie beyond (all right, or no better than chance).
 */
const TEMPERATURE_RANGE = [0.05, 20] as const;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature T > 0 that minimises the negative log-likelihood of softmax(logits / T).
 * Source: Guo et al. 2017 (arXiv:1706.04599), section 4.2. The likelihood is convex in 1/T, so it has one minimum in
 * ln T too; golden-section search finds it to a relative 1e-6, within 0.05 … 20.
 * @param logits [N,K]   @param labels [N]
 * @returns T; NaN without samples
 */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  const K = classCountOf('fitTemperature', logits, labels);
  if (labels.length === 0) return NaN;
  const loss = (logTemperature: number): number => scaledLogLikelihood(logits, labels, K, Math.exp(-logTemperature));
  let [low, high] = TEMPERATURE_RANGE.map(Math.log) as [number, number];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  while (high - low > 1e-6) {
    if (lossLeft < lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - GOLDEN * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + GOLDEN * (high - low);
      lossRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** −1/N Σᵢ (s·z[i, labelᵢ] − ln Σₖ exp(s·z[i,k])), in log-space so that a sharp scale does not give infinity. */
function scaledLogLikelihood(logits: ArrayLike<number>, labels: ArrayLike<number>, K: number, scale: number): number {
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    let top = -Infinity;
    for (let k = 0; k < K; k++) top = Math.max(top, logits[i * K + k]!);
    let exponentials = 0;
    for (let k = 0; k < K; k++) exponentials += Math.exp(scale * (logits[i * K + k]! - top));
    total += Math.log(exponentials) - scale * (logits[i * K + labels[i]!]! - top);
  }
  return total / labels.length;
}
