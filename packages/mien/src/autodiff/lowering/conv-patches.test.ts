/** Convolution by patches: the same numbers as the Conv op and the gradients of its other lowerings, in float64. */
import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { evaluateGraph, GraphBuilder, type GraphNode, type Value } from '../../onnx/index.ts';
import { Random, float32, sizeOf, type Tensor } from '../../tensor/index.ts';
import { convGeometry } from '../conv-geometry.ts';
import { gradients } from '../gradients.ts';
import { dimsOf } from '../rule.ts';
import { convByPatches, inputGradientByPatches, lowerConvolutions, weightGradientByPatches } from './conv-patches.ts';

const noise = (name: string, dims: readonly number[]): Tensor => {
  const random = new Random(7, name);
  return float32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => random.normal()),
  );
};

const CASES = [
  { name: 'padded 3×3', x: [2, 3, 4, 5], w: [4, 3, 3, 3], attrs: { pads: [1, 1, 1, 1] } },
  { name: 'no padding', x: [2, 3, 4, 5], w: [2, 3, 2, 3], attrs: {} },
  { name: 'stride 2', x: [2, 2, 5, 6], w: [3, 2, 3, 3], attrs: { strides: [2, 2], pads: [1, 1, 1, 1] } },
  {
    name: 'stride 2 of 1×1: pixels that no window reads',
    x: [2, 2, 5, 5],
    w: [3, 2, 1, 1],
    attrs: { strides: [2, 2] },
  },
  { name: 'stride that leaves a rest', x: [1, 2, 6, 8], w: [2, 2, 3, 2], attrs: { strides: [2, 3] } },
  {
    name: 'dilated, asymmetric padding',
    x: [1, 2, 6, 6],
    w: [2, 2, 3, 3],
    attrs: { dilations: [2, 1], pads: [2, 0, 1, 1] },
  },
  { name: 'automatic padding', x: [1, 2, 5, 5], w: [2, 2, 4, 4], attrs: { auto_pad: 'SAME_UPPER' } },
  { name: 'one axis', x: [2, 3, 7], w: [2, 3, 3], attrs: { pads: [1, 1], strides: [2] } },
  { name: 'three axes', x: [1, 2, 3, 4, 3], w: [2, 2, 2, 3, 2], attrs: { pads: [0, 1, 0, 1, 1, 0] } },
];

describe('convolution by patches', () => {
  it.each(CASES)('$name', ({ x: xDims, w: wDims, attrs }) => {
    const b = new GraphBuilder('patches');
    const x = b.input('x', 'float32', xDims);
    const w = b.input('w', 'float32', wDims);
    const bias = b.input('bias', 'float32', [wDims[0]!]);
    const y = b.op('Conv', [x, w, bias], attrs);
    const node = b.graph.nodes[0]!;
    const dY = b.input('dY', 'float32', y.shape);
    // L = Σ y·dY, so that ∂L/∂y = dY; these small channels take the other lowerings
    const [dX, dW] = gradients(b, b.op('ReduceSum', [b.op('Mul', [y, dY])], { keepdims: 0 }), [x, w]) as [Value, Value];
    const geo = convGeometry(node, xDims, wDims);
    const pairs: [Value, Value][] = [
      [convByPatches(b, x, w, bias, dimsOf(y), geo), y],
      [weightGradientByPatches(b, x, dY, geo), dW],
      [inputGradientByPatches(b, dY, w, xDims, geo), dX],
    ];
    pairs.forEach(([mine, theirs], i) => {
      b.output(mine, `mine${i}`);
      b.output(theirs, `theirs${i}`);
    });
    const out = evaluateGraph(b.graph, {
      x: noise('x', xDims),
      w: noise('w', wDims),
      bias: noise('bias', [wDims[0]!]),
      dY: noise('dY', dimsOf(y)),
    });
    pairs.forEach((_, i) => allclose(out[`mine${i}`]!, out[`theirs${i}`]!, { rtol: 1e-12, atol: 1e-12 }));
  });
});

describe('lowerConvolutions', () => {
  /** A Conv of 32 channels at 3×3, and one of 8 that stays; Relu between. */
  function build(): { b: GraphBuilder; feeds: Record<string, Tensor> } {
    const b = new GraphBuilder('lower');
    const x = b.input('x', 'float32', [2, 32, 3, 3]);
    const w1 = b.input('w1', 'float32', [32, 32, 3, 3]);
    const w2 = b.input('w2', 'float32', [8, 32, 1, 1]);
    const hidden = b.op('Relu', [b.op('Conv', [x, w1, null], { pads: [1, 1, 1, 1] }, 'wide')]);
    const y = b.op('Conv', [hidden, w2, null], {}, 'narrow');
    const [dW] = gradients(b, b.op('ReduceSum', [b.op('Mul', [y, y])], { keepdims: 0 }), [w1]) as [Value];
    b.output(y, 'y');
    b.output(dW, 'dW');
    return {
      b,
      feeds: { x: noise('x', [2, 32, 3, 3]), w1: noise('w1', [32, 32, 3, 3]), w2: noise('w2', [8, 32, 1, 1]) },
    };
  }

  it('changes the form, not the numbers, and keeps the order of the nodes', () => {
    const { b, feeds } = build();
    const before = evaluateGraph(b.graph, feeds);
    const convs = (nodes: readonly GraphNode[]): string[] => nodes.filter((n) => n.op === 'Conv').map((n) => n.name);
    expect(convs(b.graph.nodes)).toContain('wide');
    lowerConvolutions(b);
    expect(convs(b.graph.nodes)).not.toContain('wide');
    expect(convs(b.graph.nodes)).toContain('narrow');
    const known = new Set([...b.graph.inputs.map((v) => v.name), ...b.graph.initializers.keys()]);
    for (const node of b.graph.nodes) {
      for (const v of node.inputs) if (v) expect(known).toContain(v.name);
      for (const v of node.outputs) known.add(v.name);
    }
    const after = evaluateGraph(b.graph, feeds);
    for (const name of ['y', 'dW']) allclose(after[name]!, before[name]!, { rtol: 1e-10, atol: 1e-10 });
  });

  it('shares the patches of the forward pass with the weight gradient', () => {
    const { b } = build();
    lowerConvolutions(b);
    expect(b.graph.nodes.filter((n) => n.op === 'Gather' && n.outputs[0]!.shape.join() === '18,9,32')).toHaveLength(1);
  });
});
