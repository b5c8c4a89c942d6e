import { decodeModel, encodeModel, evaluateGraph, GraphBuilder, stopsGradient } from '../onnx/index.ts';
import { float32, int64, toNumbers } from '../tensor/index.ts';
import { describe, expect, it } from 'vitest';
import { gradients } from './gradients.ts';

describe('gradients', () => {
  it('sums over every path and every use of a value', () => {
    const b = new GraphBuilder('paths');
    const x = b.input('x', 'float32', [2]);
    // L = Σ (x·x + 3x), dL/dx = 2x + 3
    const loss = b.op('ReduceSum', [b.op('Add', [b.op('Mul', [x, x]), b.op('Mul', [x, 3])])], { keepdims: 0 });
    b.output(gradients(b, loss, [x])[0]!, 'g');
    expect(toNumbers(evaluateGraph(b.graph, { x: float32([2], [1, -2]) })['g']!)).toEqual([5, -1]);
  });

  it('is zero for what the loss does not depend on, and one for the loss itself', () => {
    const b = new GraphBuilder('zero');
    const x = b.input('x', 'float32', []);
    const other = b.input('other', 'float32', [3]);
    const loss = b.op('Exp', [x]);
    gradients(b, loss, [other, loss]).forEach((g, i) => b.output(g, `g${i}`));
    const out = evaluateGraph(b.graph, { x: float32([], [1]), other: float32([3], [1, 2, 3]) });
    expect([toNumbers(out['g0']!), toNumbers(out['g1']!)]).toEqual([[0, 0, 0], [1]]);
  });

  it('sums a broadcast gradient back to each source', () => {
    const b = new GraphBuilder('broadcast');
    const x = b.input('x', 'float32', [2, 1, 3]);
    const y = b.input('y', 'float32', [4, 1]);
    const loss = b.op('ReduceSum', [b.op('Mul', [x, y])], { keepdims: 0 });
    gradients(b, loss, [x, y]).forEach((g, i) => b.output(g, `g${i}`));
    const out = evaluateGraph(b.graph, { x: float32([2, 1, 3], [1, 2, 3, 4, 5, 6]), y: float32([4, 1], [1, 2, 3, 4]) });
    expect(out['g0']!.dims).toEqual([2, 1, 3]);
    expect(toNumbers(out['g0']!)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(toNumbers(out['g1']!)).toEqual([21, 21, 21, 21]);
  });

  it('reads axes that a Constant node holds, as files from elsewhere have them', () => {
    const b = new GraphBuilder('constant');
    const x = b.input('x', 'float32', [2, 2]);
    const axes = { name: 'axes', dtype: 'int64' as const, shape: [1] };
    b.append({
      name: 'axes',
      op: 'Constant',
      domain: '',
      inputs: [],
      outputs: [axes],
      attrs: { value: { kind: 'tensor', value: int64([1]) } },
    });
    const sums = { name: 'sums', dtype: 'float32' as const, shape: [2, 1] };
    b.append({ name: 'sums', op: 'ReduceSum', domain: '', inputs: [x, axes], outputs: [sums], attrs: {} });
    // L = Σᵢ (Σⱼ xᵢⱼ)², dL/dxᵢⱼ = 2·Σⱼ xᵢⱼ
    const loss = b.op('ReduceSum', [b.op('Mul', [sums, sums])], { keepdims: 0 });
    b.output(gradients(b, loss, [x])[0]!, 'g');
    expect(toNumbers(evaluateGraph(b.graph, { x: float32([2, 2], [1, 2, 3, 5]) })['g']!)).toEqual([6, 6, 16, 16]);
  });

  it('stops at a stopped value, also in a graph that was written and read', () => {
    const b = new GraphBuilder('stop');
    const x = b.input('x', 'float32', [2]);
    // L = Σ x·sg(x²), dL/dx = x² (not 3x²)
    const stopped = b.scope('head', () => b.stopGradient(b.op('Mul', [x, x])));
    const loss = b.op('ReduceSum', [b.op('Mul', [x, stopped])], { keepdims: 0 });
    b.output(gradients(b, loss, [x])[0]!, 'g');
    expect(toNumbers(evaluateGraph(b.graph, { x: float32([2], [3, -2]) })['g']!)).toEqual([9, 4]);
    expect(
      decodeModel(encodeModel(b.graph))
        .nodes.filter(stopsGradient)
        .map((n) => n.name),
    ).toEqual([stopped.name]);
    const identity = b.op('Identity', [x]);
    expect(b.graph.nodes.filter((n) => n.outputs.includes(identity)).some(stopsGradient)).toBe(false);
  });

  it('refuses a loss that is not a scalar, and an op without a gradient, by name', () => {
    const b = new GraphBuilder('bad');
    const x = b.input('x', 'float32', [1, 1, 2, 2]);
    expect(() => gradients(b, x, [x])).toThrow('gradients: the loss must be a scalar, got [1,1,2,2]');
    const dequantized = b.op(
      'DequantizeLinear',
      [b.input('q', 'uint8', [2]), b.input('scale', 'float32', [])],
      {},
      'weights',
    );
    const loss = b.op('ReduceSum', [dequantized], { keepdims: 0 });
    expect(() => gradients(b, loss, [b.graph.inputs[2]!])).toThrow(
      'DequantizeLinear ("weights") cannot be differentiated',
    );
  });
});
