/**
 * Alignment: every face that a classifier sees is framed like the faces it learned from. A template says where the
 * landmarks of an average training face lie; a similarity (rotation, uniform scale, shift) takes a new face there.
 */
import {
  applyAffine,
  invert,
  similarityFromPoints,
  warpAffine,
  type Affine2,
  type HeightWidth,
  type Point2,
  type RawImage,
} from '../image/index.ts';
import { ShapeError } from '../errors.ts';
import { groupCenter, LANDMARK_GROUPS, type LandmarkGroup } from './landmarks.ts';

/** Average positions in the frame, x and y in 0 … 1 of its width and height. */
export type FaceTemplate = Readonly<Record<LandmarkGroup, Point2>>;

/** The groups that the fit uses. The chin is left out: it moves with the jaw, and beards hide it. */
const ALIGNED_GROUPS = [
  'rightEye',
  'leftEye',
  'noseTip',
  'mouthRight',
  'mouthLeft',
] as const satisfies readonly LandmarkGroup[];

export interface AlignSpec {
  readonly template: Pick<FaceTemplate, (typeof ALIGNED_GROUPS)[number]>;
  /** Size of the chip, px. */
  readonly size: HeightWidth;
}

/** A face, framed. */
export interface FaceChip {
  readonly image: RawImage;
  /** Maps pixels of the photo to pixels of the chip. */
  readonly transform: Affine2;
}

/**
 * The similarity from photo to chip with the least squared distance between the eyes, nose tip and mouth corners and
 * their places in the template.
 * @param landmarks the 68, in pixels of the photo
 */
export function alignTransform(landmarks: readonly Point2[], { template, size }: AlignSpec): Affine2 {
  const source = ALIGNED_GROUPS.map((group) => groupCenter(landmarks, group));
  const target = ALIGNED_GROUPS.map((group): Point2 => [
    template[group][0] * size.width,
    template[group][1] * size.height,
  ]);
  return similarityFromPoints(source, target);
}

/**
 * Cuts a face out of a photo, framed as the template says.
 * @param landmarks the 68, in pixels of the photo
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs';
 * import { alignFace, FER2013_TEMPLATE } from 'mienjs/face';
 * import { writeImage } from 'mienjs/image/node';
 *
 * const photo = await decodeImage('photo.jpg');
 * const { faces } = await (await createRecognizer()).recognize(photo);
 * const size = { width: 96, height: 96 };
 * for (const [i, { landmarks }] of faces.entries())
 *   await writeImage(`face-${i}.png`, alignFace(photo, landmarks, { template: FER2013_TEMPLATE, size }).image);
 * ```
 */
export function alignFace(image: RawImage, landmarks: readonly Point2[], spec: AlignSpec): FaceChip {
  return cutChip(image, alignTransform(landmarks, spec), spec.size);
}

/**
 * The chip that a transform frames; beyond the photo, edge pixels repeat.
 * @param transform from pixels of the photo to pixels of the chip
 */
export function cutChip(image: RawImage, transform: Affine2, size: HeightWidth): FaceChip {
  return { image: warpAffine(image, invert(transform), size, { border: 'replicate' }), transform };
}

/**
 * The template of a set of faces: the mean place of each landmark group.
 * @param faces the 68 landmarks of each face, in pixels of its image   @param size of those images
 * @throws {ShapeError} when there is no face
 */
export function measureTemplate(faces: readonly (readonly Point2[])[], size: HeightWidth): FaceTemplate {
  if (faces.length === 0) throw new ShapeError('measureTemplate', 'faces: expected at least 1 face, got 0');
  const toFrame: Affine2 = [1 / (size.width * faces.length), 0, 0, 0, 1 / (size.height * faces.length), 0];
  const mean = (group: LandmarkGroup): Point2 => {
    let [x, y] = [0, 0];
    for (const landmarks of faces) {
      const [u, v] = groupCenter(landmarks, group);
      x += u;
      y += v;
    }
    return applyAffine(toFrame, [x, y]);
  };
  return Object.fromEntries(
    (Object.keys(LANDMARK_GROUPS) as LandmarkGroup[]).map((group) => [group, mean(group)]),
  ) as unknown as FaceTemplate;
}
