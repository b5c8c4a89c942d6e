/**
 * A graph builder that knows what networks need: parameters with seeded initial values, the difference between
 * training and inference, running statistics, and noise that the trainer feeds.
 */
import { MienError, ShapeError } from '../errors.ts';
import { GraphBuilder, type Dim, type Shape, type Value } from '../onnx/index.ts';
import { lazyTensor, sizeOf, type Tensor } from '../tensor/index.ts';
import { initialize, type Initializer } from './init.ts';

export interface NetworkOptions {
  /** Training: batch statistics, dropout active, parameters as graph inputs. Inference otherwise. */
  readonly training?: boolean;
  /** Seeds initial values; parameter values depend on (seed, name) alone, not on the order of creation. */
  readonly seed?: number;
  /** Default: `inputs` when training, else `initializers`. */
  readonly parametersAs?: 'initializers' | 'inputs';
  /** Values to use instead of the seeded ones, by parameter name (trained weights). */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /**
   * Parameters that are not trained, and whose layers normalise by their running statistics, which stay as they are.
   */
  readonly frozen?: (parameterName: string) => boolean;
}

export class NetworkBuilder extends GraphBuilder {
  /** New values of non-trained parameters (running statistics), by parameter name. */
  readonly stateUpdates = new Map<string, Value>();
  /** Graph inputs that the trainer fills with uniform numbers in [0, 1) at each step. */
  readonly noiseInputs: Value[] = [];
  readonly #seed: number;
  readonly #weights: ReadonlyMap<string, Tensor> | undefined;
  readonly #training: boolean;
  readonly #frozen: (parameterName: string) => boolean;
  /** Within `frozen`. */
  #inference = false;
  /** Within `again`. */
  #reuse = false;
  #embedded: { readonly prefix: string; readonly weights: ReadonlyMap<string, Tensor> } | undefined;

  constructor(name: string, options: NetworkOptions = {}) {
    const training = options.training ?? false;
    super(name, { parametersAs: options.parametersAs ?? (training ? 'inputs' : 'initializers') });
    this.#training = training;
    this.#seed = options.seed ?? 0;
    this.#weights = options.weights;
    this.#frozen = options.frozen ?? (() => false);
  }

  /** Whether layers behave as in training: batch statistics, dropout. */
  get training(): boolean {
    return this.#training && !this.#inference;
  }

  /** Whether the parameter of this name, in the current scope, is frozen. */
  isFrozen(name: string): boolean {
    return this.#inference || this.#frozen(this.qualify(name));
  }

  /** Layers that `build` makes behave as in inference, and its parameters are not trained; they are still inputs. */
  frozen<T>(build: () => T): T {
    const before = this.#inference;
    this.#inference = true;
    try {
      return build();
    } finally {
      this.#inference = before;
    }
  }

  /**
   * Applies a network a second time, on the parameters of the first: `build` finds every parameter by its name.
   * Running statistics move once each time. @throws {MienError} when `build` asks for a parameter that does not exist
   * yet
   */
  again<T>(build: () => T): T {
    const before = this.#reuse;
    this.#reuse = true;
    try {
      return build();
    } finally {
      this.#reuse = before;
    }
  }

  /**
   * Applies a finished network: its weights are constants of the graph, and it runs as in inference.
   * @param name scope, so that its names and the trained network's do not meet
   * @param weights every parameter of it, by its name without that scope
   */
  embed<T>(name: string, weights: ReadonlyMap<string, Tensor>, build: () => T): T {
    const before = this.#embedded;
    return this.scope(name, () => {
      this.#embedded = { prefix: this.qualify(''), weights };
      try {
        return this.frozen(build);
      } finally {
        this.#embedded = before;
      }
    });
  }

  /** A trainable weight with a named initialisation. */
  weight(name: string, dims: readonly number[], init: Initializer): Value {
    return this.#declare(name, dims, init, !this.isFrozen(name));
  }

  /** A tensor that is carried along but not trained. */
  state(name: string, dims: readonly number[], init: Initializer): Value {
    return this.#declare(name, dims, init, false);
  }

  /** Uniform noise in [0, 1) of this shape, fed anew at each training step. */
  noise(name: string, shape: Shape): Value {
    const full = this.qualify(name);
    const taken = this.noiseInputs.filter((v) => v.name === full || v.name.startsWith(`${full}#`)).length;
    const v = this.input(this.#reuse && taken > 0 ? `${full}#${taken + 1}` : full, 'float32', shape);
    this.noiseInputs.push(v);
    return v;
  }

  #declare(name: string, dims: readonly number[], init: Initializer, trainable: boolean): Value {
    const full = this.qualify(name);
    const fits = (found: Pick<Tensor, 'dims'>): void => {
      if (found.dims.join() !== dims.join())
        throw new ShapeError('weights', `"${full}": expected [${dims.join(',')}], got [${found.dims.join(',')}]`);
    };
    if (this.#reuse) {
      const known = this.parameters.get(full);
      if (!known)
        throw new MienError(`graph "${this.graph.name}": "${full}" is to be used again, but does not exist yet`);
      fits(known.initial);
      return known.value;
    }
    const given = this.#embedded
      ? this.#embedded.weights.get(full.slice(this.#embedded.prefix.length))
      : this.#weights?.get(full);
    if (given) fits(given);
    // Seeded values are computed when first read: a graph alone, of any size, costs nothing
    if (!this.#embedded)
      return this.parameter(
        name,
        given ?? lazyTensor('float32', dims, () => initialize(init, dims, this.#seed, full).data),
        trainable,
      );
    if (!given)
      throw new MienError(
        `graph "${this.graph.name}": the weights given for "${this.#embedded.prefix.slice(0, -1)}" lack "${full}"`,
      );
    return this.constant(given, full);
  }
}

/** Size of one input, without the batch: of an image, of a sequence of `frames` images, or any dimensions. */
export type InputSize =
  | { readonly channels: number; readonly frames?: number; readonly height: number; readonly width: number }
  | { readonly dims: readonly number[] };

/**
 * A network: from an input batch [N,C,H,W], or [N,C,T,H,W] of frames, to named outputs, e.g. `{ logits: [N,K] }`. It may
 * take further inputs by name, such as landmarks beside the image, or how many frames of each clip are valid.
 */
export interface Network {
  readonly name: string;
  /** Size of the input `x`. */
  readonly input: InputSize;
  readonly furtherInputs?: Readonly<Record<string, InputSize>>;
  /** @param further the further inputs, by name; given to a network that has some */
  build(b: NetworkBuilder, x: Value, further?: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
}

/** The sizes of all inputs of a network, by name; `x` comes first. */
export const inputSizes = ({
  input,
  furtherInputs = {},
}: Pick<Network, 'input' | 'furtherInputs'>): Record<string, InputSize> => ({ x: input, ...furtherInputs });

/** Applies a network to inputs by name, `x` among them. */
export function applyNetwork(
  b: NetworkBuilder,
  network: Network,
  inputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const { x, ...others } = inputs;
  const further = Object.fromEntries(
    Object.keys(network.furtherInputs ?? {}).map((name) => {
      const value = others[name];
      if (!value) throw new MienError(`${network.name}: its input "${name}" is not given`);
      return [name, value];
    }),
  );
  return network.furtherInputs ? network.build(b, x!, further) : network.build(b, x!);
}

/** The shape of a batch: [N,C,H,W], [N,C,T,H,W] where the input has frames, or [N,…dims]. */
export function inputShape<N extends Dim>(batch: N, input: InputSize): (N | number)[] {
  if ('dims' in input) return [batch, ...input.dims];
  const { channels, frames, height, width } = input;
  return [batch, channels, ...(frames === undefined ? [] : [frames]), height, width];
}

/** A network on its inputs with a batch `N` of any size, in inference unless the options say otherwise. */
export function buildNetwork(
  network: Network,
  options: NetworkOptions & { readonly name?: string } = {},
): { b: NetworkBuilder; outputs: ReturnType<Network['build']> } {
  const b = new NetworkBuilder(options.name ?? network.name, options);
  const inputs = Object.fromEntries(
    Object.entries(inputSizes(network)).map(([name, size]) => [name, b.input(name, 'float32', inputShape('N', size))]),
  );
  return { b, outputs: applyNetwork(b, network, inputs) };
}

/** Trained numbers of a network; running statistics do not count. */
export function countParameters(network: Network): number {
  const { b } = buildNetwork(network);
  return [...b.parameters.values()].filter((p) => p.trainable).reduce((sum, p) => sum + sizeOf(p.initial.dims), 0);
}
