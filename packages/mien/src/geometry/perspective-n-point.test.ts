import fc from 'fast-check';
import { readGolden } from 'mien-testkit';
import type { Point2, Point3 } from '../image/raw-image.ts';
import { applyMatrix3, multiplyMatrix3, transposed } from './matrix3.ts';
import { rotationFromVector, solvePnP } from './perspective-n-point.ts';
import { applyRigid } from './procrustes.ts';
import { describe, expect, it } from 'vitest';

const CAMERA = { focalPx: 600, center: [320, 240] as Point2 };
const SOLID: Point3[] = [
  [-4, -3, -3],
  [4, -3, -3],
  [0, 1, -7],
  [-2.5, 4, -4],
  [2.5, 4, -4],
  [0, 9, -4],
  [-7, 0, 2],
  [7, 0, 2],
];
const project = ([x, y, z]: Point3): Point2 => [(600 * x) / z + 320, (600 * y) / z + 240];
const angle = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
const turn = fc.tuple(angle(1.7), angle(1.7), angle(1.7)).filter((v) => Math.hypot(...v) < 3);
const shift = fc.tuple(angle(10), angle(10), fc.double({ min: 30, max: 200, noNaN: true }));

/** The angle of the rotation between two, rad. */
function angleBetween(a: Parameters<typeof transposed>[0], b: Parameters<typeof transposed>[0]): number {
  const d = multiplyMatrix3(a, transposed(b));
  return Math.hypot(d[7] - d[5], d[2] - d[6], d[3] - d[1]) / 2;
}

interface GoldenCase {
  readonly name: string;
  readonly solid: readonly Point3[];
  readonly image: readonly Point2[];
  readonly rotation: readonly number[];
  readonly translation: readonly number[];
  readonly errorPx: number;
}
const { document } = await readGolden(new URL('golden/perspective-n-point.golden.json', import.meta.url));
const golden = document as unknown as {
  readonly focalPx: number;
  readonly center: Point2;
  readonly cases: readonly GoldenCase[];
};

describe('against OpenCV', () => {
  it.each(golden.cases)('$name', ({ solid, image, rotation, translation, errorPx }) => {
    const pose = solvePnP(solid, image, golden);
    rotation.forEach((value, i) => expect(pose.rotation[i]).toBeCloseTo(value, 6));
    translation.forEach((value, k) => expect(Math.abs(pose.translation[k]! - value)).toBeLessThan(1e-4));
    expect(pose.errorPx).toBeCloseTo(errorPx, 6);
  });
});

describe('solvePnP', () => {
  it('recovers any pose before the camera to 1e-6', () => {
    fc.assert(
      fc.property(turn, shift, (v, translation) => {
        const rotation = rotationFromVector(v);
        const image = SOLID.map((p) => project(applyRigid({ rotation, scale: 1, translation }, p)));
        const pose = solvePnP(SOLID, image, CAMERA);
        expect(angleBetween(pose.rotation, rotation)).toBeLessThan(1e-6);
        translation.forEach((t, k) => expect(Math.abs(pose.translation[k as 0]! - t)).toBeLessThan(1e-4));
        expect(pose.errorPx).toBeLessThan(1e-4);
      }),
      { numRuns: 40 },
    );
  });

  it('fits points that were moved, better than any small turn of the answer', () => {
    const rotation = rotationFromVector([0.3, -0.5, 0.1]);
    const image = SOLID.map((p, i): Point2 => {
      const [x, y] = project(applyRigid({ rotation, scale: 1, translation: [1, 2, 60] }, p));
      return [x + Math.sin(5 * i), y + Math.cos(7 * i)];
    });
    const pose = solvePnP(SOLID, image, CAMERA);
    const errorOf = (r: typeof rotation): number =>
      SOLID.reduce((sum, p, i) => {
        const [x, y] = project(applyRigid({ ...pose, rotation: r }, p));
        return sum + (x - image[i]![0]) ** 2 + (y - image[i]![1]) ** 2;
      }, 0);
    const best = errorOf(pose.rotation);
    expect(Math.sqrt(best / SOLID.length)).toBeCloseTo(pose.errorPx, 6);
    for (const axis of [0, 1, 2])
      for (const by of [-1e-3, 1e-3]) {
        const small = rotationFromVector([0, 1, 2].map((k) => (k === axis ? by : 0)) as unknown as Point3);
        expect(errorOf(multiplyMatrix3(small, pose.rotation))).toBeGreaterThan(best);
      }
  });

  it('takes flat solids', () => {
    const flat = SOLID.map(([x, y]): Point3 => [x, y, 0]);
    const rotation = rotationFromVector([0.4, 0.3, 0.2]);
    const image = flat.map((p) => project(applyRigid({ rotation, scale: 1, translation: [0, 0, 50] }, p)));
    expect(angleBetween(solvePnP(flat, image, CAMERA).rotation, rotation)).toBeLessThan(1e-6);
  });

  it('refuses too few points, lines and numbers that are none', () => {
    expect(() =>
      solvePnP(
        SOLID.slice(0, 3),
        [
          [0, 0],
          [1, 1],
          [2, 0],
        ],
        CAMERA,
      ),
    ).toThrow('at least 4 points, got 3 and 3');
    const line = SOLID.map((_, i): Point3 => [i, 2 * i, 3 * i]);
    expect(() =>
      solvePnP(
        line,
        line.map((p) => project([p[0], p[1], p[2] + 50])),
        CAMERA,
      ),
    ).toThrow('one line');
    expect(() =>
      solvePnP(
        SOLID,
        SOLID.map((): Point2 => [NaN, 0]),
        CAMERA,
      ),
    ).toThrow('finite');
  });

  it('never gives a number that is none for an image of one point', () => {
    const pose = (): unknown =>
      solvePnP(
        SOLID,
        SOLID.map((): Point2 => [320, 240]),
        CAMERA,
      );
    try {
      expect(JSON.stringify(pose())).not.toContain('null');
    } catch (error) {
      expect((error as Error).message).toContain('solvePnP: found no pose');
    }
  });
});

it('rotationFromVector turns about the vector by its length', () => {
  const quarter = rotationFromVector([0, 0, Math.PI / 2]);
  const [x, y, z] = applyMatrix3(quarter, [1, 0, 5]);
  expect(x).toBeCloseTo(0, 12);
  expect(y).toBeCloseTo(1, 12);
  expect(z).toBe(5);
  expect(rotationFromVector([0, 0, 0])).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});
