/** Values worked by hand, so that the evaluator and ONNX Runtime cannot both be wrong in the same way. */
import { describe, expect, it } from 'vitest';
import { MienError, ShapeError } from '../../errors.ts';
import { float32, int64, tensor, toNumbers, type Tensor } from '../../tensor/index.ts';
import { GraphBuilder } from '../builder.ts';
import type { AttrsOf, OpName } from '../ops.ts';
import { decodeModel, encodeModel } from '../protobuf.ts';
import { evaluateGraph } from './evaluate.ts';

/** Runs one op on constants; its outputs as plain numbers. */
function run<O extends OpName>(
  op: O,
  inputs: readonly (Tensor | null)[],
  attrs: AttrsOf<O> = {},
  outputs = 1,
): number[][] {
  const b = new GraphBuilder(op);
  const values = b.ops(
    op,
    inputs.map((t) => t && b.constant(t)),
    attrs,
    outputs,
  );
  const names = values.map((v) => b.output(v).name);
  const results = evaluateGraph(b.graph, {});
  return names.map((name) => toNumbers(results[name]!));
}

const numbers = (...values: number[]): Tensor => tensor('float64', [values.length], Float64Array.from(values));
const image = (height: number, width: number, ...values: number[]): Tensor => float32([1, 1, height, width], values);
const counting = (height: number, width: number): Tensor =>
  image(height, width, ...Array.from({ length: height * width }, (_, i) => i + 1));

describe('evaluateGraph, by hand', () => {
  it('Conv correlates: it does not flip the kernel', () => {
    // 1 2 3 / 4 5 6 / 7 8 9 with 1 0 / 0 10: 1 + 50, 2 + 60, 4 + 80, 5 + 90
    expect(run('Conv', [counting(3, 3), image(2, 2, 1, 0, 0, 10)])).toEqual([[51, 62, 84, 95]]);
  });

  it('Conv reads every second element with dilation 2', () => {
    expect(run('Conv', [float32([1, 1, 5], [1, 2, 3, 4, 5]), float32([1, 1, 2], [1, 10])], { dilations: [2] })).toEqual(
      [[31, 42, 53]],
    );
  });

  it('Conv keeps groups apart', () => {
    const x = float32([1, 2, 1], [3, 5]);
    expect(run('Conv', [x, float32([2, 1, 1], [10, 100]), float32([2], [1, 2])], { group: 2 })).toEqual([[31, 502]]);
  });

  it('ConvTranspose adds a scaled kernel at each stride', () => {
    // 1·(1 2 3) at 0 and 10·(1 2 3) at 2
    expect(
      run('ConvTranspose', [float32([1, 1, 2], [1, 10]), float32([1, 1, 3], [1, 2, 3])], { strides: [2] }),
    ).toEqual([[1, 2, 13, 20, 30]]);
  });

  it('MaxPool gives flat indices over the whole tensor', () => {
    const x = float32([1, 2, 2, 2], [1, 4, 3, 2, 8, 5, 6, 7]);
    expect(run('MaxPool', [x], { kernel_shape: [2, 2] }, 2)).toEqual([
      [4, 8],
      [1, 4],
    ]);
  });

  it('AveragePool divides by the elements, by the padded ones, never by the overhang of ceil_mode', () => {
    const x = float32([1, 1, 4], [1, 2, 3, 4]);
    const window = { kernel_shape: [3], strides: [2], pads: [1, 0], ceil_mode: 1 };
    // windows (pad 1 2), (2 3 4)
    expect(run('AveragePool', [x], window)).toEqual([[1.5, 3]]);
    expect(run('AveragePool', [x], { ...window, count_include_pad: 1 })).toEqual([[1, 3]]);
    // windows (1 2), (3 4), then with 5 elements (5, overhang)
    expect(
      run('AveragePool', [float32([1, 1, 5], [1, 2, 3, 4, 5])], {
        kernel_shape: [2],
        strides: [2],
        ceil_mode: 1,
        count_include_pad: 1,
      }),
    ).toEqual([[1.5, 3.5, 5]]);
  });

  it('BatchNormalization divides the variance by the count', () => {
    // mean 2, variance 1: (x − 2)·2 + 5; running: 0.9·0 + 0.1·2, 0.9·1 + 0.1·1
    const [y, mean, variance] = run(
      'BatchNormalization',
      [float32([2, 1], [1, 3]), float32([1], [2]), float32([1], [5]), float32([1], [0]), float32([1], [1])],
      { training_mode: 1, epsilon: 0 },
      3,
    );
    expect(y).toEqual([3, 7]);
    expect(mean![0]).toBeCloseTo(0.2, 12);
    expect(variance![0]).toBeCloseTo(1, 12);
  });

  it('GridSample puts −1 and 1 at centres when aligned, at edges otherwise', () => {
    const x = image(2, 2, 1, 2, 3, 4);
    const at = (gx: number, gy: number, attrs: AttrsOf<'GridSample'>): number =>
      run('GridSample', [x, float32([1, 1, 1, 2], [gx, gy])], attrs)[0]![0]!;
    expect(at(0, 0, {})).toBe(2.5);
    expect(at(-1, -1, { align_corners: 1 })).toBe(1);
    expect(at(-1, -1, {})).toBe(0.25); // a quarter of the corner pixel, zeros around it
    expect(at(-1, -1, { padding_mode: 'border' })).toBe(1);
    expect(at(1, -1, { align_corners: 1 })).toBe(2);
    expect(at(0.5, -0.5, {})).toBe(2); // x is the width's axis
    expect(at(0, -0.5, { mode: 'nearest' })).toBe(1); // half-way rounds to even
  });

  it('Resize by half_pixel holds the ends', () => {
    expect(run('Resize', [numbers(0, 1), null, float32([1], [2])], { mode: 'linear' })).toEqual([[0, 0.25, 0.75, 1]]);
    expect(
      run('Resize', [numbers(0, 1), null, null, int64([3])], {
        mode: 'linear',
        coordinate_transformation_mode: 'align_corners',
      }),
    ).toEqual([[0, 0.5, 1]]);
  });

  it('MatMul pairs the batches', () => {
    // [1 2]·[3 4]ᵀ and [10 20]·[5 6]ᵀ
    expect(run('MatMul', [float32([2, 1, 2], [1, 2, 10, 20]), float32([2, 2, 1], [3, 4, 5, 6])])).toEqual([[11, 170]]);
  });

  it('Gemm scales product and bias', () => {
    // 2·(1·3 + 2·4) + 10·1
    expect(
      run('Gemm', [float32([2, 1], [1, 2]), float32([1, 2], [3, 4]), float32([1], [1])], {
        transA: 1,
        transB: 1,
        alpha: 2,
        beta: 10,
      }),
    ).toEqual([[32]]);
  });

  it('LogSoftmax survives large logits', () => {
    expect(run('LogSoftmax', [numbers(1e4, 1e4)])[0]).toEqual([-Math.LN2, -Math.LN2]);
  });

  it('erf and its kin at tabulated points', () => {
    // Abramowitz & Stegun 1964, table 7.1
    const [erf] = run('Erf', [numbers(0, 0.5, 1, 2, -1, 8)]);
    [0, 0.5204998778, 0.8427007929, 0.995322265, -0.8427007929, 1].forEach((v, i) => expect(erf![i]).toBeCloseTo(v, 9));
    expect(run('Gelu', [numbers(1)])[0]![0]).toBeCloseTo(0.8413447461, 9); // Φ(1)
    expect(run('Softplus', [numbers(0, 800, -800)])).toEqual([[Math.LN2, 800, 0]]);
  });

  it('LayerNormalization centres each row; LRN looks at neighbouring channels', () => {
    expect(
      run('LayerNormalization', [float32([2, 2], [1, 3, 10, 20]), float32([2], [1, 2]), float32([2], [0, 5])], {
        epsilon: 0,
      }),
    ).toEqual([[-1, 7, -1, 7]]);
    // Channel squares 1, 4, 9; windows of 3: 5, 14, 13
    expect(run('LRN', [float32([1, 3, 1], [1, 2, 3])], { size: 3, alpha: 3, beta: 1, bias: 1 })[0]).toEqual([
      1 / 6,
      2 / 15,
      3 / 14,
    ]);
  });

  it('Einsum sums over what the result lacks', () => {
    const m = (...v: number[]): Tensor => float32([2, 2], v);
    expect(run('Einsum', [m(1, 2, 3, 4), m(5, 6, 7, 8)], { equation: 'ij,jk->ki' })).toEqual([[19, 43, 22, 50]]);
    expect(run('Einsum', [m(1, 2, 3, 4)], { equation: 'ii' })).toEqual([[5]]);
    expect(() => run('Einsum', [m(1, 2, 3, 4)], { equation: 'i->i' })).toThrow(
      'equation "i->i" does not label the 2 axes of input 0',
    );
    expect(() => run('Einsum', [m(1, 2, 3, 4)], { equation: 'ij->ik' })).toThrow('has "k" in its result only');
  });

  it('a rectified unit counts up, and a masked step holds', () => {
    // h ← max(0, x + h) over 1, 2, 3; the second sample ends after two steps
    const [x, w, lengths] = [
      float32([3, 2, 1], [1, 1, 2, 2, 3, 3]),
      float32([1, 1, 1], [1]),
      tensor('int32', [2], Int32Array.of(3, 2)),
    ];
    expect(run('RNN', [x, w, w, null, lengths], { hidden_size: 1, activations: ['Relu'] }, 2)).toEqual([
      [1, 1, 3, 3, 6, 0],
      [6, 3],
    ]);
  });

  it('integers divide towards zero', () => {
    expect(run('Div', [int64([7, -7]), int64([2])])).toEqual([[3, -3]]);
  });

  it('Pad reflects without repeating the edge', () => {
    expect(run('Pad', [numbers(1, 2, 3), int64([2, 2])], { mode: 'reflect' })).toEqual([[3, 2, 1, 2, 3, 2, 1]]);
  });

  it('ScatterElements adds where indices repeat', () => {
    expect(run('ScatterElements', [numbers(1, 1, 1), int64([2, 2]), numbers(5, 7)], { reduction: 'add' })).toEqual([
      [1, 1, 13],
    ]);
  });
});

describe('evaluateGraph', () => {
  const network = (): GraphBuilder => {
    const b = new GraphBuilder('net');
    const x = b.input('x', 'float32', ['N', 2]);
    const unused = b.input('unused', 'float32', [1]);
    const third = b.op('Div', [x, 3], {}, 'third');
    b.output(b.op('Relu', [third]), 'y');
    b.output(b.op('Identity', [unused]), 'z');
    return b;
  };
  const feeds = { x: float32([1, 2], [1, -1]), unused: float32([1], [0]) };

  it('computes float32 graphs in float64', () => {
    const { y } = evaluateGraph(network().graph, feeds, ['y']);
    expect(y).toEqual(tensor('float64', [1, 2], Float64Array.of(1 / 3, 0)));
  });

  it('gives intermediate values, and copies', () => {
    const x = tensor('float64', [1, 2], Float64Array.of(1, 2));
    const values = evaluateGraph(network().graph, { ...feeds, x }, ['third', 'x']);
    expect(toNumbers(values['third']!)).toEqual([1 / 3, 2 / 3]);
    expect(values['x']!.data).not.toBe(x.data);
  });

  it('evaluates a model that was written and read', () => {
    const graph = decodeModel(encodeModel(network().graph));
    expect(evaluateGraph(graph, feeds)).toEqual(evaluateGraph(network().graph, feeds));
  });

  it('names what does not fit', () => {
    const { graph } = network();
    expect(() => evaluateGraph(graph, { x: feeds.x })).toThrow('input "unused" of graph "net" is missing');
    expect(() => evaluateGraph(graph, { ...feeds, x: float32([2], [1, 2]) })).toThrow(
      new ShapeError('evaluateGraph', 'input "x" expects [N,2], got [2]'),
    );
    expect(() => evaluateGraph(graph, feeds, ['nothing'])).toThrow('graph "net" has no value "nothing"');
    graph.nodes[0] = { ...graph.nodes[0]!, op: 'NonZero' };
    expect(() => evaluateGraph(graph, feeds)).toThrow(MienError);
    expect(() => evaluateGraph(graph, feeds)).toThrow(
      'has the op "NonZero", which the reference evaluator does not know',
    );
  });

  it('rejects attribute values that it does not implement', () => {
    expect(() => run('GridSample', [counting(2, 2), float32([1, 1, 1, 2], [0, 0])], { mode: 'cubic' })).toThrow(
      'mode must be one of linear, bilinear, nearest, got cubic',
    );
    expect(() => run('Gather', [numbers(1, 2), int64([2])])).toThrow('index 2 is outside an axis of 2');
  });
});
