/** How far workers agree: the usual statistics at once, each with an interval from the same resamples of the tasks. */
import type { Votes } from '../votes.ts';
import { pairwiseKappa } from './cohen.ts';
import { countTasks } from './counts.ts';
import { cronbachAlpha, scaleLength } from './cronbach.ts';
import { estimate, quantile, type Estimate, type ResampleOptions } from './estimate.ts';
import { fleissKappa } from './fleiss.ts';
import { averageVotes, icc1k } from './icc.ts';
import { krippendorffAlpha } from './krippendorff.ts';

/** A statistic of how reliable the votes for each class are when those of k workers are put together. */
export interface ScaleReliability {
  /** Length of the scale that the values are for; NaN for ICC(1,k) of a single task. */
  readonly k: number;
  readonly overall: Estimate;
  /** By class. */
  readonly perClass: Readonly<Record<string, Estimate>>;
}

export interface Agreement {
  readonly tasks: number;
  readonly workers: number;
  readonly votes: number;
  readonly classes: readonly string[];
  readonly votesPerTask: { readonly least: number; readonly mean: number; readonly most: number };
  readonly fleissKappa: Estimate;
  readonly krippendorffAlpha: Estimate;
  readonly cronbachAlpha: ScaleReliability;
  readonly icc1k: ScaleReliability;
  readonly pairwiseKappa: {
    /** Weighted by the tasks that each pair shares. */
    readonly mean: Estimate;
    /** Over pairs; NaN without one. */
    readonly quartiles: readonly [lower: number, median: number, upper: number];
    readonly pairs: number;
    /** Pairs whose κ is undefined: both gave one and the same label throughout. Left out. */
    readonly undefinedPairs: number;
    /** Votes of a task that were paired, drawn at random where it has more; null: all. */
    readonly cap: number | null;
  };
}

/**
 * See the file of each statistic for its equation. What is undefined is NaN, with the reason.
 * @throws {MienError} when an option is out of range
 * @example
 * ```ts
 * import { agreement, simulateVotes } from 'mienjs/crowd';
 *
 * const { votes } = simulateVotes({ tasks: 200, workers: 12, votesPerTask: 5, seed: 1 });
 * const { fleissKappa, krippendorffAlpha } = agreement(votes);
 * console.log(fleissKappa, krippendorffAlpha);
 * ```
 */
export function agreement(votes: Votes, options: ResampleOptions = {}): Agreement {
  const counts = countTasks(votes);
  const pairwise = pairwiseKappa(votes);
  const [fleiss, krippendorff, cronbach, icc, pairMean] = estimate(
    [fleissKappa(counts), krippendorffAlpha(counts), cronbachAlpha(votes, counts), icc1k(counts), pairwise.mean],
    counts.taskCount,
    options,
  );
  const scale = (k: number, [overall, ...perClass]: Estimate[]): ScaleReliability => ({
    k,
    overall: overall!,
    perClass: Object.fromEntries(votes.classes.map((name, c) => [name, perClass[c]!])),
  });
  const { kappas } = pairwise;
  kappas.sort();
  const quartile = (share: number): number => (kappas.length > 0 ? quantile(kappas, share) : NaN);
  return {
    tasks: counts.taskCount,
    workers: votes.workers.length,
    votes: votes.task.length,
    classes: votes.classes,
    votesPerTask: {
      least: counts.sizes.reduce((least, n) => Math.min(least, n), Infinity),
      mean: votes.task.length / counts.taskCount,
      most: counts.sizes.reduce((most, n) => Math.max(most, n), 0),
    },
    fleissKappa: fleiss![0]!,
    krippendorffAlpha: krippendorff![0]!,
    cronbachAlpha: scale(scaleLength(counts), cronbach!),
    icc1k: scale(averageVotes(counts), icc!),
    pairwiseKappa: {
      mean: pairMean![0]!,
      quartiles: [quartile(0.25), quartile(0.5), quartile(0.75)],
      pairs: kappas.length,
      undefinedPairs: pairwise.undefinedPairs,
      cap: pairwise.cap,
    },
  };
}
