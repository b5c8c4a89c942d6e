/** A sphere of triangles, for tests. */
import { LoopSubdivision, type TriangleMesh } from 'mienjs/geometry';

/** @param levels of refinement of an octahedron   @returns a unit sphere, wound so that normals point out */
export function sphere(levels: number): TriangleMesh {
  const octahedron = Uint32Array.of(0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5);
  const fine = new LoopSubdivision(octahedron, 6, levels);
  const positions = fine.apply(Float32Array.of(1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1), 3);
  for (let at = 0; at < positions.length; at += 3) {
    const length = Math.hypot(positions[at]!, positions[at + 1]!, positions[at + 2]!);
    for (let k = 0; k < 3; k++) positions[at + k] = positions[at + k]! / length;
  }
  return { positions, triangles: fine.triangles };
}
