/**
 * Weights at half the bytes: float16 in the file, float32 in the computation. A weight W becomes a float16 tensor
 * `W:half` and a Cast node whose output is W, which runtimes compute once, when they load the model.
 */
import { halfToNumber, numberToHalf, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import type { Graph, GraphNode } from './graph.ts';

/** Smaller tensors (biases, statistics) keep their precision. */
const HALF_FROM = 256;
/** ONNX's code of float32. */
const FLOAT32 = 1;

export interface HalfWeightsOptions {
  /** Leaves tensors as they are of which rounding would change a number. Default false. */
  readonly onlyExact?: boolean;
}

/**
 * Stores the float32 tensors of at least 256 numbers as float16, each rounded to nearest; those beyond float16's range
 * stay. Changes the graph.
 */
export function storeWeightsAsHalf(graph: Graph, { onlyExact = false }: HalfWeightsOptions = {}): void {
  const casts: GraphNode[] = [];
  for (const [name, t] of [...graph.initializers]) {
    if (t.dtype !== 'float32' || t.data.length < HALF_FROM) continue;
    const half = Uint16Array.from(t.data as Float32Array, numberToHalf);
    if (half.some((bits) => (bits & 0x7c00) === 0x7c00)) continue;
    if (onlyExact && half.some((bits, i) => halfToNumber(bits) !== t.data[i])) continue;
    const stored = `${name}:half`;
    graph.initializers.delete(name);
    graph.initializers.set(stored, tensor('float16', t.dims, half));
    casts.push({
      name: `${name}:cast`,
      op: 'Cast',
      domain: '',
      attrs: { to: { kind: 'int', value: FLOAT32 } },
      inputs: [{ name: stored, dtype: 'float16', shape: t.dims }],
      outputs: [{ name, dtype: 'float32', shape: t.dims }],
    });
  }
  graph.nodes.unshift(...casts);
}

/** The constant of this name, also where it is stored as float16 and cast; undefined where the graph has none. */
export function constantOf(graph: Graph, name: string): Tensor | undefined {
  const own = graph.initializers.get(name);
  if (own) return own;
  const cast = graph.nodes.find((node) => node.op === 'Cast' && node.outputs[0]?.name === name);
  const stored = cast?.inputs[0] && graph.initializers.get(cast.inputs[0].name);
  return stored && cast.outputs[0]!.dtype === 'float32'
    ? tensor('float32', stored.dims, Float32Array.from(toNumbers(stored)))
    : undefined;
}
