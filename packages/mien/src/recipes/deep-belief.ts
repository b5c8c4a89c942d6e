/**
 * A deep belief network on faces: a stack of restricted Boltzmann machines, trained one by one without labels, that
 * back-propagation then tunes; and the linear layer on pixels that it is compared with.
 */
import { deepBelief, linearClassifier, machinesOf, type DeepBeliefSpec } from '../nn/models/index.ts';
import { oneCycle } from '../optim/index.ts';
import { contrastiveStep, CONTRASTIVE_RATES } from '../train/contrastive-step.ts';
import { headsLoss } from '../train/heads-loss.ts';
import { headsStep } from '../train/heads-step.ts';
import { inPhases } from '../train/phases.ts';
import type { Recipe, StepDefinition } from '../train/index.ts';
import { FERPLUS } from './framing.ts';
import { onSmallFaces, type SmallFacesOptions } from './small-faces.ts';

export interface DeepBeliefRecipeOptions extends SmallFacesOptions {
  /** Hidden units of each machine, from the input up. Default 1000, 500. */
  readonly hidden?: readonly [number, ...number[]];
  /** Share of the epochs in which the machines are trained, in equal parts. Default ⅓. */
  readonly pretraining?: number;
}

export type LinearRecipeOptions = SmallFacesOptions;

/**
 * A recipe of a deep belief network.
 * @example
 * ```ts
 * import { deepBeliefRecipe } from 'mienjs/recipes';
 *
 * const recipe = deepBeliefRecipe({ dataset: 'jaffe', classes: ['neutral', 'happiness'], hidden: [500, 500, 2000] });
 * recipe.id; // → 'dbn.jaffe'
 * ```
 */
export function deepBeliefRecipe(options: DeepBeliefRecipeOptions): Recipe {
  const { dataset, classes, hidden = [1000, 500], size = 24, pretraining = 1 / 3 } = options;
  const spec: DeepBeliefSpec = {
    name: 'dbn',
    input: { channels: 1, height: size, width: size },
    visibleUnits: 'gaussian',
    hidden,
    classes: classes.length,
  };
  const shared = onSmallFaces(options, 30);
  const machines = machinesOf(spec);
  const { round, judgedFrom, schedule } = inPhases([
    ...machines.map(({ name }) => ({ steps: [name], share: pretraining / machines.length })),
    { steps: ['tune'], share: 1 - pretraining, schedule: oneCycle() },
  ]);
  const network = deepBelief(spec);
  return {
    ...shared,
    id: `dbn.${dataset}`,
    title: `Deep belief network on ${dataset}: ${hidden.join('-')} units, trained layer by layer, then tuned`,
    paper: 'Hinton, Osindero & Teh, A Fast Learning Algorithm for Deep Belief Nets, 2006',
    notes: `The first machine has Gaussian visible units on faces that are standardized one by one, those above binary ones; one step of contrastive divergence at the rates ${CONTRASTIVE_RATES.gaussian} and ${CONTRASTIVE_RATES.binary}, momentum 0.5, then 0.9. The accuracy says nothing until the tuning, by Adam, begins.`,
    network,
    program: {
      steps: (context) => ({
        ...Object.fromEntries(
          machines.map(({ name }, i): [string, StepDefinition] => [
            name,
            contrastiveStep(spec, i, context.feeds['x']!),
          ]),
        ),
        tune: headsStep(network, shared.heads, context, { optimizer: shared.optimizer, groups: shared.groups }),
      }),
      round,
      judgedFrom,
      lrScale: Object.fromEntries(
        machines.map(({ name, visibleUnits }) => [name, CONTRASTIVE_RATES[visibleUnits] / shared.lr]),
      ),
    },
    schedule,
  };
}

/** One linear layer on the pixels of the same faces. */
export function linearRecipe(options: LinearRecipeOptions): Recipe {
  const { dataset, classes, size = 24 } = options;
  const shared = onSmallFaces(options, 20);
  return {
    ...shared,
    id: `linear.${dataset}`,
    title: `A linear layer on the pixels of ${dataset}, which networks are compared with`,
    network: linearClassifier({ input: { channels: 1, height: size, width: size }, classes: classes.length }),
    loss: headsLoss(shared.heads),
    schedule: oneCycle(),
  };
}

export const DEEP_BELIEF_RECIPES: readonly Recipe[] = [deepBeliefRecipe(FERPLUS), linearRecipe(FERPLUS)];
