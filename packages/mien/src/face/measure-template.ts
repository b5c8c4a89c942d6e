/**
 * How the images of a dataset frame their faces: what a model learns by, and what faces in photos must be framed like.
 */
import type { Point2, Point3, RawImage } from '../image/index.ts';
import { measureTemplate, type FaceTemplate } from './align.ts';
import { landmarks68 } from './landmarks.ts';
import type { MediaPipeMesher } from './mesher.ts';
import { roiFromMesh } from './roi.ts';
import type { Roi } from './types.ts';

/** Looks of the mesh at a face: after three, the square that it looks at no longer depends on the first. */
const LOOKS = 3;
const MIN_SCORE = 0.9;

/** The mean of a template and its mirror image: how faces are framed where training mirrors every other one. */
export function withMirrorImage({
  rightEye,
  leftEye,
  noseTip,
  mouthRight,
  mouthLeft,
  chin,
}: FaceTemplate): FaceTemplate {
  const mean = ([x, y]: Point2, [u, v]: Point2): Point2 => [(x + 1 - u) / 2, (y + v) / 2];
  return {
    rightEye: mean(rightEye, leftEye),
    leftEye: mean(leftEye, rightEye),
    noseTip: mean(noseTip, noseTip),
    mouthRight: mean(mouthRight, mouthLeft),
    mouthLeft: mean(mouthLeft, mouthRight),
    chin: mean(chin, chin),
  };
}

export interface MeasuredTemplate {
  readonly template: FaceTemplate;
  /** Faces that it is the mean of. */
  readonly faces: number;
}

/**
 * The mesh of an image that is the crop of one face. It starts on a square of 1.5 times the image, about what a face
 * detector's box holds, and goes on with what its landmarks give.
 * @returns undefined where it finds no face: at a presence below 0.9
 */
export async function meshOfCrop(
  image: RawImage,
  mesher: Pick<MediaPipeMesher, 'meshRois'>,
): Promise<readonly Point3[] | undefined> {
  const { width, height } = image;
  let roi: Roi = { center: [width / 2, height / 2], size: 1.5 * Math.max(width, height), rotationRad: 0 };
  let [mesh] = await mesher.meshRois(image, [roi]);
  for (let look = 1; look < LOOKS; look++) {
    roi = roiFromMesh(mesh!.points);
    [mesh] = await mesher.meshRois(image, [roi]);
  }
  return mesh!.score >= MIN_SCORE ? mesh!.points : undefined;
}

/**
 * Mean landmark positions in images of one size, each the crop of one face (see `meshOfCrop`).
 * @returns undefined where the mesh finds a face in less than half of the images
 */
export async function measureCrops(
  images: readonly RawImage[],
  mesher: Pick<MediaPipeMesher, 'meshRois'>,
): Promise<MeasuredTemplate | undefined> {
  const faces = [];
  for (const image of images) {
    const points = await meshOfCrop(image, mesher);
    if (points) faces.push(landmarks68(points));
  }
  if (faces.length === 0 || faces.length < images.length / 2) return undefined;
  return { template: measureTemplate(faces, images[0]!), faces: faces.length };
}
