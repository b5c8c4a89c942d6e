/**
 * Every gradient rule against central differences, in float64, and ONNX Runtime against the evaluator on the
 * gradient graph. Walks the op table: an op with a rule and no differentiable case fails.
 */
import { GRADIENTS, gradients } from 'mienjs/autodiff';
import { encodeModel, evaluateGraph, OPS, type GraphBuilder, type OpName, type Value } from 'mienjs/onnx';
import { createSession } from 'mienjs/runtime';
import { Random, sizeOf, tensor, toNumbers, type Tensor } from 'mienjs/tensor';
import { describe, expect, it } from 'vitest';
import { allclose, buildOpGraph, centralDifferences, OP_CASES, type OpCase } from './index.ts';

/**
 * Ops of which every output may be part of a loss: of the others the first, as pooling's indices are integers and batch
 * normalisation's running statistics are not part of one.
 */
const WITH_ALL_OUTPUTS: readonly OpName[] = ['Split', 'RNN', 'GRU', 'LSTM'];

/** L = Σ y·r over the outputs, with fixed random r, so that every element counts differently. */
function randomLoss(b: GraphBuilder, op: OpName, outputs: readonly Value[]): Value {
  const random = new Random(7, 'loss');
  const terms = (WITH_ALL_OUTPUTS.includes(op) ? outputs : outputs.slice(0, 1)).map((y) => {
    const dims = y.shape as number[];
    const r = tensor(
      'float32',
      dims,
      Float32Array.from({ length: sizeOf(dims) }, () => random.range(0.5, 1.5)),
    );
    const floats = y.dtype === 'float32' ? y : b.op('Cast', [y], { to: 1 });
    return b.op('ReduceSum', [b.op('Mul', [floats, b.constant(r)])], { keepdims: 0 });
  });
  return terms.reduce((x, y) => b.op('Add', [x, y]));
}

describe.each(Object.keys(OPS) as OpName[])('gradient of %s', (op) => {
  const rule = GRADIENTS[op];
  const cases = (OP_CASES[op] as readonly OpCase[]).filter((c) => c.differentiable.length > 0);

  if (typeof rule !== 'function') {
    it(`is ${rule}: no case asks for it`, () => expect(cases.map((c) => c.name)).toEqual([]));
    return;
  }
  it('has a case', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases)('agrees with central differences: $name', async (c) => {
    const { graph, feeds, builder, inputs, outputs } = buildOpGraph(op, c);
    const loss = builder.output(randomLoss(builder, op, outputs), 'loss');
    const wrt = c.differentiable.map((i) => inputs[i]!);
    const grads = gradients(builder, loss, wrt).map((g, i) => builder.output(g, `grad.${i}`));
    const names = Object.keys(feeds);
    const exact = evaluateGraph(
      graph,
      feeds,
      grads.map((g) => g.name),
    );
    grads.forEach((g, i) => {
      const at = names.indexOf(wrt[i]!.name);
      const lossAt = (values: readonly Tensor[]): number =>
        toNumbers(
          evaluateGraph(graph, Object.fromEntries(names.map((n, k) => [n, values[k]!])), ['loss'])['loss']!,
        )[0]!;
      const expected = centralDifferences(
        lossAt,
        names.map((n) => feeds[n]!),
        at,
      );
      allclose(exact[g.name]!, expected, { rtol: 1e-6, atol: 1e-8 });
    });
    const session = await createSession(encodeModel(graph));
    const actual = await session.run(feeds);
    await session.release();
    for (const g of grads) allclose(actual[g.name]!, exact[g.name]!, { rtol: 1e-4, atol: 1e-5 });
  });
});
