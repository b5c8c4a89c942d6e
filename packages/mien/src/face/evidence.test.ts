/** The rules of what counts as a face, on meshes and detections that are made up. */
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../image/index.ts';
import { evidenceOf, isConsistent, keypointDistance, meshKeypoints, type Reading } from './evidence.ts';
import { loadCanonicalFace } from './node.ts';
import { boundingBox } from './roi.ts';
import type { Detection, FaceMesh } from './types.ts';

const { vertices } = await loadCanonicalFace();
const points = vertices.map(([x, y, z]): Point3 => [10 * x + 200, 10 * y + 200, z]);
const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));
const meshOf = (logit: number): FaceMesh => ({
  points,
  score: probability(logit),
  roi: { center: [200, 200], size: 300, rotationRad: 0 },
});
const box = boundingBox(points);
const size = Math.sqrt(box.width * box.height);

/** The detector's key points are the mesh's, moved down by a part of the face's size. */
function detectionOf(score: number, shift = 0): Detection {
  const [a, b, c, d] = meshKeypoints(points).map(([x, y]) => [x, y + shift * size] as const);
  return { box, score, keypoints: [a!, b!, c!, d!, a!, b!] };
}

describe('evidence', () => {
  it('weighs the score, the presence up to a limit, and the distance of key points', () => {
    expect(keypointDistance(detectionOf(1, 0.2).keypoints, points)).toBeCloseTo(0.2, 9);
    expect(evidenceOf(detectionOf(0.8), meshOf(8))).toBeCloseTo(0.8 + 8 / 40, 6);
    expect(evidenceOf(detectionOf(0.8, 0.1), meshOf(8))).toBeCloseTo(0.8 + 8 / 40 - 0.15, 6);
    expect(evidenceOf(detectionOf(0.8), meshOf(30))).toBeCloseTo(0.8 + 15 / 40, 6);
  });

  it('is little where the key points are those of a face upside down, however sure both networks are', () => {
    const [right, left, nose, mouth] = meshKeypoints(points).map(
      ([x, y]) => [400 - x, 2 * (box.y + box.height / 2) - y] as const,
    );
    const upsideDown: Detection = { box, score: 0.9, keypoints: [right!, left!, nose!, mouth!, right!, left!] };
    expect(evidenceOf(upsideDown, meshOf(15))).toBeLessThan(0.8);
  });
});

describe('isConsistent', () => {
  const reading = (evidence: number, presence: number, flipped: number, runnerUp = -Infinity): Reading => ({
    evidence,
    runnerUp,
    mesh: meshOf(presence),
    flipped: meshOf(flipped),
  });

  it.each<[string, Reading, boolean]>([
    ['enough evidence', reading(0.7, 1, 0, 0.6), true],
    ['enough evidence, but a better face upside down', reading(0.9, 1, 4), false],
    ['little evidence, but present, and much less so upside down', reading(0.55, 4, -2, 0.54), true],
    ['little evidence, but present, and far ahead of the other orientations', reading(0.55, 4, 3, 0.2), true],
    ['little evidence, and as good in another orientation and upside down', reading(0.55, 4, 3, 0.5), false],
    ['little evidence, and hardly present', reading(0.55, 1, -9), false],
    ['too little evidence', reading(0.45, 9, -9), false],
  ])('%s', (_, made, expected) => {
    expect(isConsistent(made)).toBe(expected);
  });
});
