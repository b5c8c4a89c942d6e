/**
 * From votes and reliabilities to label distributions: Li & Deng 2019, section III-A.5. What a vote weighs, and whose
 * do not count.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { MienError } from '../errors.ts';
import { medianOf } from './agreement/estimate.ts';
import type { Inference } from './inference.ts';
import { methodOf } from './methods/index.ts';
import type { Votes } from './votes.ts';

export interface WeightOptions {
  /** Also leaves out workers whose reliability is below this times the median. Default 0. */
  readonly excludeBelow?: number;
}

export interface WorkerWeights {
  /** [W] the reliability, with raf over its median and at most 1; 0 for excluded workers. */
  readonly weights: Float64Array;
  /** Excluded workers, ascending. */
  readonly excluded: Int32Array;
  /** The rule, in a sentence. */
  readonly rule: string;
}

/**
 * What each worker's votes weigh. A worker is excluded whose reliability is no better than guessing
 * (`guessing` of its method), or below `excludeBelow` times the median of all workers. Li & Deng 2019 kept 285 of 315
 * annotators and does not say by which rule; g is only a distribution when no weight is negative, so guessing is the
 * least rule.
 * @throws {MienError} when the option is out of range
 */
export function workerWeights(votes: Votes, inference: Inference, options: WeightOptions = {}): WorkerWeights {
  const { excludeBelow = 0 } = options;
  if (!(excludeBelow >= 0 && excludeBelow <= 1))
    throw new MienError(`worker weights: excludeBelow: expected a share from 0 to 1, got ${excludeBelow}`);
  if (votes.anonymous) {
    return {
      weights: new Float64Array(votes.workers.length).fill(1),
      excluded: new Int32Array(0),
      rule: 'Every vote weighs the same, as the table does not say whose it is.',
    };
  }
  const guessing = methodOf(inference.method).guessing(votes.classes.length);
  const median = medianOf(inference.reliability);
  const least = excludeBelow * median;
  // Accuracies come from sums, so that "equal to guessing" must allow for rounding
  const isOut = (r: number): boolean => r <= guessing + 1e-12 || r < least;
  const { weights: weigh } = methodOf(inference.method);
  const weights = (weigh?.(inference.reliability) ?? inference.reliability).map((weight, w) =>
    isOut(inference.reliability[w]!) ? 0 : weight,
  );
  return {
    weights,
    excluded: Int32Array.from(weights.keys()).filter((w) => weights[w] === 0),
    rule: `A worker is excluded whose reliability is at most ${guessing === 0 ? '0' : `1/${votes.classes.length}`}, as by guessing${excludeBelow > 0 ? `, or below ${excludeBelow} times the median of ${median.toPrecision(4)}` : ''}.`,
  };
}

/**
 * gₖ = Σᵢ αᵢ·1[tᵢ = k], the weighted votes of each task.
 * Source: Li & Deng 2019, section III-A.5. To be a distribution, divide each row by its sum.
 * @param weights [W] ≥ 0   @returns [T,K]; rows of 0 where no vote counts
 */
export function weightedVotes({ tasks, classes, task, worker, label }: Votes, weights: Float64Array): Float64Array {
  const K = classes.length;
  const g = new Float64Array(tasks.length * K);
  for (let v = 0; v < task.length; v++) g[task[v]! * K + label[v]!]! += weights[worker[v]!]!;
  return g;
}
