/**
 * One-coin Dawid–Skene: each worker has one accuracy, and errs evenly over the wrong classes.
 *
 * Model: y_t ~ Categorical(prior); p(l | y_t = k) = accuracy_w if l = k, else (1 − accuracy_w)/(K − 1).
 * E-step: q[t,k] ∝ prior[k] Π_votes p(l | k), in logs.
 * M-step: prior[k] = mean_t q[t,k]; accuracy_w = (s + Σ_votes q[t,l]) / (2s + votes of w), with s the smoothing.
 * Start: M-step from the shares of votes.
 * Source: the symmetric case of Dawid & Skene 1979, doi:10.2307/2346806; Raykar et al. 2010, JMLR 11:1297–1322, section
 * 2. Deviation: accuracies stay 1e-10 away from 0 and 1, so that no vote rules a class out for good.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import type { InferenceBase, SmoothingOptions } from './base.ts';
import { defineMethod, SMOOTHING, STOPPING } from './definition.ts';
import { checkSmoothing, runEm, type EmModel } from './em.ts';
import { voteShares } from './majority-vote.ts';
import { averageRows, chooseLabels, softmaxInPlace } from './posterior.ts';
import { toVotesOrder, type VoteIndex } from './vote-index.ts';

const ACCURACY_FLOOR = 1e-10;

export interface OneCoinInference extends InferenceBase {
  readonly method: 'one-coin';
  /** [K] */
  readonly classPrior: Float64Array;
  /** [W] p(worker is right) */
  readonly accuracy: Float64Array;
}

export const oneCoin = defineMethod({
  name: 'one-coin',
  title: 'Dawid–Skene with one accuracy a worker',
  about: 'Dawid-Skene with one accuracy a worker',
  reliability: 'accuracy',
  guessing: (K) => 1 / K,
  hasConfusion: false,
  hasEvenErrors: true,
  unvotedLabels: 'their workers look like adversaries, or tell the model little',
  settings: { ...STOPPING, smoothing: SMOOTHING },
  infer: inferOneCoin,
  parameters: ({ accuracy }, w) => ({ accuracy: accuracy[w] }),
});

function inferOneCoin(index: VoteIndex, options: SmoothingOptions): OneCoinInference {
  const model = new OneCoin(index, checkSmoothing(options, 0));
  const run = runEm(model, index.N, options);
  const posterior = toVotesOrder(model.posterior, index.taskNames);
  const accuracy = toVotesOrder(model.accuracy, index.workerNames);
  return {
    method: 'one-coin',
    posterior,
    ...chooseLabels(posterior, index),
    reliability: accuracy,
    ...run,
    classPrior: model.classPrior,
    accuracy,
  };
}

export class OneCoin implements EmModel {
  readonly #index: VoteIndex;
  readonly #smoothing: number;
  /** [T,K] */
  readonly posterior: Float64Array;
  /** [K] */
  readonly classPrior: Float64Array;
  /** [W] */
  readonly accuracy: Float64Array;
  readonly parameters: readonly Float64Array[];

  constructor(index: VoteIndex, smoothing: number) {
    this.#index = index;
    this.#smoothing = smoothing;
    this.posterior = voteShares(index);
    this.classPrior = new Float64Array(index.K);
    this.accuracy = new Float64Array(index.W);
    this.parameters = [this.classPrior, this.accuracy];
    this.maximize();
  }

  expect(): { logLikelihood: number; penalty: number } {
    const { T, K, taskStart, workerOfTask, labelOfTask } = this.#index;
    const { posterior } = this;
    const logWrong = this.accuracy.map((a) => Math.log((1 - a) / Math.max(1, K - 1)));
    const logOdds = this.accuracy.map((a, w) => Math.log(a) - logWrong[w]!);
    const logPrior = this.classPrior.map(Math.log);
    let logLikelihood = 0;
    for (let t = 0; t < T; t++) {
      const row = t * K;
      for (let k = 0; k < K; k++) posterior[row + k] = logPrior[k]!;
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
        posterior[row + labelOfTask[v]!]! += logOdds[workerOfTask[v]!]!;
        logLikelihood += logWrong[workerOfTask[v]!]!;
      }
      logLikelihood += softmaxInPlace(posterior, row, K);
    }
    const penalty = this.accuracy.reduce((sum, a) => sum + this.#smoothing * (Math.log(a) + Math.log(1 - a)), 0);
    return { logLikelihood, penalty };
  }

  maximize(): void {
    const { W, K, workerStart, taskOfWorker, labelOfWorker } = this.#index;
    const { posterior, classPrior, accuracy } = this;
    const s = this.#smoothing;
    averageRows(posterior, classPrior);
    for (let w = 0; w < W; w++) {
      let right = 0;
      for (let v = workerStart[w]!; v < workerStart[w + 1]!; v++)
        right += posterior[taskOfWorker[v]! * K + labelOfWorker[v]!]!;
      const mean = (s + right) / (2 * s + (workerStart[w + 1]! - workerStart[w]!));
      accuracy[w] = Math.min(1 - ACCURACY_FLOOR, Math.max(ACCURACY_FLOOR, mean));
    }
  }
}
