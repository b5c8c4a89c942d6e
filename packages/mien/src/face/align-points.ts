/**
 * Alignment from the few points that databases give by hand, to Li & Deng's (2019) 100×100 px: a similarity on five
 * points (section V-A), or the affine map that takes the eyes and the middle of the mouth to fixed places (section
 * III-B, across databases).
 */
import { ShapeError } from '../errors.ts';
import {
  applyAffine,
  compose,
  invert,
  similarityFromPoints,
  type Affine2,
  type Point2,
  type RawImage,
} from '../image/index.ts';
import { cutChip, type AlignSpec, type FaceChip } from './align.ts';
import { groupCenter, LANDMARK_COUNT } from './landmarks.ts';

/** Right and left are the subject's own, as in landmarks.ts: the right eye lies on the left of the image. */
export interface FivePoints {
  readonly rightEye: Point2;
  readonly leftEye: Point2;
  readonly noseTip: Point2;
  readonly mouthRight: Point2;
  readonly mouthLeft: Point2;
}

/**
 * Li & Deng's (2019) frame, 100×100 px. Its template is not published. This one is ours: FER2013's
 * (fer2013-template.ts), averaged with its mirror image and rounded, which frames brows to chin as RAF-DB's aligned
 * images do.
 */
export const RAF_ALIGNMENT: AlignSpec = {
  template: {
    rightEye: [0.32, 0.38],
    leftEye: [0.68, 0.38],
    noseTip: [0.5, 0.58],
    mouthRight: [0.35, 0.77],
    mouthLeft: [0.65, 0.77],
  },
  size: { width: 100, height: 100 },
};

/**
 * @param points five in the order in which databases list them: eyes, nose tip, mouth corners, each pair from the left
 *   of the image to the right; or the 68 landmarks, whose eye centres are means of six
 * @throws {ShapeError} when there are neither 5 nor 68
 */
export function fivePoints(points: readonly Point2[]): FivePoints {
  if (points.length === LANDMARK_COUNT) {
    const at = (group: keyof FivePoints): Point2 => groupCenter(points, group);
    return {
      rightEye: at('rightEye'),
      leftEye: at('leftEye'),
      noseTip: at('noseTip'),
      mouthRight: at('mouthRight'),
      mouthLeft: at('mouthLeft'),
    };
  }
  if (points.length !== 5)
    throw new ShapeError('fivePoints', `points: expected 5, or the ${LANDMARK_COUNT} landmarks, got ${points.length}`);
  const [rightEye, leftEye, noseTip, mouthRight, mouthLeft] = points as [Point2, Point2, Point2, Point2, Point2];
  return { rightEye, leftEye, noseTip, mouthRight, mouthLeft };
}

/**
 * Cuts out a face by the similarity with the least squared distance between the five points and their places in the
 * template. Li & Deng 2019 does not say which map it fits to the five points.
 * @param points px of the photo
 * @throws {ShapeError} when the points coincide
 */
export function alignToFivePoints(image: RawImage, points: FivePoints, spec: AlignSpec = RAF_ALIGNMENT): FaceChip {
  return cutChip(image, fivePointTransform(points, spec), spec.size);
}

/**
 * Where points of the photo, such as further landmarks, come to lie in the face that `alignToFivePoints` cuts out.
 * @throws as it does
 */
export function pointsInAlignedFace(
  points: readonly Point2[],
  five: FivePoints,
  spec: AlignSpec = RAF_ALIGNMENT,
): Point2[] {
  const map = fivePointTransform(five, spec);
  return points.map((point) => applyAffine(map, point));
}

function fivePointTransform(points: FivePoints, spec: AlignSpec): Affine2 {
  const names = ['rightEye', 'leftEye', 'noseTip', 'mouthRight', 'mouthLeft'] as const;
  const target = pointsInChip(spec);
  return similarityFromPoints(
    names.map((name) => points[name]),
    names.map((name) => target[name]),
  );
}

/**
 * Cuts out a face by the affine map that takes both eyes and the middle of the mouth corners exactly to their places in
 * the template: proportions become equal, rotation of the head in depth is partly undone. The nose is not used.
 * @param points px of the photo
 * @throws {ShapeError} when the three points lie on one line
 */
export function alignToEyesAndMouth(
  image: RawImage,
  points: Omit<FivePoints, 'noseTip'>,
  spec: AlignSpec = RAF_ALIGNMENT,
): FaceChip {
  const source = triangle(points);
  if (source[0] * source[4] === source[1] * source[3])
    throw new ShapeError('alignToEyesAndMouth', 'points: expected eyes and a mouth that do not lie on one line');
  return cutChip(image, compose(triangle(pointsInChip(spec)), invert(source)), spec.size);
}

/** Takes (0,0), (1,0), (0,1) to the right eye, the left eye and the middle of the mouth. */
function triangle({ rightEye: [x, y], leftEye, mouthRight, mouthLeft }: Omit<FivePoints, 'noseTip'>): Affine2 {
  const mouthX = (mouthRight[0] + mouthLeft[0]) / 2;
  const mouthY = (mouthRight[1] + mouthLeft[1]) / 2;
  return [leftEye[0] - x, mouthX - x, x, leftEye[1] - y, mouthY - y, y];
}

/** The template's places, px. */
function pointsInChip({ template, size }: AlignSpec): FivePoints {
  const place = ([x, y]: Point2): Point2 => [x * size.width, y * size.height];
  return {
    rightEye: place(template.rightEye),
    leftEye: place(template.leftEye),
    noseTip: place(template.noseTip),
    mouthRight: place(template.mouthRight),
    mouthLeft: place(template.mouthLeft),
  };
}
