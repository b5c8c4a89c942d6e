/**
 * A step of a program that trains one restricted Boltzmann machine of a stack by contrastive divergence (Hinton, Osindero
 * & Teh 2006): it learns the hidden probabilities of the finished machines below it.
 */
import { contrastiveDivergence, freeEnergy, machinesOf, stackBelow, type DeepBeliefSpec } from '../nn/models/index.ts';
import { sgd } from '../optim/index.ts';
import type { StepDefinition } from './step-graph.ts';

/** Of weights, not of biases (Hinton 2010, section 10). */
const WEIGHT_DECAY = 2e-4;
/** Updates at momentum 0.5, before 0.9: until the first fast gains are over (Hinton 2010, section 9). */
const SLOW_UPDATES = 500;

/** Rates that learn without diverging (Hinton 2010, sections 7 and 13.2). */
export const CONTRASTIVE_RATES: Readonly<Record<DeepBeliefSpec['visibleUnits'], number>> = {
  binary: 0.1,
  gaussian: 1e-3,
};

/**
 * The step of machine `index` (from 0, the input's) on a batch `x`. It reports the mean squared `reconstruction` error, and
 * as `free-energy` how much lower the batch's free energy is than that of its reconstructions.
 * @param x shape of the batch, [N,C,H,W]
 */
export function contrastiveStep(spec: DeepBeliefSpec, index: number, x: readonly number[]): StepDefinition {
  const machine = machinesOf(spec)[index]!;
  return {
    inputs: { x },
    build(b, inputs) {
      const v = b.frozen(() => stackBelow(b, spec, index, inputs['x']!));
      const { directions, reconstruction, reconstructionError } = contrastiveDivergence(b, machine, v);
      const [seen, made] = b.again(() => [freeEnergy(b, machine, v), freeEnergy(b, machine, reconstruction)]);
      const gap = b.op('ReduceMean', [b.op('Sub', [made, seen])], { keepdims: 0 });
      return {
        directions,
        losses: [
          { name: 'reconstruction', value: reconstructionError },
          { name: 'free-energy', value: gap, weight: 0 },
        ],
      };
    },
    optimizer: sgd({ momentum: (update) => (update <= SLOW_UPDATES ? 0.5 : 0.9) }),
    groups: [{ match: (name) => name.endsWith('.weight'), weightDecay: WEIGHT_DECAY }],
  };
}
