/**
 * GLAD: reliability of workers and difficulty of tasks, as the mode of the posterior (MAP).
 *
 * Model: y_t uniform over the K classes; p(vote = y_t) = σ(α_w β_t); a wrong vote falls evenly on the other K − 1
 * classes. Priors: α_w ~ N(1, 1), ln β_t ~ N(1, 1); 1/β is the difficulty. E- and M-step: sigmoid-model.ts. Start: the
 * priors' means. The penalised log-likelihood leaves out the priors' constants.
 * Source: Whitehill et al. 2009, "Whose vote should count more", NIPS 22, papers.nips.cc/paper/3644; K classes as they
 * propose.
 *
 * Shape legend: N votes, T tasks, W workers, K classes.
 */
import type { InferenceBase, StoppingOptions } from './base.ts';
import { defineMethod, STOPPING } from './definition.ts';
import { runEm } from './em.ts';
import { chooseLabels } from './posterior.ts';
import { SigmoidModel } from './sigmoid-model.ts';
import { toVotesOrder, type VoteIndex } from './vote-index.ts';

const PRIOR_MEAN = 1;
/** The priors hold α and β; these bounds only keep α·β finite. */
const ALPHA_RANGE = [-1e6, 1e6] as const;
const BETA_RANGE = [1e-100, 1e100] as const;
const GLAD_SETTINGS = { priorMean: PRIOR_MEAN, alphaRange: ALPHA_RANGE, betaRange: BETA_RANGE };

export interface GladInference extends InferenceBase {
  readonly method: 'glad';
  /** [W] reliability: 0 = a coin, below = an adversary */
  readonly alpha: Float64Array;
  /** [T] ease β > 0; the difficulty is 1/β */
  readonly beta: Float64Array;
}

export const glad = defineMethod({
  name: 'glad',
  title: 'GLAD',
  about: 'GLAD (Whitehill et al. 2009) with priors',
  reliability: 'reliability α',
  guessing: () => 0,
  hasConfusion: false,
  hasEvenErrors: true,
  unvotedLabels: 'their workers look like adversaries, or tell the model little',
  settings: STOPPING,
  infer: inferGlad,
  parameters: ({ alpha }, w) => ({ alpha: alpha[w] }),
});

function inferGlad(index: VoteIndex, options: StoppingOptions): GladInference {
  const model = new SigmoidModel(index, new Float64Array(index.T).fill(Math.exp(PRIOR_MEAN)), GLAD_SETTINGS);
  const run = runEm(model, index.N, options);
  const posterior = toVotesOrder(model.posterior, index.taskNames);
  const alpha = toVotesOrder(model.alpha, index.workerNames);
  return {
    method: 'glad',
    posterior,
    ...chooseLabels(posterior, index),
    reliability: alpha,
    ...run,
    alpha,
    beta: toVotesOrder(model.beta, index.taskNames),
  };
}
