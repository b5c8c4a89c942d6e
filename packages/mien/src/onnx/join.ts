/**
 * Several classifiers of the same input as one graph whose logits are the weighted sums of theirs. Where each ends in a
 * linear layer, so does the whole: on the features of all, side by side.
 *   z = Σₘ sₘ·(Wₘ·fₘ + bₘ) = [s₁W₁ … s_M·W_M]·[f₁; …; f_M] + Σₘ sₘ·bₘ
 * Shape legend: M members, N images, Dₘ features of a member, K classes of an output.
 */
import { InputError, MienError } from '../errors.ts';
import { float32, toNumbers } from '../tensor/index.ts';
import { GraphBuilder } from './builder.ts';
import type { Graph, Value } from './graph.ts';
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
  const input = members[0]?.graph.inputs[0];
  if (!input) throw new MienError(`${name}: there is nothing to join`);
  const b = new GraphBuilder(name);
  b.input(input.name, input.dtype, input.shape);
  const ends = members.map((member) => appendTrunk(b, member, input, outputs));
  outputs.forEach((output, o) => {
    const own = ends.map((all) => all[o]!);
    const K = own[0]!.bias.length;
    own.forEach(({ bias }, m) => {
      if (bias.length !== K)
        throw new InputError(members[m]!.label, `its output ${output} has ${bias.length} classes, expected ${K}`);
    });
    const scales = members.map((member) => member.scales[output] ?? 1);
    b.output(linearOverAll(b, output, own, scales));
  });
  return b.graph;
}

/** The end of a member, in the whole. */
interface End {
  /** [N,D] */
  readonly features: Value;
  /** [K,D] */
  readonly weight: readonly number[];
  /** [K] */
  readonly bias: readonly number[];
}

/** Puts what a member has below its linear layers into the whole. @returns these layers, one for each output */
function appendTrunk(
  b: GraphBuilder,
  { graph, prefix, label }: JoinedMember,
  input: Value,
  outputs: readonly string[],
): End[] {
  const own = graph.inputs[0]!.name;
  const renamed = (name: string): string => (name === own ? input.name : prefix + name);
  const layers = outputs.map((output) => {
    const layer = linearLayerOf(graph, output);
    if (!layer) throw new InputError(label, `its output ${output} does not end in a linear layer`);
    return layer;
  });
  const ends = layers.map((layer): End => {
    const weight = constantOf(graph, layer.weight)!;
    const [classes, width] = weight.dims as [number, number];
    return {
      features: { name: renamed(layer.features), dtype: 'float32', shape: ['N', width] },
      weight: toNumbers(weight),
      bias: layer.bias === undefined ? Array<number>(classes).fill(0) : toNumbers(constantOf(graph, layer.bias)!),
    };
  });
  if (graph.inputs.length !== 1 || graph.inputs[0]!.shape.slice(1).join() !== input.shape.slice(1).join())
    throw new InputError(
      label,
      `takes ${graph.inputs.map((v) => `${v.name} [${v.shape.join(',')}]`).join(', ')}, expected one input [${input.shape.join(',')}]`,
    );
  const features = new Set(layers.map((layer) => layer.features));
  features.delete(own);
  const trunk = subgraphTo(graph, [...features]);
  for (const [name, tensor] of trunk.initializers) b.constant(tensor, renamed(name));
  const moved = (v: Value): Value => ({ ...v, name: renamed(v.name) });
  for (const node of trunk.nodes)
    b.append({
      ...node,
      name: prefix + node.name,
      inputs: node.inputs.map((v) => v && moved(v)),
      outputs: node.outputs.map(moved),
    });
  return ends;
}

/** One linear layer on the features of all. */
function linearOverAll(b: GraphBuilder, output: string, ends: readonly End[], scales: readonly number[]): Value {
  const K = ends[0]!.bias.length;
  const widths = ends.map(({ weight }) => weight.length / K);
  const rows = Array.from({ length: K }, (_, k) =>
    ends.flatMap(({ weight }, m) => weight.slice(k * widths[m]!, (k + 1) * widths[m]!).map((w) => scales[m]! * w)),
  );
  const bias = Array.from({ length: K }, (_, k) => ends.reduce((sum, end, m) => sum + scales[m]! * end.bias[k]!, 0));
  const all = b.op(
    'Concat',
    ends.map(({ features }) => features),
    { axis: 1 },
    `head.${output}.features`,
  );
  return b.op(
    'Gemm',
    [
      all,
      b.constant(float32([K, rows[0]!.length], rows.flat()), `head.${output}.weight`),
      b.constant(float32([K], bias), `head.${output}.bias`),
    ],
    { transB: 1 },
    output,
  );
}
