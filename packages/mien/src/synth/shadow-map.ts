/** What the first light sees: how deep, so that what lies behind is in shadow. */
import { type Raster, rasterize } from '../geometry/rasterize.ts';
import type { Point3 } from '../image/raw-image.ts';
import type { CharacterModel } from './model.ts';
import { cross, unitOf } from './parts/part.ts';

const SIZE = 176;
/** Units of the head that it is wide. */
const EXTENT = 4.2;

export interface ShadowMap {
  /** Rows: the light's x, y and z (away from it) in the camera's coordinates. */
  readonly axes: Float64Array;
  readonly depth: Raster['depth'];
}

/** @param light towards it, of length 1   @param distance of the head's middle from the camera */
export function shadowMap(model: CharacterModel, positions: Float32Array, light: Point3, distance: number): ShadowMap {
  const z: Point3 = [-light[0], -light[1], -light[2]];
  const x = unitOf(cross(Math.abs(z[1]) > 0.95 ? [1, 0, 0] : [0, 1, 0], z));
  const axes = Float64Array.of(...x, ...cross(z, x), ...z);
  const seen = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 3) {
    const px = positions[at]!;
    const py = positions[at + 1]!;
    const pz = positions[at + 2]! - distance;
    seen[at] = axes[0]! * px + axes[1]! * py + axes[2]! * pz;
    seen[at + 1] = axes[3]! * px + axes[4]! * py + axes[5]! * pz;
    seen[at + 2] = axes[6]! * px + axes[7]! * py + axes[8]! * pz;
  }
  const { depth } = rasterize(
    { positions: seen, triangles: model.triangles },
    { kind: 'orthographic', scale: SIZE / EXTENT, offset: [SIZE / 2, SIZE / 2] },
    { width: SIZE, height: SIZE },
    { cull: 'back' },
  );
  return { axes, depth };
}

/** @returns 1 where the light reaches a place, 0 in shadow, between at its edge, which is three texels soft */
export function litShare({ axes, depth: d }: ShadowMap, x: number, y: number, z: number, bias: number): number {
  const scale = SIZE / EXTENT;
  const u = (axes[0]! * x + axes[1]! * y + axes[2]! * z) * scale + SIZE / 2 - 0.5;
  const v = (axes[3]! * x + axes[4]! * y + axes[5]! * z) * scale + SIZE / 2 - 0.5;
  const depth = axes[6]! * x + axes[7]! * y + axes[8]! * z - bias;
  const i = Math.floor(u);
  const j = Math.floor(v);
  if (i < 1 || j < 1 || i >= SIZE - 2 || j >= SIZE - 2) return 1;
  const fu = u - i;
  const fv = v - j;
  let sum = 0;
  for (let row = -1; row <= 2; row++) {
    const at = (j + row) * SIZE + i;
    let lit = 0;
    if (d[at - 1]! > depth) lit += 1 - fu;
    if (d[at]! > depth) lit += 1;
    if (d[at + 1]! > depth) lit += 1;
    if (d[at + 2]! > depth) lit += fu;
    sum += row === -1 ? lit * (1 - fv) : row === 2 ? lit * fv : lit;
  }
  return sum / 9;
}
