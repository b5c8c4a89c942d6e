import { expect, test } from 'vitest';
import { rawImage, type Point2 } from '../image/index.ts';
import { alignFace } from './align.ts';
import { alignToFivePoints, fivePoints } from './align-points.ts';
import { detectFivePoints, fivePointsOf } from './landmark-sets.ts';
import type { FaceDetector, FaceMesher } from './types.ts';

/** Landmark i of 68 at a place that tells it. */
const POINTS = Array.from({ length: 68 }, (_, i): Point2 => [(i * 37) % 61, (i * 53) % 59]);
const GROUPS = fivePointsOf({ 68: POINTS })!;
const without = (...left: number[]): Point2[] => POINTS.filter((_, i) => !left.includes(i));
const jaw = Array.from({ length: 17 }, (_, i) => i);

test('68 landmarks: the means that alignFace takes', () => {
  expect(GROUPS.noseTip).toEqual(POINTS[30]);
  expect(GROUPS.rightEye[0]).toBeCloseTo([36, 37, 38, 39, 40, 41].reduce((sum, i) => sum + POINTS[i]![0], 0) / 6, 12);
  const image = rawImage(
    64,
    64,
    1,
    Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * 7) % 251),
  );
  const template = {
    rightEye: [0.3, 0.4],
    leftEye: [0.7, 0.4],
    noseTip: [0.5, 0.6],
    mouthRight: [0.35, 0.75],
    mouthLeft: [0.65, 0.75],
  } as const;
  const spec = { template, size: { width: 20, height: 24 } };
  expect(GROUPS).toEqual(fivePoints(POINTS));
  expect(alignToFivePoints(image, GROUPS, spec)).toEqual(alignFace(image, POINTS, spec));
});

test.each([
  ['66, without the inner corners of the lips', without(60, 64)],
  ['51, without the jaw', without(...jaw)],
  ['49, without both', without(...jaw, 60, 64)],
])('%s', (_, points) => {
  expect(fivePointsOf({ [points.length]: points })).toEqual(GROUPS);
});

test('5 points in either order; the surest set of several', () => {
  const five: Point2[] = [
    [30, 40],
    [70, 42],
    [50, 60],
    [36, 80],
    [64, 81],
  ];
  const expected = {
    rightEye: [30, 40],
    leftEye: [70, 42],
    noseTip: [50, 60],
    mouthRight: [36, 80],
    mouthLeft: [64, 81],
  };
  expect(fivePointsOf({ 5: five })).toEqual(expected);
  expect(fivePointsOf({ 5: [five[1]!, five[0]!, five[2]!, five[4]!, five[3]!] })).toEqual(expected);
  expect(fivePointsOf({ 5: five, 68: POINTS })).toEqual(GROUPS);
});

test('sets whose order is not certain are left alone', () => {
  expect(fivePointsOf({ 37: POINTS.slice(0, 37), 83: [...POINTS, ...POINTS.slice(0, 15)] })).toBeUndefined();
  expect(fivePointsOf({})).toBeUndefined();
  expect(fivePointsOf({ 68: POINTS.slice(1) })).toBeUndefined();
});

test('of several faces that a detector finds, the largest', async () => {
  const boxes = [
    { x: 0, y: 0, width: 10, height: 10 },
    { x: 20, y: 20, width: 30, height: 30 },
  ];
  const detector: FaceDetector = {
    detect: () =>
      Promise.resolve(
        boxes.map((box) => ({
          box,
          score: 1,
          keypoints: [
            [0, 0],
            [0, 0],
            [0, 0],
            [0, 0],
            [0, 0],
            [0, 0],
          ] as const,
        })),
      ),
  };
  const meshOf = ({ x, y, width, height }: (typeof boxes)[number]) => ({
    points: Array.from({ length: 468 }, (_, i) => [x + width * (i % 2), y + (height * (i % 3)) / 2, 0] as const),
    score: 1,
    roi: { center: [0, 0] as const, size: 1, rotationRad: 0 },
  });
  const mesher: FaceMesher = {
    mesh: (_, { box }) => Promise.resolve(meshOf(box)),
    meshAll: (_, detections) => Promise.resolve(detections.map(({ box }) => meshOf(box))),
  };
  const image = rawImage(64, 64, 1, new Uint8Array(64 * 64));
  expect((await detectFivePoints(image, detector, mesher))!.noseTip[0]).toBeGreaterThanOrEqual(20);
  expect(await detectFivePoints(image, { detect: () => Promise.resolve([]) }, mesher)).toBeUndefined();
});
