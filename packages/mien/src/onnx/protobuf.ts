/**
 * ONNX files (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): a Graph to bytes and back.
 * Left out of what the format offers: sub-graphs (If, Loop), sparse tensors, functions; data in other files are read,
 * not written.
 */
import { InputError, MienError, ShapeError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Attribute, Graph, GraphNode, Value } from './graph.ts';
import { inferNode, type InferredValue } from './infer.ts';
import { OPS, OPSET, type AttrKind, type OpName } from './ops.ts';
import {
  readTensor,
  readValueInfo,
  writeTensor,
  writeValueInfo,
  type ExternalData,
  type ValueInfo,
} from './protobuf-tensor.ts';
import { checkOpset, upgradeNode, type RawNode, type UpgradeContext } from './upgrade.ts';
import { WireWriter, readFields, type WireField } from './protobuf-wire.ts';

/** The version of the file format that goes with opset 20. */
const IR_VERSION = 9;

const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, metadata: 14, functions: 25 } as const;
const OPSET_ID = { domain: 1, version: 2 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const GRAPH = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = {
  name: 1,
  f: 2,
  i: 3,
  s: 4,
  t: 5,
  g: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  graphs: 11,
  type: 20,
} as const;
/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES: Readonly<Record<AttrKind, number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
};

/** An ONNX file of the graph. Types of intermediate values are written too, so that any reader sees them. */
export function encodeModel(graph: Graph): Uint8Array {
  const domains = new Set(graph.nodes.map((n) => n.domain).filter((d) => d !== ''));
  const out = new WireWriter().int(MODEL.irVersion, IR_VERSION).string(MODEL.producerName, 'mien');
  out.message(MODEL.graph, (g) => writeGraph(g, graph));
  out.message(MODEL.opsetImport, (o) => o.string(OPSET_ID.domain, '').int(OPSET_ID.version, graph.opset));
  for (const domain of domains)
    out.message(MODEL.opsetImport, (o) => o.string(OPSET_ID.domain, domain).int(OPSET_ID.version, 1));
  for (const [key, value] of graph.metadata)
    out.message(MODEL.metadata, (e) => e.string(ENTRY.key, key).string(ENTRY.value, value));
  return out.finish();
}

function writeGraph(out: WireWriter, graph: Graph): void {
  for (const node of graph.nodes) out.message(GRAPH.node, (n) => writeNode(n, node));
  out.string(GRAPH.name, graph.name);
  for (const [name, t] of graph.initializers) out.message(GRAPH.initializer, (i) => writeTensor(i, name, t));
  for (const value of graph.inputs) out.message(GRAPH.input, (v) => writeValueInfo(v, value));
  for (const value of graph.outputs) out.message(GRAPH.output, (v) => writeValueInfo(v, value));
  const stated = new Set([...graph.inputs, ...graph.outputs].map((v) => v.name));
  for (const node of graph.nodes) {
    for (const value of node.outputs) {
      if (value.name !== '' && !stated.has(value.name)) out.message(GRAPH.valueInfo, (v) => writeValueInfo(v, value));
    }
  }
}

function writeNode(out: WireWriter, node: GraphNode): void {
  // Optional inputs that are absent at the end are left out: ONNX Runtime's WebGPU kernels take '' for an input
  const inputs = node.inputs.slice(0, node.inputs.findLastIndex((v) => v !== null) + 1);
  for (const value of inputs) out.string(NODE.input, value?.name ?? '');
  for (const value of node.outputs) out.string(NODE.output, value.name);
  out.string(NODE.name, node.name).string(NODE.opType, node.op);
  if (node.domain !== '') out.string(NODE.domain, node.domain);
  for (const [name, attribute] of Object.entries(node.attrs))
    out.message(NODE.attribute, (a) => writeAttribute(a, name, attribute));
}

function writeAttribute(out: WireWriter, name: string, { kind, value }: Attribute): void {
  out.string(ATTRIBUTE.name, name);
  if (kind === 'float') out.float(ATTRIBUTE.f, value as number);
  else if (kind === 'int') out.int(ATTRIBUTE.i, value as number);
  else if (kind === 'string') out.string(ATTRIBUTE.s, value as string);
  else if (kind === 'tensor') out.message(ATTRIBUTE.t, (t) => writeTensor(t, '', value as Tensor));
  else if (kind === 'floats') for (const v of value as readonly number[]) out.float(ATTRIBUTE.floats, v);
  else if (kind === 'ints') for (const v of value as readonly number[]) out.int(ATTRIBUTE.ints, v);
  else for (const v of value as readonly string[]) out.string(ATTRIBUTE.strings, v);
  out.int(ATTRIBUTE.type, ATTRIBUTE_TYPES[kind]);
}

/**
 * Reads an ONNX file. Nodes of opsets 9 to 19 become those of opset 20 (upgrade.ts).
 * @param label names the file in errors
 * @param externalData reads tensors' data that the model keeps in other files (`readModelFile` in onnx/node.ts gives
 *   it)
 * @throws {InputError} when the bytes are no ONNX model, or it uses what Mien does not support
 */
export function decodeModel(bytes: Uint8Array, label = 'model', externalData?: ExternalData): Graph {
  if (bytes.length === 0) throw new InputError(label, 'expected an ONNX model, got no bytes');
  try {
    return readModel(bytes, externalData);
  } catch (cause) {
    if (!(cause instanceof MienError)) throw cause;
    const reason = cause.message.replace(/\p{Cc}/gu, '\ufffd'); // names from a damaged file may hold line breaks
    throw new InputError(label, `cannot be read as an ONNX model (${reason})`, { cause });
  }
}

function readModel(bytes: Uint8Array, externalData: ExternalData | undefined): Graph {
  let graphField: WireField | undefined;
  let opset: number | undefined;
  const metadata = new Map<string, string>();
  for (const f of readFields(bytes)) {
    if (f.number === MODEL.graph) graphField = f;
    else if (f.number === MODEL.opsetImport) {
      const entry = [...f.fields()];
      const domain = entry.find((e) => e.number === OPSET_ID.domain)?.string() ?? '';
      if (domain === '' || domain === 'ai.onnx') opset = entry.find((e) => e.number === OPSET_ID.version)?.int();
    } else if (f.number === MODEL.metadata) {
      const entry = [...f.fields()];
      metadata.set(
        entry.find((e) => e.number === ENTRY.key)?.string() ?? '',
        entry.find((e) => e.number === ENTRY.value)?.string() ?? '',
      );
    } else if (f.number === MODEL.functions) throw new MienError('functions within the model are not supported');
  }
  if (graphField === undefined) throw new MienError('it holds no graph');
  if (opset === undefined) throw new MienError('it names no version of the standard operators');
  checkOpset(opset);
  return { ...readGraph(graphField, opset, externalData), metadata, opset: Math.max(opset, OPSET) };
}

function isKnown(node: RawNode): node is RawNode & { op: OpName } {
  return node.domain === '' && Object.hasOwn(OPS, node.op);
}

function readGraph(
  field: WireField,
  opset: number,
  externalData: ExternalData | undefined,
): Omit<Graph, 'metadata' | 'opset'> {
  let name = '';
  const rawNodes: RawNode[] = [];
  const initializers = new Map<string, Tensor>();
  const inputInfos: ValueInfo[] = [];
  const outputNames: string[] = [];
  const infos = new Map<string, ValueInfo>();
  for (const f of field.fields()) {
    if (f.number === GRAPH.name) name = f.string();
    else if (f.number === GRAPH.node) rawNodes.push(readNode(f, externalData));
    else if (f.number === GRAPH.sparseInitializer) throw new MienError('sparse initializers are not supported');
    else if (f.number === GRAPH.initializer) {
      const { name: tensorName, value } = readTensor(f, 'an initializer without a name', externalData);
      initializers.set(tensorName, value);
    } else if (f.number === GRAPH.input) {
      const info = readValueInfo(f);
      if (info === undefined) throw new MienError('a graph input has no type');
      inputInfos.push(info);
    } else if (f.number === GRAPH.output || f.number === GRAPH.valueInfo) {
      if (f.number === GRAPH.output) outputNames.push([...f.fields()].find((p) => p.number === 1)?.string() ?? '');
      const info = readValueInfo(f);
      if (info !== undefined) infos.set(info.name, info);
    }
  }

  const values = new Map<string, Value>();
  for (const [key, t] of initializers) values.set(key, { name: key, dtype: t.dtype, shape: t.dims });
  const inputs: Value[] = [];
  for (const info of inputInfos) {
    if (initializers.has(info.name)) continue; // before IR version 4, initializers are listed as inputs too
    const { shape } = info;
    if (shape === undefined) throw new MienError(`graph input "${info.name}" has no shape`);
    const value = { name: info.name, dtype: info.dtype, shape };
    values.set(value.name, value);
    inputs.push(value);
  }
  const find = (valueName: string, user: string): Value => {
    const value = values.get(valueName);
    if (value === undefined) throw new MienError(`${user} uses "${valueName}", which nothing before it makes`);
    return value;
  };

  const constants = new Map(initializers);
  const taken = new Set(rawNodes.map((n) => n.name));
  const used = new Set<string>();
  const valueNames = new Set([...values.keys(), ...rawNodes.flatMap((n) => n.outputs)]);
  const fresh = (stem: string): string => {
    const valueName = uniqueName(stem, valueNames);
    valueNames.add(valueName);
    return valueName;
  };
  const addConstant = (t: Tensor): string => {
    const value = { name: fresh('upgraded'), dtype: t.dtype, shape: t.dims };
    initializers.set(value.name, t);
    constants.set(value.name, t);
    values.set(value.name, value);
    return value.name;
  };
  const upgrade: UpgradeContext = { opset, constant: addConstant, fresh, rank: (v) => find(v, 'a node').shape.length };
  const read = (raw: RawNode): GraphNode => {
    const nodeName = raw.name === '' || used.has(raw.name) ? uniqueName(raw.name || raw.op, taken) : raw.name;
    taken.add(nodeName);
    used.add(nodeName);
    const nodeInputs = raw.inputs.map((i) => (i === '' ? null : find(i, `node "${nodeName}" (${raw.op})`)));
    const types = outputTypes(raw, nodeInputs, infos, constants);
    const outputs = raw.outputs.map((o, i): Value => {
      const value: Value = { name: o, ...types[i]! };
      if (values.has(o)) throw new MienError(`value "${o}" is made twice`);
      if (o !== '') values.set(o, value);
      return value;
    });
    const constant = raw.op === 'Constant' ? raw.attrs['value'] : undefined;
    if (constant !== undefined) constants.set(raw.outputs[0]!, constant.value as Tensor);
    return { name: nodeName, op: raw.op, domain: raw.domain, inputs: nodeInputs, outputs, attrs: raw.attrs };
  };
  const nodes = rawNodes.flatMap((raw) => upgradeNode(raw, upgrade).map(read));
  return { name, inputs, outputs: outputNames.map((o) => find(o, 'the list of outputs')), nodes, initializers };
}

/**
 * The type of each output of a node: as the file states it, else as inference finds it. Where neither knows
 * (an op of another domain, a shape computed at run time) it is a float32 scalar: a placeholder.
 */
function outputTypes(
  node: RawNode,
  inputs: readonly (Value | null)[],
  infos: ReadonlyMap<string, ValueInfo>,
  constants: ReadonlyMap<string, Tensor>,
): InferredValue[] {
  const stated = node.outputs.map((o) => infos.get(o));
  let inferred: InferredValue[] = [];
  if (stated.some((info) => info?.shape === undefined) && isKnown(node)) {
    try {
      inferred = inferNode({ op: node.op, attrs: node.attrs, inputs, outputCount: node.outputs.length }, (n) =>
        constants.get(n),
      );
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
    }
  }
  return stated.map((info, i) => ({
    dtype: info?.dtype ?? inferred[i]?.dtype ?? 'float32',
    shape: info?.shape ?? inferred[i]?.shape ?? [],
  }));
}

function uniqueName(stem: string, taken: ReadonlySet<string>): string {
  for (let i = taken.size; ; i++) {
    const name = `${stem}_${i}`;
    if (!taken.has(name)) return name;
  }
}

function readNode(field: WireField, externalData: ExternalData | undefined): RawNode {
  const node = { name: '', op: '', domain: '', inputs: [] as string[], outputs: [] as string[], attrs: {} };
  const attributes: WireField[] = [];
  for (const f of field.fields()) {
    if (f.number === NODE.input) node.inputs.push(f.string());
    else if (f.number === NODE.output) node.outputs.push(f.string());
    else if (f.number === NODE.name) node.name = f.string();
    else if (f.number === NODE.opType) node.op = f.string();
    else if (f.number === NODE.domain) node.domain = f.string() === 'ai.onnx' ? '' : f.string();
    else if (f.number === NODE.attribute) attributes.push(f);
  }
  if (node.op === '') throw new MienError(`node "${node.name}" names no operator`);
  const owner = `node "${node.name}" (${node.op})`;
  const attrs = Object.fromEntries(attributes.map((f) => readAttribute(f, owner, externalData)));
  if (isKnown(node)) {
    for (const [name, kind] of Object.entries<AttrKind>(OPS[node.op].attrs)) {
      const got = attrs[name]?.kind;
      if (got !== undefined && got !== kind)
        throw new MienError(`attribute "${name}" of ${owner} must be of the kind ${kind}, got ${got}`);
    }
  }
  return { ...node, attrs };
}

function readAttribute(
  field: WireField,
  owner: string,
  externalData: ExternalData | undefined,
): [name: string, attribute: Attribute] {
  let name = '';
  let type: number | undefined;
  const found: { [K in AttrKind]?: Attribute['value'] } = {};
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  for (const f of field.fields()) {
    if (f.number === ATTRIBUTE.name) name = f.string();
    else if (f.number === ATTRIBUTE.type) type = f.int();
    else if (f.number === ATTRIBUTE.f) found.float = f.float();
    else if (f.number === ATTRIBUTE.i) found.int = f.int();
    else if (f.number === ATTRIBUTE.s) found.string = f.string();
    else if (f.number === ATTRIBUTE.t) found.tensor = readTensor(f, `an attribute of ${owner}`, externalData).value;
    else if (f.number === ATTRIBUTE.g || f.number === ATTRIBUTE.graphs)
      throw new MienError(`${owner} holds a sub-graph, which is not supported`);
    else if (f.number === ATTRIBUTE.floats) for (const v of f.floats()) floats.push(v);
    else if (f.number === ATTRIBUTE.ints) for (const v of f.int64s()) ints.push(Number(v));
    else if (f.number === ATTRIBUTE.strings) strings.push(f.string());
  }
  const lists = { floats, ints, strings };
  const defaults = { float: 0, int: 0, string: '', tensor: undefined, ...lists };
  // Files of IR version 1 state no type: the field that is there tells.
  const kind =
    type === undefined
      ? ((Object.keys(found)[0] ?? Object.entries(lists).find(([, list]) => list.length > 0)?.[0]) as
          AttrKind | undefined)
      : (Object.keys(ATTRIBUTE_TYPES) as AttrKind[]).find((k) => ATTRIBUTE_TYPES[k] === type);
  const value = kind === undefined ? undefined : (found[kind] ?? defaults[kind]);
  if (kind === undefined || value === undefined)
    throw new MienError(`attribute "${name}" of ${owner} is of a kind that is not supported`);
  return [name, { kind, value }];
}
