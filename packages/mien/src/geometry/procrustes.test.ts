import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../image/raw-image.ts';
import { applyMatrix3, type Matrix3, multiplyMatrix3 } from './matrix3.ts';
import { applyRigid, procrustes } from './procrustes.ts';

const coordinate = fc.double({ min: -10, max: 10, noNaN: true });
const point = fc.tuple(coordinate, coordinate, coordinate) as fc.Arbitrary<Point3>;

const quaternionPart = fc.double({ min: -1, max: 1, noNaN: true });
/** Rotation from a random unit quaternion. */
const rotation: fc.Arbitrary<Matrix3> = fc
  .tuple(quaternionPart, quaternionPart, quaternionPart, quaternionPart)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => {
    const [w, x, y, z] = q.map((v) => v / Math.hypot(...q)) as [number, number, number, number];
    return [
      1 - 2 * (y * y + z * z),
      2 * (x * y - z * w),
      2 * (x * z + y * w),
      2 * (x * y + z * w),
      1 - 2 * (x * x + z * z),
      2 * (y * z - x * w),
      2 * (x * z - y * w),
      2 * (y * z + x * w),
      1 - 2 * (x * x + y * y),
    ] as const;
  });

const determinant = ([a, b, c, d, e, f, g, h, i]: Matrix3): number =>
  a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);

function expectPoint(actual: readonly number[], expected: readonly number[], tolerance = 1e-8): void {
  actual.forEach((v, i) => expect(Math.abs(v - expected[i]!)).toBeLessThan(tolerance));
}

const subtract = (a: Point3, b: Point3): Point3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const centroid = (points: readonly Point3[]): Point3 => {
  const mean = (axis: 0 | 1 | 2) => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
};

/** Not symmetric, so that every rotation and reflection moves it. */
const solid: readonly Point3[] = [
  [0, 0, 0],
  [3, 0, 0],
  [0, 2, 0],
  [0, 0, 1],
  [1, 2, 3],
  [-2, 1, 0.5],
];

describe('procrustes', () => {
  it('recovers a rotation, a scale and a translation', () => {
    fc.assert(
      fc.property(
        rotation,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        point,
        fc.array(point, { maxLength: 10 }),
        (R, s, t, extra) => {
          const source = [...solid, ...extra];
          const target = source.map((p) => applyRigid({ rotation: R, scale: s, translation: t }, p));
          const fit = procrustes(source, target, { scale: true });
          expectPoint(fit.rotation, R);
          expect(fit.scale).toBeCloseTo(s, 8);
          expectPoint(fit.translation, t, 1e-7);
        },
      ),
    );
  });

  it('without scale keeps sizes: the rotation of a scaled target is still right', () => {
    fc.assert(
      fc.property(rotation, (R) => {
        const fit = procrustes(
          solid,
          solid.map((p) => applyRigid({ rotation: R, scale: 3, translation: [1, 2, 3] }, p)),
        );
        expect(fit.scale).toBe(1);
        expectPoint(fit.rotation, R);
      }),
    );
  });

  it('answers a mirrored target with a proper rotation, and no small turn from it is better', () => {
    fc.assert(
      fc.property(rotation, (R) => {
        const source = solid.map((p) => subtract(p, centroid(solid)));
        const target = source.map(([x, y, z]) => applyMatrix3(R, [-x, y, z]));
        const best = procrustes(source, target).rotation;
        expect(determinant(best)).toBeCloseTo(1, 10);
        const loss = (m: Matrix3) =>
          source.reduce((sum, p, i) => sum + Math.hypot(...subtract(applyMatrix3(m, p), target[i]!)) ** 2, 0);
        for (const angle of [-0.02, 0.02]) {
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          for (const turn of [
            [1, 0, 0, 0, c, -s, 0, s, c],
            [c, 0, s, 0, 1, 0, -s, 0, c],
            [c, -s, 0, s, c, 0, 0, 0, 1],
          ] as const) {
            expect(loss(multiplyMatrix3(turn, best))).toBeGreaterThan(loss(best));
          }
        }
      }),
    );
  });

  it('coplanar points are enough', () => {
    const plane: Point3[] = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [2, 3, 0],
    ];
    fc.assert(
      fc.property(rotation, (R) => {
        const fit = procrustes(
          plane,
          plane.map((p) => applyMatrix3(R, p)),
          { scale: true },
        );
        expectPoint(fit.rotation, R);
        expect(fit.scale).toBeCloseTo(1, 10);
      }),
    );
  });

  it('a weight of 2 equals the pair twice, and a weight of 0 leaves it out', () => {
    const target = solid.map(([x, y, z], i): Point3 => [y + 0.1 * i, z - 0.2 * i, x + 0.05 * i * i]);
    const pairTwice = procrustes([...solid, solid[1]!], [...target, target[1]!], { scale: true });
    const weighted = procrustes(solid, target, { weights: [1, 2, 1, 1, 1, 1], scale: true });
    expectPoint(weighted.rotation, pairTwice.rotation);
    expectPoint(weighted.translation, pairTwice.translation);
    const without = procrustes(solid.slice(0, 5), target.slice(0, 5));
    expectPoint(procrustes(solid, target, { weights: [3, 3, 3, 3, 3, 0] }).rotation, without.rotation);
  });

  it('refuses points on one line, points that coincide and values that are not finite', () => {
    const line: Point3[] = [
      [0, 0, 0],
      [1, 2, 3],
      [2, 4, 6],
      [-1, -2, -3],
    ];
    expect(() => procrustes(line, line)).toThrow(/procrustes: expected points that do not lie on one line/);
    expect(() => procrustes(solid.slice(0, 4), line)).toThrow(/rank below 2/);
    expect(() => procrustes(solid, solid, { weights: [1, 1, 0, 0, 0, 0] })).toThrow(/rank below 2/);
    expect(() =>
      procrustes(
        [
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ],
        line.slice(1),
      ),
    ).toThrow(/coincide/);
    expect(() => procrustes([[NaN, 1, 1], ...solid.slice(1)], solid)).toThrow(/not finite/);
  });

  it('refuses lists and weights that do not fit', () => {
    expect(() => procrustes(solid, solid.slice(1))).toThrow('got 6 and 5');
    expect(() => procrustes(solid.slice(0, 2), solid.slice(0, 2))).toThrow('at least 3 points');
    expect(() => procrustes(solid, solid, { weights: [1] })).toThrow('weights: expected 6, one a pair, got 1');
    expect(() => procrustes(solid, solid, { weights: [1, 1, 1, 1, 1, -1] })).toThrow('got -1');
  });
});
