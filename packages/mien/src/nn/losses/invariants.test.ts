/** What must hold of losses at their edges, where golden values do not reach. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../autodiff/index.ts';
import { evaluateGraph, type Value } from '../../onnx/index.ts';
import { float32, toNumbers, type Tensor } from '../../tensor/index.ts';
import { NetworkBuilder, oneHot } from '../index.ts';
import {
  batchNeighborMeans,
  centerLoss,
  contractiveLoss,
  contrastiveLoss,
  crossEntropyLoss,
  focalLoss,
  generatorLoss,
  hardTripletLoss,
  hingeLoss,
  huberLoss,
  islandLoss,
  localityPreservingLoss,
  sparsityLoss,
  tripletLoss,
  tupletClustersLoss,
} from './index.ts';

/** The values of everything that `build` returns. */
function evaluate(
  build: (b: NetworkBuilder) => Readonly<Record<string, Value>>,
  weights: Readonly<Record<string, Tensor>> = {},
): Record<string, number[]> {
  const b = new NetworkBuilder('invariants', {
    training: true,
    parametersAs: 'initializers',
    weights: new Map(Object.entries(weights)),
  });
  for (const [name, v] of Object.entries(build(b))) b.output(v, name);
  return Object.fromEntries(Object.entries(evaluateGraph(b.graph, {})).map(([name, t]) => [name, toNumbers(t)]));
}
const matrix = (b: NetworkBuilder, rows: readonly (readonly number[])[]): Value =>
  b.constant(float32([rows.length, rows[0]!.length], rows.flat()));
const value = (build: (b: NetworkBuilder) => Value, weights: Readonly<Record<string, Tensor>> = {}): number =>
  evaluate((b) => ({ loss: build(b) }), weights)['loss']![0]!;
const CENTERS = (rows: readonly (readonly number[])[]): Record<string, Tensor> => ({
  'c.centers': float32([rows.length, rows[0]!.length], rows.flat()),
});

describe('classification', () => {
  const logits = [
    [2, -1, 0.5],
    [0.25, 3, -2],
  ];
  const hard = [
    [1, 0, 0],
    [0, 0, 1],
  ];
  it('focal loss without focusing is cross-entropy', () => {
    expect(value((b) => focalLoss(b, matrix(b, logits), matrix(b, hard), { gamma: 0, alpha: 1 }))).toBeCloseTo(
      value((b) => crossEntropyLoss(b, matrix(b, logits), matrix(b, hard))),
      12,
    );
  });
  it.each<[string, (b: NetworkBuilder, z: Value, t: Value) => Value]>([
    ['cross-entropy', (b, z, t) => crossEntropyLoss(b, z, t)],
    ['smoothed cross-entropy', (b, z, t) => crossEntropyLoss(b, z, t, { smoothing: 0.1 })],
    ['weighted cross-entropy', (b, z, t) => crossEntropyLoss(b, z, t, { smoothing: 0.1, classWeights: [1, 2, 3] })],
    ['focal', (b, z, t) => focalLoss(b, z, t)],
    ['hinge', (b, z, t) => hingeLoss(b, z, t)],
    ['Crammer–Singer', (b, z, t) => hingeLoss(b, z, t, { form: 'crammer-singer', power: 2 })],
  ])('%s of unlabelled samples is zero', (_, loss) => {
    expect(
      value((b) =>
        loss(
          b,
          matrix(b, logits),
          matrix(b, [
            [0, 0, 0],
            [0, 0, 0],
          ]),
        ),
      ),
    ).toBeCloseTo(0, 12);
  });
  it('labels become one-hot rows, and negative ones rows of zeros', () => {
    expect(evaluate((b) => ({ t: oneHot(b, b.constant(float32([3], [2, -1, 0])), 3) }))['t']).toEqual([
      0, 0, 1, 0, 0, 0, 1, 0, 0,
    ]);
  });
});

describe('center and island loss', () => {
  it('with α = 1 and one class, the center moves by Σ(x − c)/(1 + n)', () => {
    const { next } = evaluate(
      (b) => {
        centerLoss(
          b,
          'c',
          matrix(b, [
            [1, 2],
            [3, 4],
            [5, 9],
          ]),
          matrix(b, [
            [1, 0],
            [1, 0],
            [1, 0],
          ]),
          { rate: 1 },
        );
        return { next: b.stateUpdates.get('c.centers')! };
      },
      CENTERS([
        [1, 1],
        [7, 8],
      ]),
    );
    expect(next).toEqual([1 + (0 + 2 + 4) / 4, 1 + (1 + 3 + 8) / 4, 7, 8]);
  });
  it('the mean is the sum over N', () => {
    const loss = (reduction: 'sum' | 'mean') =>
      value(
        (b) =>
          centerLoss(
            b,
            'c',
            matrix(b, [
              [1, 2],
              [3, 4],
            ]),
            matrix(b, [
              [1, 0],
              [0, 1],
            ]),
            { reduction },
          ),
        CENTERS([
          [0, 0],
          [1, 1],
        ]),
      );
    expect(loss('sum')).toBe(0.5 * (5 + 13));
    expect(loss('mean')).toBe(loss('sum') / 2);
  });
  it('an unlabelled sample neither counts nor moves a center', () => {
    const { loss, next } = evaluate(
      (b) => {
        const l = centerLoss(b, 'c', matrix(b, [[9, 9]]), matrix(b, [[0, 0]]));
        return { loss: l, next: b.stateUpdates.get('c.centers')! };
      },
      CENTERS([
        [1, 1],
        [7, 8],
      ]),
    );
    expect([loss, next]).toEqual([[0], [1, 1, 7, 8]]);
  });
  const islandTerm = (centers: readonly (readonly number[])[]): number =>
    value(
      (b) =>
        islandLoss(b, 'c', matrix(b, [centers[0]!]), matrix(b, [centers.map((_, k) => (k === 0 ? 1 : 0))]), {
          lambda1: 1,
        }),
      CENTERS(centers),
    );
  it('the island term is 0 for two opposite centers, 2K(K − 1) for K equal ones', () => {
    expect(
      islandTerm([
        [2, 1],
        [-4, -2],
      ]),
    ).toBeCloseTo(0, 12);
    expect(
      islandTerm([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ).toBeCloseTo(12, 12);
  });
});

describe('locality-preserving loss', () => {
  const loss = (rows: readonly (readonly number[])[], classes: readonly number[], k = 20): number =>
    value((b) =>
      localityPreservingLoss(
        b,
        matrix(b, rows),
        batchNeighborMeans(b, matrix(b, rows), oneHot(b, b.constant(float32([classes.length], classes)), 3), k),
      ),
    );
  it("is 0 where a class's features coincide, or a sample is alone in its class or unlabelled", () => {
    expect(
      loss(
        [
          [1, 2],
          [1, 2],
          [5, 5],
          [9, 1],
        ],
        [0, 0, 1, -1],
      ),
    ).toBe(0);
  });
  it('divides by the neighbours there are', () => {
    // Two samples at 0 and 2: each other's only neighbour, ½·(4 + 4)/2
    expect(loss([[0], [2]], [0, 0])).toBe(2);
  });
  it('takes the earlier sample where distances are equal', () => {
    // 0 is as far from 1 as from −1
    const means = (rows: readonly (readonly number[])[], classes: readonly number[]): number[] =>
      evaluate((b) => ({
        m: batchNeighborMeans(b, matrix(b, rows), oneHot(b, b.constant(float32([classes.length], classes)), 2), 1),
      }))['m']!;
    expect(means([[0], [1], [-1]], [0, 0, 0])).toEqual([1, 0, 0]);
    expect(means([[-1], [1], [0], [7]], [0, 0, 0, 1])).toEqual([0, 0, -1, 7]);
  });
});

describe('metric learning', () => {
  it('has a finite gradient where an unlike pair coincides', () => {
    const { g } = evaluate((b) => {
      const left = matrix(b, [[1, 2]]);
      return {
        g: gradients(b, contrastiveLoss(b, left, matrix(b, [[1, 2]]), b.constant(float32([1], [0]))), [left])[0]!,
      };
    });
    expect(g).toEqual([0, 0]);
  });
  it('is zero for a triplet apart by more than the margin', () => {
    expect(value((b) => tripletLoss(b, matrix(b, [[0, 0]]), matrix(b, [[0, 1]]), matrix(b, [[2, 0]])))).toBe(0);
  });
  it('leaves out anchors without a positive or a negative', () => {
    const t = (classes: readonly number[]) => (b: NetworkBuilder) =>
      hardTripletLoss(b, matrix(b, [[0], [1], [3]]), oneHot(b, b.constant(float32([3], classes)), 2), { margin: 0 });
    expect(value(t([0, 0, 0]))).toBe(0);
    expect(value(t([0, 0, -1]))).toBe(0);
    // Anchors 0 (1 − 9 < 0) and 1 (1 − 4 < 0) only
    expect(value(t([0, 0, 1]))).toBe(0);
    // Anchors 0 (9 − 1 = 8) and 2 (9 − 4 = 5)
    expect(value(t([0, 1, 0]))).toBe(6.5);
  });
  it('is zero for a tight cluster with the others far away', () => {
    expect(
      value((b) =>
        tupletClustersLoss(b, matrix(b, [[0], [0.25]]), matrix(b, [[9], [-9]]), { reference: 2, margin: 1 }),
      ),
    ).toBe(0);
  });
});

describe('numbers at the edge', () => {
  it("the generator's loss keeps its value and slope where the discriminator is sure", () => {
    for (const [score, loss, slope] of [
      [-1000, 1000, -1],
      [0, Math.log(2), -0.5],
      [1000, 0, 0],
    ] as const) {
      const out = evaluate((b) => {
        const fake = matrix(b, [[score]]);
        const l = generatorLoss(b, fake, 'non-saturating');
        return { l, g: gradients(b, l, [fake])[0]! };
      });
      expect(out['l']![0]).toBeCloseTo(loss, 10);
      expect(out['g']![0]).toBeCloseTo(slope, 10);
    }
  });
  it('sparsity is 0 at the wanted mean, and finite for units always on or off', () => {
    expect(
      value((b) =>
        sparsityLoss(
          b,
          matrix(b, [
            [0, 0.5],
            [0.5, 0],
          ]),
          { rho: 0.25 },
        ),
      ),
    ).toBeCloseTo(0, 6);
    expect(Number.isFinite(value((b) => sparsityLoss(b, matrix(b, [[0, 1]]))))).toBe(true);
  });
  it("Huber's branches meet in value and slope", () => {
    const at = (d: number): { l: number[]; g: number[] } =>
      evaluate((b) => {
        const p = matrix(b, [[d]]);
        const l = huberLoss(b, p, matrix(b, [[0]]), { delta: 0.5 });
        return { l, g: gradients(b, l, [p])[0]! };
      }) as { l: number[]; g: number[] };
    expect(at(0.5)).toEqual({ l: [0.125], g: [0.5] });
    expect(at(2)).toEqual({ l: [0.5 * (2 - 0.25)], g: [0.5] });
  });
});

describe('bad input', () => {
  it.each<[string, (b: NetworkBuilder) => unknown]>([
    [
      'crossEntropyLoss: logits [1,2] and target [1,3] must have the same shape',
      (b) => crossEntropyLoss(b, matrix(b, [[1, 2]]), matrix(b, [[1, 2, 3]])),
    ],
    [
      'crossEntropyLoss: expected 2 class weights, got 3',
      (b) => crossEntropyLoss(b, matrix(b, [[1, 2]]), matrix(b, [[1, 0]]), { classWeights: [1, 1, 1] }),
    ],
    [
      'focalLoss: gamma must be 0 or at least 1, got 0.5',
      (b) => focalLoss(b, matrix(b, [[1, 2]]), matrix(b, [[1, 0]]), { gamma: 0.5 }),
    ],
    ['huberLoss: delta must be positive, got 0', (b) => huberLoss(b, matrix(b, [[1]]), matrix(b, [[1]]), { delta: 0 })],
    [
      'centerLoss: 1 rows of features, but 2 of target',
      (b) =>
        centerLoss(
          b,
          'c',
          matrix(b, [[1]]),
          matrix(b, [
            [1, 0],
            [0, 1],
          ]),
        ),
    ],
    ['islandLoss: needs at least two classes, got 1', (b) => islandLoss(b, 'c', matrix(b, [[1]]), matrix(b, [[1]]))],
    [
      'batchNeighborMeans: k must be a positive integer, got 0',
      (b) => batchNeighborMeans(b, matrix(b, [[1]]), matrix(b, [[1]]), 0),
    ],
    [
      'contrastiveLoss: the margin must be positive, got -1',
      (b) => contrastiveLoss(b, matrix(b, [[1]]), matrix(b, [[1]]), b.constant(float32([1], [1])), { margin: -1 }),
    ],
    [
      'tripletLoss: anchor [1,1] and negative [1,2] must have the same shape',
      (b) => tripletLoss(b, matrix(b, [[1]]), matrix(b, [[1]]), matrix(b, [[1, 2]])),
    ],
    [
      'tupletClustersLoss: positives have 1 features, negatives 2',
      (b) => tupletClustersLoss(b, matrix(b, [[1]]), matrix(b, [[1, 2]]), { reference: 1, margin: 1 }),
    ],
    ['sparsityLoss: rho must lie between 0 and 1, got 1', (b) => sparsityLoss(b, matrix(b, [[1]]), { rho: 1 })],
    [
      'contractiveLoss: the weight has 2 rows for 1 units',
      (b) => contractiveLoss(b, matrix(b, [[1]]), matrix(b, [[1], [2]])),
    ],
  ])('%s', (message, build) => {
    expect(() => build(new NetworkBuilder('bad', { training: true }))).toThrow(message);
  });
});
