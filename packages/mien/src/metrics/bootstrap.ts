/**
 * How much figures would differ on another sample of images like these: bootstrap intervals, of one trained model. They
 * say nothing about what another run of training would give.
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3 (percentile intervals).
 */
import { Random } from '../tensor/index.ts';
import { binomialDistribution, quantileOf } from './binomial.ts';
import type { ConfusionMatrix } from './classification.ts';

export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
  /** Default 0. */
  readonly seed?: number;
}

export interface AccuracyIntervals {
  readonly level: number;
  readonly resamples: number;
  readonly seed: number;
  /** NaN without images, as the figures themselves. */
  readonly accuracy: Interval;
  readonly meanAccuracy: Interval;
}

/**
 * Intervals of accuracy and mean accuracy by a bootstrap that is stratified by class: each resample draws from every
 * class as many images as it has. Only whether an image is right counts, so the resample of n images of which r
 * are right is a draw of Binomial(n, r/n), and no resample goes through the images. A class of which all images are
 * right (or all wrong) stays so.
 * @param matrix counts, row = label, column = prediction; columns beyond the classes count as wrong
 */
export function accuracyIntervals(
  matrix: ConfusionMatrix,
  { resamples = 2000, level = 0.95, seed = 0 }: BootstrapOptions = {},
): AccuracyIntervals {
  const classes = matrix
    .map((row, k) => ({ right: row[k]!, n: row.reduce((a, b) => a + b, 0) }))
    .filter(({ n }) => n > 0);
  const total = classes.reduce((sum, { n }) => sum + n, 0);
  const distributions = classes.map(({ right, n }) => binomialDistribution(n, right / n));
  const random = new Random(seed, 'bootstrap/accuracy');
  const accuracies = new Float64Array(resamples);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let [right, recalls] = [0, 0];
    distributions.forEach((distribution, k) => {
      const drawn = quantileOf(distribution, random.uniform());
      right += drawn;
      recalls += drawn / classes[k]!.n;
    });
    accuracies[i] = right / total;
    means[i] = recalls / classes.length;
  }
  return {
    level,
    resamples,
    seed,
    accuracy: percentileInterval(accuracies, level),
    meanAccuracy: percentileInterval(means, level),
  };
}

/** What holds the middle share `level` of the values, which are sorted in place. @param values at least one */
export function percentileInterval(values: Float64Array, level: number): Interval {
  values.sort();
  const at = (share: number): number => values[Math.round(share * (values.length - 1))]!;
  return [at((1 - level) / 2), at((1 + level) / 2)];
}
