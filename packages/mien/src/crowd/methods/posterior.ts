/**
 * What the methods share: softmax of log-scores, the chosen labels and their ties.
 *
 * Shape legend: T tasks, K classes.
 */
import type { VoteIndex } from './vote-index.ts';

/**
 * Replaces scores[start … start+K) by their softmax.
 * @returns ln Σₖ exp(scoreₖ), taken about the largest score so that nothing overflows; some score must be above −∞
 */
export function softmaxInPlace(scores: Float64Array, start: number, K: number): number {
  let top = -Infinity;
  for (let k = start; k < start + K; k++) if (scores[k]! > top) top = scores[k]!;
  let total = 0;
  for (let k = start; k < start + K; k++) total += scores[k] = Math.exp(scores[k]! - top);
  for (let k = start; k < start + K; k++) scores[k]! /= total;
  return top + Math.log(total);
}

/** Fills `mean` [K] with the mean row of the posterior [T,K]: the class prior of an M-step. */
export function averageRows(posterior: Float64Array, mean: Float64Array): void {
  const K = mean.length;
  const T = posterior.length / K;
  mean.fill(0);
  for (let t = 0; t < T; t++) for (let k = 0; k < K; k++) mean[k]! += posterior[t * K + k]! / T;
}

/** @returns [K] the mean row of the posterior [T,K] */
export function shareOf(posterior: Float64Array, K: number): Float64Array {
  const shares = new Float64Array(K);
  averageRows(posterior, shares);
  return shares;
}

/**
 * Probabilities closer than this are tied: above the rounding of sums over thousands of votes, below any real
 * difference.
 */
export const TIE = 1e-12;

/**
 * The class of the largest posterior. Ties go to the class with more of the task's own votes, then to the first in
 * class order: a model that cannot tell two classes apart has no reason to contradict the votes.
 * @param posterior [T,K], tasks in the order of the votes
 * @returns labels [T]; ties, the tasks whose posterior has some, ascending
 */
export function chooseLabels(
  posterior: Float64Array,
  { T, K, taskStart, labelOfTask, taskNames }: VoteIndex,
): { labels: Int32Array; ties: Int32Array } {
  const labels = new Int32Array(T);
  const ties: number[] = [];
  const counts = new Int32Array(K);
  for (let t = 0; t < T; t++) {
    const task = taskNames[t]!;
    const row = posterior.subarray(task * K, (task + 1) * K);
    const least = row.reduce((a, b) => Math.max(a, b), 0) - TIE;
    labels[task] = row.findIndex((p) => p >= least);
    if (row.reduce((count, p) => count + (p >= least ? 1 : 0), 0) === 1) continue;
    ties.push(task);
    counts.fill(0);
    for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) counts[labelOfTask[v]!]!++;
    for (let k = 0; k < K; k++) if (row[k]! >= least && counts[k]! > counts[labels[task]!]!) labels[task] = k;
  }
  return { labels, ties: Int32Array.from(ties).sort() };
}
