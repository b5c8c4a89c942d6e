/** Parts of graphs: what some values need, and the layer before a head. */
import { MienError } from '../errors.ts';
import { constantOf } from './half-weights.ts';
import { attrNumber, type Graph, type GraphNode, type Value } from './graph.ts';

/**
 * The part of a graph that some of its values need, with these as its only outputs. Metadata are left out, as they
 * describe the whole.
 * @param names of values that nodes make
 * @throws {MienError} when no node makes a value of that name; lists those of the last nodes
 */
export function subgraphTo(graph: Graph, names: readonly string[]): Graph {
  const makers = makersOf(graph);
  const needed = new Set<GraphNode>();
  const visit = (name: string): void => {
    const node = makers.get(name);
    if (!node || needed.has(node)) return;
    needed.add(node);
    node.inputs.forEach((value) => {
      if (value) visit(value.name);
    });
  };
  const outputs = names.map((name): Value => {
    const made = makers.get(name)?.outputs.find((value) => value.name === name);
    if (!made) {
      const last = graph.nodes.slice(-SHOWN).flatMap((node) => node.outputs.map((value) => value.name));
      throw new MienError(`has no tensor "${name}"; the last of its ${makers.size} are ${last.join(', ')}`);
    }
    visit(name);
    return made;
  });
  const nodes = graph.nodes.filter((node) => needed.has(node));
  const used = new Set(nodes.flatMap((node) => node.inputs.map((value) => value?.name)));
  return {
    ...graph,
    inputs: graph.inputs.filter((value) => used.has(value.name)),
    outputs,
    nodes,
    initializers: new Map([...graph.initializers].filter(([name]) => used.has(name))),
    metadata: new Map(),
  };
}

const SHOWN = 12;

/**
 * The value that the last linear layer before an output takes: the features of a classifier. Goes back from the output
 * through what stands after that layer, such as a bias.
 * @throws {MienError} when there is no Gemm or MatMul with constant weights, so that the layer must be named
 */
export function inputOfLastLinear(graph: Graph, output: string): string {
  const makers = makersOf(graph);
  const isComputed = (value: Value | null | undefined): value is Value => value != null && makers.has(value.name);
  for (let name = output; ;) {
    const node = makers.get(name);
    if (!node) throw new MienError(`has no Gemm or MatMul before "${output}": name a tensor`);
    const computed = node.inputs.filter(isComputed);
    if ((node.op === 'Gemm' || node.op === 'MatMul') && isComputed(node.inputs[0])) return node.inputs[0].name;
    if (computed.length !== 1) throw new MienError(`has no single Gemm or MatMul before "${output}": name a tensor`);
    name = computed[0]!.name;
  }
}

/** A linear layer y = x·Wᵀ + b, by the names of its values. */
export interface LinearLayer {
  /** x [N,D] */
  readonly features: string;
  /** W [K,D] */
  readonly weight: string;
  /** b [K] */
  readonly bias?: string;
}

/** The linear layer that ends in this value, past constants that are added to its logits; undefined where another node does. */
export function linearLayerOf(graph: Graph, output: string | undefined): LinearLayer | undefined {
  const node = graph.nodes.find(({ outputs }) => outputs.some((v) => v.name === output));
  const isConstant = (value: Value | null | undefined): boolean =>
    value != null && constantOf(graph, value.name) !== undefined;
  if (node?.op === 'Identity') return linearLayerOf(graph, node.inputs[0]?.name);
  if (node?.op === 'Add') {
    const computed = node.inputs.filter((value) => !isConstant(value));
    return computed.length === 1 ? linearLayerOf(graph, computed[0]?.name) : undefined;
  }
  if (node?.op !== 'Gemm' || attrNumber(node, 'transB', 0) !== 1) return undefined;
  const [features, weight, bias] = node.inputs;
  if (!isConstant(weight) || (bias && !isConstant(bias))) return undefined;
  return { features: features!.name, weight: weight!.name, ...(bias ? { bias: bias.name } : {}) };
}

function makersOf({ nodes }: Graph): Map<string, GraphNode> {
  return new Map(
    nodes.flatMap((node) => node.outputs.filter(({ name }) => name !== '').map((value) => [value.name, node])),
  );
}
