/**
 * How much a model's labels of the tasks tell of votes that were held out: what a model is chosen by.
 *
 * The votes of each task are dealt to five folds; each model learns from four and predicts the fifth. A vote's score is
 *   ln p(vote | the task's votes kept) − ln p(vote | the worker's habits alone)
 *     = ln Σₖ q[t,k] p(worker says label | k) − ln Σₖ mean_t q[t,k] p(worker says label | k),
 * the information in the posterior q about the vote. The second term takes away what a model gains by knowing which
 * labels a worker favours, which says nothing of the tasks. A task's only vote is never held out. Where few folds hold
 * votes enough, the others are not run.
 *
 * Shape legend: N votes, T tasks, K classes.
 */
import { Random } from '../../tensor/index.ts';
import { CrowdPrior } from './crowd-prior.ts';
import { DawidSkene } from './dawid-skene.ts';
import { runEm } from './em.ts';
import { learnPrior } from './hierarchical.ts';
import { shareOf, TIE } from './posterior.ts';
import type { SharedErrors } from './skill-ladder.ts';
import { withoutVotes } from './sub-index.ts';
import type { VoteIndex } from './vote-index.ts';

const FOLDS = 5;
/** More would not change a choice. */
const ENOUGH_HELD = 20_000;
const MAX_ROUNDS = 15;

/** @returns the score of vote v, in order of task, of task t */
type Score = (t: number, v: number) => number;

/** What a model learns from the votes not held. */
export type Learner = (
  index: VoteIndex,
  held: Uint8Array,
) => { readonly score: Score; readonly posterior: Float64Array };

export interface HeldOutScore {
  /** Votes held out. */
  readonly votes: number;
  /** [T] sum over a task's votes held out; NaN without one */
  readonly byTask: Float64Array;
  /** Mean over the votes held out, nats. */
  readonly mean: number;
  /** [K] tasks of each class, by the labels learned from the votes kept; summed over the folds. */
  readonly classes: Float64Array;
}

/** @returns a score for each learner; NaN where no task has two votes */
export function scoreHeldOut(index: VoteIndex, learners: readonly Learner[]): HeldOutScore[] {
  const { T, N, K, taskStart } = index;
  const fold = dealFolds(index);
  const sums = learners.map(() => new Float64Array(T).fill(NaN));
  const classes = learners.map(() => new Float64Array(K));
  let votes = 0;
  for (let f = 0; f < FOLDS && votes < ENOUGH_HELD; f++) {
    const held = Uint8Array.from({ length: N }, (_, v) => Number(fold[v] === f));
    const learned = learners.map((learn) => learn(index, held));
    learned.forEach(({ posterior }, i) => countLabels(posterior, classes[i]!));
    for (let t = 0; t < T; t++) {
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
        if (held[v] === 0) continue;
        votes++;
        learned.forEach(({ score }, i) => {
          sums[i]![t] = (Number.isNaN(sums[i]![t]) ? 0 : sums[i]![t]!) + score(t, v);
        });
      }
    }
  }
  return sums.map((byTask, i) => ({
    votes,
    classes: classes[i]!,
    byTask,
    mean: byTask.reduce((sum, x) => (Number.isNaN(x) ? sum : sum + x), 0) / votes,
  }));
}

/** Adds to [K] the tasks of each class; a task whose classes are tied counts for each in part. */
function countLabels(posterior: Float64Array, classes: Float64Array): void {
  const K = classes.length;
  for (let row = 0; row < posterior.length; row += K) {
    const top = posterior.subarray(row, row + K).reduce((most, q) => Math.max(most, q), 0);
    const isTop = (k: number): boolean => posterior[row + k]! > top - TIE;
    const ties = classes.reduce((sum, _, k) => sum + Number(isTop(k)), 0);
    for (let k = 0; k < K; k++) if (isTop(k)) classes[k]! += 1 / ties;
  }
}

/** How many standard errors, over tasks, model a predicts better than model b. */
export function gainInErrors(a: HeldOutScore, b: HeldOutScore): number {
  const gains = Array.from(a.byTask, (x, t) => x - b.byTask[t]!).filter((gain) => !Number.isNaN(gain));
  const sum = gains.reduce((total, gain) => total + gain, 0);
  const variance = gains.reduce((total, gain) => total + (gain - sum / gains.length) ** 2, 0);
  return sum === 0 ? 0 : sum / Math.sqrt(variance);
}

/** @returns [N] in order of task: 0 … FOLDS − 1, and FOLDS for a task's only vote */
function dealFolds({ T, N, taskStart }: VoteIndex): Uint8Array {
  const random = new Random(1, 'crowd/held-out');
  const fold = new Uint8Array(N).fill(FOLDS);
  for (let t = 0; t < T; t++) {
    const [from, count] = [taskStart[t]!, taskStart[t + 1]! - taskStart[t]!];
    if (count < 2) continue;
    const first = random.int(FOLDS);
    random.permutation(count).forEach((place, i) => {
      fold[from + i] = (first + place) % FOLDS;
    });
  }
  return fold;
}

/** Hierarchical Dawid–Skene. */
export function learnWorkers(errors: SharedErrors): Learner {
  return (index, held) => {
    const prior = learnPrior(new CrowdPrior(index, errors, held), MAX_ROUNDS);
    return { posterior: prior.posterior, score: (t, v) => prior.information(t, v) };
  };
}

/**
 * Dawid–Skene as it is. Its zeros would rule held-out votes out: half a vote on each label is added where they are
 * scored.
 */
export const learnDawidSkene: Learner = (index, held) => {
  const { W, K, workerOfTask, labelOfTask } = index;
  const kept = withoutVotes(index, held);
  const model = new DawidSkene(kept, { smoothing: 0 });
  runEm(model, kept.N, { maxIterations: MAX_ROUNDS });
  const { posterior } = model;
  const counts = new Float64Array(W * K * K).fill(0.5); // [W,K,K] at [w,l,k]
  const totals = new Float64Array(W * K).fill(K / 2);
  for (let w = 0; w < W; w++) {
    for (let v = kept.workerStart[w]!; v < kept.workerStart[w + 1]!; v++) {
      for (let k = 0; k < K; k++) {
        const q = posterior[kept.taskOfWorker[v]! * K + k]!;
        counts[(w * K + kept.labelOfWorker[v]!) * K + k]! += q;
        totals[w * K + k]! += q;
      }
    }
  }
  const shares = shareOf(posterior, K);
  const score: Score = (t, v) => {
    const w = workerOfTask[v]!;
    let [here, anywhere] = [0, 0];
    for (let k = 0; k < K; k++) {
      const p = counts[(w * K + labelOfTask[v]!) * K + k]! / totals[w * K + k]!;
      here += posterior[t * K + k]! * p;
      anywhere += shares[k]! * p;
    }
    return Math.log(here / anywhere);
  };
  return { posterior, score };
};

/**
 * All workers alike: right with one probability a, and wrong evenly, the classes equally likely. Its labels are those
 * of majority vote. q[t,k] ∝ exp(n[t,k]·ln(a(K − 1)/(1 − a))), n the votes for k; a = share of votes that are right by
 * q, with ¾ of two votes before any.
 */
export const learnOneAccuracy: Learner = ({ T, K, taskStart, labelOfTask }, held) => {
  const counts = new Float64Array(T * K);
  let votes = 0;
  for (let t = 0; t < T; t++) {
    for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
      if (held[v] !== 0) continue;
      counts[t * K + labelOfTask[v]!]!++;
      votes++;
    }
  }
  const posterior = new Float64Array(T * K);
  let accuracy = 0.75;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const logOdds = Math.log((accuracy * Math.max(1, K - 1)) / (1 - accuracy));
    let right = 1.5;
    for (let t = 0; t < T; t++) {
      const row = t * K;
      let total = 0;
      let top = 0;
      for (let k = 0; k < K; k++) top = Math.max(top, counts[row + k]! * logOdds);
      for (let k = 0; k < K; k++) total += posterior[row + k] = Math.exp(counts[row + k]! * logOdds - top);
      for (let k = 0; k < K; k++) {
        posterior[row + k]! /= total;
        right += posterior[row + k]! * counts[row + k]!;
      }
    }
    accuracy = right / (votes + 2);
  }
  const shares = shareOf(posterior, K);
  const p = (q: number): number => q * accuracy + ((1 - q) * (1 - accuracy)) / Math.max(1, K - 1);
  return {
    posterior,
    score: (t, v) => Math.log(p(posterior[t * K + labelOfTask[v]!]!) / p(shares[labelOfTask[v]!]!)),
  };
};
