/**
 * One training step as one graph: inputs {batch x [N,C,H,W], targets, carried tensors, scalars, noise},
 * outputs {loss, metrics, the next value of each carried tensor}. Carried tensors are the parameters, running
 * statistics, optimiser state and the moving average of the weights; each is an input `NAME` with an output `NAME:next`.
 */
import { gradients, lowerConvolutions } from '../autodiff/index.ts';
import { MienError } from '../errors.ts';
import { NetworkBuilder, type Network } from '../nn/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import type { Graph, Value } from '../onnx/index.ts';
import { clipByGlobalNorm, type Optimizer } from '../optim/index.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { Random, allocate, sizeOf, tensor, zeros, type Tensor } from '../tensor/index.ts';
import { staticDims } from '../onnx/index.ts';

/** A loss over a network's outputs; `metrics` are further scalars to report. */
export type LossFunction = (b: NetworkBuilder, outputs: Readonly<Record<string, Value>>, targets: Readonly<Record<string, Value>>) => Value;

export interface ParameterGroup {
  /** Whether the group holds the parameter of this name; the first group that matches counts. */
  readonly match: (parameterName: string) => boolean;
  readonly weightDecay?: number;
  /** Factor on the learning rate; 0 freezes. Default 1. */
  readonly lrScale?: number;
}

export interface StepSpec {
  readonly network: Network;
  readonly batchSize: number;
  /** Target tensors by name, float32, without the batch: `{ ferplus: [8] }`. */
  readonly targets: Readonly<Record<string, readonly number[]>>;
  readonly loss: LossFunction;
  readonly optimizer: Optimizer;
  readonly groups?: readonly ParameterGroup[];
  /** Largest global norm of the gradients. */
  readonly clipNorm?: number;
  /** Decay of the exponential moving average of all weights and statistics, per step; none when absent. */
  readonly emaDecay?: number;
  readonly seed: number;
  /** Also give each gradient as output `NAME_grad` (for tests). */
  readonly outputGradients?: boolean;
}

export interface StepGraph {
  readonly graph: Graph;
  /** Start values of everything carried from step to step, by name. */
  readonly initial: Map<string, Tensor>;
  readonly parameterNames: readonly string[];
  readonly noise: readonly Value[];
}

/** Builds the graph of one step. */
export function buildStep(spec: StepSpec): StepGraph {
  const { network, optimizer } = spec;
  const b = new NetworkBuilder(`${network.name}.step`, { training: true, seed: spec.seed });
  const { channels, height, width } = network.input;
  const x = b.input('x', 'float32', [spec.batchSize, channels, height, width]);
  const targets = Object.fromEntries(Object.entries(spec.targets).map(([name, dims]) => [name, b.input(`target.${name}`, 'float32', [spec.batchSize, ...dims])]));
  const loss = spec.loss(b, network.build(b, x), targets);

  const initial = new Map<string, Tensor>();
  for (const [name, p] of b.parameters) initial.set(name, p.initial);
  const next = new Map<string, Value>(b.stateUpdates);

  const group = (name: string): ParameterGroup | undefined => spec.groups?.find((g) => g.match(name));
  const trained = [...b.parameters.values()].filter((p) => p.trainable && group(p.value.name)?.lrScale !== 0);
  let grads = gradients(b, loss, trained.map((p) => p.value));
  if (spec.outputGradients) grads.forEach((g, i) => b.output(g, `${trained[i]!.value.name}_grad`));
  if (spec.clipNorm !== undefined) grads = clipByGlobalNorm(b, grads, spec.clipNorm);

  const lr = b.input('lr', 'float32', []);
  const scalars = Object.fromEntries(Object.keys(optimizer.scalarsAt(1)).map((name) => [name, b.input(`optimizer.${name}`, 'float32', [])]));
  trained.forEach(({ value }, i) => {
    const settings = group(value.name);
    const state = optimizer.stateNames.map((s) => {
      const name = `${value.name}:${s}`;
      initial.set(name, zeros('float32', staticDims(value.shape, 'optimizer')));
      return b.input(name, 'float32', value.shape);
    });
    const scaledLr = settings?.lrScale === undefined || settings.lrScale === 1 ? lr : b.op('Mul', [lr, settings.lrScale]);
    const updated = optimizer.update(b, { parameter: value, gradient: grads[i]!, state, lr: scaledLr, scalars, weightDecay: settings?.weightDecay ?? 0 });
    next.set(value.name, updated.parameter);
    updated.state.forEach((s, k) => next.set(state[k]!.name, s));
  });

  if (spec.emaDecay !== undefined) {
    for (const p of b.parameters.values()) {
      const name = `${p.value.name}:ema`;
      const ema = b.input(name, 'float32', p.value.shape);
      initial.set(name, p.initial);
      const now = next.get(p.value.name) ?? p.value;
      next.set(name, b.op('Add', [b.op('Mul', [ema, spec.emaDecay]), b.op('Mul', [now, 1 - spec.emaDecay])]));
    }
  }
  b.output(loss, 'loss');
  for (const [name, value] of next) b.output(value, `${name}:next`);
  lowerConvolutions(b);
  return { graph: b.graph, initial, parameterNames: [...b.parameters.keys()], noise: b.noiseInputs };
}

/** Runs steps and holds what is carried between them. */
export class Trainer {
  readonly spec: StepSpec;
  /** Steps done. */
  step = 0;
  /** Everything carried, by name. */
  state: Map<string, Tensor>;
  readonly #session: Session;
  readonly #graph: StepGraph;

  private constructor(spec: StepSpec, graph: StepGraph, session: Session) {
    this.spec = spec;
    this.#graph = graph;
    this.#session = session;
    this.state = new Map(graph.initial);
  }

  static async create(spec: StepSpec, options: SessionOptions = {}): Promise<Trainer> {
    const graph = buildStep(spec);
    return new Trainer(spec, graph, await createSession(encodeModel(graph.graph), options, `training step of ${spec.network.name}`));
  }

  /**
   * One update.
   * @param batch `x` and a `target.NAME` for each target   @param lr learning rate of this step
   * @returns the loss and any gradients asked for; the carried tensors are replaced
   */
  async run(batch: Readonly<Record<string, Tensor>>, lr: number): Promise<{ loss: number; outputs: Record<string, Tensor> }> {
    const feeds: Record<string, Tensor> = { ...batch, lr: scalar(lr) };
    for (const [name, value] of Object.entries(this.spec.optimizer.scalarsAt(this.step + 1))) feeds[`optimizer.${name}`] = scalar(value);
    for (const v of this.#graph.noise) feeds[v.name] ??= uniform(v, this.spec.seed, this.step);
    for (const [name, value] of this.state) feeds[name] = value;
    const outputs = await this.#session.run(feeds);
    for (const name of this.state.keys()) {
      const value = outputs[`${name}:next`];
      if (value) this.state.set(name, value);
    }
    this.step++;
    return { loss: Number(outputs['loss']!.data[0]), outputs };
  }

  /**
   * Takes up a saved state.
   * @throws {MienError} when a tensor is missing or has another shape
   */
  restore(state: ReadonlyMap<string, Tensor>, step: number): void {
    for (const [name, own] of this.#graph.initial) {
      const t = state.get(name);
      if (!t) throw new MienError(`checkpoint: "${name}" is missing`);
      if (t.dims.join() !== own.dims.join()) throw new MienError(`checkpoint: "${name}" has shape [${t.dims.join(',')}], the network needs [${own.dims.join(',')}]`);
    }
    this.state = new Map([...this.#graph.initial.keys()].map((name) => [name, state.get(name)!]));
    this.step = step;
  }

  /** The network's weights: their moving average if there is one. */
  weights(): Map<string, Tensor> {
    return new Map(this.#graph.parameterNames.map((name) => [name, this.state.get(`${name}:ema`) ?? this.state.get(name)!]));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));

function uniform(v: Value, seed: number, step: number): Tensor {
  const dims = staticDims(v.shape, 'noise');
  const data = allocate('float32', sizeOf(dims));
  const random = new Random(seed, `noise/${v.name}/${step}`);
  for (let i = 0; i < data.length; i++) data[i] = random.uniform();
  return tensor('float32', dims, data);
}
