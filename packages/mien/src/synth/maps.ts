/** What is known of each pixel: depth, normal, and place on the skin. */
import { interpolate, rasterize } from '../geometry/rasterize.ts';
import type { CharacterModel } from './model.ts';
import type { RenderedSurface } from './render.ts';

export interface FloatMap {
  /** [H,W] or [H,W,3]. */
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** Rows and columns of a position map. */
export const POSITION_MAP_SIZE = 256;

/** float32 [H,W]: distance along the camera's axis, in units of the head (about half a face's height); ∞ where nothing is. */
export function depthMap({ positions, triangles, camera, size }: RenderedSurface): FloatMap {
  const raster = rasterize({ positions, triangles }, camera, size, { cull: 'back' });
  return { dims: [size.height, size.width], values: raster.depth };
}

/** float32 [H,W,3]: unit normals, x to the image's right, y down, z away from the camera; 0 where nothing is. */
export function normalMap({ positions, triangles, normals, camera, size }: RenderedSurface): FloatMap {
  const raster = rasterize({ positions, triangles }, camera, size, { cull: 'back' });
  const values = interpolate(raster, triangles, normals, 3);
  for (let at = 0; at < values.length; at += 3) {
    const length = Math.hypot(values[at]!, values[at + 1]!, values[at + 2]!);
    if (length === 0) continue;
    for (let k = 0; k < 3; k++) values[at + k] = values[at + k]! / length;
  }
  return { dims: [size.height, size.width, 3], values };
}

/**
 * The skin of the head, unrolled (Feng et al. 2018, position maps): float32 [256,256,3], at each texel x and y in px of
 * the image, and z, the depth from the head's middle scaled to px. Columns go round the head from its back by the
 * subject's right, rows from the crown to the chin; a texel is the same place on all characters. 0 where no skin is.
 */
export function positionMap(model: CharacterModel, { positions, camera, skinCount }: RenderedSurface): FloatMap {
  const values = new Float32Array(skinCount * 3);
  let middle = 0;
  for (let v = 0; v < skinCount; v++) middle += positions[3 * v + 2]! / skinCount;
  for (let v = 0; v < skinCount; v++) {
    const [x, y, z] = [positions[3 * v]!, positions[3 * v + 1]!, positions[3 * v + 2]!];
    values[3 * v] = (camera.focalPx * x) / z + camera.center[0];
    values[3 * v + 1] = (camera.focalPx * y) / z + camera.center[1];
    values[3 * v + 2] = ((z - middle) * camera.focalPx) / middle;
  }
  const { places, triangles } = model.unrolled();
  const size = { width: POSITION_MAP_SIZE, height: POSITION_MAP_SIZE };
  const raster = rasterize({ positions: places, triangles }, { kind: 'orthographic', scale: POSITION_MAP_SIZE }, size);
  return { dims: [size.height, size.width, 3], values: interpolate(raster, triangles, values, 3) };
}
