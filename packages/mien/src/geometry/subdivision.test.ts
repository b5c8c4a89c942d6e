import { LoopSubdivision } from './subdivision.ts';
import { describe, expect, it } from 'vitest';

/** An octahedron: closed, each vertex with four neighbors. */
const OCTAHEDRON = Uint32Array.of(0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5);
const CORNERS = Float32Array.of(1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1);
/** A square of two triangles, with a boundary all around. */
const SQUARE = Uint32Array.of(0, 1, 2, 0, 2, 3);

const point = (values: Float32Array, i: number): number[] => [...values.subarray(3 * i, 3 * i + 3)];
function expectClose(actual: readonly number[], expected: readonly number[], digits = 6): void {
  actual.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, digits));
}

describe('Loop subdivision', () => {
  it('makes four triangles of each and a vertex of each edge, level by level', () => {
    const fine = new LoopSubdivision(OCTAHEDRON, 6, 3);
    expect(fine.triangles).toHaveLength(3 * 8 * 4 ** 3);
    expect(fine.vertexCount).toBe(258); // V − E + F = 2 with E = 3F/2
    expect(new Set(fine.triangles).size).toBe(258);
  });

  it('has the masks of Loop 1987', () => {
    const once = new LoopSubdivision(OCTAHEDRON, 6, 1);
    const values = once.apply(CORNERS, 3);
    // Four neighbors: 1 − 4β with β = (5/8 − (3/8)²)/4 = 31/256
    expectClose(point(values, 0), [1 - 4 * (31 / 256), 0, 0]);
    // An edge: 3/8 of its ends, 1/8 of the two vertices across, whose mean is here 0
    const edge = [...Array(6).keys()].map((k) => point(values, 6 + k)).find(([x, y]) => x! > 0.1 && y! > 0.1)!;
    expectClose(edge, [3 / 8, 3 / 8, 0]);
  });

  it('follows cubic B-splines at the boundary, whatever lies within', () => {
    const once = new LoopSubdivision(SQUARE, 4, 1);
    const values = once.apply(Float32Array.of(0, 0, 9, 8, 0, 9, 8, 8, 9, 0, 8, 9), 3);
    expectClose(point(values, 0), [1, 1, 9]); // 3/4 (0,0) + 1/8 (8,0) + 1/8 (0,8)
    const middles = [4, 5, 6, 7, 8].map((i) => point(values, i).join());
    for (const side of ['4,0,9', '8,4,9', '4,8,9', '0,4,9']) expect(middles).toContain(side);
  });

  it('keeps what is constant and what is flat', () => {
    const fine = new LoopSubdivision(SQUARE, 4, 3);
    for (const v of fine.apply(new Float32Array(4).fill(7), 1, 4)) expect(v).toBeCloseTo(7, 5);
  });

  it('comes near the control points with each round of fitting', () => {
    const fine = new LoopSubdivision(OCTAHEDRON, 6, 5);
    const reach = [0, 1, 3, 8, 30].map((fits) => Math.hypot(...point(fine.apply(CORNERS, 3, fits), 0)));
    reach.slice(1).forEach((r, i) => expect(r).toBeGreaterThan(reach[i]!));
    expect(reach.at(-1)!).toBeCloseTo(1, 2);
  });

  it('keeps the winding', () => {
    const fine = new LoopSubdivision(OCTAHEDRON, 6, 2);
    const p = fine.apply(CORNERS, 3);
    for (let at = 0; at < fine.triangles.length; at += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => point(p, fine.triangles[at + k]!)) as [number[], number[], number[]];
      const volume =
        a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) +
        a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) +
        a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
      expect(volume).toBeGreaterThan(0);
    }
  });

  it('refuses what is not a surface, and values that do not fit', () => {
    expect(() => new LoopSubdivision(Uint32Array.of(0, 1, 2, 1, 0, 3, 0, 1, 4), 5, 1)).toThrow('got three at 0–1');
    expect(() => new LoopSubdivision(Uint32Array.of(0, 1, 5), 3, 1)).toThrow('expected vertices below 3, got 5');
    expect(() => new LoopSubdivision(SQUARE, 4, 0)).toThrow('levels: expected a whole number of at least 1, got 0');
    expect(() => new LoopSubdivision(SQUARE, 4, 1).apply(new Float32Array(5), 1)).toThrow('expected 4×1, got 5');
  });
});
