/**
 * What every method of truth inference gives, and the options that each takes.
 *
 * Shape legend: N votes, T tasks, W workers, K classes; [T,K] and [W,K,K] are row-major.
 */

export const METHOD_NAMES = ['mv', 'ds', 'one-coin', 'glad', 'raf', 'mace'] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

/** Common to all methods; tasks, workers and classes are indexed as in the votes. */
export interface InferenceBase {
  /** [T,K] probability of each class given the votes; rows sum to 1 */
  readonly posterior: Float64Array;
  /** [T] the class of the largest posterior; of tied classes the one with most of the task's own votes, then the first in class order */
  readonly labels: Int32Array;
  /** Indices of the tasks whose largest posterior two or more classes share, ascending. */
  readonly ties: Int32Array;
  /**
   * [W] one figure a worker, the higher the better:
   * mv: share of votes that the majority shares (a vote for one of m tied classes counts 1/m);
   * ds: expected accuracy Σₖ priorₖ·confusion[k,k]; one-coin: accuracy; glad, raf: α; mace: competence
   */
  readonly reliability: Float64Array;
  /** Σ over tasks of ln p(votes | parameters), at most 0 */
  readonly logLikelihood: number;
  /** `logLikelihood` and the log-densities of the priors; equal to it where a method has none */
  readonly penalisedLogLikelihood: number;
  /** Rounds of E- and M-step. */
  readonly iterations: number;
  /** Whether the gain of the last round was at most the tolerance. */
  readonly converged: boolean;
  /** The penalised log-likelihood before each round and at the end; never falls, but for stopping as crowd-kit does. */
  readonly trace: Float64Array;
}

export interface MajorityInference extends InferenceBase { readonly method: 'mv' }

export interface DawidSkeneInference extends InferenceBase {
  readonly method: 'ds';
  /** [K] */
  readonly classPrior: Float64Array;
  /** [W,K,K]: confusion[w,k,l] = p(worker w says l | class k) */
  readonly confusion: Float64Array;
}

export interface OneCoinInference extends InferenceBase {
  readonly method: 'one-coin';
  /** [K] */
  readonly classPrior: Float64Array;
  /** [W] p(worker is right) */
  readonly accuracy: Float64Array;
}

export interface GladInference extends InferenceBase {
  readonly method: 'glad';
  /** [W] reliability: 0 = a coin, below = an adversary */
  readonly alpha: Float64Array;
  /** [T] ease β > 0; the difficulty is 1/β */
  readonly beta: Float64Array;
}

export interface RafInference extends InferenceBase {
  readonly method: 'raf';
  /** [W] */
  readonly alpha: Float64Array;
  /** [T] ease β > 0; the difficulty is 1/β */
  readonly beta: Float64Array;
  /** Indices of the workers below the exclusion threshold, ascending; their votes count in this result nonetheless. */
  readonly excluded: Int32Array;
}

export interface MaceInference extends InferenceBase {
  readonly method: 'mace';
  /** [W] p(worker reports the truth rather than spamming) */
  readonly competence: Float64Array;
  /** [W,K] label distribution of the worker's spam */
  readonly spam: Float64Array;
}

export type Inference = MajorityInference | DawidSkeneInference | OneCoinInference | GladInference | RafInference | MaceInference;

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

export interface DawidSkeneOptions extends SmoothingOptions {
  /**
   * What the tolerance applies to: the log-likelihood, or the figure that crowd-kit watches, whose gain may fall below it
   * long before the likelihood settles; for reproducing its posteriors, with its `n_iter` as `maxIterations` and its `tol` as
   * `tolerance`. Default 'likelihood'.
   */
  readonly stopping?: 'likelihood' | 'crowd-kit';
}

export interface RafOptions extends StoppingOptions {
  /** β starts at the entropy of the task's votes, as printed in P4, or at its inverse, as 1/β is called the difficulty. Default 'entropy'. */
  readonly betaInit?: 'entropy' | 'inverse-entropy';
  /** |α| ≤ this. Default 50. */
  readonly alphaClamp?: number;
  /** Bounds of β, which P4 asks to be positive only. Default [0.001, 1000]. */
  readonly betaRange?: readonly [number, number];
  /** Workers with α below this times the median α are listed as excluded: P4 dropped 30 of 315 by a rule it does not state. Default 0. */
  readonly excludeBelow?: number;
  /** How a wrong vote falls on the K − 1 wrong classes: evenly, or as the classes share all votes. Default 'uniform'. */
  readonly wrongLabels?: 'uniform' | 'marginal';
}

export interface MethodOptions {
  readonly mv: Record<never, never>;
  readonly ds: DawidSkeneOptions;
  readonly 'one-coin': SmoothingOptions;
  readonly glad: StoppingOptions;
  readonly raf: RafOptions;
  readonly mace: SmoothingOptions;
}

export type InferenceOf<M extends MethodName> = Extract<Inference, { readonly method: M }>;
