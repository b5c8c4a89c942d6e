/**
 * How far the landmarks of surfaces are from where they should be, as shares of the distance between the eyes, by yaw; and
 * what the mean shape gives when it is laid on the truth.
 */
import type { CanonicalFace } from '../face/canonical-face.ts';
import { LANDMARK_GROUPS, landmarks68In3d } from '../face/landmarks.ts';
import { applyRigid, pointsOf, poseFromRotation, procrustes } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';

/** Bounds of |yaw|, degrees. */
export const YAW_BOUNDS = [0, 15, 30, 45, 60, 90, 180] as const;

/** Mean distances of the 68 landmarks, as shares of the distance between the eyes in space. */
export interface SurfaceFigures {
  /** |yaw| from … to, degrees. */
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** In the picture. */
  readonly picture: number;
  /** In space, where both middles coincide: a picture does not tell how far a face is away. */
  readonly space: number;
  /** The same of the mean shape, turned, scaled and shifted so that it is as near to the truth as it can be. */
  readonly meanShapePicture: number;
  readonly meanShapeSpace: number;
}

interface Error {
  readonly yaw: number;
  readonly picture: number;
  readonly space: number;
  readonly meanPicture: number;
  readonly meanSpace: number;
}

export class SurfaceErrors {
  readonly #canonical: readonly Point3[];
  readonly #mean: readonly Point3[];
  readonly #errors: Error[] = [];

  /** @param mean landmarks of the mean shape, in any place; default: those of the canonical face */
  constructor({ vertices }: Pick<CanonicalFace, 'vertices'>, mean?: readonly Point3[]) {
    this.#canonical = landmarks68In3d(vertices);
    this.#mean = mean ?? this.#canonical;
  }

  /** @param found the 68 that were found   @param mesh [468·3] the truth */
  add(found: readonly Point3[], mesh: ArrayLike<number>): void {
    const truth = landmarks68In3d(pointsOf(mesh));
    const eyes = eyeDistance(truth);
    const { rotation } = procrustes(this.#canonical, truth);
    const laid = procrustes(this.#mean, truth, { scale: true });
    const mean = this.#mean.map((point) => applyRigid(laid, point));
    this.#errors.push({
      yaw: Math.abs(poseFromRotation(rotation).yawDeg),
      picture: meanDistance(found, truth, 2) / eyes,
      space: meanDistance(centered(found), centered(truth), 3) / eyes,
      meanPicture: meanDistance(mean, truth, 2) / eyes,
      meanSpace: meanDistance(mean, truth, 3) / eyes,
    });
  }

  /** The mean error in space; NaN where nothing was added. */
  get mean(): number {
    return average(this.#errors.map(({ space }) => space));
  }

  /** All, then a row for each range of yaw that occurs. */
  figures(): SurfaceFigures[] {
    const bounds = YAW_BOUNDS.slice(1).map((to, i) => [YAW_BOUNDS[i]!, to] as const);
    return [[0, YAW_BOUNDS.at(-1)!] as const, ...bounds].flatMap(([from, to]) => {
      const own = this.#errors.filter(({ yaw }) => yaw >= from && (yaw < to || to === YAW_BOUNDS.at(-1)));
      return own.length === 0
        ? []
        : [
            {
              from,
              to,
              n: own.length,
              picture: average(own.map(({ picture }) => picture)),
              space: average(own.map(({ space }) => space)),
              meanShapePicture: average(own.map(({ meanPicture }) => meanPicture)),
              meanShapeSpace: average(own.map(({ meanSpace }) => meanSpace)),
            },
          ];
    });
  }
}

/** The mean of landmarks of meshes, each laid on the canonical face's. @param meshes [468·3] each */
export function meanLandmarks(
  meshes: Iterable<ArrayLike<number>>,
  { vertices }: Pick<CanonicalFace, 'vertices'>,
): Point3[] {
  const canonical = landmarks68In3d(vertices);
  const sums = canonical.map((): [number, number, number] => [0, 0, 0]);
  let count = 0;
  for (const mesh of meshes) {
    const own = landmarks68In3d(pointsOf(mesh));
    const laid = procrustes(own, canonical, { scale: true });
    own.forEach((point, i) => applyRigid(laid, point).forEach((v, axis) => (sums[i]![axis as 0] += v)));
    count++;
  }
  return sums.map(([x, y, z]): Point3 => [x / count, y / count, z / count]);
}

const average = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

const middleOf = (points: readonly Point3[]): Point3 => [
  average(points.map((p) => p[0])),
  average(points.map((p) => p[1])),
  average(points.map((p) => p[2])),
];

function centered(points: readonly Point3[]): Point3[] {
  const middle = middleOf(points);
  return points.map(([x, y, z]): Point3 => [x - middle[0], y - middle[1], z - middle[2]]);
}

function eyeDistance(landmarks: readonly Point3[]): number {
  const [right, left] = (['rightEye', 'leftEye'] as const).map((eye) =>
    middleOf(LANDMARK_GROUPS[eye].map((i) => landmarks[i]!)),
  ) as [Point3, Point3];
  return Math.hypot(right[0] - left[0], right[1] - left[1], right[2] - left[2]);
}

const meanDistance = (a: readonly Point3[], b: readonly Point3[], axes: 2 | 3): number =>
  average(a.map((p, i) => Math.hypot(...p.slice(0, axes).map((v, k) => v - b[i]![k as 0]))));
