import { describe, expect, it } from 'vitest';
import { applyMatrix3, rotationFromPose } from '../geometry/index.ts';
import type { Point2, Point3 } from '../image/index.ts';
import { fivePoints } from './align-points.ts';
import { poseOfFivePoints } from './five-point-pose.ts';
import { landmarks68 } from './landmarks.ts';
import { npmFaceNetworks } from './node.ts';

const canonical = await npmFaceNetworks.canonicalFace();

/** The five points of the average face, turned, 60 cm before a camera. */
function seen(yawDeg: number, pitchDeg: number, rollDeg: number) {
  const R = rotationFromPose({ yawDeg, pitchDeg, rollDeg });
  const mesh = canonical.vertices.map((vertex): Point3 => {
    const [x, y, z] = applyMatrix3(R, vertex);
    return [300 + (900 * x) / (z + 60), 200 + (900 * y) / (z + 60), 0];
  });
  return fivePoints(landmarks68(mesh));
}

describe('poseOfFivePoints', () => {
  it.each([
    [0, 0, 0],
    [35, 0, 0],
    [-50, 10, 5],
    [20, -25, -30],
    [5, 25, 60],
  ])('finds yaw %s, pitch %s, roll %s of a turned face', (yaw, pitch, roll) => {
    const pose = poseOfFivePoints(seen(yaw, pitch, roll), canonical);
    expect(Math.abs(pose.yawDeg - yaw)).toBeLessThan(6);
    expect(Math.abs(pose.pitchDeg - pitch)).toBeLessThan(6);
    expect(Math.abs(pose.rollDeg - roll)).toBeLessThan(6);
  });

  it('does not depend on place and size', () => {
    const points = seen(20, 5, 3);
    const moved = Object.fromEntries(
      Object.entries(points).map(([name, [x, y]]) => [name, [3 * x - 500, 3 * y + 40] as Point2]),
    ) as unknown as typeof points;
    const [a, b] = [poseOfFivePoints(points, canonical), poseOfFivePoints(moved, canonical)];
    expect(b.yawDeg).toBeCloseTo(a.yawDeg, 3);
    expect(b.pitchDeg).toBeCloseTo(a.pitchDeg, 3);
  });

  it('names points that are none', () => {
    const same = { rightEye: [1, 1], leftEye: [1, 1], noseTip: [1, 1], mouthRight: [1, 1], mouthLeft: [1, 1] } as const;
    expect(() => poseOfFivePoints(same, canonical)).toThrow(/apart/);
    expect(() => poseOfFivePoints({ ...seen(0, 0, 0), noseTip: [NaN, 0] }, canonical)).toThrow(/finite/);
  });
});
