import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Affine2,
  applyAffine,
  compose,
  identityAffine,
  invert,
  rotation,
  scaling,
  similarityFromPoints,
  translation,
} from './affine.ts';
import type { Point2 } from './raw-image.ts';

const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
const point = fc.tuple(coordinate, coordinate) as fc.Arbitrary<Point2>;
const entry = fc.double({ min: -4, max: 4, noNaN: true });
const affine = fc.tuple(entry, entry, coordinate, entry, entry, coordinate) as fc.Arbitrary<Affine2>;
const invertible = affine.filter(([a, b, , c, d]) => Math.abs(a * d - b * c) > 0.1);
const similarity = fc.record({
  angle: fc.double({ min: -4, max: 4, noNaN: true }),
  scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
  at: point,
});

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-6): void {
  actual.forEach((v, i) =>
    expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected[i]!))),
  );
}

describe('affine maps', () => {
  it('compose applies the last map first', () => {
    expect(applyAffine(compose(translation(10, 0), scaling(2, 3)), [1, 1])).toEqual([12, 3]);
    expect(applyAffine(compose(scaling(2, 3), translation(10, 0)), [1, 1])).toEqual([22, 3]);
    fc.assert(
      fc.property(affine, affine, point, (f, g, p) =>
        expectClose(applyAffine(compose(f, g), p), applyAffine(f, applyAffine(g, p))),
      ),
    );
  });

  it('a quarter turn takes x to y: clockwise as displayed', () => {
    expectClose(applyAffine(rotation(Math.PI / 2), [1, 0]), [0, 1]);
  });

  it('invert undoes a map', () => {
    fc.assert(fc.property(invertible, point, (f, p) => expectClose(applyAffine(invert(f), applyAffine(f, p)), p)));
    fc.assert(fc.property(invertible, (f) => expectClose(compose(f, invert(f)), identityAffine, 1e-5)));
  });

  it('invert refuses a singular map', () => {
    expect(() => invert([1, 2, 0, 2, 4, 0])).toThrow(
      'invert: map: expected an invertible affine map, got determinant 0',
    );
  });
});

describe('similarityFromPoints', () => {
  it('recovers a similarity', () => {
    fc.assert(
      fc.property(similarity, fc.array(point, { minLength: 3, maxLength: 8 }), ({ angle, scale, at }, points) => {
        const spread = Math.max(...points.map(([x, y]) => Math.hypot(x - points[0]![0], y - points[0]![1])));
        fc.pre(spread > 1);
        const truth = compose(translation(...at), rotation(angle), scaling(scale, scale));
        const fitted = similarityFromPoints(
          points,
          points.map((p) => applyAffine(truth, p)),
        );
        points.forEach((p) => expectClose(applyAffine(fitted, p), applyAffine(truth, p)));
      }),
    );
  });

  it('minimises the squared distance: a moved parameter is never better', () => {
    const source: Point2[] = [
      [0, 0],
      [10, 1],
      [4, 8],
      [-3, 5],
    ];
    const target: Point2[] = [
      [5, 4],
      [20, 9],
      [7, 21],
      [-4, 11],
    ];
    const loss = (m: Affine2) =>
      source.reduce((sum, p, i) => {
        const [x, y] = applyAffine(m, p);
        return sum + (x - target[i]![0]) ** 2 + (y - target[i]![1]) ** 2;
      }, 0);
    const best = similarityFromPoints(source, target);
    for (const nudge of [
      rotation(0.01),
      rotation(-0.01),
      scaling(1.01, 1.01),
      scaling(0.99, 0.99),
      translation(0.1, 0),
      translation(0, -0.1),
    ]) {
      expect(loss(compose(nudge, best))).toBeGreaterThan(loss(best));
    }
  });

  it('stays a rotation when the target is mirrored', () => {
    const [a, b, , c, d] = similarityFromPoints(
      [
        [0, 0],
        [4, 0],
        [0, 3],
      ],
      [
        [0, 0],
        [-4, 0],
        [0, 3],
      ],
    );
    expect(a * d - b * c).toBeGreaterThan(0);
  });

  it('refuses points that coincide, and lists of different lengths', () => {
    expect(() =>
      similarityFromPoints(
        [
          [1, 1],
          [1, 1],
        ],
        [
          [0, 0],
          [1, 0],
        ],
      ),
    ).toThrow(/got points that coincide/);
    expect(() =>
      similarityFromPoints(
        [[1, 1]],
        [
          [0, 0],
          [1, 0],
        ],
      ),
    ).toThrow(/got 1 and 2/);
  });
});
