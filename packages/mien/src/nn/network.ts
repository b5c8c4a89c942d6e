/**
 * A graph builder that knows what networks need: parameters with seeded initial values, the difference between
 * training and inference, running statistics, and noise that the trainer feeds.
 */
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
}

export class NetworkBuilder extends GraphBuilder {
  readonly training: boolean;
  /** New values of non-trained parameters (running statistics), by parameter name. */
  readonly stateUpdates = new Map<string, Value>();
  /** Graph inputs that the trainer fills with uniform numbers in [0, 1) at each step. */
  readonly noiseInputs: Value[] = [];
  readonly #seed: number;
  readonly #weights: ReadonlyMap<string, Tensor> | undefined;

  constructor(name: string, options: NetworkOptions = {}) {
    const training = options.training ?? false;
    super(name, { parametersAs: options.parametersAs ?? (training ? 'inputs' : 'initializers') });
    this.training = training;
    this.#seed = options.seed ?? 0;
    this.#weights = options.weights;
  }

  /** A trainable weight with a named initialisation. */
  weight(name: string, dims: readonly number[], init: Initializer): Value {
    return this.parameter(name, this.#initial(name, dims, init));
  }

  /** A tensor that is carried along but not trained. */
  state(name: string, dims: readonly number[], init: Initializer): Value {
    return this.parameter(name, this.#initial(name, dims, init), false);
  }

  /** Seeded values are computed when first read: a graph alone, of any size, costs nothing. */
  #initial(name: string, dims: readonly number[], init: Initializer): Tensor {
    const full = this.qualify(name);
    return this.#weights?.get(full) ?? lazyTensor('float32', dims, () => initialize(init, dims, this.#seed, full).data);
  }

  /** Uniform noise in [0, 1) of this shape, fed anew at each training step. */
  noise(name: string, shape: Shape): Value {
    const v = this.input(this.qualify(name), 'float32', shape);
    this.noiseInputs.push(v);
    return v;
  }
}

/** Size of one input, without the batch; `frames` for networks of image sequences. */
export interface InputSize {
  readonly channels: number;
  readonly frames?: number;
  readonly height: number;
  readonly width: number;
}

/** A network: from an input batch [N,C,H,W], or [N,C,T,H,W] of frames, to named outputs, e.g. `{ logits: [N,K] }`. */
export interface Network {
  readonly name: string;
  readonly input: InputSize;
  build(b: NetworkBuilder, x: Value): Readonly<Record<string, Value>>;
}

/** The shape of a batch: [N,C,H,W], or [N,C,T,H,W] where the input has frames. */
export function inputShape<N extends Dim>(batch: N, { channels, frames, height, width }: InputSize): (N | number)[] {
  return [batch, channels, ...(frames === undefined ? [] : [frames]), height, width];
}

/** Trained numbers of a network; running statistics do not count. */
export function countParameters(network: Network): number {
  const b = new NetworkBuilder(network.name);
  network.build(b, b.input('x', 'float32', inputShape('N', network.input)));
  return [...b.parameters.values()].filter((p) => p.trainable).reduce((sum, p) => sum + sizeOf(p.initial.dims), 0);
}
