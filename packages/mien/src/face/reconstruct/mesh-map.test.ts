/** Position maps of the face mesh: what is written into a map is read off it. */
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../../image/index.ts';
import { Random } from '../../tensor/index.ts';
import { drawSubject } from '../drawn/draw-subject.ts';
import { sampleSubjectScene } from '../drawn/sample-scene.ts';
import { landmarks68In3d } from '../landmarks.ts';
import { loadCanonicalFace } from '../node.ts';
import { FaceSurface } from './face-surface.ts';
import { MeshMap } from './mesh-map.ts';

const canonical = await loadCanonicalFace();
const SIDE = 64;
const map = new MeshMap(canonical, SIDE);

/** The mesh of a drawing, in widths of the picture. */
function drawnMesh(seed: number): Float32Array {
  const surface = new FaceSurface(canonical, 1);
  const colors = new Uint8Array(3 * surface.vertexCount).fill(180);
  const { subject, scene } = sampleSubjectScene({ mesh: canonical.vertices, colors }, SIDE, new Random(seed, 'test'));
  return Float32Array.from(drawSubject(subject, surface, scene).points.flat(), (v) => v / SIDE);
}

const pointsOf = (mesh: Float32Array): Point3[] =>
  Array.from({ length: 468 }, (_, i): Point3 => [mesh[3 * i]!, mesh[3 * i + 1]!, mesh[3 * i + 2]!]);

describe('a position map of the mesh', () => {
  it('weighs landmarks, features and the rest of the face 16 : 4 : 3, and what is beside it 0', () => {
    const count = (weight: number): number => map.weights.filter((w) => w === weight).length;
    expect([16, 4, 3, 0].map(count)).toEqual([68, 490, 2106, 1432]);
    expect(new Set(map.layout.landmarks).size).toBe(68);
    expect(map.layout.vertices.every((texel) => map.weights[texel]! > 0)).toBe(true);
    for (const texel of map.layout.landmarks) expect(map.weights[texel]).toBe(16);
  });

  it('holds the landmarks of a drawn face where its vertices are projected to', () => {
    for (const seed of [1, 2, 3]) {
      const mesh = drawnMesh(seed);
      const out = new Float32Array(3 * SIDE * SIDE);
      map.write(mesh, out);
      // All of the face lies in the range of a sigmoid
      expect(out.every((v) => v >= 0 && v <= 1)).toBe(true);
      const truth = landmarks68In3d(pointsOf(mesh));
      map.landmarksOf(out).forEach((point, i) => {
        point.forEach((v, axis) => expect(v).toBeCloseTo(truth[i]![axis]!, 5));
      });
    }
  });

  it('is between the vertices of its triangles elsewhere', () => {
    // On a mesh whose coordinates are those of the texture, a texel holds its own place
    const mesh = Float32Array.from({ length: 3 * 468 }, (_, i) =>
      i % 3 === 2 ? 0 : canonical.textureCoordinates[2 * Math.floor(i / 3) + (i % 3)]!,
    );
    const out = new Float32Array(3 * SIDE * SIDE);
    map.write(mesh, out);
    map.weights.forEach((weight, texel) => {
      if (weight === 0 || weight === 16) return;
      expect(1.1 * out[texel]!).toBeCloseTo(((texel % SIDE) + 0.5) / SIDE, 4);
      expect(1.1 * out[SIDE * SIDE + texel]!).toBeCloseTo((Math.floor(texel / SIDE) + 0.5) / SIDE, 4);
      expect(out[2 * SIDE * SIDE + texel]).toBeCloseTo(0.5, 6);
    });
  });

  it('refuses sides that are none, and meshes of another length', () => {
    expect(() => new MeshMap(canonical, 8.5)).toThrow('side: expected a whole number from 16, got 8.5');
    expect(() => map.write(new Float32Array(9), new Float32Array(3 * SIDE * SIDE))).toThrow(
      'mesh: expected 1404 numbers, got 9',
    );
  });
});
