/** Imported networks: they compute what their file computes, at any batch size, and say what cannot be imported. */
import { allclose } from 'mien-testkit';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel, GraphBuilder, stopsGradient, type Graph, type Value } from '../../onnx/index.ts';
import { createSession } from '../../runtime/index.ts';
import { float32, int64, Random, sizeOf, tensor, toNumbers, type Tensor } from '../../tensor/index.ts';
import { encodeNetwork, importNetwork, linear, NetworkBuilder } from '../index.ts';

const exported = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`../../train/golden/${name}.onnx`, import.meta.url));

function noise(dims: readonly number[]): Tensor<'float32'> {
  const random = new Random(4, 'import');
  return float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
  );
}

async function run(model: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await createSession(model);
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

describe.each([
  { file: 'resnet18', dims: [1, 32, 32] },
  { file: 'resnet18-folded', dims: [1, 32, 32] },
  { file: 'lstm', dims: [6, 3] },
  { file: 'lstm-opset9', dims: [6, 3] },
])('$file', ({ file, dims }) => {
  it.each([1, 2, 5])('written again, computes what the file computes for a batch of %i', async (n) => {
    const bytes = await exported(file);
    const x = noise([n, ...dims]);
    const expected = (await run(bytes, { input: x }))['scores']!;
    const network = importNetwork(decodeModel(bytes));
    expect(network.input.dims).toEqual(dims);
    allclose((await run(encodeNetwork(network, new Map()), { x }))['scores']!, expected, { rtol: 1e-4, atol: 1e-5 });
  });
});

/** x [N,3] → Gemm with `w` → scaled by 0.5 → Relu `r` → Gemm with `v` → y */
function small(edit: (b: GraphBuilder, h: Value) => Value = (_, h) => h): Graph {
  const b = new GraphBuilder('small');
  const h = b.op('Gemm', [b.input('x', 'float32', ['N', 3]), b.constant(noise([3, 4]), 'w')], {}, 'first');
  const r = edit(b, b.op('Relu', [b.op('Mul', [h, 0.5])], {}, 'r'));
  b.output(b.op('Gemm', [r, b.constant(noise([4, 2]), 'v')], {}, 'second'), 'y');
  return b.graph;
}

/** Appends a node that the library does not know, with the type of its input. */
const unknown =
  (op: string, domain = '') =>
  (b: GraphBuilder, h: Value): Value => {
    const out = { name: `${op}_out`, dtype: h.dtype, shape: h.shape };
    b.append({ name: 'odd', op, domain, inputs: [h], outputs: [out], attrs: {} });
    return out;
  };

describe('importNetwork', () => {
  it('takes tensors for parameters, and single numbers for constants', () => {
    const network = importNetwork(small());
    expect(network.parameterNames).toEqual(['w', 'v']);
    const b = new NetworkBuilder('step', { training: true });
    expect(network.build(b, b.input('x', 'float32', [5, 3]))['y']!.shape).toEqual([5, 2]);
    expect([...b.parameters.keys()]).toEqual(['w', 'v']);
  });

  it('writes recurrent nodes out for training, and keeps them in what it saves', async () => {
    const graph = decodeModel(await exported('lstm'));
    const count = (training: boolean): number => {
      const n = new NetworkBuilder('n', { training });
      importNetwork(graph).build(n, n.input('x', 'float32', [2, 6, 3]));
      return n.graph.nodes.filter((node) => node.op === 'LSTM').length;
    };
    expect([count(true), count(false)]).toEqual([0, 1]);
  });

  it('keeps what stops gradients', () => {
    const n = new NetworkBuilder('n');
    importNetwork(small((b, h) => b.stopGradient(h))).build(n, n.input('x', 'float32', [5, 3]));
    expect(n.graph.nodes.filter(stopsGradient)).toHaveLength(1);
  });

  it('cuts at a value or a node, before what it cannot read', () => {
    const graph = small(unknown('Strange'));
    for (const cutAt of ['r', 'first']) {
      const network = importNetwork(graph, {
        cutAt,
        head: (b, end) => ({ logits: linear(b, 'head', end, { features: 7 }) }),
      });
      expect(network.parameterNames).toEqual(['w']);
      const b = new NetworkBuilder('step', { training: true });
      expect(network.build(b, b.input('x', 'float32', [5, 3]))['logits']!.shape).toEqual([5, 7]);
      expect([...b.parameters.keys()]).toEqual(['w', 'head.weight', 'head.bias']);
    }
  });

  it('reads float16 and Constant nodes as float32 weights', async () => {
    const b = new GraphBuilder('half');
    const x = b.input('x', 'float16', ['N', 2]);
    const w = b.constant(tensor('float16', [2, 2], Uint16Array.of(0x3c00, 0xc000, 0x3800, 0)), 'w'); // 1, −2, 0.5, 0
    const c = b.op('Constant', [], { value: float32([2], [10, 20]) }, 'c');
    b.output(b.op('Add', [b.op('Cast', [b.op('MatMul', [x, w])], { to: 1 }), c]), 'y');
    const network = importNetwork(decodeModel(encodeModel(b.graph)));
    expect(network.parameterNames).toEqual(['w', 'c']);
    expect(network.notes).toEqual(['1 tensor of float16 became float32']);
    allclose((await run(encodeNetwork(network, new Map()), { x: float32([1, 2], [2, 4]) }))['y']!, [14, 16]);
  });

  it('gives names that share a tensor tensors of their own', () => {
    const b = new GraphBuilder('shared');
    const w = b.constant(noise([3, 3]), 'w');
    const again = b.op('Identity', [w], {}, 'w2');
    b.output(b.op('MatMul', [b.op('MatMul', [b.input('x', 'float32', ['N', 3]), w]), again]), 'y');
    expect(importNetwork(b.graph).parameterNames).toEqual(['w', 'w2']);
  });

  it('drops out in training only', () => {
    const b = new GraphBuilder('drop');
    const x = b.input('x', 'float32', ['N', 3]);
    b.output(b.op('Dropout', [b.op('MatMul', [x, b.constant(noise([3, 2]), 'w')]), b.constant(0.25)]), 'y');
    const network = importNetwork(b.graph);
    const [training, inference] = [true, false].map((t) => {
      const n = new NetworkBuilder('n', { training: t });
      network.build(n, n.input('x', 'float32', [4, 3]));
      return n;
    });
    expect(training!.noiseInputs.map((v) => v.shape)).toEqual([[4, 2]]);
    expect(
      [...training!.graph.initializers.values()].some(
        (t) => t.dims.length === 0 && toNumbers(t)[0] === Math.fround(1 / 0.75),
      ),
    ).toBe(true);
    expect(inference!.noiseInputs).toEqual([]);
  });

  it('asks for the size of an input that the file leaves open', () => {
    const b = new GraphBuilder('open');
    b.output(b.op('Conv', [b.input('x', 'float32', ['N', 1, 'H', 'W']), b.constant(noise([2, 1, 3, 3]), 'w')]), 'y');
    expect(() => importNetwork(b.graph)).toThrow('open: the input "x" is [N,1,H,W]: give inputDims');
    expect(() => importNetwork(b.graph, { inputDims: [8, 8] })).toThrow(
      'open: the input "x" is [N,1,H,W], inputDims is [8,8] (without the batch)',
    );
    const n = new NetworkBuilder('n');
    expect(
      importNetwork(b.graph, { inputDims: [1, 8, 6] }).build(n, n.input('x', 'float32', ['N', 1, 8, 6]))['y']!.shape,
    ).toEqual(['N', 2, 6, 4]);
  });

  it('says which node holds to another batch size', () => {
    const b = new GraphBuilder('fixed');
    const x = b.input('x', 'float32', [2, 3]);
    b.output(
      b.op('Gemm', [
        b.op('Reshape', [x, b.constant(int64([2, 3]), 'shape')], {}, 'flat'),
        b.constant(noise([3, 2]), 'w'),
      ]),
      'y',
    );
    const network = importNetwork(b.graph);
    const build = (n: number): unknown => {
      const nb = new NetworkBuilder('n');
      return network.build(nb, nb.input('x', 'float32', [n, 3]))['y']!.shape;
    };
    expect(build(2)).toEqual([2, 2]);
    expect(() => build(5)).toThrow(
      'fixed: node "flat" with input [5,3]: Reshape: [5,3] cannot become [2,3]; the file states batches of 2, this is one of 5',
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'a missing value',
      () => importNetwork(small(), { cutAt: 'frist' }),
      'small: there is no value or node "frist" to cut at; the nearest are "first",',
    ],
    [
      'an unknown op',
      () => importNetwork(small(unknown('Strange'))),
      'small: the op Strange (node "odd") cannot be trained',
    ],
    [
      'an op of another domain',
      () => importNetwork(small(unknown('Gelu', 'com.microsoft'))),
      'small: the op com.microsoft.Gelu (node "odd") cannot be trained',
    ],
    [
      'two inputs',
      () => importNetwork(small((b, h) => b.op('Add', [h, b.input('mask', 'float32', ['N', 4])]))),
      'small: a network takes one input, y needs "x", "mask"',
    ],
    [
      'an integer input',
      () => {
        const b = new GraphBuilder('words');
        b.output(b.op('Gather', [b.constant(noise([9, 2]), 'table'), b.input('ids', 'int64', ['N', 4])]), 'y');
        return importNetwork(b.graph);
      },
      'words: the input "ids" is int64, expected floats',
    ],
    [
      'a head on two ends',
      () => {
        const graph = small();
        return importNetwork(
          { ...graph, outputs: [...graph.outputs, graph.nodes[0]!.outputs[0]!] },
          { head: (_, end) => ({ end }) },
        );
      },
      'small: a head needs one end, the file has y, first; name one with cutAt',
    ],
    [
      'an unknown attribute',
      () => {
        const graph = small((b, h) => b.op('Add', [h, b.op('ReduceMean', [h, b.ints([1])], {}, 'mean')]));
        const nodes = graph.nodes.map((n) =>
          n.name === 'mean' ? { ...n, attrs: { odd: { kind: 'int' as const, value: 1 } } } : n,
        );
        return importNetwork({ ...graph, nodes });
      },
      'small: node "mean" (ReduceMean) has the attribute "odd", which is not supported',
    ],
  ])('refuses %s', (_, act, message) => {
    expect(act).toThrow(message);
  });
});
