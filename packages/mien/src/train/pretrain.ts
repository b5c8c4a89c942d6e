/**
 * Greedy training of a stack of restricted Boltzmann machines (Hinton, Osindero & Teh 2006): each machine learns, by
 * contrastive divergence, the hidden probabilities of the finished ones below it. Supervised back-propagation then
 * starts from the weights: `fit(recipe, { …, weights })` or `Trainer.create({ …, weights })`.
 */
import { MienError } from '../errors.ts';
import { flatten, inputShape } from '../nn/index.ts';
import { contrastiveDivergence, hiddenProbabilities, machinesOf, type DeepBeliefSpec } from '../nn/models/index.ts';
import { sgd } from '../optim/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { Program } from './program.ts';
import type { StepDefinition } from './step-graph.ts';

export interface PretrainOptions extends SessionOptions {
  /** Passes over the data for each machine. */
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * The batches of an epoch, x [batchSize,C,H,W]: 0 … 1 for binary visible units, of mean 0 and variance 1 for
   * Gaussian.
   */
  readonly batches: (epoch: number) => Iterable<Tensor> | AsyncIterable<Tensor>;
  readonly seed: number;
  /** Learning rates; defaults 0.1 for binary visible units and 1e-3 for Gaussian, which diverge at larger ones. */
  readonly lr?: { readonly binary?: number; readonly gaussian?: number };
  readonly onEpoch?: (info: { machine: string; epoch: number; reconstructionError: number }) => void;
}

/** Of weights, not of biases (Hinton 2010, section 10). */
const WEIGHT_DECAY = 2e-4;
/** Epochs at momentum 0.5, before 0.9 (Hinton 2010, section 9). */
const LOW_MOMENTUM_EPOCHS = 5;

/**
 * @returns the weights of every machine, by the names that `deepBelief(spec)` knows them by, and its visible biases
 * @throws {MienError} when an epoch has no batch, or a machine diverges
 */
export async function pretrain(spec: DeepBeliefSpec, options: PretrainOptions): Promise<Map<string, Tensor>> {
  const { batchSize, seed, epochs } = options;
  const weights = new Map<string, Tensor>();
  const machines = machinesOf(spec);
  for (const [index, machine] of machines.entries()) {
    let momentum = 0.5;
    const step: StepDefinition = {
      inputs: { x: inputShape(batchSize, spec.input) },
      build(b, inputs) {
        const v = b.frozen(() =>
          machines.slice(0, index).reduce((below, m) => hiddenProbabilities(b, m, below), flatten(b, inputs['x']!)),
        );
        const { directions, reconstructionError } = contrastiveDivergence(b, machine, v);
        return { directions, losses: [{ name: 'reconstruction', value: reconstructionError }] };
      },
      optimizer: sgd({ momentum: () => momentum }),
      groups: [{ match: (name) => name.endsWith('.weight'), weightDecay: WEIGHT_DECAY }],
    };
    const program = await Program.create({ seed, weights, steps: { contrast: step } }, options);
    const lr = machine.visibleUnits === 'gaussian' ? (options.lr?.gaussian ?? 1e-3) : (options.lr?.binary ?? 0.1);
    for (let epoch = 0; epoch < epochs; epoch++) {
      momentum = epoch < LOW_MOMENTUM_EPOCHS ? 0.5 : 0.9;
      let [sum, count] = [0, 0];
      for await (const x of options.batches(epoch)) {
        sum += (await program.run('contrast', { x }, lr)).loss;
        count++;
      }
      if (count === 0) throw new MienError(`pretrain ${spec.name}: epoch ${epoch + 1} has no batch`);
      const reconstructionError = sum / count;
      if (!Number.isFinite(reconstructionError))
        throw new MienError(
          `pretrain ${spec.name}: ${machine.name} diverged in epoch ${epoch + 1} (learning rate ${lr})`,
        );
      options.onEpoch?.({ machine: machine.name, epoch: epoch + 1, reconstructionError });
    }
    for (const [name, t] of program.weights()) weights.set(name, t);
    await program.release();
  }
  return weights;
}
