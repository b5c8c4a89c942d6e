/**
 * What every method of truth inference gives, and the options that several take.
 *
 * Shape legend: N votes, T tasks, W workers, K classes; [T,K] and [W,K,K] are row-major.
 */

/** Common to all methods; tasks, workers and classes are indexed as in the votes. */
export interface InferenceBase {
  /** [T,K] probability of each class given the votes; rows sum to 1 */
  readonly posterior: Float64Array;
  /**
   * [T] the class of the largest posterior; of tied classes the one with most of the task's own votes, then the first
   * in class order
   */
  readonly labels: Int32Array;
  /** Indices of the tasks whose largest posterior two or more classes share, ascending. */
  readonly ties: Int32Array;
  /**
   * [W] one figure a worker, the higher the better; what it is, and that of guessing, says the method ({@link
   * methodOf}).
   */
  readonly reliability: Float64Array;
  /** Σ over tasks of ln p(votes | parameters), at most 0 */
  readonly logLikelihood: number;
  /** `logLikelihood` and the log-densities of the priors; equal to it where a method has none */
  readonly penalizedLogLikelihood: number;
  /** Rounds of E- and M-step. */
  readonly iterations: number;
  /** Whether the gain of the last round was at most the tolerance. */
  readonly converged: boolean;
  /** The penalised log-likelihood before each round and at the end; never falls, but for stopping as crowd-kit does. */
  readonly trace: Float64Array;
  /** Why this method, where it was left to the votes. */
  readonly choice?: MethodChoice;
}

/** When EM stops. */
export interface StoppingOptions {
  /** Most rounds. Default 200. */
  readonly maxIterations?: number;
  /** Stop when a round's gain of penalised log-likelihood per vote is at most this (nats). Default 1e-9; raf: 1e-8. */
  readonly tolerance?: number;
}

export interface SmoothingOptions extends StoppingOptions {
  /** Pseudo-count added to each count that the M-step divides: the mode under a Dirichlet(1 + s) prior. */
  readonly smoothing?: number;
}

/** A model of the workers that was compared with others. */
export interface Candidate {
  readonly method: 'mv' | 'ds' | 'hds';
  readonly settings: { readonly errors?: 'even' | 'shared' };
  /** What its labels tell of a held-out vote, on average, nats. */
  readonly heldOutInformation: number;
}

/** The method that the votes ask for, and why (choose.ts). */
export interface MethodChoice {
  readonly method: Candidate['method'];
  readonly settings: Candidate['settings'];
  /** A sentence or two. */
  readonly reason: string;
  /** From simple to rich; none where nothing can be compared. */
  readonly candidates: readonly Candidate[];
  /** Votes that were held out in turn, and predicted. */
  readonly votesHeldOut: number;
}
