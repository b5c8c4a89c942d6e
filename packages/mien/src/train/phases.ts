/** Programs whose steps follow one another: layers that are trained one by one, and then all of them. */
import { constant, type Schedule } from '../optim/index.ts';
import type { ProgramRecipe, Recipe } from './recipe.ts';

export interface Phase {
  /** Names of the steps that each batch runs. */
  readonly steps: readonly string[];
  /** Of the run's epochs; the shares of all phases add to 1. */
  readonly share: number;
  /** Over the phase, as if it were the whole run. Default: constant. */
  readonly schedule?: Schedule;
}

/**
 * The round and the schedule of a program in phases, whose last one alone is judged: until then the network's answers say
 * nothing. A run of fewer epochs than phases leaves out the first ones.
 * @example
 * ```ts
 * import { oneCycle } from 'mienjs/optim';
 * import { inPhases } from 'mienjs/train';
 *
 * const { round, judgedFrom } = inPhases([
 *   { steps: ['pretrain'], share: 0.25 },
 *   { steps: ['tune'], share: 0.75, schedule: oneCycle() },
 * ]);
 * round(1, 8)[0]; // → 'pretrain'
 * round(2, 8)[0]; // → 'tune'
 * judgedFrom(8); // → 2
 * ```
 */
export function inPhases(
  phases: readonly Phase[],
): Required<Pick<ProgramRecipe, 'round' | 'judgedFrom'>> & Pick<Recipe, 'schedule'> {
  /** The phase of an epoch (from 0), with its first epoch and the one after its last. */
  const at = (epoch: number, epochs: number): { phase: Phase; from: number; to: number } => {
    let [from, shares] = [0, 0];
    for (const phase of phases.slice(0, -1)) {
      shares += phase.share;
      const to = Math.floor(shares * epochs + 1e-9);
      if (epoch < to) return { phase, from, to };
      from = to;
    }
    return { phase: phases.at(-1)!, from, to: epochs };
  };
  return {
    round: (epoch, epochs) => at(epoch, epochs).phase.steps,
    judgedFrom: (epochs) => at(epochs, epochs).from,
    schedule(p) {
      const { step, stepsPerEpoch, totalSteps, validationLosses } = p;
      const { phase, from, to } = at(Math.floor(step / stepsPerEpoch), Math.round(totalSteps / stepsPerEpoch));
      return (phase.schedule ?? constant)({
        step: step - from * stepsPerEpoch,
        stepsPerEpoch,
        totalSteps: (to - from) * stepsPerEpoch,
        validationLosses: validationLosses.slice(from),
      });
    },
  };
}
