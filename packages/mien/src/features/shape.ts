/**
 * Shape of a face: the differences of all pairs of 37 landmarks in both coordinates, as Li & Deng
 * 2019, section V-A. Shapes: 37 points → [37·36/2 pairs, x and y] = 1,332.
 */
import { ShapeError } from '../errors.ts';
import type { Point2 } from '../image/index.ts';

export const SHAPE_POINTS = 37;
export const SHAPE_SIZE = SHAPE_POINTS * (SHAPE_POINTS - 1);

/**
 * Which of the 68 landmarks (order of `face/landmarks.ts`) stand for RAF-DB's 37, which Face++ found and whose places
 * Li & Deng 2019 does not list: brows (10), tip and wings of the nose (3), eyes (12), outer lips (12). The choice is
 * ours: no jaw, as it moves little and hair hides it, and no inner lips. RAF-DB's own 37 are used as they come.
 */
export const SHAPE_LANDMARKS: readonly number[] = [
  ...range(17, 27), // brows
  30,
  31,
  35, // nose
  ...range(36, 48), // eyes
  ...range(48, 60), // outer lips
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

export const SHAPE = {
  name: 'shape',
  size: SHAPE_SIZE,
  /**
   *   d_ijk = z_ik − z_jk for i < j, k = x, y;  pairs in the order (0,1), (0,2) … (35,36), x before y
   * Unchanged when the face is shifted. Li & Deng 2019 takes the landmarks in the aligned 100×100 image.
   * @param points 37, or the 68 landmarks, of which `SHAPE_LANDMARKS` are taken; px
   * @returns float32 [1332], px
   * @throws {ShapeError} when there are neither 37 nor 68 points
   */
  extract(points: readonly Point2[]): Float32Array {
    if (points.length !== SHAPE_POINTS && points.length !== 68) {
      throw new ShapeError('shape', `points: expected ${SHAPE_POINTS}, or the 68 landmarks, got ${points.length}`);
    }
    const z = points.length === SHAPE_POINTS ? points : SHAPE_LANDMARKS.map((i) => points[i]!);
    const out = new Float32Array(SHAPE_SIZE);
    let at = 0;
    for (let i = 0; i < SHAPE_POINTS; i++) {
      for (let j = i + 1; j < SHAPE_POINTS; j++) {
        out[at++] = z[i]![0] - z[j]![0];
        out[at++] = z[i]![1] - z[j]![1];
      }
    }
    return out;
  },
} as const;
