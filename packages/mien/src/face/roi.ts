/**
 * Squares of the image, as MediaPipe's graphs derive them from detections and from landmarks
 * (face_detection_front_detection_to_roi, face_landmark_landmarks_to_roi): turned so that the eyes are level,
 * 1.5 times the longer side of the box.
 */
import {
  compose,
  rotation,
  scaling,
  translation,
  type Affine2,
  type BoxXYWH,
  type Point2,
  type Point3,
  type RawImage,
} from '../image/index.ts';
import type { Detection, Roi } from './types.ts';

/** Side of the region in units of the longer side of the box. */
const ROI_SCALE = 1.5;
/** Outer corners of the right and the left eye in the mesh. */
const RIGHT_EYE_OUTER = 33;
const LEFT_EYE_OUTER = 263;

/** Maps pixels of a crop of side `cropSize` to pixels of the image. */
export function roiToImage(roi: Roi, cropSize: number): Affine2 {
  const step = roi.size / cropSize;
  return compose(
    translation(...roi.center),
    rotation(roi.rotationRad),
    scaling(step, step),
    translation(-cropSize / 2, -cropSize / 2),
  );
}

/** The upright square around the whole image: its shorter side is letterboxed. */
export function wholeImage({ width, height }: RawImage): Roi {
  return { center: [width / 2, height / 2], size: Math.max(width, height), rotationRad: 0 };
}

/** Side of a close-up in units of the face's longer side: the short-range network is surest of faces that large. */
export const CLOSE_UP = 1.8;

/** A square around a box's centre. @param scale its side, in units of the box's longer side */
export function squareAround({ x, y, width, height }: BoxXYWH, scale: number, rotationRad = 0): Roi {
  return { center: [x + width / 2, y + height / 2], size: scale * Math.max(width, height), rotationRad };
}

export function roiFromDetection({ box, keypoints: [rightEye, leftEye] }: Detection): Roi {
  return levelSquare(box, rightEye, leftEye);
}

/** @param points at least the 468 of the mesh */
export function roiFromMesh(points: readonly Point3[]): Roi {
  const [rx, ry] = points[RIGHT_EYE_OUTER]!;
  const [lx, ly] = points[LEFT_EYE_OUTER]!;
  return levelSquare(boundingBox(points), [rx, ry], [lx, ly]);
}

/**
 * How far two squares are apart: shift of the centres and half the logarithm of the ratio of sizes and the angle (rad),
 * in units of the second's side.
 */
export function roiDistance(a: Roi, b: Roi): number {
  const shift = Math.hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]) / b.size;
  return shift + Math.abs(Math.log(a.size / b.size)) / 2 + angleBetween(a.rotationRad, b.rotationRad) / 2;
}

/** @returns 0 … π */
export function angleBetween(a: number, b: number): number {
  return Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));
}

/** The smallest upright box that holds the points (x and y). */
export function boundingBox(points: readonly (Point2 | Point3)[]): BoxXYWH {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function levelSquare(box: BoxXYWH, rightEye: Point2, leftEye: Point2): Roi {
  return {
    center: [box.x + box.width / 2, box.y + box.height / 2],
    size: ROI_SCALE * Math.max(box.width, box.height),
    rotationRad: Math.atan2(leftEye[1] - rightEye[1], leftEye[0] - rightEye[0]),
  };
}
