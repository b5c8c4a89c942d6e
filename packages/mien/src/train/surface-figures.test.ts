/** Errors of landmarks, hand-worked on the canonical face. */
import { expect, it } from 'vitest';
import { loadCanonicalFace } from '../face/node.ts';
import { landmarks68In3d } from '../face/landmarks.ts';
import { applyRigid, rotationFromPose, type RigidTransform } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';
import { meanLandmarks, SurfaceErrors } from './surface-figures.ts';

const canonical = await loadCanonicalFace();
const turned = (yawDeg: number, scale = 0.05): RigidTransform => ({
  rotation: rotationFromPose({ yawDeg, pitchDeg: 0, rollDeg: 0 }),
  scale,
  translation: [0.5, 0.5, 0],
});
const meshOf = (transform: RigidTransform): Float32Array =>
  Float32Array.from(canonical.vertices.flatMap((point) => applyRigid(transform, point)));
const center = (points: readonly Point3[]): Point3 =>
  [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis as 0] / points.length, 0)) as unknown as Point3;
const own = landmarks68In3d(canonical.vertices);
const [right, left] = [center(own.slice(36, 42)), center(own.slice(42, 48))];
const EYES = Math.hypot(...right.map((v, axis) => v - left[axis]!));

it('counts shifts in the picture as shares of the distance between the eyes, and none along the line of sight', () => {
  const errors = new SurfaceErrors(canonical);
  const shift = 0.1 * 0.05 * EYES;
  for (const yaw of [10, -50]) {
    const truth = own.map((point) => applyRigid(turned(yaw), point));
    errors.add(
      truth.map(([x, y, z]): Point3 => [x + shift, y, z + 3]),
      meshOf(turned(yaw)),
    );
  }
  const [all, low, high] = errors.figures();
  expect([all, low, high].map((row) => [row!.from, row!.to, row!.n])).toEqual([
    [0, 180, 2],
    [0, 15, 1],
    [45, 60, 1],
  ]);
  for (const row of [all, low, high]) {
    expect(row!.picture).toBeCloseTo(0.1, 4);
    expect(row!.space).toBeCloseTo(0, 4); // all the same shift
    expect(row!.meanShapePicture).toBeCloseTo(0, 4); // the truth is the mean shape
    expect(row!.meanShapeSpace).toBeCloseTo(0, 4);
  }
  expect(errors.mean).toBeCloseTo(0, 4);
});

it('takes the mean of faces wherever they are', () => {
  const mean = meanLandmarks([meshOf(turned(0)), meshOf(turned(70, 0.3))], canonical);
  mean.forEach((point, i) => point.forEach((v, axis) => expect(v).toBeCloseTo(own[i]![axis]!, 3)));
});
