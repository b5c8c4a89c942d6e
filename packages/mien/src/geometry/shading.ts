/** How bright a surface is under a distant light. */
import { ShapeError } from '../errors.ts';
import type { Point3 } from '../image/raw-image.ts';
import { normalized } from './eigen3.ts';

/** Towards a light beside the camera: a surface that faces the camera has shading 1. */
export const FRONTAL_LIGHT: Point3 = [0, 0, -1];

/**
 * Lambertian shading, I = max(0, N · L) (Bao et al. 2019, eq. 2, where L = [1, 0, 0] is straight at the face, as their
 * x is depth).
 * @param normals [N,3], of length 1 or 0   @param light direction towards the light, of any length but 0
 * @returns float32 [N], 0 … 1
 * @throws {ShapeError} when the light has no direction
 */
export function lambertShading(normals: Float32Array, light: Point3 = FRONTAL_LIGHT): Float32Array {
  const [lx, ly, lz] = normalized(light);
  if (!(Math.abs(lx) + Math.abs(ly) + Math.abs(lz) > 0))
    throw new ShapeError('lambertShading', `light: expected a direction, got (${light.join(', ')})`);
  return Float32Array.from({ length: normals.length / 3 }, (_, i) =>
    Math.max(0, normals[3 * i]! * lx + normals[3 * i + 1]! * ly + normals[3 * i + 2]! * lz),
  );
}
