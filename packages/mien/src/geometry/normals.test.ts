import { lambertShading, FRONTAL_LIGHT } from './shading.ts';
import { planeFitNormals, vertexNormals } from './normals.ts';
import { smallestEigenvector } from './eigen3.ts';
import { sphere } from 'mien-testkit';
import { Random } from '../tensor/index.ts';
import { describe, expect, it } from 'vitest';

/** A square grid in the plane z = slope · x, facing the camera. */
function grid(side: number, slope: number): { positions: Float32Array; triangles: Uint32Array } {
  const positions: number[] = [];
  const triangles: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      positions.push(x, y, slope * x);
      if (x + 1 === side || y + 1 === side) continue;
      const i = y * side + x;
      triangles.push(i, i + side, i + 1, i + 1, i + side, i + side + 1);
    }
  }
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

describe('normals', () => {
  it('of a plane that faces the camera are towards it by either method, and its shading is 1', () => {
    const plane = grid(6, 0);
    for (const normals of [vertexNormals(plane), planeFitNormals(plane.positions)]) {
      for (let at = 0; at < normals.length; at += 3) {
        expect(normals[at]).toBeCloseTo(0, 6);
        expect(normals[at + 1]).toBeCloseTo(0, 6);
        expect(normals[at + 2]).toBeCloseTo(-1, 6);
      }
      for (const value of lambertShading(normals)) expect(value).toBeCloseTo(1, 6);
    }
  });

  it('of a slope have its angle', () => {
    const slope = grid(6, 1);
    for (const normals of [vertexNormals(slope), planeFitNormals(slope.positions)])
      for (const value of lambertShading(normals)) expect(value).toBeCloseTo(Math.SQRT1_2, 5);
  });

  it('of a sphere point from its center', () => {
    const { positions, triangles } = sphere(4);
    const byMesh = vertexNormals({ positions, triangles });
    const byPlanes = planeFitNormals(positions);
    for (let at = 0; at < positions.length; at += 3) {
      const dot = (n: Float32Array): number =>
        n[at]! * positions[at]! + n[at + 1]! * positions[at + 1]! + n[at + 2]! * positions[at + 2]!;
      expect(dot(byMesh)).toBeGreaterThan(0.999);
      expect(Math.abs(dot(byPlanes))).toBeGreaterThan(0.99);
      expect(byPlanes[at + 2]!).toBeLessThanOrEqual(0); // always towards the camera
    }
  });

  it('are zero, not NaN, where nothing gives a direction', () => {
    const same = new Float32Array(3 * 12).fill(2);
    expect(planeFitNormals(same).every((v) => v === 0)).toBe(true);
    expect(vertexNormals({ positions: same, triangles: Uint32Array.of(0, 1, 2) }).every((v) => v === 0)).toBe(true);
    const line = Float32Array.from({ length: 36 }, (_, i) => (i % 3 === 0 ? i : 0));
    expect(planeFitNormals(line).every(Number.isFinite)).toBe(true);
  });

  it('refuse too few points, bad meshes and a light from nowhere', () => {
    expect(() => planeFitNormals(new Float32Array(30))).toThrow('expected more than 10 points, got 10');
    expect(() => planeFitNormals(new Float32Array(30), { neighbors: 1 })).toThrow('got 1');
    expect(() => vertexNormals({ positions: new Float32Array(9), triangles: Uint32Array.of(0, 1, 3) })).toThrow(
      'expected vertices 0 to 2, got 3',
    );
    expect(() => lambertShading(new Float32Array(3), [0, 0, 0])).toThrow('light: expected a direction');
    expect(FRONTAL_LIGHT).toEqual([0, 0, -1]);
  });
});

it('smallestEigenvector: A v = λ v with the least λ', () => {
  const random = new Random(3, 'symmetric');
  for (let round = 0; round < 200; round++) {
    // A = Σ aᵢ aᵢᵀ of three vectors, the last short
    const rows = [1, 1, 0.05].map((length) => [0, 1, 2].map(() => length * random.normal()));
    const entry = (i: number, j: number): number => rows.reduce((sum, r) => sum + r[i]! * r[j]!, 0);
    const v = smallestEigenvector([entry(0, 0), entry(0, 1), entry(0, 2), entry(1, 1), entry(1, 2), entry(2, 2)]);
    const Av = [0, 1, 2].map((i) => entry(i, 0) * v[0] + entry(i, 1) * v[1] + entry(i, 2) * v[2]);
    const value = Av[0]! * v[0] + Av[1]! * v[1] + Av[2]! * v[2];
    Av.forEach((a, i) => expect(a).toBeCloseTo(value * v[i as 0]!, 7));
    for (let k = 0; k < 20; k++) {
      const u = [0, 1, 2].map(() => random.normal());
      const norm = Math.hypot(...u);
      const quotient =
        [0, 1, 2].reduce((sum, i) => sum + [0, 1, 2].reduce((s, j) => s + entry(i, j) * u[i]! * u[j]!, 0), 0) /
        norm ** 2;
      expect(quotient).toBeGreaterThanOrEqual(value - 1e-9);
    }
  }
});
