/** Two models on the same images: McNemar's test. */
import { ShapeError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import { binomialDistribution, quantileOf } from './binomial.ts';
import { type BootstrapOptions, type Interval, percentileInterval } from './bootstrap.ts';

export interface PairedComparison {
  /** Images that both, one alone, or neither of the two models gets right. */
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothWrong: number;
  /** Accuracy of the first less that of the second; NaN without images. */
  readonly difference: number;
  /** Interval of the difference: a bootstrap over images, which keeps the two answers to an image together. */
  readonly interval: Interval;
  /**
   * That the discordant images would part as unevenly, or more, if both models were equally accurate; 1 where none is
   * discordant.
   */
  readonly pValue: number;
}

/**
 * McNemar's test, exact and two-sided: of the b + c images that one of the models alone gets right, each is the first's
 * with probability ½ if both are equally accurate:
 *   p = min(1, 2·P(X ≤ min(b, c))),  X ~ Binomial(b + c, ½)
 * The χ² form, (|b − c| − 1)²/(b + c), approximates this for many discordant images; the exact form holds for few ones
 * too, and is cheap. Source: McNemar 1947, doi:10.1007/BF02295996; for classifiers Dietterich 1998,
 * doi:10.1162/089976698300017197.
 * @param first [N] whether the first model is right   @param second [N] the same of the second
 * @throws {ShapeError} when the lengths differ
 * @example
 * ```ts
 * import { compareAnswers } from 'mienjs/metrics';
 *
 * const first = [true, true, true, true, false];
 * const second = [true, false, false, false, false];
 * const { onlyFirst, onlySecond, pValue } = compareAnswers(first, second);
 * [onlyFirst, onlySecond]; // → [3, 0]
 * pValue; // → 0.25
 * ```
 */
export function compareAnswers(
  first: readonly boolean[],
  second: readonly boolean[],
  { resamples = 2000, level = 0.95, seed = 0 }: BootstrapOptions = {},
): PairedComparison {
  if (first.length !== second.length)
    throw new ShapeError(
      'compareAnswers',
      `expected answers to the same images, got ${first.length} and ${second.length}`,
    );
  const count = (a: boolean, b: boolean): number => first.filter((right, i) => right === a && second[i] === b).length;
  const [onlyFirst, onlySecond, N] = [count(true, false), count(false, true), first.length];
  const discordant = onlyFirst + onlySecond;
  const pValue =
    discordant === 0 ? 1 : Math.min(1, 2 * binomialDistribution(discordant, 0.5)[Math.min(onlyFirst, onlySecond)]!);
  return {
    bothRight: count(true, true),
    onlyFirst,
    onlySecond,
    bothWrong: count(false, false),
    difference: (onlyFirst - onlySecond) / N,
    interval: differenceInterval(onlyFirst, onlySecond, N, resamples, level, new Random(seed, 'bootstrap/difference')),
    pValue,
  };
}

/** A resample draws how many images are discordant, and then how many of these are the first's. */
function differenceInterval(
  b: number,
  c: number,
  N: number,
  resamples: number,
  level: number,
  random: Random,
): Interval {
  if (N === 0) return [NaN, NaN];
  const discordant = binomialDistribution(N, (b + c) / N);
  const differences = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    const drawn = quantileOf(discordant, random.uniform());
    let firsts = 0;
    for (let d = 0; d < drawn; d++) if (random.uniform() * (b + c) < b) firsts++;
    differences[i] = (2 * firsts - drawn) / N;
  }
  return percentileInterval(differences, level);
}
