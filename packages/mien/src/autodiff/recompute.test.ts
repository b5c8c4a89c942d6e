/** Checkpointed segments: the same gradients, from values computed again. */
import { describe, expect, it } from 'vitest';
import { encodeModel, evaluateGraph, GraphBuilder, type Value } from '../onnx/index.ts';
import { createSession } from '../runtime/index.ts';
import { float32, Random, type Tensor } from '../tensor/index.ts';
import { gradients } from './gradients.ts';

/**
 * L = Σ (y·tanh(y + sg(x)))², y = pool(relu(conv(x))); gradients of x, the convolution's weight and y, which lies in
 * the segment.
 */
function build(checkpointed: boolean): GraphBuilder {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', [2, 3, 4, 4]);
  const w = b.input('w', 'float32', [3, 3, 3, 3]);
  let inner: Value = x;
  const segment = (input: Value): Value => {
    inner = b.op('MaxPool', [b.op('Relu', [b.op('Conv', [input, w, null], { pads: [1, 1, 1, 1] })])], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
    });
    return b.op('Mul', [inner, b.op('Tanh', [b.op('Add', [inner, b.stopGradient(input)])])]);
  };
  const y = checkpointed ? b.checkpoint(x, segment) : segment(x);
  const loss = b.op('ReduceSum', [b.op('Mul', [y, y])], { keepdims: 0 });
  gradients(b, loss, [x, w, inner]).forEach((g, i) => b.output(g, `g${i}`));
  return b;
}

const random = new Random(4, 'recompute');
const values = (dims: readonly number[]): Tensor =>
  float32(
    dims,
    Array.from({ length: dims.reduce((p, d) => p * d, 1) }, () => random.normal()),
  );
const feeds = { x: values([2, 3, 4, 4]), w: values([3, 3, 3, 3]) };

describe('checkpoint', () => {
  it('gives the same gradients as without, bit by bit', () => {
    expect(evaluateGraph(build(true).graph, feeds)).toEqual(evaluateGraph(build(false).graph, feeds));
  });

  it('computes the segment twice, behind a barrier that ONNX Runtime runs', async () => {
    const [again, once] = [build(true), build(false)];
    const count = (b: GraphBuilder, op: string): number => b.graph.nodes.filter((node) => node.op === op).length;
    expect(count(again, 'Tanh')).toBe(count(once, 'Tanh') + 1);
    const run = async (b: GraphBuilder): Promise<Record<string, Tensor>> => {
      const session = await createSession(encodeModel(b.graph), { threads: 1 });
      const outputs = await session.run(feeds);
      await session.release();
      return outputs;
    };
    expect(await run(again)).toEqual(await run(once));
  });

  it('refuses a segment within a segment', () => {
    const b = new GraphBuilder('nested');
    const x = b.input('x', 'float32', [1]);
    expect(() => b.checkpoint(x, () => b.checkpoint(x, () => x))).toThrow(
      'graph "nested": a checkpointed segment cannot hold another',
    );
  });
});
