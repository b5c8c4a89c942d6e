/** Perspective-n-point: where a known solid stands before a known pinhole camera, from where its points appear. */
import { Matrix, solve } from 'ml-matrix';
import { MienError, ShapeError } from '../errors.ts';
import type { Point2, Point3 } from '../image/raw-image.ts';
import type { PerspectiveCamera } from './camera.ts';
import { applyMatrix3, type Matrix3, multiplyMatrix3 } from './matrix3.ts';
import { isOnLine } from './collinear.ts';
import type { RigidTransform } from './procrustes.ts';

export interface SolidPose extends RigidTransform {
  readonly scale: 1;
  /** Root of the mean squared distance between the points of the image and the projected ones, px. */
  readonly errorPx: number;
}

const MIN_POINTS = 4;
/** Rounds of each start, and of the best one after that. */
const FIRST_ROUNDS = 8;
const LAST_ROUNDS = 100;
/** A step that lowers the sum of squares by less than this part is the last. */
const SETTLED = 1e-14;

/** The 24 rotations that turn a cube into itself: starts among which one is near whatever the solid's pose. */
const STARTS: readonly Matrix3[] = signedPermutations();

/**
 * The pose with the least squared distance in the image:
 *   min Σᵢ ‖π(R xᵢ + t) − uᵢ‖²,  π(x, y, z) = focal · (x, y)/z + center
 * by Levenberg–Marquardt (Marquardt 1963) over rotation vector and translation, from the best of 24 rotations, each
 * with the translation that a linear system gives for it. Flat solids have it as well.
 * @param solid at least 4 points that are not on one line   @param image as many points, px, paired by position
 * @throws {ShapeError} when the counts differ, or the points do not determine a pose
 * @throws {MienError} when no pose before the camera fits
 */
export function solvePnP(
  solid: readonly Point3[],
  image: readonly Point2[],
  { focalPx, center }: Pick<PerspectiveCamera, 'focalPx' | 'center'>,
): SolidPose {
  if (solid.length !== image.length || solid.length < MIN_POINTS)
    throw new ShapeError(
      'solvePnP',
      `expected two equally long lists of at least ${MIN_POINTS} points, got ${solid.length} and ${image.length}`,
    );
  if (![...solid, ...image].every((p) => p.every(Number.isFinite)) || !(focalPx > 0))
    throw new ShapeError('solvePnP', 'expected finite coordinates and a focal length above 0, got others');
  if (isOnLine(solid))
    throw new ShapeError('solvePnP', 'solid: expected points that do not lie on one line, got such as do');
  // The solid about its centroid, and the image in focal lengths
  const middle = [0, 1, 2].map((k) => solid.reduce((sum, p) => sum + p[k as 0]!, 0) / solid.length) as [
    number,
    number,
    number,
  ];
  const points = solid.map(([x, y, z]): Point3 => [x - middle[0], y - middle[1], z - middle[2]]);
  const rays = image.map(([u, v]): Point2 => [(u - center[0]) / focalPx, (v - center[1]) / focalPx]);

  const starts = STARTS.map((rotation) => {
    const translation = translationFor(rotation, points, rays);
    return translation && improve({ rotation, translation }, points, rays, FIRST_ROUNDS);
  }).filter((pose) => pose !== undefined);
  const best = starts.reduce<Estimate | undefined>((a, b) => (a && a.error <= b.error ? a : b), undefined);
  if (!best) throw new MienError('solvePnP: found no pose before the camera that fits the points');
  const { rotation, translation, error } = improve(best, points, rays, LAST_ROUNDS)!;
  const shift = applyMatrix3(rotation, middle);
  return {
    rotation,
    scale: 1,
    translation: [translation[0] - shift[0], translation[1] - shift[1], translation[2] - shift[2]],
    errorPx: focalPx * Math.sqrt(error / solid.length),
  };
}

interface Pose {
  readonly rotation: Matrix3;
  readonly translation: Point3;
}
interface Estimate extends Pose {
  /** Sum of squares, in focal lengths. */
  readonly error: number;
}

/** Sum of squares; ∞ where a point is not before the camera. */
function errorOf({ rotation, translation }: Pose, points: readonly Point3[], rays: readonly Point2[]): number {
  let sum = 0;
  for (let i = 0; i < points.length; i++) {
    const [x, y, z] = applyMatrix3(rotation, points[i]!);
    const depth = z + translation[2];
    if (!(depth > 0)) return Infinity;
    sum += ((x + translation[0]) / depth - rays[i]![0]) ** 2 + ((y + translation[1]) / depth - rays[i]![1]) ** 2;
  }
  return sum;
}

/** Least squares of u (z + t_z) = x + t_x and v (z + t_z) = y + t_y, moved away until all is before the camera. */
function translationFor(rotation: Matrix3, points: readonly Point3[], rays: readonly Point2[]): Point3 | undefined {
  const normal = Matrix.zeros(3, 3);
  const right = Matrix.zeros(3, 1);
  let nearest = Infinity;
  points.forEach((point, i) => {
    const [x, y, z] = applyMatrix3(rotation, point);
    const [u, v] = rays[i]!;
    nearest = Math.min(nearest, z);
    for (const [row, value] of [
      [[1, 0, -u], u * z - x],
      [[0, 1, -v], v * z - y],
    ] as const) {
      for (let a = 0; a < 3; a++) {
        right.set(a, 0, right.get(a, 0) + row[a]! * value);
        for (let b = 0; b < 3; b++) normal.set(a, b, normal.get(a, b) + row[a]! * row[b]!);
      }
    }
  });
  try {
    const [tx, ty, tz] = solve(normal, right).to1DArray() as [number, number, number];
    if (![tx, ty, tz].every(Number.isFinite)) return undefined;
    return [tx, ty, Math.max(tz, -nearest * 1.5 + 1e-9)];
  } catch {
    return undefined; // all points in one place of the image
  }
}

/** Levenberg–Marquardt. @returns undefined when the start has points behind the camera */
function improve(
  start: Pose,
  points: readonly Point3[],
  rays: readonly Point2[],
  rounds: number,
): Estimate | undefined {
  let pose: Estimate = { ...start, error: errorOf(start, points, rays) };
  if (pose.error === Infinity) return undefined;
  let damping = 1e-3;
  for (let round = 0; round < rounds && pose.error > 0; round++) {
    const { normal, gradient } = normalEquations(pose, points, rays);
    const damped = normal.clone();
    for (let k = 0; k < 6; k++) damped.set(k, k, damped.get(k, k) * (1 + damping) + 1e-15);
    let step: readonly number[];
    try {
      step = solve(damped, gradient).to1DArray();
    } catch {
      damping *= 10;
      continue;
    }
    const [a, b, c, dx, dy, dz] = step as [number, number, number, number, number, number];
    const [tx, ty, tz] = pose.translation;
    const next: Pose = {
      rotation: multiplyMatrix3(rotationFromVector([a, b, c]), pose.rotation),
      translation: [tx + dx, ty + dy, tz + dz],
    };
    const error = errorOf(next, points, rays);
    if (error < pose.error) {
      const gain = pose.error - error;
      const settled = gain < SETTLED * pose.error;
      pose = { ...next, error };
      damping = Math.max(damping / 10, 1e-12);
      if (settled) break;
    } else {
      damping *= 10;
      if (damping > 1e12) break;
    }
  }
  return pose;
}

/** JᵀJ and −Jᵀr of the residuals, the rotation turned by a small vector from the left. */
function normalEquations(
  { rotation, translation }: Pose,
  points: readonly Point3[],
  rays: readonly Point2[],
): { normal: Matrix; gradient: Matrix } {
  const normal = Matrix.zeros(6, 6);
  const gradient = Matrix.zeros(6, 1);
  points.forEach((point, i) => {
    const [x, y, z] = applyMatrix3(rotation, point);
    const w = 1 / (z + translation[2]);
    const [u, v] = [(x + translation[0]) * w, (y + translation[1]) * w];
    // d(x, y, z) = ω × (x, y, z) + dt, and du = (dx − u dz) w
    const rows = [
      [-u * y * w, (z + u * x) * w, -y * w, w, 0, -u * w],
      [-(z + v * y) * w, v * x * w, x * w, 0, w, -v * w],
    ];
    const residuals = [u - rays[i]![0], v - rays[i]![1]];
    rows.forEach((row, r) => {
      for (let a = 0; a < 6; a++) {
        gradient.set(a, 0, gradient.get(a, 0) - row[a]! * residuals[r]!);
        for (let b = 0; b < 6; b++) normal.set(a, b, normal.get(a, b) + row[a]! * row[b]!);
      }
    });
  });
  return { normal, gradient };
}

/** Rodrigues' formula: the turn by ‖v‖ about v. */
export function rotationFromVector([x, y, z]: Point3): Matrix3 {
  const angle = Math.hypot(x, y, z);
  const s = angle > 1e-12 ? Math.sin(angle) / angle : 1;
  const c = angle > 1e-6 ? (1 - Math.cos(angle)) / (angle * angle) : 1 / 2;
  return [
    1 - c * (y * y + z * z),
    c * x * y - s * z,
    c * x * z + s * y,
    c * x * y + s * z,
    1 - c * (x * x + z * z),
    c * y * z - s * x,
    c * x * z - s * y,
    c * y * z + s * x,
    1 - c * (x * x + y * y),
  ];
}

function signedPermutations(): Matrix3[] {
  const all: Matrix3[] = [];
  for (const [a, b, c, parity] of [
    [0, 1, 2, 1],
    [1, 2, 0, 1],
    [2, 0, 1, 1],
    [0, 2, 1, -1],
    [2, 1, 0, -1],
    [1, 0, 2, -1],
  ] as const) {
    for (const p of [1, -1]) {
      for (const q of [1, -1]) {
        const m = new Array<number>(9).fill(0);
        m[a] = p;
        m[3 + b] = q;
        m[6 + c] = p * q * parity; // determinant 1
        all.push(m as unknown as Matrix3);
      }
    }
  }
  return all;
}
