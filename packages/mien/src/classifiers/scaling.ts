/** Features brought to comparable sizes, as the training set has them. Shape legend: N samples, D features. */
import { ShapeError } from '../errors.ts';
import { featureDims, type Features } from './training-set.ts';

/**
 * - `standardise`: mean 0 and variance 1 (÷ N) over the training set
 * - `unit-range`: the training set's least and largest value become 0 and 1; others may lie outside
 * - `two-sigma`: two standard deviations to either side of the training set's mean become 0 and 1, where others are cut
 *   off (Li & Deng 2019, eq. 6)
 * - `l2`: each sample divided by its length; zeros stay zeros
 */
export const SCALINGS = ['none', 'standardise', 'two-sigma', 'unit-range', 'l2'] as const;
export type ScalingKind = (typeof SCALINGS)[number];

/** x' = (x − shift)·factor, feature by feature, `two-sigma` then cut to 0 … 1; neither where the kind has none. */
export interface Scaling {
  readonly kind: ScalingKind;
  /** [D] */
  readonly shift?: Float64Array;
  readonly factor?: Float64Array;
}

/**
 * A feature that is constant over the training set becomes 0 everywhere, as it tells nothing (LibSVM's svm-scale drops
 * it too; scikit-learn's scalers keep its differences).
 * @param rows rows of x that train
 */
export function fitScaling(kind: ScalingKind, x: Features, rows: Int32Array): Scaling {
  if (kind === 'none' || kind === 'l2') return { kind };
  const [, D] = featureDims('fitScaling', x);
  const shift = new Float64Array(D);
  const factor = new Float64Array(D);
  const each = (use: (value: number, j: number) => void): void =>
    rows.forEach((i) => {
      for (let j = 0; j < D; j++) use(x.data[i * D + j]!, j);
    });
  if (kind === 'standardise' || kind === 'two-sigma') {
    each((v, j) => {
      shift[j]! += v / rows.length;
    });
    each((v, j) => {
      factor[j]! += (v - shift[j]!) ** 2 / rows.length;
    });
    // Rounding leaves a constant feature a variance of this size
    factor.forEach((variance, j) => {
      factor[j] = variance > 1e-12 * shift[j]! ** 2 ? 1 / Math.sqrt(variance) : 0;
    });
    if (kind === 'two-sigma') {
      // ½·((x − μ)/2σ + 1) = (x − (μ − 2σ))/4σ
      shift.forEach((mean, j) => {
        if (factor[j]! > 0) shift[j] = mean - 2 / factor[j]!;
      });
      factor.forEach((f, j) => {
        factor[j] = f / 4;
      });
    }
  } else {
    const largest = new Float64Array(D).fill(-Infinity);
    shift.fill(Infinity);
    each((v, j) => {
      shift[j] = Math.min(shift[j]!, v);
      largest[j] = Math.max(largest[j]!, v);
    });
    factor.forEach((_, j) => {
      factor[j] = largest[j]! > shift[j]! ? 1 / (largest[j]! - shift[j]!) : 0;
    });
  }
  return { kind, shift, factor };
}

/**
 * Scales one sample.
 * @param x [N,D]   @param i its row   @param out [D]
 * @throws {ShapeError} when the scaling was fitted to another number of features
 */
export function scaleRow({ kind, shift, factor }: Scaling, x: Features, i: number, out: Float32Array): void {
  const D = out.length;
  const start = i * D;
  const { data } = x;
  if (shift && factor) {
    if (shift.length !== D) throw new ShapeError('scaleRow', `expected ${shift.length} features, got ${D}`);
    for (let j = 0; j < D; j++) out[j] = (data[start + j]! - shift[j]!) * factor[j]!;
    if (kind === 'two-sigma') for (let j = 0; j < D; j++) out[j] = Math.min(Math.max(out[j]!, 0), 1);
    return;
  }
  out.set(data.subarray(start, start + D));
  if (kind !== 'l2') return;
  let sum = 0;
  for (let j = 0; j < D; j++) sum += out[j]! ** 2;
  const length = Math.sqrt(sum);
  if (length > 0) for (let j = 0; j < D; j++) out[j]! /= length;
}
