import { interpolate, rasterize } from './rasterize.ts';
import type { Camera } from './camera.ts';
import { describe, expect, it } from 'vitest';

const FLAT: Camera = { kind: 'orthographic' };
/** Facing the camera: anticlockwise as displayed, with y down. */
const TRIANGLE = { positions: Float32Array.of(0, 0, 5, 0, 4, 5, 4, 0, 5), triangles: Uint32Array.of(0, 1, 2) };

describe('rasterize', () => {
  it('covers the pixels whose centers are in the triangle, with depth and attributes', () => {
    const raster = rasterize(TRIANGLE, FLAT, { width: 4, height: 4 });
    const rows = [0, 1, 2, 3].map((y) => [...raster.triangleIds.subarray(4 * y, 4 * y + 4)].map((id) => id + 1));
    expect(rows).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 0],
      [1, 1, 0, 0],
      [1, 0, 0, 0],
    ]);
    expect(raster.depth[0]).toBe(5);
    expect(raster.depth[15]).toBe(Infinity);
    const xy = interpolate(raster, TRIANGLE.triangles, [0, 0, 0, 4, 4, 0], 2, -1);
    expect([xy[0], xy[1]]).toEqual([0.5, 0.5]);
    expect([xy[2 * 6], xy[2 * 6 + 1]]).toEqual([2.5, 1.5]);
    expect(xy[30]).toBe(-1);
  });

  it('leaves no gap and counts no pixel twice between neighbors, however the vertices lie', () => {
    // A fan about a point off the grid, whose rim is outside the image
    const rim = 17;
    const positions = [13.37, 11.91, 0];
    for (let k = 0; k < rim; k++)
      positions.push(13.37 + 60 * Math.sin(k * 0.3696), 11.91 + 60 * Math.cos(k * 0.3696), 0);
    const triangles = Array.from({ length: rim }, (_, k) => [0, 1 + k, 1 + ((k + 1) % rim)]).flat();
    const raster = rasterize(
      { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) },
      FLAT,
      { width: 32, height: 32 },
    );
    expect(raster.triangleIds.every((id) => id >= 0)).toBe(true);
  });

  it('shows the nearer of two surfaces, in whatever order they come', () => {
    const positions = Float32Array.of(0, 0, 5, 0, 9, 5, 9, 0, 5, 0, 0, 3, 0, 9, 3, 9, 0, 3);
    for (const triangles of [Uint32Array.of(0, 1, 2, 3, 4, 5), Uint32Array.of(3, 4, 5, 0, 1, 2)]) {
      const raster = rasterize({ positions, triangles }, FLAT, { width: 2, height: 2 });
      expect([...raster.depth]).toEqual([3, 3, 3, 3]);
      expect(triangles[3 * raster.triangleIds[0]!]).toBe(3);
    }
  });

  it('interpolates in space, not on the screen, under perspective', () => {
    // A floor that runs from z = 1 to z = 3, with z as attribute
    const mesh = { positions: Float32Array.of(-9, 1, 1, 9, 1, 1, 0, 1, 3), triangles: Uint32Array.of(0, 1, 2) };
    const camera: Camera = { kind: 'perspective', focalPx: 30, center: [0.5, 0] };
    const raster = rasterize(mesh, camera, { width: 1, height: 40 });
    const z = interpolate(raster, mesh.triangles, [1, 1, 3], 1);
    for (let y = 11; y < 29; y++) {
      const expected = 30 / (y + 0.5); // y' = focal · 1 / z
      expect(z[y]).toBeCloseTo(expected, 4);
      expect(raster.depth[y]).toBeCloseTo(expected, 4);
    }
    expect(raster.triangleIds[5]).toBe(-1);
  });

  it('leaves out what is behind the camera, and with culling what is turned away', () => {
    const camera: Camera = { kind: 'perspective', focalPx: 1, center: [0, 0] };
    const behind = { ...TRIANGLE, positions: TRIANGLE.positions.map((v, i) => (i % 3 === 2 ? -1 : v)) };
    expect(rasterize(behind, camera, { width: 4, height: 4 }).triangleIds.every((id) => id === -1)).toBe(true);
    const back = { ...TRIANGLE, triangles: Uint32Array.of(0, 2, 1) };
    expect(rasterize(back, FLAT, { width: 4, height: 4 }).triangleIds[0]).toBe(0);
    expect(rasterize(back, FLAT, { width: 4, height: 4 }, { cull: 'back' }).triangleIds[0]).toBe(-1);
    expect(rasterize(TRIANGLE, FLAT, { width: 4, height: 4 }, { cull: 'back' }).triangleIds[0]).toBe(0);
  });

  it('draws nothing of triangles without an area', () => {
    const line = { positions: Float32Array.of(0, 0, 1, 3, 3, 1, 1, 1, 1), triangles: Uint32Array.of(0, 1, 2, 0, 0, 1) };
    const raster = rasterize(line, FLAT, { width: 4, height: 4 });
    expect(raster.triangleIds.every((id) => id === -1)).toBe(true);
  });

  it('refuses bad sizes, cameras and coordinates', () => {
    expect(() => rasterize(TRIANGLE, FLAT, { width: 0, height: 4 })).toThrow('got 0×4');
    expect(() => rasterize(TRIANGLE, { kind: 'orthographic', scale: 0 }, { width: 4, height: 4 })).toThrow('got 0');
    expect(() =>
      rasterize(TRIANGLE, { kind: 'perspective', focalPx: -1, center: [0, 0] }, { width: 4, height: 4 }),
    ).toThrow('above 0, got -1');
    expect(() =>
      rasterize({ ...TRIANGLE, positions: new Float32Array(9).fill(NaN) }, FLAT, { width: 4, height: 4 }),
    ).toThrow('expected finite numbers, got NaN');
  });
});
