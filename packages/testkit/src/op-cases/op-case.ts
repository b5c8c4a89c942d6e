/** What a case of an op is, and the inputs that cases are made of. */
import { GraphBuilder, type AttrsOf, type Graph, type OpName, type Value } from 'mienjs/onnx';
import { Random, float32, sizeOf, tensor, type Tensor } from 'mienjs/tensor';

export interface OpCase<O extends OpName = OpName> {
  /** What sets it apart from the op's other cases. */
  readonly name: string;
  /** null: an optional input that is absent. */
  readonly inputs: readonly (Tensor | null)[];
  readonly attrs?: AttrsOf<O>;
  /** Inputs that are constants of the graph, because they decide the shape of the result. */
  readonly constant?: readonly number[];
  /** How many outputs are wanted; 1 when absent. */
  readonly outputs?: number;
  /** Inputs in which output 0 has a derivative to check. */
  readonly differentiable: readonly number[];
}

export type OpCases<O extends OpName> = { readonly [K in O]: readonly OpCase<K>[] };

export interface OpGraph {
  readonly graph: Graph;
  readonly feeds: Record<string, Tensor>;
  readonly builder: GraphBuilder;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
}

/**
 * The graph of one node that a case describes: inputs `in0`, `in1`, … (constants are initializers), outputs `out0`, ….
 * The builder and the node's own values come along, for tests that append to the graph.
 */
export function buildOpGraph<O extends OpName>(
  op: O,
  { inputs, attrs, constant = [], outputs = 1 }: OpCase<O>,
): OpGraph {
  const b = new GraphBuilder(op);
  const feeds: Record<string, Tensor> = {};
  const values = inputs.map((t, i): Value | null => {
    if (t === null) return null;
    if (constant.includes(i)) return b.constant(t, `in${i}`);
    feeds[`in${i}`] = t;
    return b.input(`in${i}`, t.dtype, t.dims);
  });
  const results = b.ops(op, values, attrs, outputs, 'node');
  results.forEach((v, i) => b.output(v, `out${i}`));
  return { graph: b.graph, feeds, builder: b, inputs: values, outputs: results };
}

/**
 * Distinct float32 values around 0, shuffled: multiples of 1/16 plus seed/64. Values of one tensor differ by at
 * least 1/16; those of tensors with different seeds by at least 1/64, as does every value from every integer.
 * @param seed 1, 2 or 3
 */
export function spread(dims: readonly number[], seed: 1 | 2 | 3 = 1): Tensor<'float32'> {
  const size = sizeOf(dims);
  const gap = Math.max(1, Math.floor(64 / size));
  const order = new Random(seed, `spread/${dims.join('x')}`).permutation(size);
  return float32(
    dims,
    Array.from(order, (k) => (gap * (k - (size >> 1))) / 16 + seed / 64),
  );
}

/** As spread, but all between 0.25 and 4.3. */
export function positive(dims: readonly number[], seed: 1 | 2 | 3 = 1): Tensor<'float32'> {
  return float32(
    dims,
    spread(dims, seed).data.map((v) => 0.25 + 4 / (1 + Math.exp(-v))),
  );
}

export function int32(dims: readonly number[], values: readonly number[]): Tensor<'int32'> {
  return tensor('int32', dims, Int32Array.from(values));
}

export function bool(dims: readonly number[], values: readonly number[]): Tensor<'bool'> {
  return tensor('bool', dims, Uint8Array.from(values));
}

export function scalar(value: number): Tensor<'float32'> {
  return float32([], [value]);
}
