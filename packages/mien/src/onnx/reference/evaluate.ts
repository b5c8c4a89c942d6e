/**
 * The reference evaluator: runs a graph in float64, one op after another, by the definition of each op.
 * Gradient rules are checked against its finite differences, and ONNX Runtime against it.
 */
import { MienError, ShapeError } from '../../errors.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Graph, GraphNode } from '../graph.ts';
import type { OpName } from '../ops.ts';
import { ACTIVATIONS } from './activations.ts';
import { CONV } from './conv.ts';
import { EINSUM } from './einsum.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INDEXING } from './indexing.ts';
import { KernelCall, type Kernel } from './kernel.ts';
import { MATMUL } from './matmul.ts';
import { MOVEMENT } from './movement.ts';
import { ndFromTensor, tensorFromNd, type Nd } from './nd.ts';
import { NORM } from './norm.ts';
import { ORDER } from './order.ts';
import { POOL } from './pool.ts';
import { REARRANGE } from './rearrange.ts';
import { RECURRENT } from './recurrent.ts';
import { REDUCE } from './reduce.ts';
import { SAMPLE } from './sample.ts';

const KERNELS: Record<OpName, Kernel> = {
  ...ELEMENTWISE,
  ...ACTIVATIONS,
  ...REDUCE,
  ...ORDER,
  ...MATMUL,
  ...EINSUM,
  ...CONV,
  ...POOL,
  ...NORM,
  ...SAMPLE,
  ...MOVEMENT,
  ...INDEXING,
  ...REARRANGE,
  ...RECURRENT,
};

/**
 * Computes values of a graph.
 * @param feeds a tensor for each graph input; float tensors of any width are computed in float64
 * @param outputs names of the values wanted, intermediate ones too; the graph's outputs when absent
 * @returns the wanted values by name: floats as float64, integers (exact up to 2⁵³) and bools in their own dtype
 * @throws {MienError} when a feed is missing, a wanted value does not exist, or an op is not in `OPS`
 * @throws {ShapeError} when a feed or an op's inputs do not fit
 */
export function evaluateGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  outputs?: readonly string[],
): Record<string, Tensor> {
  const wanted = outputs ?? graph.outputs.map((v) => v.name);
  const nodes = neededNodes(graph, wanted);
  const values = new Map<string, Nd>();
  for (const [name, t] of graph.initializers) values.set(name, ndFromTensor(t));
  for (const input of graph.inputs) {
    const feed = feeds[input.name];
    if (feed === undefined)
      throw new MienError(`evaluateGraph: input "${input.name}" of graph "${graph.name}" is missing`);
    const fits =
      feed.dims.length === input.shape.length &&
      input.shape.every((d, i) => typeof d === 'string' || d === feed.dims[i]);
    if (!fits)
      throw new ShapeError(
        'evaluateGraph',
        `input "${input.name}" expects [${input.shape.join(',')}], got [${feed.dims.join(',')}]`,
      );
    values.set(input.name, ndFromTensor(feed));
  }
  for (const node of nodes) {
    const results = run(node, values);
    node.outputs.forEach((value, i) => {
      const result = results[i];
      if (result === undefined)
        throw new ShapeError(
          node.op,
          `node "${node.name}" wants ${node.outputs.length} outputs, the op has ${results.length}`,
        );
      values.set(value.name, result);
    });
  }
  return Object.fromEntries(
    wanted.map((name) => {
      const value = values.get(name);
      if (value === undefined) throw new MienError(`evaluateGraph: graph "${graph.name}" has no value "${name}"`);
      return [name, tensorFromNd(value)];
    }),
  );
}

/** The nodes that the wanted values depend on, in the order of the graph. */
function neededNodes(graph: Graph, wanted: readonly string[]): GraphNode[] {
  const needed = new Set(wanted);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const use = node.outputs.some((v) => needed.has(v.name));
    if (use) for (const v of node.inputs) if (v !== null) needed.add(v.name);
    return use;
  });
  return nodes.reverse();
}

function run(node: GraphNode, values: ReadonlyMap<string, Nd>): Nd[] {
  if (node.domain !== '' || !Object.hasOwn(KERNELS, node.op)) {
    throw new MienError(
      `evaluateGraph: node "${node.name}" has the op "${node.op}", which the reference evaluator does not know`,
    );
  }
  const inputs = node.inputs.map((v) => {
    if (v === null) return null;
    return values.get(v.name) ?? missing(node, v.name);
  });
  const result = KERNELS[node.op as OpName](new KernelCall(node, inputs));
  return Array.isArray(result) ? result : [result];
}

function missing(node: GraphNode, name: string): never {
  throw new MienError(
    `evaluateGraph: node "${node.name}" uses "${name}", which no input, initializer or earlier node gives`,
  );
}
