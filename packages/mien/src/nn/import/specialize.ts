/**
 * Shapes of an imported graph for one size of its input, and the values that follow from shapes and constants alone.
 */
import { MienError, ShapeError } from '../../errors.ts';
import {
  attrNumber,
  emptyGraph,
  evaluateGraph,
  inferNode,
  type GraphNode,
  type InferredValue,
  type Value,
} from '../../onnx/index.ts';
import { int64, tensor, toNumbers, type DType, type Tensor } from '../../tensor/index.ts';
import type { Prepared } from './prepare.ts';

export interface Known {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The value itself, where it does not depend on the input's or a parameter's numbers. */
  readonly constant?: Tensor;
}

/**
 * @param dims of the input, with the batch
 * @returns what is known of each value, by name
 * @throws {ShapeError} naming the node whose inputs do not fit
 */
export function specialize(p: Prepared, dims: readonly number[]): Map<string, Known> {
  const known = new Map<string, Known>([[p.input.name, { dtype: 'float32', shape: dims }]]);
  for (const [name, t] of p.tensors)
    known.set(name, { dtype: t.dtype, shape: t.dims, ...(p.parameters.has(name) ? {} : { constant: t }) });
  for (const node of p.nodes) {
    const inputs = node.inputs.map((v): Value | null => (v === null ? null : { ...known.get(v.name)!, name: v.name }));
    const constants = (name: string): Tensor | undefined => known.get(name)?.constant;
    let types: readonly InferredValue[];
    try {
      types = inferNode({ op: node.op, attrs: node.attrs, inputs, outputCount: node.outputs.length }, constants);
    } catch (cause) {
      if (!(cause instanceof MienError)) throw cause;
      const fixed =
        typeof p.input.shape[0] === 'number' && p.input.shape[0] !== dims[0]
          ? `; the file states batches of ${p.input.shape[0]}, this is one of ${dims[0]}`
          : '';
      throw new ShapeError(`${p.name}: node "${node.name}" with input [${dims.join(',')}]`, `${cause.message}${fixed}`);
    }
    const folded = fold(node, inputs, constants);
    node.outputs.forEach((v, i) => {
      const constant = folded?.[i];
      known.set(v.name, {
        dtype: types[i]!.dtype,
        shape: types[i]!.shape as number[],
        ...(constant ? { constant } : {}),
      });
    });
  }
  return known;
}

function fold(
  node: GraphNode,
  inputs: readonly (Value | null)[],
  constants: (name: string) => Tensor | undefined,
): Tensor[] | undefined {
  if (node.op === 'Shape') {
    const shape = inputs[0]!.shape as readonly number[];
    return [int64(shape.slice(attrNumber(node, 'start', 0), attrNumber(node, 'end', shape.length)))];
  }
  const given = inputs.map((v) => (v ? constants(v.name) : undefined));
  if (inputs.some((v, i) => v && !given[i])) return undefined;
  const graph = {
    ...emptyGraph(node.name, 0),
    nodes: [{ ...node, inputs }],
    initializers: new Map(inputs.flatMap((v, i) => (v ? [[v.name, given[i]!] as const] : []))),
  };
  const values = evaluateGraph(
    graph,
    {},
    node.outputs.map((v) => v.name),
  );
  return node.outputs.map((v) => {
    const t = values[v.name]!;
    return t.dtype === 'float64' ? tensor('float32', t.dims, Float32Array.from(toNumbers(t))) : t;
  });
}
