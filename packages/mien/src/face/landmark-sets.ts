/**
 * The five places that alignment needs (eyes, nose tip, corners of the mouth), out of the sets of landmarks that
 * databases give. The places of the orders below are certain:
 * - 68 (300-W), 66 (without the inner corners of the lips, 60 and 64), 51 (68 without the jaw), 49 (66 without the
 *   jaw);
 * - 5: two eyes, nose, two corners of the mouth.
 * Which of two points is the subject's right one is told by their places in the image, so that either order is read:
 * the right eye is the one with the smaller x. Other sets (RAF-DB's 37, BU-3DFE's 83) are left alone, since their
 * orders are not published.
 */
import type { Point2, RawImage } from '../image/index.ts';
import type { FivePoints } from './align-points.ts';
import { findFaces } from './find-faces.ts';
import { LANDMARK_GROUPS, landmarks68 } from './landmarks.ts';
import type { FaceDetector, FaceMesher } from './types.ts';

/** Points of the jaw, which come first among the 68. */
const JAW = 17;

/** @returns undefined when none of the sets tells the places   @param sets by their number of points */
export function fivePointsOf(sets: Readonly<Record<number, readonly Point2[]>>): FivePoints | undefined {
  for (const [count, shift] of [
    [68, 0],
    [66, 0],
    [51, JAW],
    [49, JAW],
  ] as const) {
    const points = sets[count];
    if (points?.length === count) return groupsOf68(points, shift);
  }
  const five = sets[5];
  return five?.length === 5 ? groupsOf5(five) : undefined;
}

/** @param shift how many of the 68 are missing before the first point */
function groupsOf68(points: readonly Point2[], shift: number): FivePoints {
  const center = (group: keyof FivePoints): Point2 => meanOf(LANDMARK_GROUPS[group].map((i) => points[i - shift]!));
  return {
    rightEye: center('rightEye'),
    leftEye: center('leftEye'),
    noseTip: center('noseTip'),
    mouthRight: center('mouthRight'),
    mouthLeft: center('mouthLeft'),
  };
}

function groupsOf5([eyeA, eyeB, noseTip, mouthA, mouthB]: readonly Point2[]): FivePoints {
  const [rightEye, leftEye] = byX(eyeA!, eyeB!);
  const [mouthRight, mouthLeft] = byX(mouthA!, mouthB!);
  return { rightEye, leftEye, noseTip: noseTip!, mouthRight, mouthLeft };
}

const byX = (a: Point2, b: Point2): [Point2, Point2] => (a[0] <= b[0] ? [a, b] : [b, a]);

function meanOf(points: readonly Point2[]): Point2 {
  const sum = points.reduce<[number, number]>(([x, y], p) => [x + p[0], y + p[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** The places of the largest face that a detector finds. @returns undefined when there is no face */
export async function detectFivePoints(
  image: RawImage,
  detector: FaceDetector,
  mesher: FaceMesher,
): Promise<FivePoints | undefined> {
  const area = ({ detection: { box } }: Awaited<ReturnType<typeof findFaces>>[number]): number =>
    box.width * box.height;
  const [largest] = (await findFaces(image, detector, mesher)).sort((a, b) => area(b) - area(a));
  return largest && fivePointsOf({ 68: landmarks68(largest.mesh.points) });
}
