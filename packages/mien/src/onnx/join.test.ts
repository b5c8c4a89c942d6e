/** Classifiers joined to one graph: its logits are the weighted sums of theirs. */
import { allclose } from 'mien-testkit';
import { expect, it } from 'vitest';
import { float32, Random, sizeOf, toNumbers, type Tensor } from '../tensor/index.ts';
import { GraphBuilder, decodeModel, encodeModel, evaluateGraph, joinClassifiers, storeWeightsAsHalf } from './index.ts';
import type { Graph } from './graph.ts';

const random = new Random(5, 'join');
const noise = (...dims: number[]): Tensor<'float32'> =>
  float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
  );

interface Made {
  readonly input?: string;
  readonly width?: number;
  readonly units?: number;
  /** Whether the second head has features of its own. */
  readonly ownFeatures?: boolean;
  readonly bias?: boolean;
  /** What is added after the linear layer, as a constant first or last. */
  readonly shift?: 'first' | 'last';
  readonly classes?: number;
  readonly last?: 'Relu';
}

/** x [N,4] → units → two heads, `a` [N,3] and `b` [N,2] */
function classifier(made: Made = {}): Graph {
  const { input = 'x', width = 4, units = 5, ownFeatures, bias = true, shift, classes = 3, last } = made;
  const b = new GraphBuilder('one');
  const x = b.input(input, 'float32', ['N', width]);
  const features = (name: string) =>
    b.op('Relu', [b.op('MatMul', [x, b.parameter(`${name}.weight`, noise(width, units))])]);
  const shared = features('trunk');
  const head = (name: string, K: number, from = shared) => {
    const gemm = b.op(
      'Gemm',
      [
        from,
        b.parameter(`head.${name}.weight`, noise(K, units)),
        ...(bias ? [b.parameter(`head.${name}.bias`, noise(K))] : []),
      ],
      { transB: 1 },
    );
    const added = b.constant(noise(1, K));
    const shifted = shift === undefined ? gemm : b.op('Add', shift === 'first' ? [added, gemm] : [gemm, added]);
    b.output(last ? b.op(last, [shifted]) : shifted, name);
  };
  head('a', classes);
  head('b', 2, ownFeatures ? features('own') : shared);
  return b.graph;
}

/** Logits without what is added to them. */
function plain(graph: Graph, x: Tensor, input = 'x'): Record<string, number[]> {
  const gemms = graph.nodes.filter(({ op }) => op === 'Gemm').map(({ outputs }) => outputs[0]!);
  const values = evaluateGraph({ ...graph, outputs: gemms }, { [input]: x });
  return { a: toNumbers(values[gemms[0]!.name]!), b: toNumbers(values[gemms[1]!.name]!) };
}

const member = (graph: Graph, name: string, a = 0.5, b = 0.5) => ({
  graph,
  prefix: `${name}.`,
  label: name,
  scales: { a, b },
});

it.each<[string, Made, Made]>([
  ['the same networks', {}, {}],
  ['another name of the input, another width', { input: 'x' }, { input: 'faces', units: 7 }],
  ['features of each head', { ownFeatures: true }, {}],
  ['no biases', { bias: false }, {}],
  ['shifts, which are left out', { shift: 'last' }, { shift: 'first' }],
])('%s', (_, first, second) => {
  const [one, two] = [classifier(first), classifier(second)];
  const joined = joinClassifiers('both', [member(one, 'one', 0.25, 2), member(two, 'two', 0.75, -1)], ['a', 'b']);
  const x = noise(6, 4);
  const answers = evaluateGraph(decodeModel(encodeModel(joined)), { x });
  const [z1, z2] = [plain(one, x), plain(two, x, second.input)];
  allclose(
    answers['a']!,
    z1['a']!.map((v, i) => 0.25 * v + 0.75 * z2['a']![i]!),
    { rtol: 1e-5, atol: 1e-5 },
  );
  allclose(
    answers['b']!,
    z1['b']!.map((v, i) => 2 * v - z2['b']![i]!),
    { rtol: 1e-5, atol: 1e-5 },
  );
});

it('reads weights that are stored in half, and joins what is joined', () => {
  const [one, two] = [classifier({ units: 90 }), classifier()];
  const x = noise(3, 4);
  storeWeightsAsHalf(one);
  const pair = joinClassifiers('pair', [member(one, 'one'), member(two, 'two')], ['a', 'b']);
  const three = joinClassifiers('three', [member(pair, 'pair', 1, 1), member(two, 'two', 0.5, 0.5)], ['a', 'b']);
  const [z1, z2] = [plain(one, x), plain(two, x)];
  allclose(
    evaluateGraph(three, { x })['a']!,
    z1['a']!.map((v, i) => 0.5 * v + z2['a']![i]!),
    { rtol: 1e-4, atol: 1e-4 },
  );
});

it.each<[string, Made, string]>([
  ['another input', { width: 3 }, 'second: takes x [N,3], expected one input [N,4]'],
  ['other classes', { classes: 4 }, 'second: its output a has 4 classes, expected 3'],
  ['no linear layer at the end', { last: 'Relu' }, 'second: its output a does not end in a linear layer'],
])('%s is an error', (_, second, message) => {
  const join = () =>
    joinClassifiers('both', [member(classifier(), 'first'), member(classifier(second), 'second')], ['a', 'b']);
  expect(join).toThrow(message);
});
