/** A face in a photo as a surface in space: what the back-ends give, and the interface through which others plug in. */
import { ShapeError } from '../../errors.ts';
import {
  checkMesh,
  visibleByOutermostPoints,
  visibleByZBuffer,
  type TriangleMesh,
  type VisibilityRule,
} from '../../geometry/index.ts';
import { toRgb, type Point3, type RawImage } from '../../image/index.ts';
import type { Face } from '../find-faces.ts';
import { LANDMARK_COUNT } from '../landmarks.ts';

export interface FaceReconstruction extends TriangleMesh {
  /**
   * float32 [V,3]: x and y in pixels of the photo, z in the same pixels, smaller nearer; parallel projection along z
   * gives the photo.
   */
  readonly positions: Float32Array;
  /** Triangles of the skin: eyes and mouth are open where the back-end knows them. */
  readonly triangles: Uint32Array;
  /** Triangles across eyes and mouth; none where the back-end does not tell them from skin. */
  readonly openings: Uint32Array;
  /** uint8 [V,3], sRGB: the photo where each vertex lies. A hidden vertex has the color of what hides it. */
  readonly colors: Uint8Array;
  /** The 68 landmarks on the surface. */
  readonly landmarks: readonly Point3[];
  /** uint8 [V], 1 for a vertex that the photo shows: not hidden, and not beyond its border. */
  readonly visible: Uint8Array;
}

/** Makes a surface of a face that was found. */
export interface FaceReconstructor {
  readonly name: string;
  /**
   * @param face of this image, as `findFaces` gives it
   * @throws {ShapeError} when the face's points are not finite or do not fit the back-end
   */
  reconstruct(image: RawImage, face: Face): Promise<FaceReconstruction>;
}

/**
 * Cells across a face for the rule of the outermost points: pixels of Bao et al.'s (2019) position map, 256 of which
 * are 1.6 faces wide.
 */
const CELLS_PER_FACE = 160;

/** Position-map networks look at a square this many times as large as the box around the landmarks (Feng et al. 2018). */
export const POSITION_MAP_CROP = 1.6;

/** What a back-end knows; colors and visibility follow from it. */
export type ReconstructedShape = Pick<FaceReconstruction, 'positions' | 'triangles' | 'openings' | 'landmarks'>;

/**
 * Looks up the color of each vertex, and which of them the photo shows.
 * @throws {ShapeError} when positions are not finite or triangles name others than there are
 */
export function readPhoto(
  image: RawImage,
  shape: ReconstructedShape,
  rule: VisibilityRule = 'z-buffer',
): FaceReconstruction {
  const { positions, triangles, openings, landmarks } = shape;
  const count = checkMesh('reconstruct', shape);
  if (landmarks.length !== LANDMARK_COUNT)
    throw new ShapeError('reconstruct', `landmarks: expected ${LANDMARK_COUNT}, got ${landmarks.length}`);
  const visible =
    rule === 'z-buffer'
      ? visibleByZBuffer({ positions, triangles: joined(triangles, openings) })
      : visibleByOutermostPoints(positions, { cell: landmarkBoxSide(landmarks) / CELLS_PER_FACE });
  for (let i = 0; i < count; i++) {
    const [x, y] = [positions[3 * i]!, positions[3 * i + 1]!];
    if (x < 0 || y < 0 || x > image.width || y > image.height) visible[i] = 0;
  }
  return { positions, triangles, openings, landmarks, visible, colors: sampleColors(image, positions, 3) };
}

/** The mean of width and height of the box around the landmarks, px. */
export function landmarkBoxSide(landmarks: readonly Point3[]): number {
  const range = (axis: 0 | 1): number => {
    const values = landmarks.map((p) => p[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return (range(0) + range(1)) / 2;
}

/** One list of triangles. */
export function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (b.length === 0) return a;
  const out = new Uint32Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/**
 * The image at points between its pixels, bilinearly; beyond its border, the nearest pixel.
 * @param points [N,stride], of which the first two values are x and y in px
 * @returns uint8 [N,3]
 */
export function sampleColors(image: RawImage, points: ArrayLike<number>, stride: number): Uint8Array {
  const { width, height, data } = toRgb(image);
  const count = points.length / stride;
  const out = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    const x = Math.min(width - 1, Math.max(0, points[stride * i]! - 0.5));
    const y = Math.min(height - 1, Math.max(0, points[stride * i + 1]! - 0.5));
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
    const [fx, fy] = [x - left, y - top];
    for (let c = 0; c < 3; c++) {
      const upper = data[3 * (top * width + left) + c]! * (1 - fx) + data[3 * (top * width + right) + c]! * fx;
      const lower = data[3 * (bottom * width + left) + c]! * (1 - fx) + data[3 * (bottom * width + right) + c]! * fx;
      out[3 * i + c] = upper * (1 - fy) + lower * fy + 0.5;
    }
  }
  return out;
}
