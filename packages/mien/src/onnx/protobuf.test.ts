import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { createSession } from '../runtime/index.ts';
import { allocate, float32, int64, sizeOf, tensor, type DType, type Tensor } from '../tensor/index.ts';
import { GraphBuilder } from './builder.ts';
import { emptyGraph, type Attribute, type Graph, type Value } from './graph.ts';
import { WireWriter } from './protobuf-wire.ts';
import { decodeModel, encodeModel } from './protobuf.ts';

const dtypes: DType[] = ['float32', 'float64', 'float16', 'int64', 'int32', 'uint8', 'int8', 'bool'];

const anyTensor = fc
  .tuple(
    fc.constantFrom(...dtypes),
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.infiniteStream(fc.integer({ min: -128, max: 127 })),
  )
  .map(([dtype, dims, stream]): Tensor => {
    const data = allocate(dtype, sizeOf(dims));
    for (let i = 0; i < data.length; i++)
      data[i] = data instanceof BigInt64Array ? BigInt(stream.next().value) : stream.next().value;
    return tensor(dtype, dims, data);
  });

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const int = fc.maxSafeInteger();
const anyAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  int.map((value): Attribute => ({ kind: 'int', value })),
  float.map((value): Attribute => ({ kind: 'float', value })),
  fc.string().map((value): Attribute => ({ kind: 'string', value })),
  fc.array(int).map((value): Attribute => ({ kind: 'ints', value })),
  fc.array(float).map((value): Attribute => ({ kind: 'floats', value })),
  fc.array(fc.string()).map((value): Attribute => ({ kind: 'strings', value })),
  anyTensor.map((value): Attribute => ({ kind: 'tensor', value })),
);

const name = fc.string({ minLength: 1, maxLength: 8 });
const anyDim = fc.oneof(fc.nat(1 << 20), name);
const anyValue = (label: string): fc.Arbitrary<Value> =>
  fc
    .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(anyDim, { maxLength: 4 }) })
    .map((v) => ({ name: label, ...v }));

const anyGraph: fc.Arbitrary<Graph> = fc
  .record({
    title: fc.string(),
    x: anyValue('x'),
    w: anyTensor,
    y: anyValue('y'),
    z: anyValue('z'),
    attrs: fc.dictionary(name, anyAttribute, { noNullPrototype: true }),
    metadata: fc.dictionary(name, fc.string(), { noNullPrototype: true }),
    domain: fc.constantFrom('', 'com.microsoft'),
  })
  .map(({ title, x, w, y, z, attrs, metadata, domain }) => {
    const weight: Value = { name: 'w', dtype: w.dtype, shape: w.dims };
    return {
      ...emptyGraph(title, 20),
      inputs: [x],
      outputs: [z, y],
      initializers: new Map([['w', w]]),
      metadata: new Map(Object.entries(metadata)),
      nodes: [
        { name: 'first', op: 'Something', domain, inputs: [x, null, weight], outputs: [y], attrs },
        { name: 'second', op: 'Other', domain: '', inputs: [y], outputs: [z], attrs: {} },
      ],
    };
  });

describe('encodeModel and decodeModel', () => {
  it('carry any graph through unchanged', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(decodeModel(encodeModel(graph))).toEqual(graph);
      }),
    );
  });

  it('report any damage to a file as one InputError', () => {
    const bytes = encodeModel(smallNetwork());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = bytes.slice();
        damaged[at] = byte;
        try {
          decodeModel(damaged, 'damaged.onnx');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^damaged\.onnx: [^\n]*$/);
        }
      }),
      { numRuns: 2000 },
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeModel(bytes.subarray(0, length), 'cut.onnx')).toThrow(InputError);
    }
  });

  it('make files that ONNX Runtime loads and runs', async () => {
    const session = await createSession(encodeModel(smallNetwork()));
    const { y } = await session.run({ x: float32([2, 3], [1, -2, 3, 0, 1, -1]) });
    expect(Array.from(y!.data as Float32Array)).toEqual([1, 0, 0, 1]);
    expect(y!.dims).toEqual([2, 2]);
    await session.release();
  });

  it('infer the types of values that the file does not state', () => {
    const graph = decodeModel(withoutValueInfo());
    expect(graph.nodes[0]!.outputs[0]).toEqual({ name: 'h', dtype: 'float32', shape: ['N', 2] });
  });

  it('read tensors from typed data fields', () => {
    const read = (elementType: number, write: (t: WireWriter) => void): Tensor =>
      decodeModel(
        model((g) => g.message(5, (t) => (t.int(1, 2).int(2, elementType).string(8, 't'), write(t)))),
      ).initializers.get('t')!;
    const packed = (typed: Float32Array | Float64Array): Uint8Array => new Uint8Array(typed.buffer);
    expect(read(1, (t) => t.bytes(4, packed(Float32Array.of(1.5, -2)))).data).toEqual(Float32Array.of(1.5, -2));
    expect(read(11, (t) => t.bytes(10, packed(Float64Array.of(1.5, -2)))).data).toEqual(Float64Array.of(1.5, -2));
    expect(read(7, (t) => t.int(7, 5).int(7, -5)).data).toEqual(BigInt64Array.of(5n, -5n));
    expect(read(6, (t) => t.bytes(5, Uint8Array.of(1, 0x80, 1))).data).toEqual(Int32Array.of(1, 128));
    expect(read(10, (t) => t.int(5, 0x3c00).int(5, 0xc000)).data).toEqual(Uint16Array.of(0x3c00, 0xc000));
    expect(read(9, (t) => t.int(5, 1).int(5, 0)).data).toEqual(Uint8Array.of(1, 0));
  });

  it.each([
    ['no bytes', new Uint8Array(), 'expected an ONNX model, got no bytes'],
    ['text', new TextEncoder().encode('hello, this is text'), 'cannot be read as an ONNX model'],
    ['no graph', new WireWriter().int(1, 9).finish(), 'holds no graph'],
    [
      'external data',
      model((g) => g.message(5, (t) => t.int(1, 1).int(2, 1).string(8, 'w').int(14, 1))),
      'tensor "w" keeps its data in another file, which it does not name',
    ],
    [
      'bfloat16',
      model((g) => g.message(5, (t) => t.int(1, 1).int(2, 16).string(8, 'w'))),
      'tensor "w" has the element type bfloat16, which is not supported',
    ],
    [
      'short data',
      model((g) => g.message(5, (t) => t.int(1, 2).int(2, 1).string(8, 'w').bytes(9, new Uint8Array(4)))),
      'tensor "w" of shape [2] needs 2 elements, got 1',
    ],
    [
      'a sub-graph',
      model((g) =>
        g.message(1, (n) =>
          n
            .string(3, 'choose')
            .string(4, 'If')
            .message(5, (a) => a.string(1, 'then_branch').message(6, () => undefined)),
        ),
      ),
      'node "choose" (If) holds a sub-graph, which is not supported',
    ],
    [
      'a dangling input',
      model((g) => g.message(1, (n) => n.string(1, 'q').string(2, 'y').string(3, 'n').string(4, 'Relu'))),
      'node "n" (Relu) uses "q", which nothing before it makes',
    ],
  ])('reject %s', (_, bytes, reason) => {
    expect(() => decodeModel(bytes, 'm.onnx')).toThrow(reason);
    expect(() => decodeModel(bytes, 'm.onnx')).toThrow(InputError);
  });

  it('leave open what an older opset states by attributes', () => {
    const bytes = model((g) => {
      g.message(5, (t) => t.int(1, 1).int(2, 1).string(8, 'w').bytes(9, new Uint8Array(4)));
      g.message(1, (n) =>
        n
          .string(1, 'w')
          .string(2, 'y')
          .string(4, 'Unsqueeze')
          .message(5, (a) => a.string(1, 'axes').int(8, 0).int(20, 7)),
      );
    });
    expect(decodeModel(bytes).nodes[0]!.outputs[0]).toEqual({ name: 'y', dtype: 'float32', shape: [] });
  });

  it('give nodes without a name unique names', () => {
    const relu = (input: string, output: string) => (n: WireWriter) =>
      n.string(1, input).string(2, output).string(4, 'Relu');
    const bytes = model((g) => {
      g.message(5, (t) => t.int(1, 1).int(2, 1).string(8, 'w').bytes(9, new Uint8Array(4)));
      g.message(1, relu('w', 'a'))
        .message(1, relu('a', 'b'))
        .message(1, (n) => relu('b', 'c')(n).string(3, 'Relu_1'));
    });
    const names = decodeModel(bytes).nodes.map((n) => n.name);
    expect(new Set(names).size).toBe(3);
    expect(names).toContain('Relu_1');
  });
});

function smallNetwork(): Graph {
  const b = new GraphBuilder('small');
  const x = b.input('x', 'float32', ['N', 3]);
  const h = b.op('Gemm', [x, b.constant(float32([3, 2], [1, 0, 0, 1, 0, 0]), 'w')], { alpha: 1 });
  b.output(b.op('Relu', [b.op('Reshape', [h, b.constant(int64([-1, 2]))])], {}), 'y');
  return b.graph;
}

function model(writeGraph: (g: WireWriter) => void): Uint8Array {
  return new WireWriter()
    .int(1, 9)
    .message(7, writeGraph)
    .message(8, (o) => o.string(1, '').int(2, 20))
    .finish();
}

/** x [N,3] → MatMul with w [3,2] → h → Relu → y, with a type for x only. */
function withoutValueInfo(): Uint8Array {
  return model((g) => {
    g.message(1, (n) => n.string(1, 'x').string(1, 'w').string(2, 'h').string(4, 'MatMul'));
    g.message(1, (n) => n.string(1, 'h').string(2, 'y').string(4, 'Relu'));
    g.message(5, (t) => t.int(1, 3).int(1, 2).int(2, 1).string(8, 'w').bytes(9, new Uint8Array(24)));
    g.message(11, (v) =>
      v
        .string(1, 'x')
        .message(2, (t) =>
          t.message(1, (tt) =>
            tt.int(1, 1).message(2, (s) => s.message(1, (d) => d.string(2, 'N')).message(1, (d) => d.int(1, 3))),
          ),
        ),
    );
    g.message(12, (v) => v.string(1, 'y'));
  });
}
