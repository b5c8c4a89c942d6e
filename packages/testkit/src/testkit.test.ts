import { InputError } from 'mienjs';
import { GraphBuilder, evaluateGraph } from 'mienjs/onnx';
import { float32, int64 } from 'mienjs/tensor';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allclose, centralDifferences, readGolden, spread } from './index.ts';

describe('allclose', () => {
  it('passes within the tolerance, and for equal NaN and infinities', () => {
    allclose([1, NaN, Infinity, 0], [1 + 1e-7, NaN, Infinity, -0]);
    allclose(float32([2], [1, 2]), int64([1, 2]));
  });

  it('tells how many elements differ, and where most', () => {
    expect(() => allclose(float32([2, 2], [1, 2, 3, 5]), float32([2, 2], [1, 2.1, 3, 4]))).toThrow(
      /2 of 4 elements differ; the worst at \[1,1\]: expected 4, got 5/,
    );
    expect(() => allclose([NaN], [1])).toThrow('expected 1, got NaN');
    expect(() => allclose([Infinity], [1])).toThrow('got Infinity');
    expect(() => allclose([1], [0], { rtol: 0.5, atol: 0.5 })).toThrow();
  });

  it('compares shapes', () => {
    expect(() => allclose(float32([2, 1], [1, 2]), float32([2], [1, 2]))).toThrow('expected the shape [2], got [2,1]');
    expect(() => allclose([1], [1, 2])).toThrow('expected 2 elements, got 1');
  });
});

describe('centralDifferences', () => {
  it('finds the gradient of x³ to ten digits and leaves the inputs alone', () => {
    const b = new GraphBuilder('cube');
    b.output(b.op('ReduceSum', [b.op('Pow', [b.input('x', 'float32', [3]), 3])], { keepdims: 0 }), 'y');
    const x = float32([3], [-2, 0.5, 1]);
    const gradient = centralDifferences(([v]) => evaluateGraph(b.graph, { x: v! })['y']!.data[0] as number, [x], 0);
    allclose(gradient, [12, 0.75, 3], { rtol: 1e-9 });
    expect(x.data).toEqual(Float32Array.of(-2, 0.5, 1));
  });
});

describe('spread', () => {
  it('keeps values apart, within a tensor and between seeds, and off integers', () => {
    const all = [1, 2, 3].flatMap((seed) =>
      [[4], [2, 3], [100]].map((dims) => ({ seed, values: [...spread(dims, seed as 1 | 2 | 3).data] })),
    );
    for (const a of all) {
      for (const v of a.values) expect(Math.abs(v - Math.round(v))).toBeGreaterThanOrEqual(1 / 64);
      const sorted = a.values.toSorted((p, q) => p - q);
      for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(1 / 16);
      for (const b of all) {
        if (a.seed !== b.seed)
          for (const v of a.values) for (const w of b.values) expect(Math.abs(v - w)).toBeGreaterThanOrEqual(1 / 64);
      }
    }
  });
});

describe('readGolden', () => {
  const golden = async (document: unknown): ReturnType<typeof readGolden> => {
    const folder = await mkdtemp(join(tmpdir(), 'golden-'));
    try {
      const file = join(folder, 'case.golden.json');
      await writeFile(file, JSON.stringify(document));
      return await readGolden(pathToFileURL(file));
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  const source = { command: 'python3 tools/golden/case.py', seed: 1, versions: { torch: '1.13' } };

  it('gives tensors in their dtype', async () => {
    const g = await golden({
      source,
      steps: 2,
      tensors: { x: { dims: [2], data: [1, 0.5] }, i: { dtype: 'int64', dims: [1], data: [3] } },
    });
    expect(g.tensor('x')).toEqual(float32([2], [1, 0.5]));
    expect(g.tensor('i')).toEqual(int64([3]));
    expect(g.tensorNames).toEqual(['x', 'i']);
    expect(g.document['steps']).toBe(2);
    expect(() => g.tensor('y')).toThrow('case.golden.json: has no tensor "y"; it has x, i');
  });

  it('gives the tensors of a case by the rest of their names', async () => {
    const [x, y] = [
      { dims: [1], data: [1] },
      { dims: [1], data: [2] },
    ];
    const g = await golden({ source, tensors: { 'relu/in/x': x, 'relu/out/y': y, 'elu/in/x': y } });
    expect(g.startingWith('relu/in/')).toEqual({ x: float32([1], [1]) });
    expect(g.startingWith('tanh/')).toEqual({});
  });

  it('rejects a file that does not say where it comes from', async () => {
    await expect(golden({ tensors: {} })).rejects.toThrow(InputError);
  });
});
