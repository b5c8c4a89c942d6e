/**
 * RAF-DB's reliability estimation, Algorithm 1 of Li & Deng 2019 taken literally: GLAD without priors, β > 0 itself
 * instead of ln β, started from the entropy of each image's votes.
 *
 * Model: p(vote = y_t) = σ(α_w β_t); E- and M-step: sigmoid-model.ts. Start: α = 1, β_t = −Σₖ p_t(k) ln p_t(k), p_t the
 * shares of votes. (The labels by majority vote that the algorithm starts with are overwritten by its first E-step.)
 * Source: Li & Deng 2019, "Reliable crowdsourcing and deep locality-preserving learning", doi:10.1109/TIP.2018.2868382,
 * section III-A.4.
 *
 * Where the paper is silent or contradicts itself, an option decides:
 * - `betaInit`: as printed, much entropy starts as ease, though 1/β is the difficulty; 'inverse-entropy' turns it
 *   round.
 * - `betaRange`: an image whose votes agree has entropy 0 where β > 0 is asked, and then a likelihood that rises with β
 *   for ever.
 * - `alphaClamp`: likewise a worker who is always right.
 * - `wrongLabels`: how a wrong vote falls on the other classes.
 * - `excludeBelow`: the rule by which 30 of the 315 annotators were dropped. As (c·α, β/c) has the same likelihood, α
 *   has no scale, and the threshold is relative to the median worker; so are the weights, at most the median's.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import { InputError } from '../../errors.ts';
import { medianOf } from '../agreement/estimate.ts';
import type { InferenceBase, StoppingOptions } from './base.ts';
import { defineMethod, STOPPING } from './definition.ts';
import { runEm } from './em.ts';
import { voteShares } from './majority-vote.ts';
import { chooseLabels } from './posterior.ts';
import { SigmoidModel, type SigmoidSettings } from './sigmoid-model.ts';
import { toVotesOrder, type VoteIndex } from './vote-index.ts';

/** Ten times that of the other methods: without priors the likelihood goes on creeping up along the bounds. */
const TOLERANCE = 1e-8;

export interface RafOptions extends StoppingOptions {
  /**
   * β starts at the entropy of the task's votes, as printed, or at its inverse, as 1/β is called the difficulty.
   * Default 'entropy'.
   */
  readonly betaInit?: 'entropy' | 'inverse-entropy';
  /** |α| ≤ this. Default 50. */
  readonly alphaClamp?: number;
  /** Bounds of β, which the paper asks to be positive only. Default [0.001, 1000]. */
  readonly betaRange?: readonly [number, number];
  /**
   * Workers with α below this times the median α are listed as excluded: the paper dropped 30 of 315 by a rule it does
   * not state. Default 0.
   */
  readonly excludeBelow?: number;
  /**
   * How a wrong vote falls on the K − 1 wrong classes: evenly, or as the classes share all votes. Default 'uniform'.
   */
  readonly wrongLabels?: 'uniform' | 'marginal';
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

export const raf = defineMethod({
  name: 'raf',
  title: "RAF-DB's Algorithm 1",
  about: "Algorithm 1 of RAF-DB's paper (Li & Deng 2019)",
  reliability: 'reliability α',
  guessing: () => 0,
  weights: boundedByMedian,
  hasConfusion: false,
  hasEvenErrors: true,
  unvotedLabels: 'their workers look like adversaries, or tell the model little',
  settings: {
    ...STOPPING,
    tolerance: { ...STOPPING.tolerance, byDefault: '1e-8' },
    betaInit: {
      about: 'where β starts',
      value: { kind: 'choice', of: ['entropy', 'inverse-entropy'] },
      byDefault: 'entropy',
    },
    betaRange: { about: 'bounds of β', value: { kind: 'range' }, byDefault: '0.001,1000' },
    alphaClamp: { about: 'largest |α|', value: { kind: 'number', orZero: false, unit: 'bound' }, byDefault: '50' },
    wrongLabels: {
      about: 'how wrong votes fall on the other classes',
      value: { kind: 'choice', of: ['uniform', 'marginal'] },
      byDefault: 'uniform',
    },
    excludeBelow: {
      about: 'list workers with α below this times the median as excluded',
      value: { kind: 'number', orZero: true, unit: 'multiple' },
      byDefault: '0',
    },
  },
  infer: inferRaf,
  parameters: ({ alpha }, w) => ({ alpha: alpha[w] }),
});

function inferRaf(index: VoteIndex, options: RafOptions): RafInference {
  const { excludeBelow = 0 } = options;
  if (!Number.isFinite(excludeBelow))
    throw new InputError('excludeBelow', `expected a multiple of the median α, got ${excludeBelow}`);
  const settings = rafSettings(index, options);
  const model = new SigmoidModel(index, initialBeta(index, options, settings.betaRange), settings);
  const run = runEm(model, index.N, { tolerance: TOLERANCE, ...options });
  const posterior = toVotesOrder(model.posterior, index.taskNames);
  const alpha = toVotesOrder(model.alpha, index.workerNames);
  const threshold = excludeBelow * Math.max(0, medianOf(alpha));
  const excluded = Int32Array.from(alpha.keys()).filter((w) => alpha[w]! < threshold);
  return {
    method: 'raf',
    posterior,
    ...chooseLabels(posterior, index),
    reliability: alpha,
    ...run,
    alpha,
    beta: toVotesOrder(model.beta, index.taskNames),
    excluded,
  };
}

/**
 * α over the median α, from 0 to 1: without priors a worker of few votes who was always right, or never wrong, has an α
 * at the bound, and would outvote all others. @param alpha [W]   @returns [W]
 */
function boundedByMedian(alpha: Float64Array): Float64Array {
  const middle = medianOf(alpha);
  return alpha.map((a) => Math.max(0, Math.min(1, middle > 0 ? a / middle : a)));
}

/** @throws {InputError} a clamp or range that is not positive, or an unknown `wrongLabels` */
export function rafSettings(
  index: VoteIndex,
  { alphaClamp = 50, betaRange = [1e-3, 1e3], wrongLabels = 'uniform' }: RafOptions,
): SigmoidSettings {
  if (!(alphaClamp > 0 && alphaClamp <= 1e6))
    throw new InputError('alphaClamp', `expected a number in (0, 1e6], got ${alphaClamp}`);
  const [low, high] = betaRange;
  if (!(low > 0 && low < high && high <= 1e6))
    throw new InputError('betaRange', `expected 0 < low < high ≤ 1e6, got ${low}, ${high}`);
  return {
    priorMean: undefined,
    alphaRange: [-alphaClamp, alphaClamp],
    betaRange,
    wrongLabels: wrongLabels === 'marginal' ? marginalWrongLabels(index) : undefined,
  };
}

/** @returns [T] within the range */
export function initialBeta(
  index: VoteIndex,
  { betaInit = 'entropy' }: RafOptions,
  [low, high]: readonly [number, number],
): Float64Array {
  const { T, K } = index;
  const shares = voteShares(index);
  return Float64Array.from({ length: T }, (_, t) => {
    const entropy = shares.subarray(t * K, (t + 1) * K).reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
    return Math.min(high, Math.max(low, betaInit === 'entropy' ? entropy : 1 / entropy));
  });
}

/** @returns [K,K] ω[k,l] = share of l among the votes that are not k */
function marginalWrongLabels({ N, K, labelOfTask }: VoteIndex): Float64Array {
  const counts = new Float64Array(K);
  for (const l of labelOfTask) counts[l]!++;
  return Float64Array.from({ length: K * K }, (_, i) => counts[i % K]! / Math.max(1, N - counts[Math.floor(i / K)]!));
}
