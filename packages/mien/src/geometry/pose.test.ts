import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../image/raw-image.ts';
import { applyMatrix3, type Matrix3, multiplyMatrix3 } from './matrix3.ts';
import { poseFromRotation, rotationFromPose } from './pose.ts';

const angle = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
const nose: Point3 = [0, 0, -1];
const top: Point3 = [0, -1, 0];
const transpose = ([a, b, c, d, e, f, g, h, i]: Matrix3): Matrix3 => [a, d, g, b, e, h, c, f, i];

function expectClose(actual: readonly number[], expected: readonly number[], digits = 9): void {
  actual.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, digits));
}

describe('head pose', () => {
  it('the identity looks straight into the camera, with plain zeros', () => {
    expect(poseFromRotation([1, 0, 0, 0, 1, 0, 0, 0, 1])).toEqual({ yawDeg: 0, pitchDeg: 0, rollDeg: 0 });
  });

  it('positive yaw points the nose to the image right, positive pitch up, positive roll the top to the right', () => {
    expect(applyMatrix3(rotationFromPose({ yawDeg: 30, pitchDeg: 0, rollDeg: 0 }), nose)[0]).toBeCloseTo(0.5);
    expect(applyMatrix3(rotationFromPose({ yawDeg: 0, pitchDeg: 30, rollDeg: 0 }), nose)[1]).toBeCloseTo(-0.5);
    expect(applyMatrix3(rotationFromPose({ yawDeg: 0, pitchDeg: 0, rollDeg: 30 }), top)[0]).toBeCloseTo(0.5);
  });

  it('yaw and pitch give the direction of the nose whatever the roll', () => {
    fc.assert(
      fc.property(angle(179), angle(90), angle(179), (yawDeg, pitchDeg, rollDeg) => {
        const [yaw, pitch] = [(yawDeg * Math.PI) / 180, (pitchDeg * Math.PI) / 180];
        expectClose(applyMatrix3(rotationFromPose({ yawDeg, pitchDeg, rollDeg }), nose), [
          Math.sin(yaw) * Math.cos(pitch),
          -Math.sin(pitch),
          -Math.cos(yaw) * Math.cos(pitch),
        ]);
      }),
    );
  });

  it('rotationFromPose gives a rotation', () => {
    fc.assert(
      fc.property(angle(180), angle(90), angle(180), (yawDeg, pitchDeg, rollDeg) => {
        const R = rotationFromPose({ yawDeg, pitchDeg, rollDeg });
        expectClose(multiplyMatrix3(R, transpose(R)), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        const [a, b, c, d, e, f, g, h, i] = R;
        expect(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('angles survive the round trip', () => {
    fc.assert(
      fc.property(angle(179.9), angle(89), angle(179.9), (yawDeg, pitchDeg, rollDeg) => {
        const pose = poseFromRotation(rotationFromPose({ yawDeg, pitchDeg, rollDeg }));
        expectClose([pose.yawDeg, pose.pitchDeg, pose.rollDeg], [yawDeg, pitchDeg, rollDeg], 6);
      }),
    );
  });

  it('a full profile is not singular', () => {
    const pose = poseFromRotation(rotationFromPose({ yawDeg: 90, pitchDeg: 10, rollDeg: -20 }));
    expectClose([pose.yawDeg, pose.pitchDeg, pose.rollDeg], [90, 10, -20]);
  });

  it('at a pitch of ±90° the angles still give the same rotation, with roll 0', () => {
    fc.assert(
      fc.property(fc.constantFrom(-90, 90), angle(179), angle(179), (pitchDeg, yawDeg, rollDeg) => {
        const R = rotationFromPose({ yawDeg, pitchDeg, rollDeg });
        const pose = poseFromRotation(R);
        expect(pose.rollDeg).toBe(0);
        expectClose(rotationFromPose(pose), R, 6);
      }),
    );
  });
});
