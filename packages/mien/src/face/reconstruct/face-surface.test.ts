import { describe, expect, it } from 'vitest';
import type { Point3 } from '../../image/index.ts';
import { KdTree, vertexNormals } from '../../geometry/index.ts';
import { loadCanonicalFace } from '../node.ts';
import { FaceSurface, OPENING_RIMS } from './face-surface.ts';

const canonical = await loadCanonicalFace();
const surface = new FaceSurface(canonical);

describe('the surface of a face', () => {
  it('is dense, goes through the mesh, and faces the camera', () => {
    const { positions, triangles, openings } = surface.densify(canonical.vertices);
    expect(surface.skinVertexCount).toBeGreaterThan(10_000);
    expect(positions).toHaveLength(3 * surface.vertexCount);
    const far = canonical.vertices.map((p, i) => Math.hypot(...p.map((v, k) => v - positions[3 * i + k]!)));
    expect(Math.max(...far)).toBeLessThan(0.08); // cm, where the mesh is sharpest
    expect(far.reduce((sum, d) => sum + d, 0) / far.length).toBeLessThan(0.012);
    const normals = vertexNormals({ positions, triangles });
    const facing = canonical.vertices.filter((_, i) => normals[3 * i + 2]! < 0).length;
    expect(facing / canonical.vertices.length).toBeGreaterThan(0.97);
    expect(new Set(openings).size).toBe(surface.vertexCount - surface.skinVertexCount);
  });

  it('has no skin across eyes and mouth, and openings that end at the rims', () => {
    const between = (canonical.vertices[13]![1] + canonical.vertices[14]![1]) / 2;
    // All below the lips' meeting 3 cm lower: an open mouth
    const mesh = canonical.vertices.map(([x, y, z]): Point3 => [x, y > between ? y + 3 : y, z]);
    const { positions, triangles, openings } = surface.densify(mesh);
    const middle = [0, 1, 2].map((k) => (mesh[13]![k as 0] + mesh[14]![k as 0]) / 2) as [number, number, number];
    const distance = (vertices: readonly number[]): number => {
      const points = Float32Array.from(vertices.flatMap((v) => [...positions.subarray(3 * v, 3 * v + 3)]));
      const [near] = new KdTree(points).nearest(...middle, new Uint32Array(1));
      return Math.hypot(...middle.map((v, k) => v - points[3 * near! + k]!));
    };
    expect(distance([...new Set(triangles)])).toBeGreaterThan(1);
    expect(distance([...new Set(openings)])).toBeLessThan(0.6);
    // The border of an opening is the skin's border there, to the point
    const skin = new KdTree(positions.slice(0, 3 * surface.skinVertexCount));
    const gaps = [...OPENING_RIMS.mouth].map((v) => {
      const p = positions.subarray(3 * v, 3 * v + 3) as unknown as Point3;
      const [near] = skin.nearest(...p, new Uint32Array(1));
      return near === v;
    });
    expect(gaps.every(Boolean)).toBe(true);
  });

  it('takes the attention mesh, and refuses fewer points', () => {
    const irises = Array.from({ length: 10 }, (): Point3 => [1e6, 1e6, 1e6]);
    const { positions } = surface.densify([...canonical.vertices, ...irises]);
    expect(Math.max(...positions)).toBeLessThan(20);
    expect(() => surface.densify(canonical.vertices.slice(0, 100))).toThrow('expected at least 468 points, got 100');
  });

  it('names a vertex of a rim for each of the openings', () => {
    const rims = new Set<number>(Object.values(OPENING_RIMS).flat());
    expect(surface.nearestRim).toHaveLength(surface.vertexCount - surface.skinVertexCount);
    expect([...surface.nearestRim].every((v) => rims.has(v))).toBe(true);
  });
});
