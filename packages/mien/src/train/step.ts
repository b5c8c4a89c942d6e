/**
 * The usual step: one network on batches of images x [N,C,H,W] and targets, by its loss.
 * @module
 */
import { applyNetwork, inputShape, inputSizes, type Network, type NetworkBuilder } from '../nn/index.ts';
import { bankInputs, type BankValues } from '../nn/losses/index.ts';
import { MienError } from '../errors.ts';
import type { Value } from '../onnx/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import type { LossData } from './feeds.ts';
import { Program, type StepOutcome } from './program.ts';
import {
  buildStepGraph,
  lossParts,
  type LossPart,
  type StepDefinition,
  type StepGraph,
  type UpdateSpec,
} from './step-graph.ts';

/**
 * A loss over a network's outputs, or several that are weighted, added and reported each. `targets` are by the names of
 * outputs, those that may be missing in part with a mask (`maskName`). `bank`: of a step with a feature bank. `data`:
 * what the training split tells, in `fit`.
 */
export type LossFunction = (
  b: NetworkBuilder,
  outputs: Readonly<Record<string, Value>>,
  targets: Readonly<Record<string, Value>>,
  bank?: BankValues,
  data?: LossData,
) => Value | readonly LossPart[];

export interface BankSpec {
  /** The network's output [N,D] that is kept. */
  readonly output: string;
  /** Samples in all. */
  readonly rows: number;
  readonly width: number;
}

export interface StepSpec extends UpdateSpec {
  readonly network: Network;
  readonly batchSize: number;
  /** Target tensors by name, float32, without the batch: `{ ferplus: [8] }`. */
  readonly targets: Readonly<Record<string, readonly number[]>>;
  readonly loss: LossFunction;
  /**
   * Features of all samples as further inputs (`FeatureBank.feeds`); the step then gives the batch's own as output
   * `bank.new`.
   */
  readonly bank?: BankSpec;
  readonly seed: number;
  /** Start values in place of the seeded ones, by parameter name. */
  readonly weights?: ReadonlyMap<string, Tensor>;
}

/**
 * The step of a network: its inputs, `x` first, `target.NAME`, and those of a bank. @throws {MienError} when the network lacks
 * the bank's output
 */
export function defineStep(spec: Omit<StepSpec, 'seed' | 'weights'>): StepDefinition {
  const { bank } = spec;
  const targetNames = Object.keys(spec.targets);
  return {
    ...spec,
    inputs: {
      ...Object.fromEntries(
        Object.entries(inputSizes(spec.network)).map(([name, size]) => [name, inputShape(spec.batchSize, size)]),
      ),
      ...Object.fromEntries(targetNames.map((name) => [`target.${name}`, [spec.batchSize, ...spec.targets[name]!]])),
      ...(bank ? bankInputs(bank.rows, bank.width, spec.batchSize) : {}),
    },
    build(b, inputs) {
      const targets = Object.fromEntries(targetNames.map((name) => [name, inputs[`target.${name}`]!]));
      const outputs = applyNetwork(b, spec.network, inputs);
      const kept = bank && outputs[bank.output];
      if (bank && !kept)
        throw new MienError(
          `${spec.network.name}: has no output "${bank.output}" to keep, expected one of ${Object.keys(outputs).join(', ')}`,
        );
      if (kept) b.output(kept, 'bank.new');
      const values = bank && {
        features: inputs['bank.features']!,
        norms: inputs['bank.norms']!,
        labels: inputs['bank.labels']!,
        rows: inputs['bank.rows']!,
      };
      return { losses: lossParts(spec.loss(b, outputs, targets, values), 'loss') };
    },
  };
}

/** Builds the graph of one step. */
export function buildStep(spec: StepSpec): StepGraph {
  return buildStepGraph(`${spec.network.name}.step`, defineStep(spec), spec);
}

/**
 * Runs the steps of one network and holds what is carried between them: a program of one step.
 * @example
 * ```ts
 * import { globalAveragePool, linear, type Network } from 'mienjs/nn';
 * import { crossEntropyLoss } from 'mienjs/nn/losses';
 * import { sgd } from 'mienjs/optim';
 * import { float32 } from 'mienjs/tensor';
 * import { Trainer } from 'mienjs/train/step';
 *
 * const network: Network = {
 *   name: 'tiny',
 *   input: { channels: 1, width: 2, height: 2 },
 *   build: (b, x) => ({ logits: linear(b, 'classifier', globalAveragePool(b, x), { features: 2 }) }),
 * };
 * const trainer = await Trainer.create({
 *   network,
 *   batchSize: 2,
 *   targets: { label: [2] },
 *   loss: (b, { logits }, { label }) => crossEntropyLoss(b, logits!, label!),
 *   optimizer: sgd(),
 *   seed: 1,
 * });
 * const batch = { x: float32([2, 1, 2, 2], [0, 0, 0, 0, 1, 1, 1, 1]), 'target.label': float32([2, 2], [1, 0, 0, 1]) };
 * for (let i = 0; i < 3; i++) await trainer.run(batch, 0.1);
 * trainer.step; // → 3
 * await trainer.release();
 * ```
 */
export class Trainer {
  readonly #program: Program<'train'>;

  private constructor(program: Program<'train'>) {
    this.#program = program;
  }

  static async create(spec: StepSpec, options: SessionOptions = {}): Promise<Trainer> {
    const { seed, weights } = spec;
    return new Trainer(
      await Program.create({ seed, steps: { train: defineStep(spec) }, ...(weights ? { weights } : {}) }, options),
    );
  }

  /** Steps done. */
  get step(): number {
    return this.#program.count('train');
  }

  /** Names of what `run` is fed. */
  get feeds(): readonly string[] {
    return this.#program.feedsOf('train');
  }

  /** Everything carried, by name. */
  get state(): ReadonlyMap<string, Tensor> {
    return this.#program.state;
  }

  /**
   * One update.
   * @param batch `x` and a `target.NAME` for each target   @param lr learning rate of this step
   * @returns the losses and any gradients asked for; small carried tensors are replaced, large ones overwritten
   */
  run(batch: Readonly<Record<string, Tensor>>, lr: number): Promise<StepOutcome> {
    return this.#program.run('train', batch, lr);
  }

  /**
   * Takes up a saved state.
   * @throws {MienError} when a tensor is missing or has another shape
   */
  restore(state: ReadonlyMap<string, Tensor>, step: number): void {
    this.#program.restore(new Map([...state, ['train:count', float32([], [step])]]));
  }

  /** The network's weights: their moving average if there is one. */
  weights(): Map<string, Tensor> {
    return this.#program.weights();
  }

  release(): Promise<void> {
    return this.#program.release();
  }
}
