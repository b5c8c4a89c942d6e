import { describe, expect, it } from 'vitest';
import { groupCenter, landmarks68, LANDMARK_GROUPS, LANDMARK_VERTICES, type LandmarkGroup } from './landmarks.ts';
import { mirroredPoints } from './mirror-points.ts';
import { loadCanonicalFace } from './node.ts';

const mirror = mirroredPoints(68);

describe('landmarks68', () => {
  it('is symmetric on the canonical face', async () => {
    const points = landmarks68((await loadCanonicalFace()).vertices);
    expect(points).toHaveLength(68);
    const misplaced = points.flatMap(([x, y], i) => {
      const [mx, my] = points[mirror[i]!]!;
      return Math.hypot(x + mx, y - my) < 0.1 ? [] : [`${i} and ${mirror[i]}`]; // cm
    });
    expect(misplaced).toEqual([]);
  });

  it('orders the parts of the canonical face as the 68 do', async () => {
    const points = landmarks68((await loadCanonicalFace()).vertices);
    const [x, y] = [(i: number): number => points[i]![0], (i: number): number => points[i]![1]];
    expect(x(0)).toBeLessThan(0); // the jaw starts at the subject's right, which is the image's left
    expect(Math.max(...points.map((p) => p[1]))).toBe(y(8)); // chin lowest
    for (let i = 1; i < 17; i++) expect(x(i)).toBeGreaterThan(x(i - 1));
    for (let i = 28; i <= 30; i++) expect(y(i)).toBeGreaterThan(y(i - 1));
    expect(y(19)).toBeLessThan(y(37)); // brow above eye
    expect(y(37)).toBeLessThan(y(41)); // upper lid above lower lid
    expect(y(62)).toBeLessThanOrEqual(y(66)); // inner upper lip above inner lower lip
  });

  it('uses each vertex once and rejects a mesh that is too small', () => {
    const vertices = LANDMARK_VERTICES.flat();
    expect(vertices.length - new Set(vertices).size).toBe(2); // 58 and 288, shared by neighbouring midpoints on the jaw
    expect(() => landmarks68([[0, 0, 0]])).toThrow('landmarks68: mesh: expected at least 468 points, got 1');
  });
});

describe('groupCenter', () => {
  it('averages the landmarks of a group', () => {
    const landmarks = Array.from({ length: 68 }, (_, i) => [i, 2 * i] as const);
    expect(groupCenter(landmarks, 'rightEye')).toEqual([38.5, 77]);
    expect((Object.keys(LANDMARK_GROUPS) as LandmarkGroup[]).map((g) => groupCenter(landmarks, g)[0])).toEqual([
      38.5, 44.5, 30, 48, 54, 8,
    ]);
    expect(() => groupCenter([], 'chin')).toThrow('expected 68 points, got 0');
  });
});
