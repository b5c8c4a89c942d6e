import { describe, expect, it } from 'vitest';
import { applyMatrix3, rotationFromPose } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';
import { decodeCanonicalFace } from './canonical-face.ts';
import { headPose } from './head-pose.ts';
import { loadCanonicalFace } from './node.ts';

describe('decodeCanonicalFace', () => {
  it('reads a face of natural size that looks into the camera', async () => {
    const { vertices, weights } = await loadCanonicalFace();
    expect(vertices).toHaveLength(468);
    const [rightOuter, leftOuter, tip, chin] = [vertices[33]!, vertices[263]!, vertices[4]!, vertices[152]!];
    expect(leftOuter[0] - rightOuter[0]).toBeGreaterThan(8); // cm between the outer corners of the eyes
    expect(leftOuter[0] - rightOuter[0]).toBeLessThan(10);
    expect(tip[2]).toBeLessThan(rightOuter[2]); // the nose is nearer to the camera
    expect(chin[1]).toBeGreaterThan(tip[1]);
    expect(weights.filter((w) => w > 0).length).toBeGreaterThan(20);
    expect(Math.min(...weights)).toBe(0);
  });
  it('rejects damaged bytes', () => {
    expect(() => decodeCanonicalFace(Uint8Array.of(0x0a, 0x50, 1))).toThrow(/^canonical face: is not readable/);
    expect(() => decodeCanonicalFace(new Uint8Array(0))).toThrow('canonical face: expected 468 vertices, got 0');
  });
});

describe('headPose', () => {
  it.each([
    { yawDeg: 0, pitchDeg: 0, rollDeg: 0 },
    { yawDeg: 35, pitchDeg: 0, rollDeg: 0 },
    { yawDeg: -20, pitchDeg: 15, rollDeg: 40 },
    { yawDeg: 75, pitchDeg: -30, rollDeg: -120 },
  ])('recovers $yawDeg° yaw, $pitchDeg° pitch, $rollDeg° roll', async (pose) => {
    const face = await loadCanonicalFace();
    const R = rotationFromPose(pose);
    const mesh = face.vertices.map((v): Point3 => {
      const [x, y, z] = applyMatrix3(R, v);
      return [320 + 12 * x, 240 + 12 * y, 12 * z];
    });
    const found = headPose(mesh, face);
    expect(found.yawDeg).toBeCloseTo(pose.yawDeg, 6);
    expect(found.pitchDeg).toBeCloseTo(pose.pitchDeg, 6);
    expect(found.rollDeg).toBeCloseTo(pose.rollDeg, 6);
  });
});
