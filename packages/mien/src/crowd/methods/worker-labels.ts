/**
 * The labels that each worker gave: all that their confusion matrix is ever read at.
 *
 * Shape legend: N votes, W workers, K classes, P pairs of a worker and a label they gave.
 */
import type { VoteIndex } from './vote-index.ts';

export interface WorkerLabels {
  /** [W+1] pairs of worker w are start[w] … start[w+1] − 1, labels ascending */
  readonly start: Int32Array;
  /** [P] */
  readonly label: Int32Array;
  /** [N] pair of each vote, in order of task */
  readonly ofVote: Int32Array;
}

export function workerLabels({ N, W, K, workerOfTask, labelOfTask }: VoteIndex): WorkerLabels {
  const pairAt = new Int32Array(W * K).fill(-1);
  for (let v = 0; v < N; v++) pairAt[workerOfTask[v]! * K + labelOfTask[v]!] = 0;
  const start = new Int32Array(W + 1);
  const label: number[] = [];
  for (let w = 0; w < W; w++) {
    for (let l = 0; l < K; l++) if (pairAt[w * K + l] === 0) pairAt[w * K + l] = label.push(l) - 1;
    start[w + 1] = label.length;
  }
  return {
    start,
    label: Int32Array.from(label),
    ofVote: Int32Array.from({ length: N }, (_, v) => pairAt[workerOfTask[v]! * K + labelOfTask[v]!]!),
  };
}

/**
 * Share of a label that a worker of so many votes did not give; one vote, spread evenly on the classes, comes before
 * any.
 */
export const unusedShare = (votes: number, K: number): number => 1 / (votes + K);

/**
 * The share of each label among the worker's other votes, the one that is judged left out.
 * @param held [N] in order of task: 1 = left out   @returns [P]
 */
export function ownShares({ N, W, K }: VoteIndex, { start, ofVote }: WorkerLabels, held?: Uint8Array): Float64Array {
  const votes = new Float64Array(start[W]!);
  for (let v = 0; v < N; v++) if (!held?.[v]) votes[ofVote[v]!]!++;
  const own = new Float64Array(votes.length);
  for (let w = 0; w < W; w++) {
    let total = 0;
    for (let p = start[w]!; p < start[w + 1]!; p++) total += votes[p]!;
    for (let p = start[w]!; p < start[w + 1]!; p++)
      own[p] = votes[p]! > 0 ? votes[p]! / (total - 1 + K) : unusedShare(total, K);
  }
  return own;
}
