import { sphere } from 'mien-testkit';
import { visibleByOutermostPoints, visibleByZBuffer } from './visibility.ts';
import { describe, expect, it } from 'vitest';

describe('visibility by z-buffer', () => {
  it('shows the half of a sphere that faces the camera', () => {
    const ball = sphere(4);
    const visible = visibleByZBuffer(ball);
    visible.forEach((value, i) => {
      const z = ball.positions[3 * i + 2]!;
      if (z < -0.3) expect(value).toBe(1);
      if (z > -0.1) expect(value).toBe(0);
    });
  });

  it('hides what lies behind another surface', () => {
    const [near, far] = [sphere(4), sphere(4)];
    const count = near.positions.length / 3;
    const positions = new Float32Array(6 * count);
    positions.set(near.positions);
    positions.set(
      far.positions.map((v, i) => (i % 3 === 0 ? v + 1 : i % 3 === 2 ? v + 5 : v)),
      3 * count,
    );
    const triangles = new Uint32Array(2 * near.triangles.length);
    triangles.set(near.triangles);
    triangles.set(
      far.triangles.map((v) => v + count),
      near.triangles.length,
    );
    const visible = visibleByZBuffer({ positions, triangles });
    let [hidden, shown] = [0, 0];
    for (let i = count; i < 2 * count; i++) {
      const [x, y, z] = positions.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
      if (z > 4.7) continue; // turned away or steep
      if (Math.hypot(x, y) < 0.9) hidden += 1 - visible[i]!;
      if (Math.hypot(x, y) > 1.1) expect(visible[i], `${x} ${y}`).toBe(1);
      if (Math.hypot(x, y) < 0.9) expect(visible[i], `${x} ${y}`).toBe(0);
      else shown++;
    }
    expect(hidden).toBeGreaterThan(20);
    expect(shown).toBeGreaterThan(20);
  });

  it('is nothing where all points coincide or no triangle is', () => {
    const same = { positions: new Float32Array(9).fill(3), triangles: Uint32Array.of(0, 1, 2) };
    expect([...visibleByZBuffer(same)]).toEqual([0, 0, 0]);
    expect([...visibleByZBuffer({ positions: sphere(1).positions, triangles: new Uint32Array(0) })]).not.toContain(1);
  });
});

describe('visibility by outermost points', () => {
  it('keeps two of each cell, the nearest', () => {
    const points = Float32Array.of(0.1, 0, 9, -0.2, 0.1, 3, 0, 0.3, 5, 0.2, 0, 1, 4, 0, 7);
    expect([...visibleByOutermostPoints(points)]).toEqual([0, 1, 0, 1, 1]);
    expect([...visibleByOutermostPoints(points, { keep: 1 })]).toEqual([0, 0, 0, 1, 1]);
    expect([...visibleByOutermostPoints(points, { cell: 0.01 })]).toEqual([1, 1, 1, 1, 1]);
  });

  it('refuses cells without a size and points that are none', () => {
    expect(() => visibleByOutermostPoints(new Float32Array(3), { cell: 0 })).toThrow('got 0 and 2');
    expect(() => visibleByOutermostPoints(Float32Array.of(0, 0, Infinity))).toThrow('got Infinity');
  });
});
