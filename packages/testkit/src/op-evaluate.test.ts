/** The reference evaluator against ONNX Runtime, for every case of every op: its CPU provider has them all. */
import { OPS, encodeModel, evaluateGraph, type OpName } from 'mienjs/onnx';
import { createSession } from 'mienjs/runtime';
import { describe, expect, it } from 'vitest';
import { OP_CASES, allclose, buildOpGraph, type OpCase } from './index.ts';

describe.each(Object.keys(OPS) as OpName[])('%s', (op) => {
  const cases: readonly OpCase[] = OP_CASES[op];

  it('has cases', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases)('agrees with ONNX Runtime: $name', async (c) => {
    const { graph, feeds } = buildOpGraph(op, c);
    const session = await createSession(encodeModel(graph));
    const actual = await session.run(feeds);
    await session.release();
    const expected = evaluateGraph(graph, feeds);
    for (const { name, dtype, shape } of graph.outputs) {
      expect(expected[name]!.dims, `inferred shape of ${name}`).toEqual(shape);
      expect(actual[name]!.dtype).toBe(dtype);
      allclose(actual[name]!, expected[name]!, { rtol: 1e-4, atol: 1e-6 });
    }
  });
});
