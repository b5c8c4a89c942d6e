import { float32, int64 } from '../tensor/index.ts';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';

const shapeOf = (build: (b: GraphBuilder) => { shape: readonly (number | string)[] }): readonly (number | string)[] =>
  build(new GraphBuilder('test')).shape;

describe('GraphBuilder', () => {
  it('carries a symbolic batch through layers and reshapes', () => {
    expect(
      shapeOf((b) => {
        const x = b.input('x', 'float32', ['N', 1, 8, 8]);
        const y = b.op('Conv', [x, b.constant(float32([4, 1, 3, 3], new Array<number>(36).fill(0))), null], {
          strides: [2, 2],
        });
        return b.op('Flatten', [y], { axis: 1 });
      }),
    ).toEqual(['N', 36]);
    expect(shapeOf((b) => b.op('Reshape', [b.input('x', 'float32', ['N', 6]), b.ints([-1, 2, 3])]))).toEqual([
      'N',
      2,
      3,
    ]);
    expect(shapeOf((b) => b.op('Reshape', [b.input('x', 'float32', ['N', 6]), b.ints([0, -1])]))).toEqual(['N', 6]);
    expect(shapeOf((b) => b.op('Reshape', [b.input('x', 'float32', ['N', 6]), b.ints([-1])]))).toEqual(['N*6']);
  });

  it.each<[string, (b: GraphBuilder) => unknown, string]>([
    [
      'shapes that do not broadcast',
      (b) => b.op('Add', [b.input('x', 'float32', [2, 3]), b.input('y', 'float32', [4])]),
      'Add: shapes [2,3] and [4] do not broadcast',
    ],
    [
      'inner dimensions that differ',
      (b) => b.op('MatMul', [b.input('x', 'float32', [2, 3]), b.input('y', 'float32', [4, 5])]),
      'MatMul: inner dimensions differ: [2,3] · [4,5]',
    ],
    [
      'channels that do not fit',
      (b) => b.op('Conv', [b.input('x', 'float32', [1, 3, 8, 8]), b.input('w', 'float32', [4, 2, 3, 3]), null]),
      'Conv: input [1,3,8,8] has 3 channels, weight [4,2,3,3] with group 1 takes 2',
    ],
    [
      'a kernel larger than its input',
      (b) => b.op('MaxPool', [b.input('x', 'float32', [1, 1, 2, 2])], { kernel_shape: [3, 3] }),
      'MaxPool: kernel [3,3] is larger than the input [1,1,2,2]',
    ],
    [
      'a reshape that does not fit',
      (b) => b.op('Reshape', [b.input('x', 'float32', [2, 3]), b.ints([4, -1])]),
      'Reshape: [2,3] cannot become [4,-1]',
    ],
    [
      'an axis outside',
      (b) => b.op('Concat', [b.input('x', 'float32', [2])], { axis: 1 }),
      'Concat: axis 1 is outside a tensor of 1 dimensions',
    ],
    [
      'a shape that is not constant',
      (b) => b.op('Reshape', [b.input('x', 'float32', [2]), b.input('s', 'int64', [1])]),
      'Reshape: input 1 ("s") must be a constant',
    ],
    [
      'an unknown attribute',
      (b) => b.op('Relu', [b.input('x', 'float32', [2])], { alpha: 1 } as object),
      'Relu: has no attribute "alpha"',
    ],
    [
      'a name that is taken',
      (b) => [b.input('x', 'float32', [2]), b.input('x', 'float32', [2])],
      'graph "test": the name "x" is taken',
    ],
  ])('refuses %s', (_, build, message) => expect(() => build(new GraphBuilder('test'))).toThrow(message));

  it('shares equal small constants and scopes names', () => {
    const b = new GraphBuilder('test');
    expect(b.constant(int64([1, 2]))).toBe(b.ints([1, 2]));
    expect(b.constant(int64([1, 2]))).not.toBe(b.constant(float32([2], [1, 2])));
    expect(b.scope('a', () => b.scope('b', () => b.parameter('w', float32([1], [0])))).name).toBe('a.b.w');
  });
});
