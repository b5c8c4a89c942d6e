/**
 * The graph of one training step, in general: inputs {fed tensors, carried tensors, scalars, noise}, outputs {losses,
 * the next value of each carried tensor that changes}. Carried tensors are parameters, running statistics, optimiser
 * state and moving averages; each is an input `NAME`, and an output `NAME:next` where the step changes it.
 */
import { gradients, lowerConvolutions } from '../autodiff/index.ts';
import { MienError } from '../errors.ts';
import { NetworkBuilder } from '../nn/index.ts';
import { staticDims, type Graph, type Parameter, type Value } from '../onnx/index.ts';
import { clipFactor, squaredNorm, type Optimizer } from '../optim/index.ts';
import { sizeOf, zeros, type Tensor } from '../tensor/index.ts';
import { giveGradient, type LargeGradient, type LargeUpdate } from './large-updates.ts';

/** One term of the objective Σ weight·value, reported by its name. */
export interface LossPart {
  readonly name: string;
  /** A scalar. */
  readonly value: Value;
  /** Default 1; a part of weight 0 is only reported. */
  readonly weight?: number;
}

/**
 * What a `LossFunction` gives, as parts: a single value gets a name.
 * @example
 * ```ts
 * import { lossParts, type LossFunction } from 'mienjs/train';
 *
 * // Any loss, at half its weight
 * const halved =
 *   (loss: LossFunction): LossFunction =>
 *   (...args) =>
 *     lossParts(loss(...args), 'loss').map((part) => ({ ...part, weight: (part.weight ?? 1) / 2 }));
 * ```
 */
export const lossParts = (loss: Value | readonly LossPart[], name: string): readonly LossPart[] =>
  'dtype' in loss ? [{ name, value: loss }] : loss;

export interface ParameterGroup {
  /** Whether the group holds the parameter of this name; the first group that matches counts. */
  readonly match: (parameterName: string) => boolean;
  readonly weightDecay?: number;
  /** Factor on the learning rate; 0 freezes the weights. Default 1. */
  readonly lrScale?: number;
  /** In place of the step's. */
  readonly optimizer?: Optimizer;
  /**
   * Not trained: no gradient, no optimiser state. `weights`: batch normalisation in the group still uses and follows
   * the statistics of the batch; `layers`: it uses its running statistics, which stay as they are.
   */
  readonly frozen?: 'weights' | 'layers';
}

/** How a step turns gradients into new weights. */
export interface UpdateSpec {
  readonly optimizer: Optimizer;
  readonly groups?: readonly ParameterGroup[];
  /** Largest global norm of the gradients. */
  readonly clipNorm?: number;
  /** Decay of the exponential moving average of the step's weights and statistics, per step; none when absent. */
  readonly emaDecay?: number;
  /** Also give each gradient as output `NAME_grad` (for tests). */
  readonly outputGradients?: boolean;
}

export interface StepDefinition extends UpdateSpec {
  /** Tensors fed at each run: float32, with their whole shapes. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly build: (b: NetworkBuilder, inputs: Readonly<Record<string, Value>>) => StepResult;
  /** Whether the step trains the parameter of this name; default every one. */
  readonly trains?: (parameterName: string) => boolean;
}

export interface StepResult {
  readonly losses: readonly LossPart[];
  /**
   * In place of the gradients of the objective: the direction of ascent by parameter, for a rule that is not a gradient
   * of a loss (contrastive divergence). These parameters alone are trained.
   */
  readonly directions?: ReadonlyMap<string, Value>;
}

export interface StepGraph {
  readonly graph: Graph;
  /** Start values of everything that the step reads and carries, by name. */
  readonly initial: Map<string, Tensor>;
  readonly parameterNames: readonly string[];
  readonly lossNames: readonly string[];
  readonly noise: readonly Value[];
  /** Parameters that the graph does not update: it gives their gradients, for update in place (large-updates.ts). */
  readonly large: readonly LargeUpdate[];
  /** The optimisers' scalars at step t = 1, 2, …, by input name. */
  scalarsAt(step: number): Record<string, number>;
}

export interface StepGraphOptions {
  readonly seed: number;
  /** Start values in place of the seeded ones, by parameter name. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Stands before the names of optimiser state, so that steps of one program keep theirs apart. */
  readonly stateScope?: string;
  /**
   * For the CPU: small convolutions become products (autodiff/lowering), and from this number of elements on a
   * parameter is left to be updated in place. Default: neither.
   */
  readonly largeFrom?: number;
}

/**
 * @throws {MienError} when the step has no loss, two of one name, or nothing to train
 */
export function buildStepGraph(name: string, step: StepDefinition, options: StepGraphOptions): StepGraph {
  const group = (parameter: string): ParameterGroup | undefined => step.groups?.find((g) => g.match(parameter));
  const b = new NetworkBuilder(name, {
    training: true,
    seed: options.seed,
    frozen: (p) => group(p)?.frozen === 'layers',
    ...(options.weights ? { weights: options.weights } : {}),
  });
  const { losses, directions } = step.build(
    b,
    Object.fromEntries(Object.entries(step.inputs).map(([n, dims]) => [n, b.input(n, 'float32', dims)])),
  );
  const lossNames = losses.map((l) => l.name);
  if (losses.length === 0 || new Set(lossNames).size < losses.length)
    throw new MienError(`${name}: expected losses of different names, got ${lossNames.join(', ') || 'none'}`);

  const weighted = losses
    .filter((l) => l.weight !== 0)
    .map((l) => (l.weight === undefined || l.weight === 1 ? l.value : b.op('Mul', [l.value, l.weight])));
  const objective = weighted.length === 0 ? b.constant(0) : weighted.reduce((sum, l) => b.op('Add', [sum, l]));
  const isTrained = (p: Parameter): boolean => {
    const settings = group(p.value.name);
    return (
      p.trainable &&
      settings?.lrScale !== 0 &&
      settings?.frozen === undefined &&
      (step.trains?.(p.value.name) ?? true) &&
      (directions?.has(p.value.name) ?? true)
    );
  };
  const trained = [...b.parameters.values()].filter(isTrained);
  if (trained.length === 0) throw new MienError(`${name}: trains nothing; every parameter is frozen or left out`);
  let grads = directions
    ? trained.map((p) => b.op('Neg', [directions.get(p.value.name)!]))
    : gradients(
        b,
        objective,
        trained.map((p) => p.value),
      );
  if (step.outputGradients) grads.forEach((g, i) => b.output(g, `${trained[i]!.value.name}_grad`));
  const isLarge = trained.map(
    (p) => !step.outputGradients && sizeOf(p.initial.dims) >= (options.largeFrom ?? Infinity),
  );
  const largeGradients = new Map<string, LargeGradient>();
  const norms: Value[] = [];
  grads.forEach((g, i) => {
    const given = isLarge[i]
      ? giveGradient(b, trained[i]!.value, g, grads.filter((h) => h === g).length === 1)
      : undefined;
    if (given) largeGradients.set(trained[i]!.value.name, given.gradient);
    if (step.clipNorm !== undefined) norms.push(given ? given.squaredNorm() : squaredNorm(b, g));
  });
  const clip = step.clipNorm === undefined ? undefined : clipFactor(b, norms, step.clipNorm);
  if (clip) grads = grads.map((g, i) => (isLarge[i] ? g : b.op('Mul', [g, clip])));
  if (clip && largeGradients.size > 0) b.output(clip, 'clip');

  const initial = new Map<string, Tensor>([...b.parameters].map(([n, p]) => [n, p.initial]));
  const next = new Map<string, Value>(b.stateUpdates);
  const large: LargeUpdate[] = [];
  const lr = b.input('lr', 'float32', []);
  const optimizers = [...new Set([step.optimizer, ...trained.flatMap((p) => group(p.value.name)?.optimizer ?? [])])];
  const scalarName = (index: number, scalar: string): string =>
    index === 0 ? `optimizer.${scalar}` : `optimizer.${index}.${scalar}`;
  const scalars = optimizers.map((o, i) =>
    Object.fromEntries(Object.keys(o.scalarsAt(1)).map((s) => [s, b.input(scalarName(i, s), 'float32', [])])),
  );
  trained.forEach(({ value }, i) => {
    const settings = group(value.name);
    const optimizer = settings?.optimizer ?? step.optimizer;
    const weightDecay = settings?.weightDecay ?? 0;
    const stateNames = optimizer.stateNames.map((s) => `${value.name}:${options.stateScope ?? ''}${s}`);
    for (const s of stateNames) initial.set(s, zeros('float32', staticDims(value.shape, 'optimizer')));
    const gradient = largeGradients.get(value.name);
    if (gradient) {
      const ema = step.emaDecay === undefined ? {} : { ema: { name: `${value.name}:ema`, decay: step.emaDecay } };
      large.push({
        parameter: value.name,
        stateNames,
        gradient,
        optimizer,
        weightDecay,
        lrScale: settings?.lrScale ?? 1,
        clipped: clip !== undefined,
        ...ema,
      });
      return;
    }
    const state = stateNames.map((s) => b.input(s, 'float32', value.shape));
    const scaledLr =
      settings?.lrScale === undefined || settings.lrScale === 1 ? lr : b.op('Mul', [lr, settings.lrScale]);
    const updated = optimizer.update(b, {
      parameter: value,
      gradient: grads[i]!,
      state,
      lr: scaledLr,
      scalars: scalars[optimizers.indexOf(optimizer)]!,
      weightDecay,
    });
    next.set(value.name, updated.parameter);
    updated.state.forEach((s, k) => next.set(stateNames[k]!, s));
  });
  if (step.emaDecay !== undefined) addMovingAverages(b, step.emaDecay, initial, next, largeGradients);

  b.output(objective, 'loss');
  for (const l of losses) b.output(l.value, `loss.${l.name}`);
  for (const [carried, value] of next) b.output(value, `${carried}:next`);
  if (options.largeFrom !== undefined) lowerConvolutions(b);
  return {
    graph: b.graph,
    initial,
    parameterNames: [...b.parameters.keys()],
    lossNames,
    noise: b.noiseInputs,
    large,
    scalarsAt: (t) =>
      Object.fromEntries(
        optimizers.flatMap((o, i) => Object.entries(o.scalarsAt(t)).map(([s, v]) => [scalarName(i, s), v])),
      ),
  };
}

/** `NAME:ema` ← decay·`NAME:ema` + (1 − decay)·`NAME:next`, for the parameters that the step changes. */
function addMovingAverages(
  b: NetworkBuilder,
  decay: number,
  initial: Map<string, Tensor>,
  next: Map<string, Value>,
  large: ReadonlyMap<string, unknown>,
): void {
  for (const p of b.parameters.values()) {
    // What never changes is its own average
    if (!next.has(p.value.name) && !large.has(p.value.name)) continue;
    const name = `${p.value.name}:ema`;
    initial.set(name, p.initial);
    if (large.has(p.value.name)) continue;
    const ema = b.input(name, 'float32', p.value.shape);
    const now = next.get(p.value.name)!;
    next.set(name, b.op('Add', [b.op('Mul', [ema, decay]), b.op('Mul', [now, 1 - decay])]));
  }
}
