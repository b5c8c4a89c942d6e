/** Pieces that a character is put together from, and the shapes that they are made of. */
import type { Point3 } from '../../image/raw-image.ts';
import type { Rgb } from '../characters/character.ts';
import { mix, pathPoint } from '../rig/curves.ts';

/** How a piece is painted and how it takes light. */
export const MATERIALS = ['skin', 'eye', 'hair', 'brow', 'teeth', 'tongue', 'mouth', 'cloth', 'gloss'] as const;
export type Material = (typeof MATERIALS)[number];

/** What carries a piece along: the head, the jaw on it, or nothing (neck and shoulders stay). */
export type Carrier = 'head' | 'jaw' | 'body';

export interface Part {
  readonly material: Material;
  readonly color: Rgb;
  readonly carrier: Carrier;
  /** float32 [V,3], in the coordinates of the head at rest. */
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
  /**
   * float32 [V,4], what the paint needs: skin: place on the face at rest, reach into the red of the lips, into the
   * lids' rims; eye: direction from the middle of the eyeball, and its side; hair: place across and along a lock.
   */
  readonly paint: Float32Array;
  /** float32 [V], share of what carries it that a vertex takes; for the body, of the head's turn. Default: 1; the body 0. */
  readonly shares?: Float32Array;
}

/** A sheet of points by rows and columns. @param wraps whether the last column meets the first */
export function gridPart(
  look: Pick<Part, 'material' | 'color' | 'carrier'>,
  rows: number,
  columns: number,
  wraps: boolean,
  at: (
    row: number,
    column: number,
  ) => {
    readonly point: Point3;
    readonly paint: readonly [number, number, number, number];
    readonly share?: number;
  },
): Part {
  const positions = new Float32Array(rows * columns * 3);
  const paint = new Float32Array(rows * columns * 4);
  let shares: Float32Array | undefined;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const vertex = at(r, c);
      positions.set(vertex.point, 3 * (r * columns + c));
      paint.set(vertex.paint, 4 * (r * columns + c));
      if (vertex.share !== undefined) (shares ??= new Float32Array(rows * columns))[r * columns + c] = vertex.share;
    }
  }
  const triangles: number[] = [];
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c < (wraps ? columns : columns - 1); c++) {
      const n = (c + 1) % columns;
      const [tl, tr, bl, br] = [r * columns + c, r * columns + n, (r + 1) * columns + c, (r + 1) * columns + n];
      triangles.push(tl, bl, tr, tr, bl, br);
    }
  }
  return { ...look, positions, triangles: Uint32Array.from(triangles), paint, ...(shares ? { shares } : {}) };
}

/** An ellipsoid. @param shape changes a point of the unit sphere before it is stretched */
export function ball(
  look: Pick<Part, 'material' | 'color' | 'carrier'>,
  center: Point3,
  radii: Point3,
  detail = 12,
  shape: (unit: Point3) => Point3 = (unit) => unit,
): Part {
  const columns = detail * 2;
  return gridPart(look, detail + 1, columns, true, (r, c) => {
    const [v, u] = [(Math.PI * r) / detail, (2 * Math.PI * c) / columns];
    const unit: Point3 = [Math.sin(u) * Math.sin(v), -Math.cos(v), -Math.cos(u) * Math.sin(v)];
    const [x, y, z] = shape(unit);
    return {
      point: [center[0] + radii[0] * x, center[1] + radii[1] * y, center[2] + radii[2] * z],
      paint: [unit[0], unit[1], unit[2], c / columns],
    };
  });
}

/**
 * A lock or tube along a path, with round ends.
 * @param out which way its broad side looks, at each of the path's points
 */
export function tube(
  look: Pick<Part, 'material' | 'color' | 'carrier'>,
  path: readonly Point3[],
  out: readonly Point3[],
  width: readonly [number, number, number],
  flat: number,
  segments = 14,
  sides = 8,
): Part {
  const rows = segments + 1;
  return gridPart(look, rows, sides, true, (r, c) => {
    const t = r / segments;
    const p = pathPoint(path, t);
    const [a, b] = [pathPoint(path, Math.max(0, t - 0.02)), pathPoint(path, Math.min(1, t + 0.02))];
    const along = unitOf([b[0] - a[0], b[1] - a[1], b[2] - a[2]]);
    const n0 = pathPoint(out, t);
    const across = unitOf(cross(along, n0));
    const normal = cross(across, along);
    const radius = t < 0.5 ? mix(width[0], width[1], smooth(2 * t)) : mix(width[1], width[2], smooth(2 * t - 1));
    // round ends
    const end = Math.min(1, Math.sqrt(Math.max(0, 1 - Math.max(0, (Math.abs(2 * t - 1) - 0.86) / 0.14) ** 2)));
    const w = radius * Math.max(end, r === 0 || r === segments ? 0.02 : 0.25);
    const angle = (2 * Math.PI * c) / sides;
    // seen from outside, columns run to the right where rows run down
    const [s, k] = [-Math.sin(angle) * w, Math.cos(angle) * w * flat];
    return {
      point: [
        p[0] + across[0] * s + normal[0] * k,
        p[1] + across[1] * s + normal[1] * k,
        p[2] + across[2] * s + normal[2] * k,
      ],
      paint: [Math.sin(angle), t, c / sides, 0],
    };
  });
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

export function cross(a: Point3, b: Point3): Point3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unitOf(v: Point3): Point3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** The other side's piece. */
export function mirrored(part: Part): Part {
  const positions = part.positions.map((value, i) => (i % 3 === 0 ? -value : value));
  const triangles = part.triangles.slice();
  for (let t = 0; t < triangles.length; t += 3)
    [triangles[t + 1], triangles[t + 2]] = [triangles[t + 2]!, triangles[t + 1]!];
  return { ...part, positions, triangles };
}
