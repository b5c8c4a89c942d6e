/**
 * Triangle meshes as flat arrays, and what every function of them checks.
 * Axes as in pose.ts: x to the image's right, y down, z away from the camera. Seen from outside, the corners of a
 * triangle run anticlockwise in a right-handed frame: (b − a) × (c − a) points out of the surface.
 */
import { ShapeError } from '../errors.ts';
import type { Point3 } from '../image/raw-image.ts';
import type { RigidTransform } from './procrustes.ts';

export interface TriangleMesh {
  /** float32 [V,3], x y z of each vertex. */
  readonly positions: Float32Array;
  /** uint32 [T,3], vertices of each triangle. */
  readonly triangles: Uint32Array;
}

/**
 * @returns the number of vertices
 * @throws {ShapeError} when an array is not a list of threes, a triangle names a vertex that is not there, or a coordinate
 *   is not finite
 */
export function checkMesh(operation: string, { positions, triangles }: TriangleMesh): number {
  const count = checkPositions(operation, positions);
  if (triangles.length % 3 !== 0)
    throw new ShapeError(operation, `triangles: expected three vertices each, got ${triangles.length} in all`);
  let greatest = -1;
  for (let i = 0; i < triangles.length; i++) if (triangles[i]! > greatest) greatest = triangles[i]!;
  if (greatest >= count)
    throw new ShapeError(operation, `triangles: expected vertices 0 to ${count - 1}, got ${greatest}`);
  return count;
}

/** @returns the number of points   @throws {ShapeError} as `checkMesh` does */
export function checkPositions(operation: string, positions: Float32Array): number {
  if (positions.length % 3 !== 0)
    throw new ShapeError(operation, `positions: expected three coordinates each, got ${positions.length} in all`);
  let sum = 0;
  for (let i = 0; i < positions.length; i++) sum += Math.abs(positions[i]!);
  if (!Number.isFinite(sum)) {
    const bad = positions.find((value) => !Number.isFinite(value));
    throw new ShapeError(operation, `positions: expected finite numbers, got ${bad}`);
  }
  return positions.length / 3;
}

/** @param positions [V,3]   @returns [V,3], scale · rotation · x + translation of each */
export function applyRigidAll({ rotation, scale, translation }: RigidTransform, positions: Float32Array): Float32Array {
  const [a, b, c, d, e, f, g, h, i] = rotation.map((value) => value * scale) as [...typeof rotation];
  const [tx, ty, tz] = translation;
  const out = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 3) {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    out[at] = a * x + b * y + c * z + tx;
    out[at + 1] = d * x + e * y + f * z + ty;
    out[at + 2] = g * x + h * y + i * z + tz;
  }
  return out;
}

/** The triangles whose three corners are all kept. @param keep 0 or 1 for each vertex */
export function trianglesOf(triangles: Uint32Array, keep: Uint8Array): Uint32Array {
  const kept = new Uint32Array(triangles.length);
  let length = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    if (!keep[a] || !keep[b] || !keep[c]) continue;
    kept[length++] = a;
    kept[length++] = b;
    kept[length++] = c;
  }
  return kept.slice(0, length);
}

/** @param positions [P,3], flat   @returns the P points */
export const pointsOf = (positions: ArrayLike<number>): Point3[] =>
  Array.from({ length: positions.length / 3 }, (_, i) => [
    positions[3 * i]!,
    positions[3 * i + 1]!,
    positions[3 * i + 2]!,
  ]);
