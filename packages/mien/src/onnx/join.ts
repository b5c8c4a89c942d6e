/**
 * Several classifiers of the same input as one graph whose logits are the weighted sums of theirs. Where each ends in a
 * linear layer, so does the whole: on the features of all, side by side.
 *   z = Σₘ sₘ·(Wₘ·fₘ + bₘ) = [s₁W₁ … s_M·W_M]·[f₁; …; f_M] + Σₘ sₘ·bₘ
 * Shape legend: M members, N images, Dₘ features of a member, K classes of an output.
 */
import { InputError, MienError } from '../errors.ts';
import { float32, toNumbers, type Tensor } from '../tensor/index.ts';
import type { Graph, GraphNode, Value } from './graph.ts';
import { constantOf } from './half-weights.ts';
import { linearLayerOf, subgraphTo } from './subgraph.ts';

/** A classifier to be joined. */
export interface JoinedMember {
  readonly graph: Graph;
  /** Stands before the names of its values and nodes; another for each member. */
  readonly prefix: string;
  /** Names it in errors. */
  readonly label: string;
  /** sₘ by output. */
  readonly scales: Readonly<Record<string, number>>;
}

/**
 * What is added to a member's logits after its linear layer, such as a prior shift, is left out.
 * @param outputs [N,K] each, which all members have
 * @returns a graph of one input and these outputs, without metadata
 * @throws {InputError} naming the member that has several inputs or another one than the first, or an output of it does not end in a
 *   linear layer, or has another number of classes
 */
export function joinClassifiers(name: string, members: readonly JoinedMember[], outputs: readonly string[]): Graph {
  const [first] = members;
  const input = first?.graph.inputs[0];
  if (!first || !input) throw new MienError(`${name}: there is nothing to join`);
  const joined: Graph = {
    name,
    inputs: [input],
    outputs: [],
    nodes: [],
    initializers: new Map(),
    metadata: new Map(),
    opset: first.graph.opset,
  };
  const layers = members.map((member) => layersOf(member, outputs));
  members.forEach((member, m) => {
    const own = member.graph.inputs;
    if (own.length !== 1 || own[0]!.shape.slice(1).join() !== input.shape.slice(1).join())
      throw new InputError(
        member.label,
        `takes ${own.map((v) => `${v.name} [${v.shape.join(',')}]`).join(', ')}, expected one input [${input.shape.join(',')}]`,
      );
    const features = new Set(layers[m]!.map((end) => end.features.name));
    features.delete(own[0]!.name);
    const trunk = subgraphTo(member.graph, [...features]);
    const renamed = (v: Value): Value => ({ ...v, name: renamedIn(member, input, v.name) });
    for (const [key, value] of trunk.initializers) joined.initializers.set(member.prefix + key, value);
    for (const node of trunk.nodes)
      joined.nodes.push({
        ...node,
        name: member.prefix + node.name,
        inputs: node.inputs.map((v) => v && renamed(v)),
        outputs: node.outputs.map(renamed),
      });
  });
  outputs.forEach((output, o) => {
    const ends = layers.map((all) => all[o]!);
    const K = ends[0]!.classes;
    ends.forEach(({ classes }, m) => {
      if (classes !== K)
        throw new InputError(members[m]!.label, `its output ${output} has ${classes} classes, expected ${K}`);
    });
    joined.nodes.push(...linearOverAll(joined, output, members, ends));
    joined.outputs.push({ name: output, dtype: 'float32', shape: ['N', K] });
  });
  return joined;
}

/** A member's value in the whole. */
const renamedIn = ({ graph, prefix }: JoinedMember, input: Value, name: string): string =>
  name === graph.inputs[0]!.name ? input.name : prefix + name;

interface End {
  readonly features: Value;
  readonly width: number;
  readonly classes: number;
  /** [K,D] */
  readonly weight: Tensor;
  /** [K] */
  readonly bias: readonly number[];
}

function layersOf({ graph, label }: JoinedMember, outputs: readonly string[]): End[] {
  return outputs.map((output) => {
    const layer = linearLayerOf(graph, output);
    const weight = layer && constantOf(graph, layer.weight);
    const features = layer && valueOf(graph, layer.features);
    if (!layer || !features || weight?.dims.length !== 2)
      throw new InputError(label, `its output ${output} does not end in a linear layer`);
    const [classes, width] = weight.dims as [number, number];
    const bias = layer.bias === undefined ? undefined : constantOf(graph, layer.bias);
    return { features, width, classes, weight, bias: bias ? toNumbers(bias) : Array<number>(classes).fill(0) };
  });
}

const valueOf = (graph: Graph, name: string): Value | undefined =>
  [graph.inputs, ...graph.nodes.map(({ outputs }) => outputs)].flat().find((value) => value.name === name);

/** The nodes of one output; puts its weights into the graph. */
function linearOverAll(
  graph: Graph,
  output: string,
  members: readonly JoinedMember[],
  ends: readonly End[],
): GraphNode[] {
  const K = ends[0]!.classes;
  const D = ends.reduce((sum, { width }) => sum + width, 0);
  const weight = new Float32Array(K * D);
  const bias = new Float32Array(K);
  let start = 0;
  ends.forEach((end, m) => {
    const scale = members[m]!.scales[output] ?? 1;
    const own = toNumbers(end.weight);
    for (let k = 0; k < K; k++) {
      bias[k] = bias[k]! + scale * end.bias[k]!;
      for (let d = 0; d < end.width; d++) weight[k * D + start + d] = scale * own[k * end.width + d]!;
    }
    start += end.width;
  });
  const value = (name: string, shape: Value['shape']): Value => ({ name, dtype: 'float32', shape });
  const constant = (name: string, tensor: Tensor): Value => {
    graph.initializers.set(name, tensor);
    return value(name, tensor.dims);
  };
  const all = value(`head.${output}.features`, ['N', D]);
  return [
    {
      name: `head.${output}.Concat`,
      op: 'Concat',
      domain: '',
      inputs: ends.map(({ features }, m) => ({
        ...features,
        name: renamedIn(members[m]!, graph.inputs[0]!, features.name),
      })),
      outputs: [all],
      attrs: { axis: { kind: 'int', value: 1 } },
    },
    {
      name: `head.${output}.Gemm`,
      op: 'Gemm',
      domain: '',
      inputs: [
        all,
        constant(`head.${output}.weight`, float32([K, D], weight)),
        constant(`head.${output}.bias`, float32([K], bias)),
      ],
      outputs: [value(output, ['N', K])],
      attrs: { transB: { kind: 'int', value: 1 } },
    },
  ];
}
