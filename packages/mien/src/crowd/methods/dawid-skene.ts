/**
 * Dawid–Skene: each worker has a confusion matrix.
 *
 * Model: class y_t ~ Categorical(prior); vote l of worker w on t: p(l | y_t = k) = confusion[w,k,l].
 * E-step: q[t,k] ∝ prior[k] Π_votes confusion[w,k,l], in logs.
 * M-step: prior[k] = mean_t q[t,k]; confusion[w,k,l] ∝ s + Σ_{votes l of w} q[t,k], with s the smoothing.
 * Start: M-step from the shares of votes.
 * Source: Dawid & Skene 1979, doi:10.2307/2346806. Without smoothing, counts of labels that a worker uses are held
 * above 1e-10, as crowd-kit does, so that no vote rules a class out for good.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { InputError } from '../../errors.ts';
import type { InferenceBase, SmoothingOptions, StoppingOptions } from './base.ts';
import { defineMethod, matrixOf, methodFits, SMOOTHING, STOPPING } from './definition.ts';
import { checkSmoothing, checkStopping, runEm, type EmModel } from './em.ts';
import { voteShares } from './majority-vote.ts';
import { averageRows, chooseLabels, softmaxInPlace } from './posterior.ts';
import { toVotesOrder, type VoteIndex } from './vote-index.ts';

const COUNT_FLOOR = 1e-10;

export interface DawidSkeneOptions extends SmoothingOptions {
  /**
   * What the tolerance applies to: the log-likelihood, or the figure that crowd-kit watches, whose gain may fall below
   * it long before the likelihood settles; for reproducing its posteriors, with its `n_iter` as `maxIterations` and its
   * `tol` as `tolerance`. Default 'likelihood'.
   */
  readonly stopping?: 'likelihood' | 'crowd-kit';
}

/** What Dawid–Skene gives, hierarchical or not. */
export interface ConfusionInference extends InferenceBase {
  /** [K] */
  readonly classPrior: Float64Array;
  /** [W,K,K], p(worker w says l | class k) at w, k, l */
  readonly confusion: Float64Array;
}

export interface DawidSkeneInference extends ConfusionInference {
  readonly method: 'ds';
}

export const dawidSkene = defineMethod({
  name: 'ds',
  title: 'Dawid–Skene',
  about: 'Dawid-Skene 1979',
  reliability: 'expected accuracy', // Σₖ priorₖ·confusion[k,k]
  guessing: (K) => 1 / K,
  hasConfusion: true,
  hasEvenErrors: false,
  unvotedLabels: 'Dawid–Skene learns little of workers who use few labels; one-coin learns more',
  settings: {
    ...STOPPING,
    smoothing: SMOOTHING,
    stopping: {
      about:
        'what the tolerance applies to: the log-likelihood, or the figure that crowd-kit watches, to reproduce its posteriors',
      value: { kind: 'choice', of: ['likelihood', 'crowd-kit'] },
      byDefault: 'likelihood',
    },
  },
  infer: inferDawidSkene,
  parameters: ({ confusion }, w, K) => ({ confusion: matrixOf(confusion, w, K) }),
});

function inferDawidSkene(index: VoteIndex, options: DawidSkeneOptions): DawidSkeneInference {
  checkConfusionSize(index);
  const crowdKitTolerance = options.stopping === 'crowd-kit' ? checkStopping(options).tolerance : undefined;
  const model = new DawidSkene(index, {
    smoothing: checkSmoothing(options, 0),
    ...(crowdKitTolerance === undefined ? {} : { crowdKitTolerance }),
  });
  return { method: 'ds', ...runDawidSkene(model, index, options) };
}

/** @throws {InputError} more confusion cells W·K² than are taken */
export function checkConfusionSize({ W, K }: VoteIndex): void {
  if (!methodFits({ hasConfusion: true }, W, K))
    throw new InputError(
      'votes',
      `${W} ${W === 1 ? 'worker' : 'workers'} and ${K} classes are too many for confusion matrices`,
    );
}

/** Runs EM to its end. */
export function runDawidSkene(model: DawidSkene, index: VoteIndex, options: StoppingOptions): ConfusionInference {
  const { N, W, K } = index;
  const run = runEm(model, N, options);
  const posterior = toVotesOrder(model.posterior, index.taskNames);
  const confusion = toVotesOrder(model.confusion(), index.workerNames);
  const reliability = Float64Array.from({ length: W }, (_, w) =>
    model.classPrior.reduce((sum, p, k) => sum + p * confusion[(w * K + k) * K + k]!, 0),
  );
  return { posterior, ...chooseLabels(posterior, index), reliability, ...run, classPrior: model.classPrior, confusion };
}

export interface DawidSkeneStart {
  /** Added to each count: one number, or [W,K,K] at [w,l,k]. */
  readonly smoothing: number | Float64Array;
  /** [T,K] in the order of the index. Default: the shares of votes. */
  readonly posterior?: Float64Array;
  /** Tolerance of crowd-kit's stopping rule, where that one is used. */
  readonly crowdKitTolerance?: number;
}

export class DawidSkene implements EmModel {
  readonly #index: VoteIndex;
  readonly #smoothing: number | Float64Array;
  /** [T,K] */
  readonly posterior: Float64Array;
  /** [K] */
  readonly classPrior: Float64Array;
  /** [W,K,K]: p[w,l,k], label before class so that a vote reads K numbers in a row */
  readonly #p: Float64Array;
  readonly #logP: Float64Array;
  readonly parameters: readonly Float64Array[];

  readonly hasSettled?: () => boolean;

  constructor(index: VoteIndex, { smoothing, posterior, crowdKitTolerance }: DawidSkeneStart) {
    const { W, K } = index;
    this.#index = index;
    this.#smoothing = smoothing;
    this.posterior = posterior ?? voteShares(index);
    this.classPrior = new Float64Array(K);
    this.#p = new Float64Array(W * K * K);
    this.#logP = new Float64Array(W * K * K);
    this.parameters = [this.classPrior, this.#p];
    this.maximize();
    if (crowdKitTolerance !== undefined) {
      let bound = -Infinity;
      this.hasSettled = () => {
        const before = bound;
        bound = this.#crowdKitBound();
        return bound - before < crowdKitTolerance;
      };
    }
  }

  expect(): { logLikelihood: number; penalty: number } {
    const { T, K, taskStart, workerOfTask, labelOfTask } = this.#index;
    const { posterior } = this;
    const logP = this.#logP;
    for (let i = 0; i < logP.length; i++) logP[i] = Math.log(this.#p[i]!);
    const logPrior = this.classPrior.map(Math.log);
    let logLikelihood = 0;
    for (let t = 0; t < T; t++) {
      const row = t * K;
      for (let k = 0; k < K; k++) posterior[row + k] = logPrior[k]!;
      for (let v = taskStart[t]!; v < taskStart[t + 1]!; v++) {
        const cells = (workerOfTask[v]! * K + labelOfTask[v]!) * K;
        for (let k = 0; k < K; k++) posterior[row + k]! += logP[cells + k]!;
      }
      logLikelihood += softmaxInPlace(posterior, row, K);
    }
    let penalty = 0;
    const smoothing = this.#smoothing;
    if (typeof smoothing !== 'number') for (let i = 0; i < logP.length; i++) penalty += smoothing[i]! * logP[i]!;
    else if (smoothing > 0) for (let i = 0; i < logP.length; i++) penalty += smoothing * logP[i]!;
    return { logLikelihood, penalty };
  }

  maximize(): void {
    const { W, K, workerStart, taskOfWorker, labelOfWorker } = this.#index;
    const { posterior, classPrior } = this;
    const p = this.#p;
    averageRows(posterior, classPrior);

    if (typeof this.#smoothing === 'number') p.fill(this.#smoothing);
    else p.set(this.#smoothing);
    const used = new Uint8Array(K);
    for (let w = 0; w < W; w++) {
      used.fill(0);
      for (let v = workerStart[w]!; v < workerStart[w + 1]!; v++) {
        const row = taskOfWorker[v]! * K;
        const cells = (w * K + labelOfWorker[v]!) * K;
        used[labelOfWorker[v]!] = 1;
        for (let k = 0; k < K; k++) p[cells + k]! += posterior[row + k]!;
      }
      for (let k = 0; k < K; k++) {
        let total = 0;
        for (let l = 0; l < K; l++) {
          const cell = (w * K + l) * K + k;
          if (used[l] && p[cell]! < COUNT_FLOOR) p[cell] = COUNT_FLOOR;
          total += p[cell]!;
        }
        for (let l = 0; l < K; l++) p[(w * K + l) * K + k]! /= total;
      }
    }
  }

  /**
   * crowd-kit's bound a vote: the evidence lower bound of the posterior and the parameters just updated, but with ln
   * prior added once a vote where once a task is right; so it may fall while the likelihood rises.
   */
  #crowdKitBound(): number {
    const { N, T, W, K, taskStart, workerStart, taskOfWorker, labelOfWorker } = this.#index;
    const { posterior, classPrior } = this;
    let bound = 0;
    for (let t = 0; t < T; t++) {
      for (let k = 0; k < K; k++) {
        const q = posterior[t * K + k]!;
        if (q > 0) bound += q * ((taskStart[t + 1]! - taskStart[t]!) * Math.log(classPrior[k]!) - Math.log(q));
      }
    }
    for (let w = 0; w < W; w++) {
      for (let v = workerStart[w]!; v < workerStart[w + 1]!; v++) {
        const [row, cells] = [taskOfWorker[v]! * K, (w * K + labelOfWorker[v]!) * K];
        for (let k = 0; k < K; k++)
          if (posterior[row + k]! > 0) bound += posterior[row + k]! * Math.log(this.#p[cells + k]!);
      }
    }
    return bound / N;
  }

  /** @returns [W,K,K]: p(worker w says l | class k) at [w,k,l] */
  confusion(): Float64Array {
    const { W, K } = this.#index;
    const out = new Float64Array(W * K * K);
    for (let w = 0; w < W; w++) {
      for (let k = 0; k < K; k++) for (let l = 0; l < K; l++) out[(w * K + k) * K + l] = this.#p[(w * K + l) * K + k]!;
    }
    return out;
  }
}
