/**
 * Shape of a face: the differences of all pairs of 37 landmarks in both coordinates, and their scaling, as Li & Deng
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

/** Mean and standard deviation of each feature over the training set. */
export interface ShapeScaling {
  /** μ, [D] */
  readonly mean: Float64Array;
  /** σ, [D], the square root of the mean squared deviation */
  readonly deviation: Float64Array;
}

/**
 * @param rows the training set's features, [N][D], N ≥ 1
 * @throws {ShapeError} when there are none, or their lengths differ
 */
export function fitShapeScaling(rows: readonly Float32Array[]): ShapeScaling {
  const length = rows[0]?.length;
  if (length === undefined) throw new ShapeError('fitShapeScaling', 'rows: expected at least 1 row, got 0');
  const mean = new Float64Array(length);
  const deviation = new Float64Array(length);
  for (const row of rows) {
    if (row.length !== length)
      throw new ShapeError('fitShapeScaling', `rows: expected ${length} features in each, got ${row.length}`);
    for (let i = 0; i < length; i++) mean[i]! += row[i]! / rows.length;
  }
  // A second pass: the mean of squares less the square of the mean loses digits.
  for (const row of rows) {
    for (let i = 0; i < length; i++) deviation[i]! += (row[i]! - mean[i]!) ** 2 / rows.length;
  }
  for (let i = 0; i < length; i++) deviation[i] = Math.sqrt(deviation[i]!);
  return { mean, deviation };
}

/**
 *   f̃ᵢ = ½·((fᵢ − μᵢ)/(2σᵢ) + 1), cut to [0, 1]: two standard deviations to either side of the mean
 * Source: Li & Deng 2019, eq. 6. Where σᵢ = 0, f̃ᵢ is ½ at the mean and 0 or 1 beside it.
 * @param features [D]   @returns float32 [D]
 * @throws {ShapeError} when the lengths differ
 */
export function scaleShape(features: Float32Array, { mean, deviation }: ShapeScaling): Float32Array {
  if (features.length !== mean.length)
    throw new ShapeError('scaleShape', `features: expected ${mean.length}, got ${features.length}`);
  return features.map((value, i) => {
    const difference = value - mean[i]!;
    return difference === 0 ? 0.5 : Math.min(Math.max(0.5 * (difference / (2 * deviation[i]!) + 1), 0), 1);
  });
}
