/**
 * A scene to pixels, and to what is known about them: rasterized at twice the size in each direction, shaded by light
 * with soft shadows, and averaged.
 */
import { MienError } from '../errors.ts';
import type { PerspectiveCamera } from '../geometry/camera.ts';
import { vertexNormals } from '../geometry/normals.ts';
import { type HeadPose, rotationFromPose } from '../geometry/pose.ts';
import { rasterize } from '../geometry/rasterize.ts';
import type { HeightWidth, Point2, Point3, RawImage } from '../image/raw-image.ts';
import { landmarkPoints } from './landmarks.ts';
import type { CharacterModel } from './model.ts';
import { sidesOf, UNIT_NUMBERS } from './rig/action-units.ts';
import type { Scene } from './scene.ts';
import { SAMPLES, shade } from './shade.ts';

/** Distance of the camera and half the height that it sees there, in units of the head. */
const CAMERA = { distance: 7.5, halfHeight: 1.5 } as const;

export interface Rendered {
  readonly image: RawImage;
  /** 68 points (iBUG order), px of the image. */
  readonly landmarks: readonly Point2[];
  readonly pose: HeadPose;
  /** Everything that was drawn, for maps: vertices in the camera's coordinates. */
  readonly surface: RenderedSurface;
}

export interface RenderedSurface {
  /** float32 [V,3], in units of the head; the first `skinCount` are the skin of the head. */
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
  readonly skinCount: number;
  readonly camera: PerspectiveCamera;
  /** Size of the image; the camera is for this size. */
  readonly size: HeightWidth;
}

/** @throws {MienError} naming the field, when the scene's numbers are out of range */
export function checkScene(scene: Scene): void {
  for (const [unit, value] of Object.entries(scene.units ?? {})) {
    if (!UNIT_NUMBERS.some((known) => String(known) === unit))
      throw new MienError(`units: expected action units ${UNIT_NUMBERS.join(', ')}, got ${unit}`);
    for (const intensity of Object.values(sidesOf(value)) as number[])
      if (!(intensity >= 0 && intensity <= 1))
        throw new MienError(`units: AU${unit}: expected an intensity 0 … 1, got ${intensity}`);
  }
  const numbers = { ...scene.pose, ...scene.gaze, zoom: scene.zoom ?? 1 };
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isFinite(value)) throw new MienError(`${name}: expected a finite number, got ${value}`);
  if (!((scene.zoom ?? 1) > 0)) throw new MienError(`zoom: expected more than 0, got ${scene.zoom}`);
}

/**
 * Draws a character.
 * @param size of the image, px
 * @throws {MienError} when the scene's numbers are out of range   @throws {ShapeError} when the size is not positive
 * @example
 * ```ts
 * import { CharacterModel, characterNamed, render, unitsOfExpression } from 'mienjs/synth';
 *
 * const model = new CharacterModel(characterNamed('nora'));
 * const { image, landmarks } = render(model, { units: unitsOfExpression('happiness') }, { width: 64, height: 64 });
 * [image.width, landmarks.length]; // → [64, 68]
 * ```
 */
export function render(model: CharacterModel, scene: Scene, size: HeightWidth): Rendered {
  checkScene(scene);
  const { units = {}, pose = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 }, zoom = 1, shift = [0, 0] } = scene;
  const { head, positions } = model.assemble(units);
  place(model, positions, pose);
  const camera = cameraFor(size, zoom, shift);
  const normals = vertexNormals({ positions, triangles: model.triangles });
  const large = { width: size.width * SAMPLES, height: size.height * SAMPLES };
  const raster = rasterize({ positions, triangles: model.triangles }, scaled(camera, SAMPLES), large, { cull: 'back' });
  const image = shade(
    { model, scene, head, positions, normals, raster, camera: scaled(camera, SAMPLES), distance: CAMERA.distance },
    size,
  );
  const skinCount = model.rig.subdivision.vertexCount;
  return {
    image,
    landmarks: landmarkPoints(model.rig, units, positions, pose, PIVOT, CAMERA.distance).map(([x, y, z]): Point2 => [
      (camera.focalPx * x) / z + camera.center[0],
      (camera.focalPx * y) / z + camera.center[1],
    ]),
    pose,
    surface: { positions, normals, triangles: model.triangles, skinCount, camera, size },
  };
}

/** The head turns about this place, in the neck. */
const PIVOT: Point3 = [0, 0.45, 0.25];

export function cameraFor(
  { width, height }: HeightWidth,
  zoom: number,
  [sx, sy]: readonly [number, number],
): PerspectiveCamera {
  const side = Math.min(width, height);
  return {
    kind: 'perspective',
    focalPx: (side / 2) * (CAMERA.distance / CAMERA.halfHeight) * zoom,
    center: [width * (0.5 + sx), height * (0.5 + sy)],
  };
}

function scaled(camera: PerspectiveCamera, by: number): PerspectiveCamera {
  return { ...camera, focalPx: camera.focalPx * by, center: [camera.center[0] * by, camera.center[1] * by] };
}

/** From the head's coordinates to the camera's, in place. */
function place(model: CharacterModel, positions: Float32Array, pose: HeadPose): void {
  const R = rotationFromPose(pose);
  const [px, py, pz] = PIVOT;
  const { turnShares } = model;
  const count = positions.length / 3;
  for (let v = 0; v < count; v++) {
    const at = 3 * v;
    const x = positions[at]!;
    const y = positions[at + 1]!;
    const z = positions[at + 2]!;
    const dx = x - px;
    const dy = y - py;
    const dz = z - pz;
    const share = turnShares[v]!;
    positions[at] = x + share * (R[0] * dx + R[1] * dy + R[2] * dz + px - x);
    positions[at + 1] = y + share * (R[3] * dx + R[4] * dy + R[5] * dz + py - y);
    positions[at + 2] = z + share * (R[6] * dx + R[7] * dy + R[8] * dz + pz - z) + CAMERA.distance;
  }
}
