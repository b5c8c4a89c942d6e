/** Against scikit-learn's LibSVM (golden): objectives, decisions and predictions; and the choice of C. */
import { allclose, readGolden } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { float32, Random } from '../tensor/index.ts';
import { bestOffset, totalLoss } from './hinge.ts';
import { fitLinearSvm, predictLinearSvm, type LinearSvm } from './linear-svm.ts';
import { Rows } from './rows.ts';
import { stratifiedFolds, type Features, type TrainingSet } from './training-set.ts';

interface Decisions {
  readonly settings: { readonly C: number };
  readonly values: readonly (readonly number[])[];
  readonly predicted: readonly number[];
}
interface Golden {
  readonly classes: number;
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly test: readonly (readonly number[])[];
  readonly costs: readonly number[];
  readonly hinge: readonly (readonly number[])[];
  readonly squaredHinge: readonly (readonly number[])[];
  readonly linear: readonly Decisions[];
}
const golden = (await readGolden(new URL('./golden/classifiers.golden.json', import.meta.url)))
  .document as unknown as Golden;
const matrix = (rows: readonly (readonly number[])[]): Features => float32([rows.length, rows[0]!.length], rows.flat());
const set: TrainingSet = { x: matrix(golden.x), y: Int32Array.from(golden.y), classCount: golden.classes };
const tests = matrix(golden.test);

/** The decision values, worked out from the model's fields. */
function decisions({ weights, offsets, pairs }: LinearSvm, rows: readonly (readonly number[])[]): number[] {
  return rows.flatMap((row) =>
    pairs.map((_, p) => row.reduce((sum, v, j) => sum + v * weights[p * row.length + j]!, offsets[p]!)),
  );
}

describe.each(golden.costs.map((C, c) => ({ C, c })))('C = $C', ({ C, c }) => {
  test.each(['hinge', 'squared-hinge'] as const)('the %s reaches the least objective, within its tolerance', (loss) => {
    const { solutions } = fitLinearSvm(set, { C, loss, scaling: 'none', tolerance: 1e-3 });
    const optimum = (loss === 'hinge' ? golden.hinge : golden.squaredHinge)[c]!;
    solutions.forEach(({ primal, dual, converged }, p) => {
      expect(converged).toBe(true);
      // Rounding of float32 is the slack of the lower bounds
      expect(primal).toBeGreaterThan(optimum[p]! * (1 - 2e-5));
      expect(primal).toBeLessThan(optimum[p]! * 1.001);
      expect(dual).toBeLessThan(optimum[p]! * (1 + 2e-5));
      expect(dual).toBeGreaterThan(optimum[p]! * 0.999);
    });
  });

  test('decides as LibSVM does', () => {
    const { model } = fitLinearSvm(set, { C, scaling: 'none', tolerance: 1e-5 });
    const { values, predicted } = golden.linear[c]!;
    allclose(decisions(model, golden.test), values.flat(), { rtol: 1e-2, atol: 3e-2 });
    expect(predictLinearSvm(model, tests)).toEqual(Int32Array.from(predicted));
  });
});

test('C is the one with the best score, the smallest of equal ones, and the same seed gives the same model', () => {
  const first = fitLinearSvm(set, { seed: 4, folds: 4, C: golden.costs });
  const scores = first.tuning.map(({ score }) => score);
  expect(first.model.C).toBe(golden.costs[scores.indexOf(Math.max(...scores))]);
  expect(Math.min(...scores)).toBeLessThan(Math.max(...scores));
  expect(fitLinearSvm(set, { seed: 4, folds: 4, C: golden.costs })).toEqual(first);
  expect(fitLinearSvm(set, { seed: 5, folds: 4, C: golden.costs }).tuning).not.toEqual(first.tuning);
});

test('with few samples the score is flat at small C, and the search goes on until it rises', () => {
  const [N, K, D] = [12, 4, 50];
  const random = new Random(0, 'few');
  const y = Int32Array.from({ length: N }, (_, i) => i % K);
  const x = float32(
    [N, D],
    Float32Array.from({ length: N * D }, (_, t) => random.normal() + ((t % D) % K === y[Math.floor(t / D)] ? 1.5 : 0)),
  );
  const { model, tuning } = fitLinearSvm({ x, y, classCount: K });
  const scores = tuning.map(({ score }) => score);
  expect(scores.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(model.C).toBe(tuning[scores.indexOf(1)]!.setting);
  expect(predictLinearSvm(model, x)).toEqual(y);
});

test('where a class is rare, accuracy chooses a C that never predicts it, and the mean diagonal one that does', () => {
  const [N, D] = [300, 20];
  const random = new Random(2);
  const y = Int32Array.from({ length: N }, (_, i) => (i < 15 ? 0 : 1));
  const x = float32(
    [N, D],
    Array.from({ length: N * D }, (_, t) => random.normal() + (t % D === 0 && y[Math.floor(t / D)] === 0 ? 1.5 : 0)),
  );
  const C = [0.001, 0.1, 1];
  const { model, tuning } = fitLinearSvm({ x, y, classCount: 2 }, { C, select: 'accuracy' });
  expect(model.C).toBe(0.001);
  expect(tuning[0]!.score).toBe(0.95);
  expect(fitLinearSvm({ x, y, classCount: 2 }, { C, select: 'mean-accuracy' }).model.C).toBe(1);
});

test('samples without a label and classes without samples are left out', () => {
  const y = Int32Array.from(set.y, (k) => (k === 1 ? -1 : k));
  const { model } = fitLinearSvm({ ...set, y, classCount: 6 }, { C: 1 });
  expect(model.pairs).toEqual([
    [0, 2],
    [0, 3],
    [2, 3],
  ]);
  expect(new Set(predictLinearSvm(model, tests))).toEqual(new Set([0, 2, 3]));
});

test('unusable input is refused', () => {
  expect(() => fitLinearSvm({ ...set, y: set.y.map(() => 2) })).toThrow('two classes at least');
  expect(() => fitLinearSvm({ ...set, y: set.y.subarray(1) })).toThrow('y: expected 125 labels, got 124');
  expect(() => fitLinearSvm({ ...set, y: set.y.map((k) => k + 1) })).toThrow('expected classes 0 … 3');
  expect(() => fitLinearSvm(set, { C: [1, 0.1] })).toThrow('rising order');
  expect(() => fitLinearSvm(set, { C: 0 })).toThrow('positive');
  expect(() => fitLinearSvm(set, { folds: 1 })).toThrow('folds');
  const x = float32(set.x.dims, set.x.data);
  x.data[13] = NaN;
  expect(() => fitLinearSvm({ ...set, x })).toThrow('sample 2, feature 1: expected a finite number, got NaN');
  expect(() => predictLinearSvm(fitLinearSvm(set, { C: 1 }).model, float32([1, 2], [0, 0]))).toThrow(
    'expected 6 features, got 2',
  );
});

test.each(['hinge', 'squared-hinge'] as const)(
  'the best offset of the %s is no worse than any on a fine grid',
  (loss) => {
    const random = new Random(7);
    let worst = -Infinity;
    for (let trial = 0; trial < 50; trial++) {
      const n = 2 + random.int(9);
      const signs = Int8Array.from({ length: n }, (_, i) => (i === 0 ? 1 : i === 1 ? -1 : random.int(2) * 2 - 1));
      const scores = Float64Array.from(signs, (y) => 2 * random.normal() + y);
      const least = totalLoss(scores, signs, bestOffset(scores, signs, loss), loss);
      for (let b = -8; b <= 8; b += 0.05) worst = Math.max(worst, least - totalLoss(scores, signs, b, loss));
    }
    expect(worst).toBeLessThan(1e-9);
  },
);

test('folds are stratified: classes and totals differ by one sample at most', () => {
  const byClass = [7, 0, 13, 3].map((n, k) => Int32Array.from({ length: n }, (_, i) => 4 * i + k));
  const folds = stratifiedFolds(byClass, 60, 5, 1);
  const counts = (rows: Iterable<number>): number[] =>
    [0, 1, 2, 3, 4].map((f) => [...rows].filter((i) => folds[i] === f).length);
  for (const rows of [...byClass, byClass.flatMap((r) => [...r])])
    expect(Math.max(...counts(rows)) - Math.min(...counts(rows))).toBeLessThanOrEqual(1);
  expect(folds.filter((f) => f === -1)).toHaveLength(60 - 23);
});

test('products of rows are those of plain sums, at every remainder of the tiles', () => {
  const random = new Random(9);
  for (const D of [1, 15, 16, 33]) {
    for (const [m, n] of [
      [1, 1],
      [3, 5],
      [2, 4],
      [5, 7],
    ] as const) {
      const rows = new Rows(m + n, D);
      for (let i = 0; i < m + n; i++) rows.row(i).set(Float32Array.from({ length: D }, () => random.normal()));
      const plain = (i: number, j: number): number => rows.row(i).reduce((sum, v, k) => sum + v * rows.row(j)[k]!, 0);
      const out = new Float32Array(m * n);
      rows.products(0, m, m, n, out);
      allclose(
        out,
        Array.from({ length: m * n }, (_, t) => plain(Math.floor(t / n), m + (t % n))),
        { rtol: 1e-5, atol: 1e-5 },
      );
      allclose([rows.dot(0, m)], [plain(0, m)], { rtol: 1e-5, atol: 1e-5 });
      const sum = rows.row(0).map((v, k) => v - 2 * rows.row(m)[k]!);
      rows.add(0, m, -2);
      allclose(rows.row(0), sum, { atol: 1e-6 });
    }
  }
});
