/** Cameras that meshes are drawn by. Screen coordinates in pixels as in image/raw-image.ts. */
import { ShapeError } from '../errors.ts';
import type { Point2 } from '../image/raw-image.ts';
import { checkPositions } from './triangle-mesh.ts';

/** Parallel projection along z: x' = scale · x + offset. */
export interface OrthographicCamera {
  readonly kind: 'orthographic';
  /** Pixels per unit; default 1. */
  readonly scale?: number;
  /** Where the origin appears, in pixels; default (0, 0). */
  readonly offset?: Point2;
}

/** A pinhole at the origin that looks along +z: x' = focal · x / z + center. */
export interface PerspectiveCamera {
  readonly kind: 'perspective';
  readonly focalPx: number;
  /** Where the optical axis meets the image, in pixels. */
  readonly center: Point2;
  /** Triangles with a vertex nearer than this are left out. Default: 1e-6, in front of the pinhole. */
  readonly near?: number;
}

export type Camera = OrthographicCamera | PerspectiveCamera;

/** Positions on the screen. */
export interface Projection {
  /** float64 [V,3]: x and y in pixels, z the depth (of a perspective camera: the distance along its axis). */
  readonly screen: Float64Array;
  /** 1 for vertices too near for the camera; absent where none can be. */
  readonly behind?: Uint8Array;
}

/** @param positions [V,3], in the camera's coordinates   @throws {ShapeError} when the camera's numbers do not fit */
export function project(positions: Float32Array, camera: Camera): Projection {
  const count = checkPositions('project', positions);
  const screen = new Float64Array(positions.length);
  if (camera.kind === 'orthographic') {
    const { scale = 1, offset: [ox, oy] = [0, 0] } = camera;
    if (!(scale > 0)) throw new ShapeError('project', `camera.scale: expected more than 0, got ${scale}`);
    for (let at = 0; at < screen.length; at += 3) {
      screen[at] = scale * positions[at]! + ox;
      screen[at + 1] = scale * positions[at + 1]! + oy;
      screen[at + 2] = positions[at + 2]!;
    }
    return { screen };
  }
  const { focalPx, center, near = 1e-6 } = camera;
  if (!(focalPx > 0) || !(near > 0))
    throw new ShapeError('project', `camera: expected focalPx and near above 0, got ${focalPx} and ${near}`);
  const behind = new Uint8Array(count);
  for (let at = 0; at < screen.length; at += 3) {
    const z = positions[at + 2]!;
    if (z < near) behind[at / 3] = 1;
    screen[at] = (focalPx * positions[at]!) / z + center[0];
    screen[at + 1] = (focalPx * positions[at + 1]!) / z + center[1];
    screen[at + 2] = z;
  }
  return { screen, behind };
}
