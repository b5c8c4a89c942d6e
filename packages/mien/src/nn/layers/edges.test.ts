/** Layers where golden values do not reach: starts, empty sequences, masks, and what they refuse. */
import { describe, expect, it } from 'vitest';
import { evaluateGraph, type Value } from '../../onnx/index.ts';
import { float32, toNumbers } from '../../tensor/index.ts';
import {
  conv1d,
  conv2d,
  groupNorm,
  IRNN,
  layerNorm,
  maxPool,
  multiHeadAttention,
  NetworkBuilder,
  recurrent,
  resizeMap,
  scaledDotProductAttention,
  squeezeExcite,
} from '../index.ts';

describe('recurrent', () => {
  const X = float32(
    [2, 3, 2],
    Array.from({ length: 12 }, (_, i) => Math.cos(i)),
  );

  it('starts an IRNN as an identity that sums its inputs', () => {
    const b = new NetworkBuilder('irnn', { seed: 7 });
    recurrent(b, 'rnn', b.constant(X), { ...IRNN, hidden: 3 });
    const at = (name: string): number[] => toNumbers(b.parameters.get(`rnn.${name}_l0`)!.initial);
    expect(at('weight_hh')).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect([...at('bias_ih'), ...at('bias_hh')]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Math.max(...at('weight_ih').map(Math.abs))).toBeLessThan(0.005);
  });

  it.each(['lstm', 'gru', 'tanh', 'relu'] as const)(
    '%s: padding does not matter, and an empty sequence gives zeros',
    (cell) => {
      const run = (padding: number): Record<string, number[]> => {
        const b = new NetworkBuilder('padded', { seed: 7 });
        const x = float32(
          [2, 3, 2],
          [...X.data.subarray(0, 2), padding, padding, padding, -padding, ...new Array<number>(6).fill(padding)],
        );
        const out = recurrent(b, 'rnn', b.constant(x), {
          cell,
          hidden: 2,
          bidirectional: true,
          lengths: b.ints([1, 0]),
        });
        b.output(out.sequence, 'sequence');
        b.output(out.last, 'last');
        return Object.fromEntries(
          Object.entries(evaluateGraph(b.graph, {})).map(([k, t]) => [k, toNumbers(t).map((v) => v + 0)]),
        );
      };
      expect(run(5)).toEqual(run(-3));
      // [N,T,2H]: sample 0 has one step, sample 1 none
      expect(run(5)['sequence']!.slice(4)).toEqual(new Array<number>(20).fill(0));
      expect(run(5)['last']!.slice(0, 4)).toEqual(run(5)['sequence']!.slice(0, 4));
      expect(run(5)['last']!.slice(4)).toEqual([0, 0, 0, 0]);
      expect(
        run(5)
          ['last']!.slice(0, 4)
          .some((v) => v !== 0),
      ).toBe(true);
    },
  );
});

it('attention to no key at all is the mean of the values', () => {
  const b = new NetworkBuilder('masked');
  const v = b.constant(float32([1, 2, 2], [1, 2, 3, 6]));
  const q = b.constant(float32([1, 1, 2], [1, -1]));
  b.output(scaledDotProductAttention(b, q, v, v, b.constant(float32([1, 1, 2], [0, 0]))), 'y');
  expect(toNumbers(evaluateGraph(b.graph, {})['y']!)).toEqual([2, 4]);
});

it('a kernel, stride and padding of one number hold for every axis', () => {
  const b = new NetworkBuilder('axes');
  const x = b.input('x', 'float32', ['N', 3, 7, 9]);
  expect(conv2d(b, 'a', x, { channels: 4, kernel: 3, stride: 2, pad: 1 }).shape).toEqual(
    conv2d(b, 'b', x, { channels: 4, kernel: [3, 3], stride: [2, 2], pad: [1, 1] }).shape,
  );
});

describe('bad input', () => {
  const input = (b: NetworkBuilder, ...dims: (number | string)[]): Value => b.input('x', 'float32', dims);
  it.each<[string, (b: NetworkBuilder) => unknown]>([
    [
      'conv1d: needs [N,C] and 1 spatial axes, got [N,3,4,4]',
      (b) => conv1d(b, 'c', input(b, 'N', 3, 4, 4), { channels: 2, kernel: 3 }),
    ],
    [
      'conv2d: "c": 3 channels in and 4 out do not divide into 2 groups',
      (b) => conv2d(b, 'c', input(b, 'N', 3, 4, 4), { channels: 4, kernel: 3, group: 2 }),
    ],
    [
      'conv2d: kernel needs 2 numbers, got [3]',
      (b) => conv2d(b, 'c', input(b, 'N', 3, 4, 4), { channels: 4, kernel: [3] }),
    ],
    ['maxPool: needs [N,C] and 1 or 2 or 3 spatial axes, got [N,3]', (b) => maxPool(b, input(b, 'N', 3), 2)],
    ['groupNorm: "g": 6 channels do not divide into 4 groups', (b) => groupNorm(b, 'g', input(b, 'N', 6, 2), 4)],
    ['layerNorm: cannot normalise 3 last axes of [N,6,2]', (b) => layerNorm(b, 'l', input(b, 'N', 6, 2), { axes: 3 })],
    [
      'squeezeExcite: "se": the reduction must be positive, got 0',
      (b) => squeezeExcite(b, 'se', input(b, 'N', 6, 2, 2), 0),
    ],
    ['recurrent: "r" needs [N,T,F], got [N,5]', (b) => recurrent(b, 'r', input(b, 'N', 5), { cell: 'gru', hidden: 2 })],
    [
      'recurrent: the lengths must be [N], got [N,1]',
      (b) =>
        recurrent(b, 'r', input(b, 'N', 5, 2), { cell: 'gru', hidden: 2, lengths: b.input('l', 'float32', ['N', 1]) }),
    ],
    [
      'multiHeadAttention: "a": 6 features do not divide into 4 heads',
      (b) => multiHeadAttention(b, 'a', input(b, 'N', 5, 6), { heads: 4 }),
    ],
    [
      'resizeMap: scales must be positive, got [0,0]',
      (b) => resizeMap(b, input(b, 'N', 1, 2, 2), { scale: 0, mode: 'nearest' }),
    ],
    [
      'resizeMap: alignCorners needs mode "bilinear"',
      (b) => resizeMap(b, input(b, 'N', 1, 2, 2), { scale: 2, mode: 'nearest', alignCorners: true }),
    ],
  ])('%s', (message, build) => {
    expect(() => build(new NetworkBuilder('bad'))).toThrow(message);
  });
});
