/**
 * An ONNX graph made ready to become a network: cut to what its end needs, checked, in float32, and with each tensor
 * told apart as weight, running statistic or constant.
 */
import { MienError } from '../../errors.ts';
import {
  OPS,
  stopsGradient,
  type Attribute,
  type Graph,
  type GraphNode,
  type OpName,
  type Value,
} from '../../onnx/index.ts';
import { float32, int64, sizeOf, tensor, toNumbers, type Tensor } from '../../tensor/index.ts';
import { nearest } from './nearest.ts';

export interface Prepared {
  readonly name: string;
  readonly input: Value;
  /** In order; no Constant among them. */
  readonly nodes: readonly GraphNode[];
  /** Every tensor of the file that is used, float32 or integer. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Which of `tensors` are parameters: trained weights, or running statistics. */
  readonly parameters: ReadonlyMap<string, 'weight' | 'statistic'>;
  /** Names of the values where the network ends. */
  readonly ends: readonly string[];
  readonly notes: readonly string[];
}

/** Inputs that the op reads as settings: never trained. */
const SETTINGS: Readonly<Partial<Record<OpName, readonly number[]>>> = {
  Resize: [1, 2, 3],
  Clip: [1, 2],
  Pad: [2],
  Dropout: [1],
  OneHot: [2],
  Pow: [1],
  Where: [1, 2],
  DequantizeLinear: [1, 2],
  RNN: [5],
  GRU: [5],
  LSTM: [5, 6],
};
/**
 * Inputs that are weights even where they hold a single number, which elsewhere is taken for a constant of a formula.
 */
const WEIGHTS: Readonly<Partial<Record<OpName, readonly number[]>>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  PRelu: [1],
  BatchNormalization: [1, 2],
};

/** @throws {MienError} as `importNetwork` */
export function prepare(graph: Graph, cutAt: string | undefined): Prepared {
  const name = graph.name === '' ? 'imported' : graph.name;
  const ends = cutAt === undefined ? graph.outputs.map((v) => v.name) : [findEnd(graph, name, cutAt)];
  const needed = neededNodes(graph, ends);
  refuseUnknown(needed, name);

  const tensors = new Map<string, Tensor>();
  const nodes: GraphNode[] = [];
  const converted = new Map<string, number>();
  const keep = (key: string, t: Tensor): void => {
    const wide = toFloat32(t);
    if (wide !== t) converted.set(t.dtype, (converted.get(t.dtype) ?? 0) + 1);
    tensors.set(key, wide);
  };
  for (const node of needed) {
    for (const v of node.inputs) {
      const t = v && !tensors.has(v.name) ? graph.initializers.get(v.name) : undefined;
      if (t) keep(v!.name, t);
    }
    const source = handsOn(node) ? tensors.get(node.inputs[0]!.name) : undefined;
    if (node.op === 'Constant') keep(node.outputs[0]!.name, constantOf(node));
    // Exporters store equal tensors once and hand them on by Identity, or store float16 and cast it: each name becomes
    // a tensor of its own again
    else if (source) tensors.set(node.outputs[0]!.name, source);
    else nodes.push(inFloat32(node));
  }
  const used = new Set([...ends, ...nodes.flatMap((n) => n.inputs.map((v) => v?.name))]);
  for (const key of tensors.keys()) if (!used.has(key)) tensors.delete(key);
  const inputs = graph.inputs.filter((v) => used.has(v.name));
  const [input] = inputs;
  if (inputs.length !== 1 || !input)
    throw new MienError(
      `${name}: a network takes one input, ${ends.join(', ')} needs ${inputs.length === 0 ? 'none' : inputs.map((v) => `"${v.name}"`).join(', ')}`,
    );
  if (!input.dtype.startsWith('float'))
    throw new MienError(`${name}: the input "${input.name}" is ${input.dtype}, expected floats`);
  const notes = [...converted].map(
    ([dtype, count]) => `${count} ${count === 1 ? 'tensor' : 'tensors'} of ${dtype} became float32`,
  );
  return {
    name,
    input: { ...input, dtype: 'float32' },
    nodes,
    tensors,
    parameters: classify(nodes, tensors),
    ends,
    notes,
  };
}

/** Whether the node gives on what it gets: floats are all float32 here, so that a cast between them does. */
function handsOn(node: GraphNode): boolean {
  const [input, output] = [node.inputs[0], node.outputs[0]!];
  return (
    (node.op === 'Identity' && !stopsGradient(node)) ||
    (node.op === 'Cast' && input?.dtype.startsWith('float') === true && output.dtype.startsWith('float'))
  );
}

function findEnd(graph: Graph, name: string, cutAt: string): string {
  const values = graph.nodes.flatMap((n) => n.outputs.map((v) => v.name)).filter((v) => v !== '');
  if (values.includes(cutAt)) return cutAt;
  const node = graph.nodes.find((n) => n.name === cutAt);
  if (node) return node.outputs[0]!.name;
  throw new MienError(
    `${name}: there is no value or node "${cutAt}" to cut at; the nearest are ${nearest(
      cutAt,
      [...new Set([...values, ...graph.nodes.map((n) => n.name)])],
      5,
    )
      .map((v) => `"${v}"`)
      .join(', ')}`,
  );
}

function neededNodes(graph: Graph, ends: readonly string[]): GraphNode[] {
  const needed = new Set(ends);
  return graph.nodes
    .toReversed()
    .filter((node) => {
      const use = node.outputs.some((v) => needed.has(v.name));
      if (use) for (const v of node.inputs) if (v) needed.add(v.name);
      return use;
    })
    .reverse();
}

function refuseUnknown(nodes: readonly GraphNode[], name: string): void {
  const unknown = new Map<string, string>();
  for (const { op, domain, name: node } of nodes) {
    const full = domain === '' ? op : `${domain}.${op}`;
    if (!(domain === '' && Object.hasOwn(OPS, op)) && !unknown.has(full)) unknown.set(full, node);
  }
  if (unknown.size > 0)
    throw new MienError(
      `${name}: ${[...unknown].map(([op, node]) => `the op ${op} (node "${node}")`).join(', ')} cannot be trained; cut before it, or export the network without it`,
    );
  for (const { op, attrs, name: node } of nodes) {
    const attribute = Object.keys(attrs).find((a) => !Object.hasOwn(OPS[op as OpName].attrs, a));
    if (attribute !== undefined)
      throw new MienError(`${name}: node "${node}" (${op}) has the attribute "${attribute}", which is not supported`);
  }
}

function constantOf({ attrs, name }: GraphNode): Tensor {
  const [kind, attribute] = Object.entries(attrs)[0] ?? [];
  const value = attribute?.value;
  if (kind === 'value') return value as Tensor;
  if (kind === 'value_float') return float32([], [value as number]);
  if (kind === 'value_floats') return float32([(value as number[]).length], value as number[]);
  if (kind === 'value_int') return int64([value as number], []);
  if (kind === 'value_ints') return int64(value as number[]);
  throw new MienError(`node "${name}" (Constant) has no value`);
}

function toFloat32(t: Tensor): Tensor {
  return t.dtype === 'float16' || t.dtype === 'float64'
    ? tensor('float32', t.dims, Float32Array.from(toNumbers(t)))
    : t;
}

/** ONNX's codes of float16 and float64. */
const OTHER_FLOATS = new Set<unknown>([10, 11]);

/** The node with casts to other floats as casts to float32, and tensors among its attributes in float32. */
function inFloat32(node: GraphNode): GraphNode {
  const attrs = Object.entries(node.attrs).map(([name, a]): [string, Attribute] => {
    if (a.kind === 'tensor') return [name, { ...a, value: toFloat32(a.value as Tensor) }];
    return [name, node.op === 'Cast' && name === 'to' && OTHER_FLOATS.has(a.value) ? { ...a, value: 1 } : a];
  });
  return { ...node, attrs: Object.fromEntries(attrs) };
}

function classify(
  nodes: readonly GraphNode[],
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, 'weight' | 'statistic'> {
  const out = new Map<string, 'weight' | 'statistic'>();
  const settings = new Set<string>();
  for (const node of nodes) {
    node.inputs.forEach((v, i) => {
      const t = v ? tensors.get(v.name) : undefined;
      if (!v || t?.dtype !== 'float32') return;
      if (node.op === 'BatchNormalization' && i > 2) out.set(v.name, 'statistic');
      else if (SETTINGS[node.op as OpName]?.includes(i)) settings.add(v.name);
      else if (!out.has(v.name) && (sizeOf(t.dims) > 1 || WEIGHTS[node.op as OpName]?.includes(i)))
        out.set(v.name, 'weight');
    });
  }
  for (const name of settings) out.delete(name);
  return out;
}
