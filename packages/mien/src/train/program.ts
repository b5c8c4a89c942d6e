/**
 * Training that is not one loss on one network: named steps over one map of carried tensors. Each step has its own
 * inputs, losses, trained parameters and optimiser; parameters of one name are one tensor in all of them.
 *
 *   const gan = await Program.create({ seed, steps: { discriminator: {…}, generator: {…} } });
 *   await gan.run('discriminator', { real, z }, 1e-3);
 *   await gan.run('generator', { z }, 1e-3);
 */
import { MienError } from '../errors.ts';
import { staticDims, type Value } from '../onnx/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { Random, allocate, sizeOf, tensor, type Tensor } from '../tensor/index.ts';
import { LargeUpdater } from './large-updates.ts';
import { buildStepGraph, type StepDefinition, type StepGraph } from './step-graph.ts';

export interface ProgramSpec<Name extends string> {
  readonly seed: number;
  readonly steps: Readonly<Record<Name, StepDefinition>>;
  /** Start values in place of the seeded ones, by parameter name. */
  readonly weights?: ReadonlyMap<string, Tensor>;
}

export interface StepOutcome {
  /** The objective: Σ weight·part. */
  readonly loss: number;
  /** Each part of it, without its weight. */
  readonly parts: Readonly<Record<string, number>>;
  /** Every output of the step's graph. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Parameters of at least this many numbers (1 MiB) are updated in place. */
const LARGE_FROM = 2 ** 18;

interface LoadedStep {
  /** Without its start values: the state has them, and large ones change in place. */
  readonly graph: Omit<StepGraph, 'initial' | 'graph'>;
  readonly session: Session;
  readonly large: LargeUpdater;
  /** Names of the carried tensors. */
  readonly carried: readonly string[];
  readonly inputs: ReadonlySet<string>;
  /** Runs so far. */
  count: number;
}

const countName = (step: string): string => `${step}:count`;

export class Program<Name extends string = string> {
  /** Everything carried, by name, as it stands: the next run replaces small tensors and overwrites large ones. */
  readonly state = new Map<string, Tensor>();
  readonly #seed: number;
  readonly #steps = new Map<string, LoadedStep>();

  private constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * @throws {MienError} when a step cannot be built or loaded, steps disagree about a shape, or no start weight fits
   */
  static async create<Name extends string>(
    spec: ProgramSpec<Name>,
    options: SessionOptions = {},
  ): Promise<Program<Name>> {
    const program = new Program<Name>(spec.seed);
    try {
      await program.#load(spec, options);
      return program;
    } catch (error) {
      await program.release();
      throw error;
    }
  }

  async #load(spec: ProgramSpec<Name>, options: SessionOptions): Promise<void> {
    const names = Object.keys(spec.steps) as Name[];
    for (const name of names) {
      const { graph, initial, ...rest } = buildStepGraph(name, spec.steps[name], {
        seed: spec.seed,
        ...(spec.weights ? { weights: spec.weights } : {}),
        ...(names.length > 1 ? { stateScope: `${name}.` } : {}),
        ...((options.device ?? 'cpu') === 'cpu' ? { largeFrom: LARGE_FROM } : {}),
      });
      this.#carry(name, initial, spec.weights);
      const session = await createSession(encodeModel(graph), options, `training step ${name}`);
      const large = new LargeUpdater();
      this.#steps.set(name, {
        graph: rest,
        carried: [...initial.keys()],
        inputs: new Set(graph.inputs.map((v) => v.name)),
        count: 0,
        session,
        large,
      });
      await large.load(rest.large, options);
    }
    const { weights } = spec;
    if (
      weights &&
      weights.size > 0 &&
      ![...this.#steps.values()].some(({ graph }) => graph.parameterNames.some((p) => weights.has(p)))
    ) {
      throw new MienError(
        `start weights: none of ${weights.size} names (${[...weights.keys()].slice(0, 3).join(', ')} …) is a parameter's`,
      );
    }
  }

  /** Takes up a step's start values that no step before it has brought. */
  #carry(step: string, initial: ReadonlyMap<string, Tensor>, given: ReadonlyMap<string, Tensor> | undefined): void {
    const taken = new Set([...(given?.values() ?? []), ...this.state.values()].map((t) => t.data));
    for (const [name, t] of initial) {
      const known = this.state.get(name);
      if (known && known.dims.join() !== t.dims.join())
        throw new MienError(
          `step ${step}: "${name}" has shape [${t.dims.join(',')}], in another step [${known.dims.join(',')}]`,
        );
      if (known) continue;
      // Tensors updated in place must not be shared: neither with the caller, nor between a weight and its moving average
      this.state.set(name, taken.has(t.data) ? copyOf(t) : t);
      taken.add(t.data);
    }
  }

  /**
   * One update.
   * @param feeds the step's inputs   @param lr learning rate of this step
   * @throws {MienError} when a feed is missing, or is not one of the step's inputs
   */
  async run(name: Name, feeds: Readonly<Record<string, Tensor>>, lr: number): Promise<StepOutcome> {
    const step = this.#step(name);
    const { graph, session, carried } = step;
    const stray = Object.keys(feeds).find((f) => !step.inputs.has(f));
    if (stray !== undefined) throw new MienError(`step ${name}: "${stray}" is not one of its inputs`);
    const all: Record<string, Tensor> = { ...feeds, lr: scalar(lr) };
    for (const [input, value] of Object.entries(graph.scalarsAt(step.count + 1))) all[input] = scalar(value);
    // one step alone keeps its stream's name short
    const stream = this.#steps.size > 1 ? `${name}/${step.count}` : String(step.count);
    for (const v of graph.noise) all[v.name] ??= uniform(v, this.#seed, stream);
    for (const c of carried) all[c] = this.state.get(c)!;
    const outputs = await session.run(all);
    await step.large.run(this.state, outputs, lr, step.count + 1);
    for (const c of carried) {
      const value = outputs[`${c}:next`];
      if (value) this.state.set(c, value);
    }
    step.count++;
    const numberOf = (output: string): number => Number(outputs[output]!.data[0]);
    return {
      loss: numberOf('loss'),
      parts: Object.fromEntries(graph.lossNames.map((l) => [l, numberOf(`loss.${l}`)])),
      outputs,
    };
  }

  /** Names of what a step is fed, but for what the program feeds itself. */
  feedsOf(name: Name): string[] {
    const { inputs, graph, carried } = this.#step(name);
    const own = new Set(['lr', ...Object.keys(graph.scalarsAt(1)), ...graph.noise.map((v) => v.name), ...carried]);
    return [...inputs].filter((input) => !own.has(input));
  }

  /** Runs of a step so far. */
  count(name: Name): number {
    return this.#step(name).count;
  }

  /**
   * What a checkpoint needs: everything carried, not copied, and how often each step has run, as `STEP:count`. It is to
   * be written before the next run.
   */
  carried(): Map<string, Tensor> {
    return new Map([
      ...this.state,
      ...[...this.#steps].map(([name, s]): [string, Tensor] => [countName(name), scalar(s.count)]),
    ]);
  }

  /** A copy of what a checkpoint needs. */
  snapshot(): Map<string, Tensor> {
    return new Map([...this.carried()].map(([name, t]): [string, Tensor] => [name, copyOf(t)]));
  }

  /**
   * Takes up a snapshot.
   * @throws {MienError} when a tensor is missing or has another shape; nothing is changed then
   */
  restore(snapshot: ReadonlyMap<string, Tensor>): void {
    const read = (name: string, dims: readonly number[]): Tensor => {
      const t = snapshot.get(name);
      if (!t) throw new MienError(`checkpoint: "${name}" is missing`);
      if (t.dims.join() !== dims.join())
        throw new MienError(
          `checkpoint: "${name}" has shape [${t.dims.join(',')}], the network needs [${dims.join(',')}]`,
        );
      return t;
    };
    const restored = [...this.state].map(([name, own]): [string, Tensor] => [name, copyOf(read(name, own.dims))]);
    const counts = [...this.#steps].map(([name, step]): [LoadedStep, number] => [
      step,
      Number(read(countName(name), []).data[0]),
    ]);
    for (const [name, t] of restored) this.state.set(name, t);
    for (const [step, count] of counts) step.count = count;
  }

  /** The weights and running statistics by name: their moving average where there is one. */
  weights(): Map<string, Tensor> {
    const names = new Set([...this.#steps.values()].flatMap((s) => s.graph.parameterNames));
    return new Map([...names].map((name) => [name, copyOf(this.state.get(`${name}:ema`) ?? this.state.get(name)!)]));
  }

  async release(): Promise<void> {
    for (const { session, large } of this.#steps.values()) {
      await session.release();
      await large.release();
    }
  }

  #step(name: string): LoadedStep {
    const step = this.#steps.get(name);
    if (!step) throw new MienError(`there is no step "${name}": expected one of ${[...this.#steps.keys()].join(', ')}`);
    return step;
  }
}

const copyOf = (t: Tensor): Tensor => ({ ...t, data: t.data.slice() });
const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));

function uniform(v: Value, seed: number, stream: string): Tensor {
  const dims = staticDims(v.shape, 'noise');
  const data = allocate('float32', sizeOf(dims));
  const random = new Random(seed, `noise/${v.name}/${stream}`);
  for (let i = 0; i < data.length; i++) data[i] = random.uniform();
  return tensor('float32', dims, data);
}
