/**
 * Majority vote: the posterior is the share of a task's votes.
 *
 * Model: each vote on task t is drawn from the task's own distribution p_t over classes, whoever votes; the shares are
 * its maximum-likelihood estimate, and the log-likelihood Σ_votes ln p_t[label].
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import type { InferenceBase } from './base.ts';
import { defineMethod } from './definition.ts';
import { chooseLabels } from './posterior.ts';
import { toVotesOrder, type VoteIndex } from './vote-index.ts';

export interface MajorityInference extends InferenceBase {
  readonly method: 'mv';
}

export const majorityVote = defineMethod({
  name: 'mv',
  title: 'majority vote',
  about: 'majority vote',
  reliability: 'share of votes with the majority', // a vote for one of m tied classes counts 1/m
  guessing: (K) => 1 / K,
  hasConfusion: false,
  hasEvenErrors: false,
  unvotedLabels: 'which majority never gives',
  settings: {},
  infer: inferMajority,
  parameters: () => undefined,
});

/** @returns [T,K] shares of the votes */
export function voteShares({ T, K, taskStart, labelOfTask }: VoteIndex): Float64Array {
  const shares = new Float64Array(T * K);
  for (let t = 0; t < T; t++) {
    const [from, to] = [taskStart[t]!, taskStart[t + 1]!];
    for (let v = from; v < to; v++) shares[t * K + labelOfTask[v]!]!++;
    for (let k = t * K; k < (t + 1) * K; k++) shares[k]! /= to - from;
  }
  return shares;
}

function inferMajority(index: VoteIndex): MajorityInference {
  const { T, W, K, taskStart, workerStart, taskOfWorker, labelOfWorker } = index;
  const shares = voteShares(index);
  let logLikelihood = 0;
  for (let t = 0; t < T; t++) {
    const votes = taskStart[t + 1]! - taskStart[t]!;
    for (let k = t * K; k < (t + 1) * K; k++)
      if (shares[k]! > 0) logLikelihood += votes * shares[k]! * Math.log(shares[k]!);
  }

  const credit = new Float64Array(T * K); // 1/m for each of the m classes that share the majority
  for (let t = 0; t < T; t++) {
    const row = shares.subarray(t * K, (t + 1) * K);
    const top = row.reduce((a, b) => Math.max(a, b), 0);
    const tied = row.reduce((count, share) => count + (share === top ? 1 : 0), 0);
    for (let k = 0; k < K; k++) if (row[k] === top) credit[t * K + k] = 1 / tied;
  }
  const agreement = new Float64Array(W);
  for (let w = 0; w < W; w++) {
    const [from, to] = [workerStart[w]!, workerStart[w + 1]!];
    for (let v = from; v < to; v++) agreement[w]! += credit[taskOfWorker[v]! * K + labelOfWorker[v]!]!;
    agreement[w]! /= to - from; // once, as a sum of quotients may round to more than 1
  }

  const posterior = toVotesOrder(shares, index.taskNames);
  return {
    method: 'mv',
    posterior,
    ...chooseLabels(posterior, index),
    reliability: toVotesOrder(agreement, index.workerNames),
    logLikelihood,
    penalizedLogLikelihood: logLikelihood,
    iterations: 0,
    converged: true,
    trace: Float64Array.of(logLikelihood),
  };
}
