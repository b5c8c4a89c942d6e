/**
 * What majority vote says before any model: where hierarchical Dawid–Skene starts.
 *
 * Shape legend: N votes, T tasks, K classes.
 */
import type { VoteIndex } from './vote-index.ts';

export interface MajorityStart {
  /** [T,K] 1 for the class of a majority, shared evenly by tied ones */
  readonly posterior: Float64Array;
  /** How often two votes on a task agree; by chance where no task has two. */
  readonly agreement: number;
}

/** @param held [N] in order of task: 1 = left out */
export function startFromMajority({ T, K, taskStart, labelOfTask }: VoteIndex, held?: Uint8Array): MajorityStart {
  const posterior = new Float64Array(T * K);
  let [agreeing, pairs] = [0, 0];
  for (let t = 0; t < T; t++) {
    const row = t * K;
    let [total, top, tied] = [0, 0, 0];
    for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
      if (held?.[v]) continue;
      posterior[row + labelOfTask[v]!]!++;
      total++;
    }
    pairs += total * (total - 1);
    for (let k = 0; k < K; k++) {
      const votes = posterior[row + k]!;
      agreeing += votes * (votes - 1);
      if (votes > top) [top, tied] = [votes, 1];
      else if (votes === top) tied++;
    }
    for (let k = 0; k < K; k++) posterior[row + k] = posterior[row + k] === top ? 1 / tied : 0;
  }
  return { posterior, agreement: pairs > 0 ? agreeing / pairs : 1 / K };
}

/**
 * a of two equally accurate votes, whose errors fall evenly, that agree with this probability: a² + (1 − a)²/(K − 1).
 */
export function accuracyOfAgreement(agreement: number, K: number): number {
  return (1 + Math.sqrt(Math.max(0, (K - 1) * (K * agreement - 1)))) / K;
}
