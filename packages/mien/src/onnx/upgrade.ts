/**
 * Nodes of files older than opset 20, rewritten as opset 20 has them, so that one definition of each op serves all
 * files (https://onnx.ai/onnx/operators/, the version history of each op). Opsets 9 to 20 are known.
 *
 * Most changes turned attributes into inputs: they become constants. Softmax before opset 13 ran over all axes from
 * `axis` on: over more than one it is composed. A standard op that Mien does not know is left as it stands.
 */
import { MienError } from '../errors.ts';
import { float32, int64, type Tensor } from '../tensor/index.ts';
import type { Attribute } from './graph.ts';
import { OPSET } from './ops.ts';

/** The oldest opset whose files are read. */
export const OLDEST_OPSET = 9;

/** A node as a file holds it: values by name, '' for an absent one. */
export interface RawNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, Attribute>>;
}

/** What an upgrade asks of the file's reader. */
export interface UpgradeContext {
  /** The version that the file states. */
  readonly opset: number;
  /** Adds a constant and gives its name. */
  constant(value: Tensor): string;
  /** A name that no value has yet. */
  fresh(stem: string): string;
  /** The number of dimensions of a value that stands before the node. */
  rank(valueName: string): number;
}

type Upgrade = (node: RawNode, c: UpgradeContext) => RawNode[];

interface Change {
  /** The opset that made the op what it is at 20. */
  readonly since: number;
  readonly upgrade: Upgrade;
}

const without = (attrs: RawNode['attrs'], ...names: string[]): RawNode['attrs'] =>
  Object.fromEntries(Object.entries(attrs).filter(([name]) => !names.includes(name)));
const int = (value: number): Attribute => ({ kind: 'int', value });
const text = (value: string): Attribute => ({ kind: 'string', value });

/** Attributes that became the inputs from `first` on, in that order; absent ones stay absent. */
function toInputs(first: number, names: readonly string[], make: (value: Attribute['value']) => Tensor): Upgrade {
  return (node, c) => {
    if (!names.some((name) => node.attrs[name])) return [node];
    const added = names.map((name) => {
      const attribute = node.attrs[name];
      return attribute ? c.constant(make(attribute.value)) : '';
    });
    while (added.at(-1) === '') added.pop();
    return [{ ...node, inputs: [...padded(node.inputs, first), ...added], attrs: without(node.attrs, ...names) }];
  };
}

/** The first `length` inputs, absent where there are fewer. */
const padded = (inputs: readonly string[], length: number): string[] =>
  Array.from({ length }, (_, i) => inputs[i] ?? '');

const list = (value: Attribute['value']): Tensor => int64(value as readonly number[]);
const scalar = (value: Attribute['value']): Tensor => float32([], [value as number]);
const axes: Upgrade = toInputs(1, ['axes'], list);

const renamed =
  (op: string): Upgrade =>
  (node) => [{ ...node, op }];

/** Attributes pads, value → inputs 1, 2. */
const pad: Upgrade = (node, c) => {
  const inputs = [node.inputs[0]!, c.constant(list(required(node, 'pads').value))];
  const value = node.attrs['value'];
  if (value) inputs.push(c.constant(scalar(value.value)));
  return [{ ...node, inputs, attrs: without(node.attrs, 'pads', 'value') }];
};

const slice: Upgrade = (node, c) => {
  const inputs = [
    node.inputs[0]!,
    c.constant(list(required(node, 'starts').value)),
    c.constant(list(required(node, 'ends').value)),
  ];
  if (node.attrs['axes']) inputs.push(c.constant(list(node.attrs['axes'].value)));
  return [{ ...node, inputs, attrs: without(node.attrs, 'starts', 'ends', 'axes') }];
};

/** Upsample, and Resize before opset 11: output position i reads i/scale; nearest rounds down. */
const asymmetricResize: Upgrade = (node) => [
  {
    ...node,
    op: 'Resize',
    inputs: [node.inputs[0]!, '', node.inputs[1]!],
    attrs: { ...node.attrs, coordinate_transformation_mode: text('asymmetric'), nearest_mode: text('floor') },
  },
];

/** Since 18 the number of equal parts is stated. */
const split: Upgrade = (node, c) => {
  const [moved] = toInputs(1, ['split'], list)(node, c) as [RawNode];
  return [moved.inputs[1] ? moved : { ...moved, attrs: { ...moved.attrs, num_outputs: int(node.outputs.length) } }];
};

const batchNormalization: Upgrade = (node) => {
  if (node.outputs.length > 1)
    throw new MienError(
      `node "${node.name}" (BatchNormalization) is in training mode as opset 13 and older have it, which is not supported`,
    );
  return [{ ...node, attrs: without(node.attrs, 'spatial') }];
};

/**
 * Over the axes from `axis` (1 by default) on: with x̃ = x − max x and s = Σ exp x̃, softmax is exp x̃ / s and
 * log-softmax x̃ − log s.
 */
const softmax: Upgrade = (node, c) => {
  const rank = c.rank(node.inputs[0]!);
  const given = (node.attrs['axis']?.value as number | undefined) ?? 1;
  const first = given < 0 ? given + rank : given;
  if (first >= rank - 1) return [{ ...node, attrs: { ...node.attrs, axis: int(-1) } }];
  const over = c.constant(int64(Array.from({ length: rank - first }, (_, i) => first + i)));
  const nodes: RawNode[] = [];
  const add = (op: string, inputs: readonly string[], output = c.fresh(`${node.outputs[0]!}.${op}`)): string => {
    nodes.push({ name: output, op, domain: '', inputs, outputs: [output], attrs: {} });
    return output;
  };
  const shifted = add('Sub', [node.inputs[0]!, add('ReduceMax', [node.inputs[0]!, over])]);
  const exponentials = add('Exp', [shifted]);
  const total = add('ReduceSum', [exponentials, over]);
  if (node.op === 'Softmax') add('Div', [exponentials, total], node.outputs[0]!);
  else add('Sub', [shifted, add('Log', [total])], node.outputs[0]!);
  return nodes;
};

/** The interpolation modes were renamed in opset 20. */
const gridSample: Upgrade = (node) => {
  const mode = node.attrs['mode']?.value;
  const now = mode === 'bilinear' ? 'linear' : mode === 'bicubic' ? 'cubic' : mode;
  return [now === mode ? node : { ...node, attrs: { ...node.attrs, mode: text(now as string) } }];
};

const CHANGES: Readonly<Record<string, Change>> = {
  Clip: { since: 11, upgrade: toInputs(1, ['min', 'max'], scalar) },
  Dropout: { since: 12, upgrade: toInputs(1, ['ratio'], scalar) },
  Pad: { since: 11, upgrade: pad },
  Slice: { since: 10, upgrade: slice },
  TopK: { since: 10, upgrade: toInputs(1, ['k'], (k) => int64([k as number])) },
  Upsample: { since: OPSET, upgrade: asymmetricResize },
  Resize: { since: 11, upgrade: asymmetricResize },
  Scatter: { since: OPSET, upgrade: renamed('ScatterElements') },
  Squeeze: { since: 13, upgrade: axes },
  Unsqueeze: { since: 13, upgrade: axes },
  Split: { since: 18, upgrade: split },
  BatchNormalization: { since: 14, upgrade: batchNormalization },
  Softmax: { since: 13, upgrade: softmax },
  LogSoftmax: { since: 13, upgrade: softmax },
  GridSample: { since: 20, upgrade: gridSample },
  ReduceSum: { since: 13, upgrade: axes },
  ...Object.fromEntries(
    [
      'ReduceMax',
      'ReduceMin',
      'ReduceMean',
      'ReduceProd',
      'ReduceL1',
      'ReduceL2',
      'ReduceLogSum',
      'ReduceLogSumExp',
      'ReduceSumSquare',
    ].map((op) => [op, { since: 18, upgrade: axes }]),
  ),
};

function required(node: RawNode, attribute: string): Attribute {
  const a = node.attrs[attribute];
  if (!a) throw new MienError(`node "${node.name}" (${node.op}) lacks its attribute "${attribute}"`);
  return a;
}

/** @throws {MienError} when the opset is older than `OLDEST_OPSET` */
export function checkOpset(opset: number): void {
  if (opset < OLDEST_OPSET)
    throw new MienError(
      `it uses opset ${opset} of the standard operators; ${OLDEST_OPSET} is the oldest that is supported`,
    );
}

/**
 * The node in opset 20: itself, or what takes its place; the last node makes its outputs.
 * @throws {MienError} when the old form has no counterpart
 */
export function upgradeNode(node: RawNode, c: UpgradeContext): readonly RawNode[] {
  if (node.domain !== '' || c.opset >= OPSET || !Object.hasOwn(CHANGES, node.op)) return [node];
  const { since, upgrade } = CHANGES[node.op]!;
  return c.opset < since ? upgrade(node, c) : [node];
}
