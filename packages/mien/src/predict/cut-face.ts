/**
 * The chip of a face that is classified. Runtimes differ in the last bits: the mesh in Node and in a browser by some
 * 10⁻⁶ of a face. In a chip of 8-bit pixels such a difference moves single values by one, and a doubtful face's
 * probabilities by 10⁻³. The points that a face is aligned by are therefore rounded to a 256th to a 512th of the face,
 * about a tenth of what the mesh itself is sure of, so that the chip is the same to the byte, but for a few faces in a
 * thousand whose points lie just between two steps.
 */
import { alignToFivePoints, type AlignSpec, type FaceChip, type FivePoints, fivePoints } from '../face/index.ts';
import type { Point2, RawImage } from '../image/index.ts';

/** Steps across the eyes, nose and mouth of a face, at least. */
const STEPS = 256;

/** As `alignFace`, by rounded points. @param landmarks the 68, in pixels of the photo */
export function cutFace(image: RawImage, landmarks: readonly Point2[], framing: AlignSpec): FaceChip {
  return alignToFivePoints(image, rounded(fivePoints(landmarks)), framing);
}

function rounded(points: FivePoints): FivePoints {
  const { rightEye, leftEye, noseTip, mouthRight, mouthLeft } = points;
  const all = [rightEye, leftEye, noseTip, mouthRight, mouthLeft];
  const extent = (axis: 0 | 1): number => Math.max(...all.map((p) => p[axis])) - Math.min(...all.map((p) => p[axis]));
  // A power of two, so that the step itself hardly ever depends on the last bits
  const step = 2 ** Math.floor(Math.log2(Math.max(extent(0), extent(1)))) / STEPS;
  const round = ([x, y]: Point2): Point2 => [Math.round(x / step) * step, Math.round(y / step) * step];
  return {
    rightEye: round(rightEye),
    leftEye: round(leftEye),
    noseTip: round(noseTip),
    mouthRight: round(mouthRight),
    mouthLeft: round(mouthLeft),
  };
}
