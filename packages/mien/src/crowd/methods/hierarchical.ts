/**
 * Hierarchical Dawid–Skene: Dawid–Skene with pseudo-counts for each worker that are learned from the whole crowd.
 *
 * crowd-prior.ts says what they are and how they are learned. Then EM with them held, as in dawid-skene.ts: the mode
 * under
 *   confusion[w,k,·] ~ Dirichlet(1 + s·m[w,k,·]),
 * so that a worker of few votes is taken for what the crowd is like, and one of many for what their votes say.
 */
import { InputError } from '../../errors.ts';
import type { StoppingOptions } from './base.ts';
import { CrowdPrior } from './crowd-prior.ts';
import { checkConfusionSize, DawidSkene, runDawidSkene, type ConfusionInference } from './dawid-skene.ts';
import { defineMethod, matrixOf, STOPPING } from './definition.ts';
import { checkStopping } from './em.ts';
import type { SharedErrors } from './skill-ladder.ts';
import type { VoteIndex } from './vote-index.ts';

export interface HierarchicalOptions extends StoppingOptions {
  /**
   * How the errors that workers have in common fall: evenly on the wrong classes, or by a confusion matrix. Default
   * 'shared'.
   */
  readonly errors?: SharedErrors;
}

export interface HierarchicalInference extends ConfusionInference {
  readonly method: 'hds';
  readonly errors: SharedErrors;
  /** s: how many votes on a class the crowd's example is worth */
  readonly concentration: number;
}

export const hierarchical = defineMethod({
  name: 'hds',
  title: 'hierarchical Dawid–Skene',
  about: 'hierarchical Dawid-Skene (Paun et al. 2018), smoothed by what the workers have in common',
  reliability: 'expected accuracy', // the mean of the confusion's diagonal
  guessing: (K) => 1 / K,
  hasConfusion: true,
  hasEvenErrors: false,
  unvotedLabels: 'the classes are confused often, or their workers look like adversaries',
  settings: {
    ...STOPPING,
    errors: {
      about: 'how the errors that workers have in common fall: evenly, or by a confusion matrix',
      value: { kind: 'choice', of: ['even', 'shared'] },
      byDefault: 'shared',
    },
  },
  infer: inferHierarchical,
  parameters: ({ confusion }, w, K) => ({ confusion: matrixOf(confusion, w, K) }),
});

function inferHierarchical(index: VoteIndex, options: HierarchicalOptions): HierarchicalInference {
  const { errors = 'shared' } = options;
  if (errors !== 'even' && errors !== 'shared')
    throw new InputError('errors', `expected even or shared, got "${String(errors)}"`);
  checkStopping(options);
  checkConfusionSize(index);
  const prior = learnPrior(new CrowdPrior(index, errors), MAX_ROUNDS);
  const model = new DawidSkene(index, { smoothing: prior.pseudoCounts(), posterior: prior.posterior });
  return { method: 'hds', ...runDawidSkene(model, index, options), errors, concentration: prior.concentration };
}

const MIN_ROUNDS = 3;
const MAX_ROUNDS = 100;
/** Mean change of the posterior, in total variation, below which the prior has settled. */
const SETTLED = 1e-4;

/** Runs rounds until posterior and concentration settle. @returns the prior itself */
export function learnPrior(prior: CrowdPrior, mostRounds: number): CrowdPrior {
  for (let round = 1; round <= mostRounds; round++) {
    const change = prior.round();
    if (round >= MIN_ROUNDS && change < SETTLED && prior.concentrationHasSettled) break;
  }
  return prior;
}
