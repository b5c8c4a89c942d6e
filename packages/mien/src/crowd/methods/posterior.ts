/**
 * What the methods share: softmax of log-scores, the chosen labels and their ties.
 *
 * Shape legend: T tasks, K classes.
 */

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

/** Probabilities closer than this are tied: above the rounding of sums over thousands of votes, below any real difference. */
const TIE = 1e-12;

/** @param posterior [T,K]   @returns labels [T], the first of tied classes; ties, the tasks that have some */
export function chooseLabels(posterior: Float64Array, K: number): { labels: Int32Array; ties: Int32Array } {
  const T = posterior.length / K;
  const labels = new Int32Array(T);
  const ties: number[] = [];
  for (let t = 0; t < T; t++) {
    const row = posterior.subarray(t * K, (t + 1) * K);
    let top = 0;
    for (let k = 1; k < K; k++) if (row[k]! > row[top]!) top = k;
    const tied = row.reduce((count, p) => count + (p >= row[top]! - TIE ? 1 : 0), 0);
    labels[t] = row.findIndex((p) => p >= row[top]! - TIE);
    if (tied > 1) ties.push(t);
  }
  return { labels, ties: Int32Array.from(ties) };
}
