/** Hair: a cap that lies on the head, and locks, balls and curls on it. All of it is carried by the head. */
import type { Point3 } from '../../image/raw-image.ts';
import { Random } from '../../tensor/random.ts';
import type { Character, Lock } from '../characters/character.ts';
import { clamp, mix, monotoneCurve, smoothstep } from '../rig/curves.ts';
import type { HeadSurface } from '../rig/head-surface.ts';
import { ball, mirrored, type Part, tube } from './part.ts';
import { gridPart } from './part.ts';

/** Hair this far under the skin is nowhere near the hairline. */
const HIDDEN = -0.049;
const CAP = { rows: 26, columns: 64 } as const;

export function hairParts({ hair }: Character, surface: HeadSurface): Part[] {
  const look = { material: 'hair', color: hair.color, carrier: 'head' } as const;
  const parts: Part[] = [];
  if (hair.cap) parts.push(cap(look, hair.cap, surface));
  for (const lock of hair.locks ?? []) both(parts, lockOnHead(look, lock, surface), lock.mirrored);
  for (const { points, width, flat = 0.6, mirrored: isDouble } of hair.freeLocks ?? []) {
    const out = points.map(([x, y, z]): Point3 => [x, y + 0.2, z]);
    both(parts, tube(look, points, out, width, flat), isDouble);
  }
  for (const { at, radius } of hair.balls ?? []) parts.push(ball(look, at, [radius, radius * 0.94, radius], 14));
  if (hair.curls && hair.cap) parts.push(...curls(look, hair.curls, hair.cap, surface));
  return parts;
}

function both(parts: Part[], part: Part, isDouble: boolean | undefined): void {
  parts.push(part);
  if (isDouble) parts.push(mirrored(part));
}

type Look = { readonly material: 'hair'; readonly color: readonly [number, number, number]; readonly carrier: 'head' };
type Cap = NonNullable<Character['hair']['cap']>;

/** How far above the skin the cap is at a place; below 0 where there is no hair, so that the skin hides it. */
function capHeight({ line, thickness, volume = 0 }: Cap, surface: HeadSurface): (phi: number, y: number) => number {
  const hairline = monotoneCurve(
    line.map(([phi]) => (phi * Math.PI) / 180),
    line.map(([, y]) => y),
  );
  const { top, eyeLine } = surface.shape;
  return (phi, y) => {
    const a = Math.abs(phi);
    const inside = hairline(a) - y; // above the line
    const up = clamp((eyeLine - y) / (eyeLine - top), 0, 1);
    return (
      -0.05 + (0.05 + thickness + volume * up ** 1.5) * smoothstep(-0.06, 0.13, inside) - (inside < -0.06 ? 0.03 : 0)
    );
  };
}

function cap(look: Look, shape: Cap, surface: HeadSurface): Part {
  const height = capHeight(shape, surface);
  const { top } = surface.shape;
  const bottom = Math.max(...shape.line.map(([, y]) => y)) + 0.1;
  // The uppermost ring is a point: seen from above it would be a hole
  const [front, back] = [0, Math.PI].map((phi) => above(surface, phi, top + 1e-3, height(phi, top + 1e-3)));
  const crown: Point3 = [0, (front![1] + back![1]) / 2, (front![2] + back![2]) / 2];
  const heights: number[] = [];
  const sheet = gridPart(look, CAP.rows, CAP.columns, true, (r, c) => {
    const t = r / (CAP.rows - 1);
    const y = mix(top + 1e-3, bottom, 1 - Math.cos((t * Math.PI) / 2) ** 0.9);
    const phi = ((c / CAP.columns) * 2 - 1) * Math.PI;
    const by = height(phi, y);
    heights.push(by);
    return { point: r === 0 ? crown : above(surface, phi, y, by), paint: [phi * 6, t, 0, 1] };
  });
  // what lies under the skin altogether would be seen through an open mouth
  const kept: number[] = [];
  for (let t = 0; t < sheet.triangles.length; t += 3) {
    const corners = [...sheet.triangles.subarray(t, t + 3)];
    if (corners.some((vertex) => heights[vertex]! > HIDDEN)) kept.push(...corners);
  }
  return { ...sheet, triangles: Uint32Array.from(kept) };
}

function above(surface: HeadSurface, phi: number, y: number, by: number): Point3 {
  // below the cheeks hair hangs down, where the head grows narrow
  const { eyeLine, chin } = surface.shape;
  const held = Math.min(y, mix(eyeLine, chin, 0.6));
  const [px, py, pz] = surface.point(phi, held);
  const [nx, ny, nz] = surface.normal(phi, held);
  return [px + nx * by, py + y - held + (y > held ? 0 : ny * by), pz + nz * by];
}

function lockOnHead(look: Look, { path, width, flat = 0.45 }: Lock, surface: HeadSurface): Part {
  const points = path.map(([phi, y, by]) => above(surface, (phi * Math.PI) / 180, y, by));
  const out = path.map(([phi, y]) => surface.normal((phi * Math.PI) / 180, y));
  return tube(look, points, out, width, flat);
}

function curls(
  look: Look,
  { radius, count, seed }: NonNullable<Character['hair']['curls']>,
  shape: Cap,
  surface: HeadSurface,
): Part[] {
  const random = new Random(seed, 'curls');
  const height = capHeight(shape, surface);
  const { top } = surface.shape;
  const bottom = Math.max(...shape.line.map(([, y]) => y));
  const parts: Part[] = [];
  // evenly by the golden angle
  for (let i = 0; i < count * 3 && parts.length < count; i++) {
    const phi = ((i * 2.399963) % (2 * Math.PI)) - Math.PI;
    const y = mix(top + 0.01, bottom, ((i + 0.5) / (count * 1.3)) % 1);
    const by = height(phi, y);
    if (by < shape.thickness * 0.55) continue;
    const size = radius * random.range(0.82, 1.2);
    const center = above(surface, phi, y, by - size * 0.35);
    parts.push(ball(look, center, [size, size, size], 6));
  }
  return parts;
}
