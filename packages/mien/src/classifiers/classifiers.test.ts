/**
 * The other classifiers: against scikit-learn (golden), properties, and that they are the same when kept and read
 * again.
 */
import { allclose, readGolden } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { float32, Random } from '../tensor/index.ts';
import { choleskySolve } from './cholesky.ts';
import { fitForest, predictForest } from './forest.ts';
import { fitLda, nearestByLda, predictLda } from './lda.ts';
import { fitLinearSvm } from './linear-svm.ts';
import { quantize } from './quantize.ts';
import { fitRbfSvm, predictRbfSvm, type RbfSvm } from './rbf-svm.ts';
import { fitScaling, scaleRow, type SCALINGS } from './scaling.ts';
import { solveSmo } from './smo.ts';
import { decodeClassifier, encodeClassifier, predictClasses, type TrainedClassifier } from './trained.ts';
import type { Features, TrainingSet } from './training-set.ts';
import { solveWithin } from './within-scatter.ts';

type Rows = readonly (readonly number[])[];
interface Decisions {
  readonly settings: { readonly C: number; readonly gamma: number };
  readonly values: Rows;
  readonly predicted: readonly number[];
}
interface Neighbors {
  readonly distances: readonly number[];
  readonly nearest: readonly number[];
  readonly predicted: readonly number[];
}
interface Golden {
  readonly classes: number;
  readonly x: Rows;
  readonly y: readonly number[];
  readonly test: Rows;
  readonly costs: readonly number[];
  readonly hinge: Rows;
  readonly rbf: readonly Decisions[];
  readonly lda: Neighbors;
  readonly ldaShrunk: Neighbors;
  readonly ldaSingular: Neighbors;
}
const golden = (await readGolden(new URL('./golden/classifiers.golden.json', import.meta.url)))
  .document as unknown as Golden;
const matrix = (rows: Rows): Features => float32([rows.length, rows[0]!.length], rows.flat());
const set: TrainingSet = { x: matrix(golden.x), y: Int32Array.from(golden.y), classCount: golden.classes };
const tests = matrix(golden.test);

describe('the radial machine', () => {
  /** From the model's fields, without the code that predicts. */
  const decisions = ({ supports, coefficients, offsets, gamma }: RbfSvm): number[] =>
    golden.test.flatMap((row) =>
      [...offsets].map((offset, p) => {
        const S = supports.length / row.length;
        let value = offset;
        for (let s = 0; s < S; s++)
          value +=
            coefficients[p * S + s]! *
            Math.exp(-gamma * row.reduce((sum, v, j) => sum + (v - supports[s * row.length + j]!) ** 2, 0));
        return value;
      }),
    );

  test.each(golden.rbf)('decides as LibSVM does: $settings', ({ settings, values, predicted }) => {
    const { model, solutions } = fitRbfSvm(set, { ...settings, scaling: 'none', tolerance: 1e-6 });
    expect(solutions.every(({ converged }) => converged)).toBe(true);
    allclose(decisions(model), values.flat(), { atol: 1e-4 });
    expect(predictRbfSvm(model, tests)).toEqual(Int32Array.from(predicted));
  });

  test('the grid is searched, and the best setting taken', () => {
    const { model, tuning } = fitRbfSvm(set, { C: [0.001, 1], gamma: [1e-4, 0.1], folds: 3 });
    expect(tuning).toHaveLength(4);
    const best = tuning.reduce((a, b) => (b.score > a.score ? b : a));
    expect([model.C, model.gamma]).toEqual([best.setting.C, best.setting.gamma]);
    expect(best.setting).toEqual({ C: 1, gamma: 0.1 });
    expect(() => fitRbfSvm(set, { gamma: 0 })).toThrow('positive');
  });
});

test('sequential minimal optimisation reaches the objective of LibSVM with a linear kernel', () => {
  const members = [0, 1].map((k) => [...set.y.keys()].filter((i) => set.y[i] === k));
  const samples = members.flat();
  const kernel = Float32Array.from(
    samples.flatMap((a) => samples.map((b) => golden.x[a]!.reduce((sum, v, j) => sum + v * golden.x[b]![j]!, 0))),
  );
  const signs = Int8Array.from(samples, (_, t) => (t < members[0]!.length ? 1 : -1));
  golden.costs.slice(0, 4).forEach((C, c) => {
    const { objective, converged } = solveSmo(kernel, signs, { C, tolerance: 1e-4, maxIterations: 1e6 });
    expect(converged).toBe(true);
    // Its minimum is the negative of the primal's
    allclose([-objective], [golden.hinge[c]![0]!], { rtol: 1e-5 });
  });
});

describe('discriminants and the nearest neighbour', () => {
  test.each([
    ['as scikit-learn', set.x, tests, {}, golden.lda],
    ['shrunk', set.x, tests, { shrinkage: 0.3 }, golden.ldaShrunk],
    ['where features are sums of others', widen(golden.x), widen(golden.test), {}, golden.ldaSingular],
  ] as const)('%s', (_, x, against, options, expected) => {
    const model = fitLda({ ...set, x }, { scaling: 'none', ...options });
    const { index, distance } = nearestByLda(model, against);
    allclose(distance, expected.distances, { rtol: 1e-3, atol: 1e-4 });
    expect(index).toEqual(Int32Array.from(expected.nearest));
    expect(predictLda(model, against)).toEqual(Int32Array.from(expected.predicted));
  });

  test('nearly all features may be sums of others: differences of points', () => {
    const [N, P] = [400, 12];
    const random = new Random(0, 'differences');
    const y = Int32Array.from({ length: N }, (_, i) => i % 3);
    const rows = Array.from(y, (k) => {
      const points = Array.from({ length: P }, (_, p) => 100 * Math.sin(p) + 3 * random.normal() + (p === k ? 20 : 0));
      return points.flatMap((a, i) => points.slice(i + 1).flatMap((b) => [a - b, 2 * (a - b)]));
    });
    expect(predictLda(fitLda({ x: matrix(rows), y, classCount: 3 }), matrix(rows))).toEqual(y);
  });

  test('more features than samples need shrinkage', () => {
    const x = float32(
      [5, 6],
      Array.from({ length: 30 }, (_, t) => (t * 7) % 11),
    );
    const y = Int32Array.of(0, 0, 1, 1, 1);
    expect(() => fitLda({ x, y, classCount: 2 })).toThrow('6 features need a shrinkage above 0 with 5 samples');
    expect(predictLda(fitLda({ x, y, classCount: 2 }, { shrinkage: 0.1 }), x)).toEqual(y);
    expect(() => fitLda(set, { shrinkage: 2 })).toThrow('0 to 1');
  });
});

test.each([
  [12, 7],
  [6, 9],
])('the equation of the shrunk scatter is solved, by features or by samples (N = %i, D = %i)', (N, D) => {
  const random = new Random(4);
  const values = Array.from({ length: N }, () => Array.from({ length: D }, () => random.normal()));
  const [freedom, shrinkage] = [N - 2, 0.2];
  const means = [0, 1].map((k) =>
    Float64Array.from({ length: D }, (_, j) =>
      values.filter((_r, i) => i % 2 === k).reduce((sum, r) => sum + r[j]! / (N / 2), 0),
    ),
  );
  const z = values.map((r, i) => r.map((v, j) => v - means[i % 2]![j]!));
  const within = Array.from({ length: D }, (_, a) =>
    Array.from({ length: D }, (_c, b) => z.reduce((sum, r) => sum + r[a]! * r[b]!, 0) / freedom),
  );
  const trace = within.reduce((sum, r, j) => sum + r[j]!, 0);
  const m = Float64Array.from({ length: D }, () => random.normal());
  const y = Int32Array.from({ length: N }, (_, i) => i % 2);
  const used = Int32Array.from(y.keys());
  const [solved] = solveWithin(
    { x: matrix(values), y, used, scaling: { kind: 'none' }, classMeans: means, freedom, D, shrinkage },
    [m],
  );
  allclose(
    within.map((r, a) =>
      r.reduce((sum, v, b) => sum + (1 - shrinkage) * v * solved![b]!, (shrinkage * trace * solved![a]!) / D),
    ),
    m,
    { rtol: 1e-4, atol: 1e-5 },
  );
});

/** The eight features of the golden file's problem whose scatter has rank 6. */
function widen(rows: Rows): Features {
  return matrix(rows.map((r) => [...r, r[0]! + r[1]!, r[2]! - r[3]!]));
}

test('a Cholesky solution solves', () => {
  const random = new Random(3);
  const D = 9;
  const B = Array.from({ length: D }, () => Float64Array.from({ length: D }, () => random.normal()));
  const A = Float64Array.from({ length: D * D }, (_, t) =>
    B[Math.floor(t / D)]!.reduce((sum, v, k) => sum + v * B[t % D]![k]!, 0),
  );
  const x = Float64Array.from({ length: D }, () => random.normal());
  const b = x.map((_, i) => x.reduce((sum, v, j) => sum + A[i * D + j]! * v, 0));
  allclose(choleskySolve(A.slice(), D, [b])[0]!, x, { rtol: 1e-6, atol: 1e-8 });
  expect(() =>
    choleskySolve(
      A.map((v, t) => (t === 0 ? -v : v)),
      D,
      [b],
    ),
  ).toThrow('not positive definite');
});

describe('the forest', () => {
  /** Two rings: no linear machine separates them. */
  const rings = (count: number, seed: number): TrainingSet => {
    const random = new Random(seed);
    const y = Int32Array.from({ length: count }, (_, i) => i % 2);
    const x = float32(
      [count, 5],
      Array.from(y).flatMap((k) => {
        const [radius, angle] = [1 + k + 0.2 * random.normal(), random.range(0, 2 * Math.PI)];
        return [radius * Math.cos(angle), radius * Math.sin(angle), random.normal(), random.normal(), 3];
      }),
    );
    return { x, y, classCount: 2 };
  };
  const train = rings(400, 1);
  const held = rings(400, 2);
  const right = (model: ReturnType<typeof fitForest>, { x, y }: TrainingSet): number =>
    predictForest(model, x).filter((k, i) => k === y[i]).length / y.length;

  test('learns what no line divides, better with more trees, and the same from the same seed', () => {
    const many = fitForest(train, { trees: 60, seed: 1 });
    expect(right(many, train)).toBe(1);
    expect(right(many, held)).toBeGreaterThan(0.93);
    expect(right(many, held)).toBeGreaterThan(right(fitForest(train, { trees: 1, seed: 1 }), held) + 0.05);
    expect(fitForest(train, { trees: 3, seed: 5 })).toEqual(fitForest(train, { trees: 3, seed: 5 }));
    expect(fitForest(train, { trees: 3, seed: 5 })).not.toEqual(fitForest(train, { trees: 3, seed: 6 }));
  });

  test('one tree that looks at all features puts its first split where the impurity falls most, in small nodes and in large', () => {
    for (const count of [24, 120]) {
      const { x, y } = rings(count, 3);
      const { trees } = fitForest({ x, y, classCount: 2 }, { trees: 1, maxFeatures: 5, seed: 2 });
      const random = new Random(2, 'tree/0');
      const drawn = Array.from(y, () => random.int(count));
      const impurity = (rows: number[]): number =>
        rows.length -
        [0, 1].reduce((sum, k) => sum + rows.filter((i) => y[i] === k).length ** 2, 0) / Math.max(1, rows.length);
      const fall = (feature: number, at: number): number => {
        const goesLeft = (i: number): boolean => x.data[i * 5 + feature]! <= at;
        return impurity(drawn.filter(goesLeft)) + impurity(drawn.filter((i) => !goesLeft(i)));
      };
      const tree = trees[0]!;
      const found = fall(tree.features[0]!, tree.thresholds[0]!);
      for (let feature = 0; feature < 5; feature++) {
        for (const i of drawn) expect(found).toBeLessThan(fall(feature, x.data[i * 5 + feature]!) + 1e-9);
      }
    }
  });

  test('codes and thresholds say the same, with few values and with many', () => {
    const random = new Random(8);
    const x = float32(
      [900, 3],
      Array.from({ length: 2700 }, (_, t) => (t % 3 === 0 ? random.int(5) : t % 3 === 1 ? random.normal() : 7)),
    );
    const { codes, thresholds } = quantize(
      x,
      Int32Array.from({ length: 900 }, (_, i) => i),
    );
    expect(thresholds.map(({ length }) => length)).toEqual([4, 255, 0]);
    for (let j = 0; j < 3; j++) {
      for (let i = 0; i < 900; i++)
        thresholds[j]!.forEach((cut, c) => {
          if (x.data[i * 3 + j]! <= cut !== codes[j * 900 + i]! <= c)
            throw new Error(`feature ${j}, sample ${i}, threshold ${c}`);
        });
    }
  });

  test('options out of range are refused', () => {
    expect(() => fitForest(train, { trees: 0 })).toThrow('trees');
    expect(() => fitForest(train, { maxFeatures: 6 })).toThrow('expected 1 to 5 features');
  });
});

describe('scaling', () => {
  const x = float32([3, 3], [1, 10, 5, 3, 30, 5, 5, 20, 5]);
  const rows = Int32Array.of(0, 1, 2);
  const scaled = (kind: (typeof SCALINGS)[number]): number[] => {
    const scaling = fitScaling(kind, x, rows);
    return [...rows].flatMap((i) => {
      const out = new Float32Array(3);
      scaleRow(scaling, x, i, out);
      return [...out];
    });
  };
  const r = Math.sqrt(1.5);
  test.each([
    ['none', [...x.data]],
    ['standardise', [-r, -r, 0, 0, r, 0, r, 0, 0]],
    ['unit-range', [0, 0, 0, 0.5, 1, 0, 1, 0.5, 0]],
    [
      'l2',
      [1, 10, 5]
        .map((v) => v / Math.sqrt(126))
        .concat(
          [3, 30, 5].map((v) => v / Math.sqrt(934)),
          [5, 20, 5].map((v) => v / Math.sqrt(450)),
        ),
    ],
  ] as const)('%s', (kind, expected) => {
    allclose(scaled(kind), expected, { rtol: 1e-6, atol: 1e-7 });
  });
});

describe('a classifier that is kept', () => {
  const models: TrainedClassifier[] = [
    fitLinearSvm(set, { C: 1 }).model,
    fitRbfSvm(set, { C: 1, gamma: 0.1 }).model,
    fitLda(set),
    fitForest(set, { trees: 3 }),
  ];
  test.each(models)('$kind is the same when read again', (model) => {
    const read = decodeClassifier(encodeClassifier(model), 'model.json');
    expect(read).toEqual(model);
    expect(predictClasses(read, tests)).toEqual(predictClasses(model, tests));
  });

  test('what is none is refused', () => {
    expect(() => decodeClassifier('no', 'a.json')).toThrow('a.json: is not JSON');
    expect(() => decodeClassifier('{}', 'a.json')).toThrow('a.json: is not a classifier');
    expect(() => decodeClassifier('null', 'a.json')).toThrow('a.json: is not a classifier');
    expect(() => decodeClassifier('{"format":"mien.classifier","version":1,"model":{"kind":"knn"}}', 'a.json')).toThrow(
      'known kind',
    );
  });
});
