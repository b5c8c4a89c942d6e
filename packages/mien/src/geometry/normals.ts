/** Unit normals of vertices: by the triangles of a mesh, or by planes fitted to points alone. */
import { ShapeError } from '../errors.ts';
import { smallestEigenvector, type Symmetric3 } from './eigen3.ts';
import { KdTree } from './kd-tree.ts';
import { checkMesh, type TriangleMesh } from './triangle-mesh.ts';

/**
 * The mean of the normals of a vertex's triangles, weighted by their areas.
 * @returns float32 [V,3], out of the surface; zero for a vertex of no triangle, or of none with an area
 * @throws {ShapeError} when the mesh is malformed
 */
export function vertexNormals(mesh: TriangleMesh): Float32Array {
  checkMesh('vertexNormals', mesh);
  const { positions, triangles } = mesh;
  const normals = new Float32Array(positions.length);
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [3 * triangles[at]!, 3 * triangles[at + 1]!, 3 * triangles[at + 2]!];
    const [x, y, z] = [positions[a]!, positions[a + 1]!, positions[a + 2]!];
    const [ux, uy, uz] = [positions[b]! - x, positions[b + 1]! - y, positions[b + 2]! - z];
    const [vx, vy, vz] = [positions[c]! - x, positions[c + 1]! - y, positions[c + 2]! - z];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const vertex of [a, b, c]) {
      normals[vertex] = normals[vertex]! + nx;
      normals[vertex + 1] = normals[vertex + 1]! + ny;
      normals[vertex + 2] = normals[vertex + 2]! + nz;
    }
  }
  return normalizeAll(normals);
}

export interface PlaneFitOptions {
  /** Nearest points that a plane is fitted to, the point itself not among them. Default 10 (Bao et al. 2019). */
  readonly neighbors?: number;
}

/**
 * For each point the normal of the plane with the least squared distance to its nearest points: the eigenvector of the
 * smallest eigenvalue of their covariance. It is turned towards the camera (z ≤ 0), since points alone do not tell
 * outside from inside; on the far side of a head it therefore points inwards.
 * Source: Bao et al. 2019, section 3.3; Hoppe et al. 1992. Gap: whether the point itself counts among the ten is not
 * said; here it belongs to the plane besides ten others.
 * @param positions [N,3], N > neighbors
 * @returns float32 [N,3]; zero where all neighbors coincide
 * @throws {ShapeError} when there are too few points, or coordinates are not finite
 */
export function planeFitNormals(positions: Float32Array, options: PlaneFitOptions = {}): Float32Array {
  const { neighbors = 10 } = options;
  if (!Number.isInteger(neighbors) || neighbors < 2)
    throw new ShapeError('planeFitNormals', `neighbors: expected a whole number of at least 2, got ${neighbors}`);
  const tree = new KdTree(positions);
  if (tree.count <= neighbors)
    throw new ShapeError('planeFitNormals', `positions: expected more than ${neighbors} points, got ${tree.count}`);
  const near = new Uint32Array(neighbors + 1); // the point itself is at distance 0
  const normals = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 3) {
    tree.nearest(positions[at]!, positions[at + 1]!, positions[at + 2]!, near);
    const normal = smallestEigenvector(scatter(positions, near));
    const sign = normal[2] > 0 ? -1 : 1;
    for (let k = 0; k < 3; k++) normals[at + k] = sign * normal[k as 0 | 1 | 2];
  }
  return normals;
}

/** Σ (p − p̄)(p − p̄)ᵀ */
function scatter(positions: Float32Array, points: Uint32Array): Symmetric3 {
  let [mx, my, mz] = [0, 0, 0];
  for (const p of points) {
    mx += positions[3 * p]!;
    my += positions[3 * p + 1]!;
    mz += positions[3 * p + 2]!;
  }
  mx /= points.length;
  my /= points.length;
  mz /= points.length;
  let [xx, xy, xz, yy, yz, zz] = [0, 0, 0, 0, 0, 0];
  for (const p of points) {
    const [x, y, z] = [positions[3 * p]! - mx, positions[3 * p + 1]! - my, positions[3 * p + 2]! - mz];
    xx += x * x;
    xy += x * y;
    xz += x * z;
    yy += y * y;
    yz += y * z;
    zz += z * z;
  }
  return [xx, xy, xz, yy, yz, zz];
}

function normalizeAll(vectors: Float32Array): Float32Array {
  for (let at = 0; at < vectors.length; at += 3) {
    const [x, y, z] = [vectors[at]!, vectors[at + 1]!, vectors[at + 2]!];
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 0)) continue;
    vectors[at] = x / length;
    vectors[at + 1] = y / length;
    vectors[at + 2] = z / length;
  }
  return vectors;
}
