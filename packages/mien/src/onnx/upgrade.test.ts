/** A node as an older opset has it, run by ONNX Runtime, against the same file read (and so upgraded) and run. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { createSession } from '../runtime/index.ts';
import { Random, float32, int64, sizeOf, toNumbers, type Tensor } from '../tensor/index.ts';
import { evaluateGraph } from './reference/index.ts';
import { emptyGraph, type Attribute, type Graph, type Value } from './graph.ts';
import { decodeModel, encodeModel } from './protobuf.ts';

const ints = (...value: number[]): Attribute => ({ kind: 'ints', value });
const int = (value: number): Attribute => ({ kind: 'int', value });
const float = (value: number): Attribute => ({ kind: 'float', value });
const text = (value: string): Attribute => ({ kind: 'string', value });

function random(dims: readonly number[]): Tensor {
  const r = new Random(3, dims.join());
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => r.range(-2, 2)),
  );
}

interface OldNode {
  readonly opset: number;
  readonly op: string;
  readonly input: readonly number[];
  readonly attrs: Readonly<Record<string, Attribute>>;
  /** Further inputs, constant. */
  readonly constants?: readonly Tensor[];
  /** Shapes of the outputs. */
  readonly outputs: readonly (readonly number[])[];
  /** The second output is int64. */
  readonly indices?: boolean;
}

function oldGraph({ opset, op, input, attrs, constants = [], outputs, indices }: OldNode): Graph {
  const value = (name: string, t: Pick<Tensor, 'dtype' | 'dims'>): Value => ({ name, dtype: t.dtype, shape: t.dims });
  const x = value('x', { dtype: 'float32', dims: input });
  const rest = constants.map((t, i) => value(`c${i}`, t));
  const results = outputs.map((dims, i) => value(`y${i}`, { dtype: indices && i === 1 ? 'int64' : 'float32', dims }));
  return {
    ...emptyGraph('old', opset),
    inputs: [x],
    outputs: results.slice(0, 1),
    initializers: new Map(constants.map((t, i) => [`c${i}`, t])),
    nodes: [{ name: 'node', op, domain: '', inputs: [x, ...rest], outputs: results, attrs }],
  };
}

const CASES: readonly OldNode[] = [
  { opset: 9, op: 'Clip', input: [2, 3], attrs: { min: float(-0.5), max: float(1) }, outputs: [[2, 3]] },
  { opset: 9, op: 'Clip', input: [2, 3], attrs: { max: float(1) }, outputs: [[2, 3]] },
  { opset: 9, op: 'Clip', input: [2, 3], attrs: {}, outputs: [[2, 3]] },
  { opset: 9, op: 'Dropout', input: [2, 3], attrs: { ratio: float(0.3) }, outputs: [[2, 3]] },
  { opset: 9, op: 'Pad', input: [2, 3], attrs: { pads: ints(1, 0, 0, 2), value: float(0.5) }, outputs: [[3, 5]] },
  { opset: 9, op: 'Pad', input: [2, 3], attrs: { pads: ints(1, 0, 0, 2), mode: text('reflect') }, outputs: [[3, 5]] },
  { opset: 9, op: 'Slice', input: [3, 4], attrs: { starts: ints(1, 0), ends: ints(3, -1) }, outputs: [[2, 3]] },
  { opset: 9, op: 'Slice', input: [3, 4], attrs: { starts: ints(1), ends: ints(3), axes: ints(1) }, outputs: [[3, 2]] },
  {
    opset: 9,
    op: 'TopK',
    input: [2, 5],
    attrs: { k: int(3), axis: int(1) },
    outputs: [
      [2, 3],
      [2, 3],
    ],
    indices: true,
  },
  {
    opset: 9,
    op: 'Upsample',
    input: [1, 2, 3, 3],
    attrs: { mode: text('nearest') },
    constants: [float32([4], [1, 1, 2, 2])],
    outputs: [[1, 2, 6, 6]],
  },
  {
    opset: 9,
    op: 'Upsample',
    input: [1, 2, 3, 3],
    attrs: { mode: text('linear') },
    constants: [float32([4], [1, 1, 2, 3])],
    outputs: [[1, 2, 6, 9]],
  },
  {
    opset: 10,
    op: 'Resize',
    input: [1, 2, 4, 5],
    attrs: { mode: text('nearest') },
    constants: [float32([4], [1, 1, 1.5, 2])],
    outputs: [[1, 2, 6, 10]],
  },
  {
    opset: 9,
    op: 'Scatter',
    input: [3, 3],
    attrs: { axis: int(1) },
    constants: [int64([1, 0], [2, 1]), float32([2, 1], [9, 8])],
    outputs: [[3, 3]],
  },
  { opset: 11, op: 'Squeeze', input: [1, 3, 1], attrs: { axes: ints(0) }, outputs: [[3, 1]] },
  { opset: 11, op: 'Squeeze', input: [1, 3, 1], attrs: {}, outputs: [[3]] },
  { opset: 11, op: 'Unsqueeze', input: [3], attrs: { axes: ints(0, 2) }, outputs: [[1, 3, 1]] },
  {
    opset: 11,
    op: 'Split',
    input: [2, 6],
    attrs: { axis: int(1), split: ints(4, 2) },
    outputs: [
      [2, 4],
      [2, 2],
    ],
  },
  {
    opset: 13,
    op: 'Split',
    input: [2, 6],
    attrs: { axis: int(1) },
    outputs: [
      [2, 2],
      [2, 2],
      [2, 2],
    ],
  },
  {
    opset: 9,
    op: 'BatchNormalization',
    input: [2, 2, 3],
    attrs: { epsilon: float(0.125), momentum: float(0.5) },
    constants: [
      [1, 2],
      [3, 4],
      [0.5, 1],
      [2, 1],
    ].map((v) => float32([2], v)),
    outputs: [[2, 2, 3]],
  },
  { opset: 11, op: 'Softmax', input: [2, 3, 4], attrs: {}, outputs: [[2, 3, 4]] },
  { opset: 11, op: 'Softmax', input: [2, 3, 4], attrs: { axis: int(2) }, outputs: [[2, 3, 4]] },
  { opset: 11, op: 'Softmax', input: [2, 3, 4], attrs: { axis: int(0) }, outputs: [[2, 3, 4]] },
  { opset: 11, op: 'LogSoftmax', input: [2, 3, 4], attrs: { axis: int(-2) }, outputs: [[2, 3, 4]] },
  { opset: 11, op: 'ReduceSum', input: [2, 3, 4], attrs: { axes: ints(1, 2), keepdims: int(0) }, outputs: [[2]] },
  { opset: 17, op: 'ReduceMax', input: [2, 3, 4], attrs: { axes: ints(-1) }, outputs: [[2, 3, 1]] },
  { opset: 13, op: 'ReduceMean', input: [2, 3, 4], attrs: { axes: ints(1) }, outputs: [[2, 1, 4]] },
  { opset: 13, op: 'ReduceL2', input: [2, 3, 4], attrs: { axes: ints(1) }, outputs: [[2, 1, 4]] },
  {
    opset: 16,
    op: 'GridSample',
    input: [1, 1, 3, 3],
    attrs: { mode: text('bilinear') },
    constants: [float32([1, 1, 2, 2], [0.1, -0.3, 0.6, 0.2])],
    outputs: [[1, 1, 1, 2]],
  },
];

async function run(bytes: Uint8Array, x: Tensor): Promise<number[]> {
  const session = await createSession(bytes);
  const { y0 } = await session.run({ x });
  await session.release();
  return toNumbers(y0!);
}

describe('files of older opsets', () => {
  it.each(CASES)('$op of opset $opset, $attrs', async (c) => {
    const bytes = encodeModel(oldGraph(c));
    const x = random(c.input);
    const expected = await run(bytes, x);
    const graph = decodeModel(bytes);
    expect(graph.opset).toBe(20);
    expect(await run(encodeModel(graph), x)).toEqual(expected.map((v) => expect.closeTo(v, 5) as number));
    expect(toNumbers(evaluateGraph(graph, { x })['y0']!)).toEqual(expected.map((v) => expect.closeTo(v, 5) as number));
  });

  it('names what it cannot read', () => {
    expect(() => decodeModel(encodeModel(oldGraph({ ...CASES[0]!, opset: 8 })), 'old.onnx')).toThrow(InputError);
    expect(() => decodeModel(encodeModel(oldGraph({ ...CASES[0]!, opset: 8 })), 'old.onnx')).toThrow(
      'it uses opset 8 of the standard operators; 9 is the oldest that is supported',
    );
    expect(() =>
      decodeModel(encodeModel(oldGraph({ opset: 9, op: 'Pad', input: [2], attrs: {}, outputs: [[2]] }))),
    ).toThrow('node "node" (Pad) lacks its attribute "pads"');
  });
});
