/** Head pose from five landmarks, as databases have them by hand: Li & Deng 2019, section III-A.3. */
import { MienError, ShapeError } from '../errors.ts';
import { poseFromRotation, solvePnP, type HeadPose } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';
import type { FivePoints } from './align-points.ts';
import type { CanonicalFace } from './canonical-face.ts';
import { LANDMARK_GROUPS, LANDMARK_VERTICES } from './landmarks.ts';

/** The camera's distance in widths of the five points: about that of a portrait, where it hardly matters. */
const FOCAL_WIDTHS = 10;
const NAMES = ['rightEye', 'leftEye', 'noseTip', 'mouthRight', 'mouthLeft'] as const;

/**
 * The turn of the head with which the average face's five points are nearest to the given ones, by {@link solvePnP}.
 * Five points say less than a mesh: a mouth that smiles or hangs open is taken for some degrees of pitch.
 * @param points px; signs of the result as in `geometry/pose.ts`
 * @throws {ShapeError} when the points are not finite, or in one place
 * @throws {MienError} when no pose fits them
 */
export function poseOfFivePoints(points: FivePoints, canonical: CanonicalFace): HeadPose {
  const image = NAMES.map((name) => points[name]);
  const [xs, ys] = [image.map(([x]) => x), image.map(([, y]) => y)];
  const width = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  if (!(width > 0 && Number.isFinite(width)))
    throw new ShapeError('poseOfFivePoints', 'points: expected finite ones that are apart');
  const center = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2] as const;
  const solid = NAMES.map((name) => centerIn3d(canonical, LANDMARK_GROUPS[name]));
  const { rotation } = solvePnP(solid, image, { focalPx: FOCAL_WIDTHS * width, center });
  const pose = poseFromRotation(rotation);
  // A face that is seen has its nose towards the camera
  if (Math.abs(pose.yawDeg) > 100)
    throw new MienError('poseOfFivePoints: the points are not those of a face that is seen');
  return pose;
}

function centerIn3d({ vertices }: CanonicalFace, landmarks: readonly number[]): Point3 {
  const points = landmarks.flatMap((landmark) => LANDMARK_VERTICES[landmark]!.map((v) => vertices[v]!));
  return [0, 1, 2].map((k) => points.reduce((sum, p) => sum + p[k as 0]!, 0) / points.length) as unknown as Point3;
}
