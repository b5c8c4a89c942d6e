/**
 * Re-centralization (Bao et al. 2019, section 3): the surface of a face is turned until it looks straight into the
 * camera, without what the photo does not show, and lit from the front. What the photo hides stays empty.
 */
import { ShapeError } from '../../errors.ts';
import {
  applyRigid,
  applyRigidAll,
  interpolate,
  lambertShading,
  type OrthographicCamera,
  planeFitNormals,
  poseFromRotation,
  procrustes,
  rasterize,
  transposed,
  trianglesOf,
  vertexNormals,
  type HeadPose,
  type Raster,
  type RigidTransform,
} from '../../geometry/index.ts';
import { rawImage, type Point3, type RawImage } from '../../image/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { landmarks68In3d } from '../landmarks.ts';
import { reducedImage } from '../pyramid.ts';
import { joined, sampleColors, type FaceReconstruction } from './reconstructor.ts';

export const NORMALS = ['mesh', 'plane-fit'] as const;
export type NormalMethod = (typeof NORMALS)[number];

export interface RecenterOptions {
  /** Side of the images, px. Default 100 (Bao et al. 2019). */
  readonly size?: number;
  /** `mesh` (default), or `plane-fit` as Bao et al. 2019 have them: slower, and rough at the rims. */
  readonly normals?: NormalMethod;
  /** Points that a plane is fitted to. Default 10. */
  readonly neighbors?: number;
  /** Whether vertices that the photo does not show are left out. Default true. */
  readonly dropHidden?: boolean;
}

export interface RecenteredFace {
  /** float32 [V,3] of the reconstruction's vertices, cm, in the canonical face's frame: the face looks along −z. */
  readonly positions: Float32Array;
  /** The skin that is drawn. */
  readonly triangles: Uint32Array;
  /** The 68 landmarks, in the same frame. */
  readonly landmarks: readonly Point3[];
  /** From the photo to that frame: px to cm. Its rotation is R of Bao et al. 2019, eq. 1. */
  readonly transform: RigidTransform;
  /** How the head was turned in the photo. */
  readonly pose: HeadPose;
  /** Grey [size,size]: Lambertian shading of the skin by a light beside the camera, 0 where nothing was seen. */
  readonly shading: RawImage;
  /** RGB [size,size]: the photo on the surface, eyes and mouth with it; black where nothing was seen. */
  readonly texture: RawImage;
  /** uint8 [size,size]: 1 where the shading shows skin. */
  readonly mask: Uint8Array;
  /** Share of the skin's vertices that the photo shows. */
  readonly visibleShare: number;
}

/** Part of the frame's side that stays free on each side of the canonical face. */
const MARGIN = 0.06;
/** Photo pixels of the texture's: above, it is taken from a halved image. */
const MAX_STEP = 2;

/** What the frame depends on: the canonical face. */
export type CanonicalFrame = Pick<CanonicalFace, 'vertices'>;

/**
 * The 68 landmarks P of the photo are laid on those of the canonical face, P*:
 *   R = argmin ‖Ω P − P*‖ over rotations (Bao et al. 2019, eq. 1), with translation, and one scale for the size
 * Gap: P* is not published; here it is MediaPipe's canonical face. The same place of the frame is always the same place
 * of that face.
 * @param image the photo that the face was reconstructed from
 * @throws {ShapeError} when the landmarks lie on one line or coincide, or size is not a positive integer
 */
export function recenter(
  image: RawImage,
  face: FaceReconstruction,
  canonical: CanonicalFrame,
  options: RecenterOptions = {},
): RecenteredFace {
  const { size = 100, normals: method = 'mesh', neighbors = 10, dropHidden = true } = options;
  if (!Number.isInteger(size) || size < 1)
    throw new ShapeError('recenter', `size: expected a positive integer, got ${size}`);
  const transform = procrustes(face.landmarks, landmarks68In3d(canonical.vertices), { scale: true });
  const positions = applyRigidAll(transform, face.positions);
  const keep = dropHidden ? face.visible : face.visible.map(() => 1);
  const triangles = trianglesOf(face.triangles, keep);
  const camera = frontalCamera(canonical, size);
  const square = { width: size, height: size };

  const normals =
    method === 'mesh'
      ? vertexNormals({ positions, triangles: face.triangles })
      : normalsOfKept(positions, keep, neighbors);
  const skin = rasterize({ positions, triangles }, camera, square);
  const light = interpolate(skin, triangles, lambertShading(normals), 1);
  const mask = Uint8Array.from(skin.triangleIds, (id) => (id < 0 ? 0 : 1));

  const all = joined(triangles, trianglesOf(face.openings, keep));
  const surface = face.openings.length === 0 ? skin : rasterize({ positions, triangles: all }, camera, square);
  return {
    positions,
    triangles,
    landmarks: face.landmarks.map((point) => applyRigid(transform, point)),
    transform,
    pose: poseFromRotation(transposed(transform.rotation)),
    shading: rawImage(
      size,
      size,
      1,
      Uint8Array.from(light, (value) => Math.round(255 * value)),
    ),
    texture: textureOf(image, face, surface, all, camera.scale! * transform.scale),
    mask,
    visibleShare: shareOfSkin(face),
  };
}

/** Draws the canonical face's frame, cm, into a square. */
export function frontalCamera({ vertices }: CanonicalFrame, size: number): OrthographicCamera {
  const [left, right] = rangeOf(vertices, 0);
  const [top, bottom] = rangeOf(vertices, 1);
  const scale = (size * (1 - 2 * MARGIN)) / Math.max(right - left, bottom - top);
  return {
    kind: 'orthographic',
    scale,
    offset: [size / 2 - (scale * (left + right)) / 2, size / 2 - (scale * (top + bottom)) / 2],
  };
}

function rangeOf(points: readonly Point3[], axis: 0 | 1): readonly [number, number] {
  const values = points.map((p) => p[axis]);
  return [Math.min(...values), Math.max(...values)];
}

/** The photo under each pixel of the frame. @param pixelsPerPhotoPixel of the frame */
function textureOf(
  image: RawImage,
  { positions }: FaceReconstruction,
  raster: Raster,
  triangles: Uint32Array,
  pixelsPerPhotoPixel: number,
): RawImage {
  const { width, height, triangleIds } = raster;
  const level = reducedImage(image, 1 / pixelsPerPhotoPixel, MAX_STEP);
  const places = interpolate(raster, triangles, positions, 3).map((value) => value * level.scale);
  const colors = sampleColors(level.image, places, 3);
  triangleIds.forEach((id, pixel) => {
    if (id < 0) colors.fill(0, 3 * pixel, 3 * pixel + 3);
  });
  return rawImage(width, height, 3, colors);
}

/** Planes are fitted to what is kept, as the others are masked before the turn. */
function normalsOfKept(positions: Float32Array, keep: Uint8Array, neighbors: number): Float32Array {
  const kept = [...keep.keys()].filter((i) => keep[i]);
  const normals = new Float32Array(positions.length);
  if (kept.length <= neighbors) return normals;
  const some = planeFitNormals(Float32Array.from(kept.flatMap((i) => [...positions.subarray(3 * i, 3 * i + 3)])), {
    neighbors,
  });
  kept.forEach((i, at) => normals.set(some.subarray(3 * at, 3 * at + 3), 3 * i));
  return normals;
}

function shareOfSkin({ triangles, visible }: FaceReconstruction): number {
  const skin = new Uint8Array(visible.length);
  for (const vertex of triangles) skin[vertex] = 1;
  const total = skin.reduce((sum, value) => sum + value, 0);
  return total === 0 ? 0 : skin.reduce((sum, value, i) => sum + (value && visible[i]! ? 1 : 0), 0) / total;
}
