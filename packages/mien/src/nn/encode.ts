/** A network with its weights as the bytes of an ONNX file. */
import { encodeModel } from '../onnx/protobuf.ts';
import { storeWeightsAsHalf } from '../onnx/half-weights.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import { buildNetwork, type Network } from './network.ts';

export interface EncodeOptions {
  /** Default: the network's name. */
  readonly name?: string;
  /** Which outputs, in order; all when absent. */
  readonly outputs?: readonly string[];
  /** Written into the file. */
  readonly metadata?: ReadonlyMap<string, string>;
  /** [K] by output [N,K]: added to every row, as a last node of the graph. */
  readonly shifts?: Readonly<Record<string, readonly number[]>>;
  /** Stores weights as float16, for half the bytes. Default false. */
  readonly half?: boolean;
}

/**
 * The inference graph: the network's inputs with a batch `N` of any size, outputs by their names.
 * @param weights by parameter name, as `Trainer.weights` gives them
 */
export function encodeNetwork(
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  options: EncodeOptions = {},
): Uint8Array {
  const { b, outputs } = buildNetwork(network, {
    weights,
    ...(options.name === undefined ? {} : { name: options.name }),
  });
  for (const name of options.outputs ?? Object.keys(outputs)) {
    const shift = options.shifts?.[name];
    b.output(
      shift
        ? b.op('Add', [outputs[name]!, b.constant(float32([1, shift.length], shift), `${name}.shift`)])
        : outputs[name]!,
      name,
    );
  }
  for (const [key, value] of options.metadata ?? []) b.graph.metadata.set(key, value);
  if (options.half) storeWeightsAsHalf(b.graph);
  return encodeModel(b.graph);
}
