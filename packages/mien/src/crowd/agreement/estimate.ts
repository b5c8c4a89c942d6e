/**
 * Statistics with bootstrap intervals over tasks. Every statistic here is a function of sums over tasks, so that a
 * resample costs one weighted sum of T rows, however many votes there are.
 *
 * Shape legend: T tasks, D terms that a statistic sums, R resamples.
 * Source of the percentile interval: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
 */
import { MienError } from '../../errors.ts';
import { Random } from '../../tensor/random.ts';

/** NaN where undefined, and then `reason` says why in a sentence. */
export interface Estimate {
  readonly value: number;
  /** Ends of the interval. */
  readonly low: number;
  readonly high: number;
  readonly reason?: string;
}

/** A value, or the reason why there is none. */
export type Outcome = number | string;

export interface TaskStatistic {
  /** [T,D] what each task adds to the sums. */
  readonly terms: Float64Array;
  /** D */
  readonly width: number;
  /** The values that the sums Σⱼ wⱼ·termsⱼ give, always as many. */
  values(sums: Float64Array): Outcome[];
}

export interface ResampleOptions {
  /** Default 1000. */
  readonly resamples?: number;
  /** Share of the resamples that the interval holds. Default 0.95. */
  readonly level?: number;
  readonly seed?: number;
}

/** An interval is given when at least this share of the resamples has a value. */
const DEFINED_SHARE = 0.9;

/**
 * Each statistic's values and their percentile intervals, all from the same resamples: T tasks drawn with replacement.
 * @returns for each statistic, its values in order
 * @throws {MienError} when an option is out of range
 */
export function estimate(
  statistics: readonly TaskStatistic[],
  taskCount: number,
  options: ResampleOptions = {},
): Estimate[][] {
  const { resamples = 1000, level = 0.95, seed = 1 } = options;
  if (!Number.isSafeInteger(resamples) || resamples < 1)
    throw new MienError(`agreement: resamples: expected a whole number from 1, got ${resamples}`);
  if (!(level > 0 && level < 1))
    throw new MienError(`agreement: level: expected a share between 0 and 1, got ${level}`);
  const weights = new Int32Array(taskCount).fill(1);
  const points = statistics.map((statistic) => statistic.values(weightedSums(statistic, weights)));
  const draws = points.map((values) => values.map(() => [] as number[]));
  const random = new Random(seed, 'crowd/agreement');
  for (let r = 0; r < resamples && taskCount > 1; r++) {
    weights.fill(0);
    for (let j = 0; j < taskCount; j++) weights[random.int(taskCount)]!++;
    statistics.forEach((statistic, s) => {
      statistic.values(weightedSums(statistic, weights)).forEach((value, v) => {
        if (typeof value === 'number') draws[s]![v]!.push(value);
      });
    });
  }
  return points.map((values, s) =>
    values.map((value, v) => toEstimate(value, draws[s]![v]!, taskCount, resamples, level)),
  );
}

function toEstimate(value: Outcome, draws: number[], taskCount: number, resamples: number, level: number): Estimate {
  if (typeof value === 'string') return { value: NaN, low: NaN, high: NaN, reason: value };
  if (taskCount < 2) return { value, low: NaN, high: NaN, reason: 'One task alone has no interval.' };
  if (draws.length < DEFINED_SHARE * resamples) {
    return {
      value,
      low: NaN,
      high: NaN,
      reason: `Only ${draws.length} of ${resamples} resamples of the tasks have a value, too few for an interval.`,
    };
  }
  const sorted = Float64Array.from(draws).sort();
  return { value, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/** Linear between the order statistics. @param sorted ascending, not empty   @param share 0 … 1 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - low);
}

/** The middle value, or the mean of the two middle ones. @param values not empty, in any order */
export const medianOf = (values: Float64Array): number => quantile(values.slice().sort(), 0.5);

/** Σⱼ wⱼ·termsⱼ → [D] */
function weightedSums({ terms, width }: TaskStatistic, weights: Int32Array): Float64Array {
  const sums = new Float64Array(width);
  for (let j = 0, at = 0; j < weights.length; j++, at += width) {
    const w = weights[j]!;
    if (w === 0) continue;
    for (let d = 0; d < width; d++) sums[d]! += w * terms[at + d]!;
  }
  return sums;
}
