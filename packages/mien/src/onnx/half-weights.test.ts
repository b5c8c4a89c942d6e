import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSession } from '../runtime/index.ts';
import { float32, halfToNumber, numberToHalf } from '../tensor/index.ts';
import { GraphBuilder } from './builder.ts';
import { constantOf, storeWeightsAsHalf } from './half-weights.ts';
import { decodeModel, encodeModel } from './protobuf.ts';

describe('numberToHalf', () => {
  it('gives back every half-precision value', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = halfToNumber(bits);
      if (!Number.isNaN(value)) expect(numberToHalf(value)).toBe(bits);
    }
    expect(halfToNumber(numberToHalf(NaN))).toBeNaN();
  });

  it('rounds to the nearest, halves to even', () => {
    expect(
      [2049, 2051, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 65519, 65520].map((v) =>
        halfToNumber(numberToHalf(v)),
      ),
    ).toEqual([2048, 2052, 1, 1 + 2 ** -9, 0, 2 ** -23, 65504, Infinity]);
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (v) => {
        expect(Math.abs(halfToNumber(numberToHalf(v)) - v)).toBeLessThanOrEqual(
          Math.max(Math.abs(v) * 2 ** -11, 2 ** -25),
        );
      }),
    );
  });
});

describe('storeWeightsAsHalf', () => {
  it('halves the bytes, computes in float32 with the rounded weights, and can be read back', async () => {
    const values = Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i));
    const build = (): GraphBuilder => {
      const b = new GraphBuilder('g');
      const w = b.parameter('w', float32([64, 64], values));
      const small = b.parameter('bias', float32([64], values.subarray(0, 64)));
      b.output(b.op('Add', [b.op('MatMul', [b.input('x', 'float32', [1, 64]), w]), small]), 'y');
      return b;
    };
    const whole = build();
    const half = build();
    storeWeightsAsHalf(half.graph);
    const bytes = encodeModel(half.graph);
    expect(bytes.length).toBeLessThan(0.55 * encodeModel(whole.graph).length);

    const x = float32([1, 64], values.subarray(64, 128));
    const session = await createSession(bytes, {}, 'half');
    const y = (await session.run({ x }))['y']!.data as Float32Array;
    const rounded = values.map((v) => halfToNumber(numberToHalf(v)));
    for (let k = 0; k < 64; k++) {
      let sum = values[k]!;
      for (let i = 0; i < 64; i++) sum += values[64 + i]! * rounded[i * 64 + k]!;
      expect(y[k]).toBeCloseTo(sum, 4);
    }
    await session.release();

    const read = decodeModel(bytes);
    expect([...(constantOf(read, 'w')!.data as Float32Array)]).toEqual([...rounded]);
    expect(constantOf(read, 'bias')!.data).toEqual(values.slice(0, 64));
    expect(constantOf(read, 'y')).toBeUndefined();
  });

  it('leaves a tensor alone that float16 cannot hold', () => {
    const b = new GraphBuilder('g');
    b.output(b.op('Neg', [b.parameter('w', float32([300], new Float32Array(300).fill(1e6)))]), 'y');
    storeWeightsAsHalf(b.graph);
    expect(b.graph.initializers.get('w')!.dtype).toBe('float32');
  });
});
