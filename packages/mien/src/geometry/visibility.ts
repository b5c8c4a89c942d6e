/**
 * Which vertices of a surface the camera of a photo saw. The camera looks along z (parallel projection), smaller z is
 * nearer.
 */
import { ShapeError } from '../errors.ts';
import { vertexNormals } from './normals.ts';
import { rasterize } from './rasterize.ts';
import { checkMesh, checkPositions, type TriangleMesh } from './triangle-mesh.ts';

export const VISIBILITY_RULES = ['z-buffer', 'outermost-points'] as const;
export type VisibilityRule = (typeof VISIBILITY_RULES)[number];

export interface ZBufferOptions {
  /** Pixels of the z-buffer across the longer side of the mesh. Default 256. */
  readonly resolution?: number;
  /** How much deeper than the nearest surface a vertex may lie, as a share of the longer side. Default 0.01. */
  readonly tolerance?: number;
  /** Surfaces steeper than this against the view count as turned away: too few pixels show them. Default 80. */
  readonly maxAngleDeg?: number;
}

/** Rounds of majority vote with the neighbors, which take away single vertices that differ from all around. */
const VOTES = 2;

/**
 * By z-buffer: a vertex is hidden where its surface is turned away from the camera, or another surface lies before it.
 * The tolerance covers the slope of the surface within a pixel of the buffer; then each vertex takes the answer of most
 * of its neighbors and itself.
 * @returns uint8 [V], 1 for visible; 0 for vertices of no triangle
 * @throws {ShapeError} when the mesh is malformed
 */
export function visibleByZBuffer(mesh: TriangleMesh, options: ZBufferOptions = {}): Uint8Array {
  const count = checkMesh('visibleByZBuffer', mesh);
  const { resolution = 256, tolerance = 0.01, maxAngleDeg = 80 } = options;
  const { positions } = mesh;
  const visible = new Uint8Array(count);
  const { left, top, extent } = boundsOf(positions);
  if (!(extent > 0)) return visible;
  const scale = resolution / extent;
  const camera = { kind: 'orthographic', scale, offset: [1 - left * scale, 1 - top * scale] } as const;
  const side = resolution + 2;
  const { depth } = rasterize(mesh, camera, { width: side, height: side });
  const normals = vertexNormals(mesh);
  const steepest = -Math.cos((maxAngleDeg * Math.PI) / 180);
  for (let i = 0; i < count; i++) {
    if (!(normals[3 * i + 2]! < steepest)) continue;
    const x = Math.floor(positions[3 * i]! * scale + camera.offset[0]);
    const y = Math.floor(positions[3 * i + 1]! * scale + camera.offset[1]);
    if (positions[3 * i + 2]! <= depth[y * side + x]! + tolerance * extent) visible[i] = 1;
  }
  return Array.from({ length: VOTES }).reduce<Uint8Array>((votes) => majority(votes, mesh.triangles), visible);
}

/** Each vertex as most of its neighbors and itself; it stays where they are divided. */
function majority(visible: Uint8Array, triangles: Uint32Array): Uint8Array {
  const balance = Int32Array.from(visible, (value) => (value ? 1 : -1));
  const sign = balance.slice();
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    balance[a] = balance[a]! + sign[b]! + sign[c]!;
    balance[b] = balance[b]! + sign[c]! + sign[a]!;
    balance[c] = balance[c]! + sign[a]! + sign[b]!;
  }
  return visible.map((value, i) => (balance[i]! > 0 ? 1 : balance[i]! < 0 ? 0 : value));
}

/** The square around the points, in the plane of the image. */
function boundsOf(positions: Float32Array): { left: number; top: number; extent: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < positions.length; at += 3) {
    const [x, y] = [positions[at]!, positions[at + 1]!];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, extent: Math.max(right - left, bottom - top) };
}

export interface OutermostOptions {
  /** Side of a cell, in the unit of the points. Default 1: points of a photo share a pixel. */
  readonly cell?: number;
  /** Points of a cell that are kept. Default 2. */
  readonly keep?: number;
}

/**
 * By points alone: of those that share (x, y), the two outermost are kept, the others masked (Bao et al. 2019, section
 * 3.2). Coordinates are taken as the same within a cell, and outermost as nearest to the camera. It knows no surface:
 * on a dense one neighbors share a cell and drop each other, and where points are sparse a cell holds what is before
 * and what is behind.
 * @param positions [N,3]   @returns uint8 [N], 1 for kept
 * @throws {ShapeError} when a coordinate is not finite, or an option not positive
 */
export function visibleByOutermostPoints(positions: Float32Array, options: OutermostOptions = {}): Uint8Array {
  const count = checkPositions('visibleByOutermostPoints', positions);
  const { cell = 1, keep = 2 } = options;
  if (!(cell > 0) || !(keep >= 1))
    throw new ShapeError('visibleByOutermostPoints', `expected cell > 0 and keep ≥ 1, got ${cell} and ${keep}`);
  const cells = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    // One number for both; apart as long as columns are within ±2²⁵
    const key = Math.round(positions[3 * i + 1]! / cell) * 2 ** 26 + Math.round(positions[3 * i]! / cell);
    const points = cells.get(key);
    if (points) points.push(i);
    else cells.set(key, [i]);
  }
  const visible = new Uint8Array(count);
  for (const points of cells.values()) {
    points.sort((a, b) => positions[3 * a + 2]! - positions[3 * b + 2]! || a - b);
    for (const i of points.slice(0, keep)) visible[i] = 1;
  }
  return visible;
}
