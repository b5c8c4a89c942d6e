import { allclose } from 'mien-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyAffine,
  compose,
  rawImage,
  rotation,
  scaling,
  translation,
  type Affine2,
  type Point2,
  type RawImage,
} from '../image/index.ts';
import { alignToEyesAndMouth, alignToFivePoints, fivePoints, RAF_ALIGNMENT, type FivePoints } from './align-points.ts';
import { FER2013_TEMPLATE } from './fer2013-template.ts';

const names = ['rightEye', 'leftEye', 'noseTip', 'mouthRight', 'mouthLeft'] as const;
/** The template's five places, moved. */
const moved = (map: Affine2): FivePoints =>
  fivePoints(
    names.map((name) =>
      applyAffine(map, [100 * RAF_ALIGNMENT.template[name][0], 100 * RAF_ALIGNMENT.template[name][1]]),
    ),
  );
const middle = ([ax, ay]: Point2, [bx, by]: Point2): Point2 => [(ax + bx) / 2, (ay + by) / 2];

/** Black, with a white disc of radius 6 px around each point. */
function dots(side: number, points: readonly Point2[]): RawImage {
  const near = (x: number, y: number): boolean => points.some(([px, py]) => Math.hypot(x - px, y - py) < 6);
  return rawImage(
    side,
    side,
    1,
    Uint8Array.from({ length: side * side }, (_, i) => (near((i % side) + 0.5, Math.floor(i / side) + 0.5) ? 255 : 0)),
  );
}

describe('fivePoints', () => {
  it('reads the order of databases, image left before image right, and the 68 landmarks', () => {
    const five: Point2[] = [
      [30, 40],
      [70, 40],
      [50, 60],
      [35, 80],
      [65, 80],
    ];
    expect(fivePoints(five)).toEqual({
      rightEye: [30, 40],
      leftEye: [70, 40],
      noseTip: [50, 60],
      mouthRight: [35, 80],
      mouthLeft: [65, 80],
    });
    const landmarks = Array.from({ length: 68 }, (_, i): Point2 => [i, 2 * i]);
    expect(fivePoints(landmarks)).toEqual({
      rightEye: [38.5, 77],
      leftEye: [44.5, 89],
      noseTip: [30, 60],
      mouthRight: [48, 96],
      mouthLeft: [54, 108],
    });
  });

  it('refuses other numbers of points', () => {
    expect(() => fivePoints([[0, 0]])).toThrow('fivePoints: points: expected 5, or the 68 landmarks, got 1');
  });
});

describe('alignToFivePoints', () => {
  it('undoes any similarity', () => {
    const photo = rawImage(4, 4, 1, new Uint8Array(16));
    const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(number(-3, 3), number(0.2, 5), number(-500, 500), (angle, scale, shift) => {
        const map = compose(translation(shift, -shift), rotation(angle), scaling(scale, scale));
        allclose(compose(alignToFivePoints(photo, moved(map)).transform, map), [1, 0, 0, 0, 1, 0], { atol: 1e-6 });
      }),
      { numRuns: 30 },
    );
  });

  it('puts the eyes where the template has them, 100×100 px', () => {
    const points = moved(compose(translation(90, 20), rotation(0.4), scaling(2, 2)));
    const { image } = alignToFivePoints(dots(300, [points.rightEye, points.leftEye]), points);
    expect(image).toMatchObject({ width: 100, height: 100, channels: 1 });
    for (const [x, y] of [
      [32, 38],
      [68, 38],
    ] as const) {
      for (const [dx, dy] of [
        [0, 0],
        [2, 0],
        [0, 2],
        [-2, 0],
        [0, -2],
      ] as const)
        expect(image.data[(y + dy) * 100 + x + dx]).toBeGreaterThan(200);
      for (const [dx, dy] of [
        [5, 0],
        [0, 5],
        [-5, 0],
        [0, -5],
      ] as const)
        expect(image.data[(y + dy) * 100 + x + dx]).toBe(0);
    }
  });

  it('refuses points that coincide', () => {
    const photo = rawImage(4, 4, 1, new Uint8Array(16));
    expect(() => alignToFivePoints(photo, fivePoints(Array.from({ length: 5 }, (): Point2 => [3, 3])))).toThrow(
      'source: expected at least 2 different points',
    );
  });
});

describe('alignToEyesAndMouth', () => {
  const photo = rawImage(4, 4, 1, new Uint8Array(16));
  const coordinate = fc.integer({ min: 0, max: 400 });
  const point = fc.tuple(coordinate, coordinate);

  it('takes both eyes and the middle of the mouth exactly to their places', () => {
    fc.assert(
      fc.property(point, point, point, point, (rightEye, leftEye, mouthRight, mouthLeft) => {
        const mouth = middle(mouthRight, mouthLeft);
        fc.pre(
          Math.abs(
            (leftEye[0] - rightEye[0]) * (mouth[1] - rightEye[1]) -
              (leftEye[1] - rightEye[1]) * (mouth[0] - rightEye[0]),
          ) > 100,
        );
        const { transform } = alignToEyesAndMouth(photo, { rightEye, leftEye, mouthRight, mouthLeft });
        allclose(applyAffine(transform, rightEye), [32, 38], { atol: 1e-6 });
        allclose(applyAffine(transform, leftEye), [68, 38], { atol: 1e-6 });
        allclose(applyAffine(transform, mouth), [50, 77], { atol: 1e-6 });
      }),
      { numRuns: 50 },
    );
  });

  it('undoes a stretched and sheared face, which a similarity does not', () => {
    const map: Affine2 = [1.5, 0.3, 40, -0.2, 2.5, 10];
    allclose(compose(alignToEyesAndMouth(photo, moved(map)).transform, map), [1, 0, 0, 0, 1, 0], { atol: 1e-9 });
    expect(Math.abs(compose(alignToFivePoints(photo, moved(map)).transform, map)[0] - 1)).toBeGreaterThan(0.05);
  });

  it('refuses a mouth between the eyes', () => {
    const points = { rightEye: [0, 0], leftEye: [10, 0], mouthRight: [3, 0], mouthLeft: [7, 0] } as const;
    expect(() => alignToEyesAndMouth(photo, points)).toThrow(
      'alignToEyesAndMouth: points: expected eyes and a mouth that do not lie on one line',
    );
  });
});

describe('RAF_ALIGNMENT', () => {
  it("is FER2013's template and its mirror image, averaged, to 0.01", () => {
    const mirrors = {
      rightEye: 'leftEye',
      leftEye: 'rightEye',
      noseTip: 'noseTip',
      mouthRight: 'mouthLeft',
      mouthLeft: 'mouthRight',
    } as const;
    for (const name of names) {
      const [x, y] = FER2013_TEMPLATE[name];
      const [mx, my] = FER2013_TEMPLATE[mirrors[name]];
      allclose(RAF_ALIGNMENT.template[name], middle([x, y], [1 - mx, my]), { rtol: 0, atol: 0.01 });
    }
  });
});
