/**
 * MACE: a worker either reports the truth or spams with labels of a distribution of their own.
 *
 * Model: y_t uniform over the classes; with probability competence_w the vote is y_t, else it is drawn from spam_w:
 *   p(l | y_t = k) = competence_w [l = k] + (1 − competence_w) spam[w,l]
 * E-step: q[t,k] ∝ Π_votes p(l | k); a vote l is true with probability q[t,l] · r, r = competence_w / p(l | y_t = l).
 * M-step: competence_w = (s + Σ true) / (2s + votes of w); spam[w,l] ∝ s + Σ_{votes l} (1 − true), s the smoothing.
 * Start: the shares of votes as posterior, competence ½, spam uniform.
 * Source: Hovy et al. 2013, "Learning whom to trust with MACE", NAACL-HLT, aclanthology.org/N13-1132 (plain EM with
 * smoothing). Deviation: started from the votes once instead of at random many times, so that the result is
 * reproducible.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import type { InferenceBase, SmoothingOptions } from './base.ts';
import { defineMethod, rowOf, SMOOTHING, STOPPING } from './definition.ts';
import { checkSmoothing, runEm, type EmModel } from './em.ts';
import { voteShares } from './majority-vote.ts';
import { chooseLabels, softmaxInPlace } from './posterior.ts';
import { toVotesOrder, type VoteIndex } from './vote-index.ts';

const DEFAULT_SMOOTHING = 0.1;
/** Without smoothing: competence and spam stay this far from 0, so that logarithms are finite. */
const FLOOR = 1e-10;

export interface MaceInference extends InferenceBase {
  readonly method: 'mace';
  /** [W] p(worker reports the truth rather than spamming) */
  readonly competence: Float64Array;
  /** [W,K] label distribution of the worker's spam */
  readonly spam: Float64Array;
}

export const mace = defineMethod({
  name: 'mace',
  title: 'MACE',
  about: 'MACE (Hovy et al. 2013)',
  reliability: 'competence',
  guessing: () => 0,
  hasConfusion: false,
  hasEvenErrors: false,
  unvotedLabels: 'their workers look like adversaries, or tell the model little',
  settings: { ...STOPPING, smoothing: { ...SMOOTHING, byDefault: String(DEFAULT_SMOOTHING) } },
  infer: inferMace,
  parameters: ({ competence, spam }, w, K) => ({ competence: competence[w], spam: rowOf(spam, w, K) }),
});

function inferMace(index: VoteIndex, options: SmoothingOptions): MaceInference {
  const model = new Mace(index, checkSmoothing(options, DEFAULT_SMOOTHING));
  const run = runEm(model, index.N, options);
  const posterior = toVotesOrder(model.posterior, index.taskNames);
  const competence = toVotesOrder(model.competence, index.workerNames);
  return {
    method: 'mace',
    posterior,
    ...chooseLabels(posterior, index),
    reliability: competence,
    ...run,
    competence,
    spam: toVotesOrder(model.spam, index.workerNames),
  };
}

export class Mace implements EmModel {
  readonly #index: VoteIndex;
  readonly #smoothing: number;
  /** [T,K] */
  readonly posterior: Float64Array;
  /** [W] */
  readonly competence: Float64Array;
  /** [W,K] */
  readonly spam: Float64Array;
  readonly parameters: readonly Float64Array[];

  constructor(index: VoteIndex, smoothing: number) {
    const { W, K } = index;
    this.#index = index;
    this.#smoothing = smoothing;
    this.posterior = voteShares(index);
    this.competence = new Float64Array(W).fill(0.5);
    this.spam = new Float64Array(W * K).fill(1 / K);
    this.parameters = [this.competence, this.spam];
    this.maximize();
  }

  expect(): { logLikelihood: number; penalty: number } {
    const { T, W, K, taskStart, workerOfTask, labelOfTask } = this.#index;
    const { posterior, competence, spam } = this;
    const logWrong = new Float64Array(W * K); // ln p(l | another class)
    const logOdds = new Float64Array(W * K); // ln p(l | class l) − ln p(l | another class)
    for (let w = 0; w < W; w++) {
      for (let i = w * K; i < (w + 1) * K; i++) {
        const wrong = (1 - competence[w]!) * spam[i]!;
        logWrong[i] = Math.log(wrong);
        logOdds[i] = Math.log(competence[w]! + wrong) - logWrong[i]!;
      }
    }
    let logLikelihood = -T * Math.log(K);
    for (let t = 0; t < T; t++) {
      const row = t * K;
      for (let k = 0; k < K; k++) posterior[row + k] = 0;
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
        const cell = workerOfTask[v]! * K + labelOfTask[v]!;
        posterior[row + labelOfTask[v]!]! += logOdds[cell]!;
        logLikelihood += logWrong[cell]!;
      }
      logLikelihood += softmaxInPlace(posterior, row, K);
    }
    const penalty =
      this.#smoothing *
      (competence.reduce((sum, c) => sum + Math.log(c) + Math.log(1 - c), 0) +
        spam.reduce((sum, p) => sum + Math.log(p), 0));
    return { logLikelihood, penalty };
  }

  maximize(): void {
    const { W, K, workerStart, taskOfWorker, labelOfWorker } = this.#index;
    const { posterior, competence, spam } = this;
    const s = this.#smoothing;
    const spammed = new Float64Array(K);
    for (let w = 0; w < W; w++) {
      const c = competence[w]!;
      const [from, to] = [workerStart[w]!, workerStart[w + 1]!];
      let told = s;
      spammed.fill(s);
      for (let v = from; v < to; v++) {
        const l = labelOfWorker[v]!;
        const isTrue = posterior[taskOfWorker[v]! * K + l]! * (c / (c + (1 - c) * spam[w * K + l]!));
        told += isTrue;
        spammed[l]! += 1 - isTrue;
      }
      competence[w] = Math.min(1 - FLOOR, Math.max(FLOOR, told / (2 * s + (to - from))));
      let total = 0;
      for (let l = 0; l < K; l++) total += spammed[l] = Math.max(FLOOR, spammed[l]!);
      for (let l = 0; l < K; l++) spam[w * K + l] = spammed[l]! / total;
    }
  }
}
