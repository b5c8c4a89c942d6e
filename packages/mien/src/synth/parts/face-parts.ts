/** What a face has besides its skin: eyeballs, brows, lashes, teeth, tongue, ears, and the neck that carries it. */
import type { Point3 } from '../../image/raw-image.ts';
import type { Character } from '../characters/character.ts';
import type { UnitIntensities } from '../rig/action-units.ts';
import { clamp, mix, monotoneCurve, pathPoint, smoothstep } from '../rig/curves.ts';
import { COLUMN } from '../rig/head-cage.ts';
import type { HeadRig } from '../rig/head-rig.ts';
import { ball, gridPart, mirrored, type Part, tube } from './part.ts';

/** The front half of each eyeball. */
export function eyeParts(rig: HeadRig): Part[] {
  return rig.eyeballs.map(({ center, radius, side }) =>
    gridPart({ material: 'eye', color: rig.character.eyes.color, carrier: 'head' }, 15, 25, false, (r, c) => {
      const v = mix(-1.45, 1.45, r / 14);
      const u = mix(-1.5, 1.5, c / 24);
      const unit: Point3 = [Math.sin(u) * Math.cos(v), Math.sin(v), -Math.cos(u) * Math.cos(v)];
      return {
        point: [center[0] + radius * unit[0], center[1] + radius * unit[1], center[2] + radius * unit[2]],
        paint: [...unit, side],
      };
    }),
  );
}

const BROW = { segments: 12, sides: 8 } as const;
/** Points of a brow that are landmarks, from the inner end. */
export const BROW_LANDMARKS = 5;

/** The line of a brow at rest: from the inner end (0) to the outer one (1). */
function browLine({ brows, head }: Character): (t: number) => readonly [x: number, y: number] {
  const rise = monotoneCurve([0, 0.6, 1], brows.heights);
  return (t) => [mix(brows.inner, brows.outer, t), head.eyeLine - rise(t)];
}

/** Points [x, y, z] on the skin under a brow of a face, from the inner end. */
export function browPath(rig: HeadRig, side: 1 | -1, units: UnitIntensities, count: number): Point3[] {
  const line = browLine(rig.character);
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = line(i / (count - 1));
    const z = rig.surface.frontAt(x, y) - rig.relief(x, y);
    const [dx, dy, dz] = rig.skinMoves(units, side * x, y);
    return [side * x + dx, y + dy, z + dz];
  });
}

export function browPart(rig: HeadRig, side: 1 | -1, units: UnitIntensities): Part {
  const { brows } = rig.character;
  const path = browPath(rig, side, units, 7).map(([x, y, z]): Point3 => [x, y, z - 0.35 * brows.thickness[1]]);
  const out = path.map(([x]): Point3 => [x * 0.55, -0.15, -1]);
  const part = tube(
    { material: 'brow', color: brows.color, carrier: 'head' },
    path,
    out,
    brows.thickness,
    brows.relief ?? 0.8,
    BROW.segments,
    BROW.sides,
  );
  return part;
}

/** Lashes of an upper lid: a sheet that stands out from its rim. */
export function lashPart(rig: HeadRig, side: 1 | -1, skin: Float32Array): Part | undefined {
  const { eyes } = rig.character;
  const length = eyes.lashes ?? 0;
  if (length === 0) return undefined;
  const { above, rows } = rig.cage;
  const columns = above[0]!.length;
  const rim: Point3[] = [];
  for (let j = COLUMN.innerEye; j <= COLUMN.outerEye; j++) {
    const vertex = above[rows.eye - 1]![side > 0 ? j : (columns - j) % columns]!;
    rim.push([skin[3 * vertex]!, skin[3 * vertex + 1]!, skin[3 * vertex + 2]!]);
  }
  const n = 17;
  return gridPart({ material: 'gloss', color: [28, 20, 20], carrier: 'head' }, 4, n, false, (r, c) => {
    // from the inner corner (0) to the outer one, whichever way its outside looks out on this side
    const t = side > 0 ? 1 - c / (n - 1) : c / (n - 1);
    const [x, y, z] = pathPoint(rim, t);
    const reach = length * eyes.halfWidth * (0.25 + 0.75 * smoothstep(0, 0.75, t)) * Math.min(1, 6 * t);
    // rows 0 and 3 are the rim's under and upper side, 1 and 2 the tips
    const tip = r === 1 || r === 2 ? 1 : 0;
    const thick = (r < 2 ? 0.35 : -0.55) * 0.035 * (1 - tip * 0.9);
    return {
      point: [
        x + side * reach * 0.75 * tip * (t - 0.25),
        y - reach * 0.5 * tip + thick,
        z - reach * 0.55 * tip - 0.012,
      ],
      paint: [0, 0, 0, 0],
    };
  });
}

/** Teeth of both jaws, the tongue, and the dark of the mouth. */
export function mouthParts(rig: HeadRig): Part[] {
  const { mouth } = rig.character;
  const D = rig.unit;
  const half = mouth.halfWidth * 1.3;
  const lipAt = (x: number): number => rig.surface.frontAt(x, mouth.y) - 0.5 * mouth.fullness;
  const arch = (x: number): number => lipAt(x * 0.6) + 0.06 * D + 0.26 * D * (x / half) ** 2;
  const row = (isUpper: boolean): Part =>
    gridPart({ material: 'teeth', color: [246, 243, 234], carrier: isUpper ? 'head' : 'jaw' }, 6, 33, false, (r, c) => {
      const t = r / 5;
      const x = half * (isUpper ? 1 : 0.82) * mix(-1, 1, c / 32);
      const y = mouth.y + mix(isUpper ? -0.2 * D : 0, isUpper ? 0.045 * D : 0.2 * D, t);
      // the free edge is rounded
      const edge = isUpper ? t : 1 - t;
      const round = edge > 0.8 ? 0.03 * D : 0;
      // never in front of the skin, also where the jaw takes the lower ones down
      const skin = rig.surface.frontAt(x, isUpper ? y : y + 0.2 * D) + 0.05;
      return {
        point: [x, y, Math.max(arch(x) + round + (isUpper ? 0 : 0.03 * D), skin)],
        paint: [x / half, edge, isUpper ? 1 : -1, 0],
      };
    });
  const tongue = ball(
    { material: 'tongue', color: [203, 92, 96], carrier: 'jaw' },
    [0, mouth.y + 0.17 * D, lipAt(0) + 0.3 * D],
    [mouth.halfWidth * 0.62, 0.085 * D, 0.24 * D],
    9,
  );
  const cavity = gridPart({ material: 'mouth', color: [92, 22, 26], carrier: 'jaw' }, 9, 17, false, (r, c) => {
    const t = r / 8;
    const y = mouth.y + mix(-0.4 * D, Math.min(0.6 * D, (rig.character.head.chin - mouth.y) * 0.66), t);
    const x =
      Math.sign(c - 8) *
      Math.min((Math.abs(c - 8) / 8) * 1.35 * mouth.halfWidth, (0.72 - 0.3 * t * t) * rig.surface.widthAt(y));
    const deep = Math.max(0, 1 - (x / (1.35 * mouth.halfWidth)) ** 2) * 0.3 * D;
    const z = Math.max(arch(x) + 0.1 * D + deep, rig.surface.frontAt(x, y) + 0.16);
    return { point: [x, y, z], paint: [x, y, deep, 0], share: smoothstep(0.25, 0.8, t) };
  });
  return [row(true), row(false), tongue, cavity];
}

export function earParts(rig: HeadRig): Part[] {
  const { ears, skin } = rig.character;
  const { surface } = rig;
  const phi = (97 * Math.PI) / 180;
  const [ax, , az] = surface.point(phi, ears.y);
  const flare = (ears.flareDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(flare), Math.sin(flare)];
  const pointed = ears.pointed ?? 0;
  const left = gridPart({ material: 'skin', color: skin.color, carrier: 'head' }, 15, 24, true, (r, c) => {
    const v = (Math.PI * r) / 14;
    const u = (2 * Math.PI * c) / 24;
    // a disk: a is up, b is to the back, n out of its face; r runs from the face's middle to the back's
    const [ring, n0] = [Math.sin(v), Math.cos(v)];
    const outline = 1 + 0.16 * Math.cos(u) - 0.12 * Math.sin(u) * Math.sin(u);
    const peak = pointed * 1.1 * Math.max(0, Math.cos(u - 0.5)) ** 6;
    const a = ring * Math.cos(u) * (outline + peak);
    const b = ring * -Math.sin(u) * 0.62 * (outline - 0.1) - pointed * 0.25 * Math.max(0, a);
    // a rim around a hollow
    const rim =
      n0 > 0
        ? 0.2 - 0.34 * smoothstep(0.8, 0.35, ring) + 0.07 * bumpAt(ring, 0.45, 0.12)
        : -0.2 * smoothstep(1, 0.6, ring);
    const s = ears.size;
    const [up, back, outwards] = [
      a * s,
      (-b + 0.3) * s,
      (rim + 0.1 * (n0 > 0 ? 1 : -1) * smoothstep(1, 0.85, ring)) * s,
    ];
    // its plane stands off the head to the side
    const x = ax - 0.03 + back * sin + outwards * cos;
    const z = az + back * cos - outwards * sin;
    return {
      point: [x + 0.02, ears.y - up + 0.1 * back, z],
      paint: [3, ears.y, -1, -1], // plain skin
    };
  });
  // its rows run outwards: turned over
  const triangles = left.triangles.slice();
  for (let t = 0; t < triangles.length; t += 3)
    [triangles[t + 1], triangles[t + 2]] = [triangles[t + 2]!, triangles[t + 1]!];
  const right = mirrored({ ...left, triangles });
  return [{ ...left, triangles }, right];
}

function bumpAt(x: number, at: number, width: number): number {
  return Math.exp(-(((x - at) / width) ** 2));
}

/** Neck and shoulders. The neck's upper rings turn with the head. */
export function bodyParts({ character }: HeadRig): Part[] {
  const { neck, head, skin } = character;
  const top = head.chin - 0.34;
  const bottom = head.chin + (neck.length ?? 0.5);
  const neckPart = gridPart({ material: 'skin', color: skin.color, carrier: 'body' }, 8, 24, true, (r, c) => {
    const t = r / 7;
    const u = (2 * Math.PI * c) / 24;
    const radius = neck.radius * (1 - 0.1 * Math.sin(Math.PI * t) + 0.35 * smoothstep(0.65, 1, t));
    return {
      point: [radius * Math.sin(u), mix(top, bottom, t), 0.16 + 0.1 * t - radius * 0.95 * Math.cos(u)],
      paint: [5, 0, -1, -1],
      share: smoothstep(0.95, 0.1, t),
    };
  });
  const wide = neck.shoulders;
  const shirt = gridPart({ material: 'cloth', color: neck.clothes, carrier: 'body' }, 12, 40, true, (r, c) => {
    const t = r / 11;
    const u = (2 * Math.PI * c) / 40;
    // from the collar over the shoulders down
    const across = mix(neck.radius * 1.05, wide, Math.sin((t * Math.PI) / 2) ** 0.9);
    const deep = mix(neck.radius * 1.05, wide * 0.55, Math.sin((t * Math.PI) / 2));
    const collar = t < 0.08 ? -0.05 : 0;
    return {
      point: [
        across * Math.sin(u),
        bottom - 0.16 + collar + 1.1 * t ** 1.7 - 0.09 * Math.cos(u * 2) * t * 0.5 + 0.06 * Math.cos(u) * (1 - t),
        mix(0.22, 0.26, t) - deep * Math.cos(u),
      ],
      paint: [u, t, 0, 0],
    };
  });
  return [neckPart, shirt];
}

/** What a character wears, and what hides parts of its face. */
export interface Wear {
  readonly glasses?: NonNullable<Character['wears']>['glasses'];
  readonly earrings?: readonly [number, number, number];
  /** A medical mask over mouth and nose, of a color. */
  readonly mask?: readonly [number, number, number];
  /** A woolen hat, of a color. */
  readonly hat?: readonly [number, number, number];
}

export function wearParts(rig: HeadRig, wear: Wear): Part[] {
  const parts: Part[] = [];
  const { character, surface } = rig;
  const { eyes, head } = character;
  if (wear.glasses) {
    const { color, round, size, thickness } = wear.glasses;
    const look = { material: 'gloss', color, carrier: 'head' } as const;
    const rx = eyes.halfWidth * size;
    const ry = rx * mix(0.68, 1, round);
    const z = surface.frontAt(eyes.x, head.eyeLine) - 0.62 * eyes.halfWidth - 0.04;
    const cy = head.eyeLine + 0.03;
    const cx = Math.max(eyes.x, rx + 0.045);
    const n = 33;
    const ring: Point3[] = Array.from({ length: n }, (_, i) => {
      const u = (2 * Math.PI * i) / (n - 1);
      const power = mix(0.62, 1, round);
      const [c, s] = [Math.cos(u), Math.sin(u)];
      const x = cx + rx * Math.sign(c) * Math.abs(c) ** power;
      return [x, cy + ry * Math.sign(s) * Math.abs(s) ** power, z + 0.32 * (x - cx * 0.4) ** 2];
    });
    const forward = ring.map((): Point3 => [0, 0, -1]);
    const rim = tubeOpen(look, ring, forward, thickness);
    parts.push(rim, mirrored(rim));
    const bridge: Point3[] = [
      [-(cx - rx), cy - ry * 0.18, z],
      [0, cy - ry * 0.34, z - 0.03],
      [cx - rx, cy - ry * 0.18, z],
    ];
    parts.push(
      tubeOpen(
        look,
        bridge,
        bridge.map((): Point3 => [0, 0, -1]),
        thickness,
        10,
      ),
    );
    const side = surface.point(1.6, character.ears.y);
    const arm: Point3[] = [
      [cx + rx, cy - ry * 0.3, z + 0.32 * (cx + rx - cx * 0.4) ** 2],
      [side[0] + 0.06, cy - 0.05, (z + side[2]) / 2],
      [side[0] + 0.05, cy - 0.02, side[2] + 0.12],
    ];
    const temple = tubeOpen(
      look,
      arm,
      arm.map((): Point3 => [1, 0, 0]),
      thickness * 0.9,
      12,
    );
    parts.push(temple, mirrored(temple));
  }
  if (wear.earrings) {
    const [x, , z] = surface.point((97 * Math.PI) / 180, character.ears.y);
    const drop = ball(
      { material: 'gloss', color: wear.earrings, carrier: 'head' },
      [x + character.ears.size * 0.28, character.ears.y + character.ears.size * 1.05, z + character.ears.size * 0.15],
      [0.05, 0.06, 0.05],
      7,
    );
    parts.push(drop, mirrored(drop));
  }
  if (wear.mask) parts.push(maskPart(rig, wear.mask));
  if (wear.hat) parts.push(hatPart(rig, wear.hat));
  return parts;
}

function tubeOpen(
  look: Pick<Part, 'material' | 'color' | 'carrier'>,
  path: readonly Point3[],
  out: readonly Point3[],
  thickness: number,
  segments = 40,
): Part {
  return tube(look, path, out, [thickness, thickness, thickness], 1, segments, 6);
}

function maskPart(rig: HeadRig, color: readonly [number, number, number]): Part {
  const { character, surface } = rig;
  const { nose, head } = character;
  const top = mix(head.eyeLine, nose.tip, 0.62);
  return gridPart({ material: 'cloth', color, carrier: 'head' }, 14, 33, false, (r, c) => {
    const t = r / 13;
    const u = mix(-1, 1, c / 32);
    const phi = u * 1.45;
    const y = mix(top + 0.16 * Math.abs(u) ** 1.4, head.chin + 0.02 - 0.16 * u * u, t);
    const [px, py, pz] = surface.point(phi, Math.min(y, head.chin - 0.02));
    const inner = Math.cos(phi * 0.95) ** 2;
    const tent = nose.length * 0.95 * inner * Math.sin(Math.PI * clamp(0.2 + 0.75 * t, 0, 1)) + 0.035;
    const [nx, , nz] = surface.normal(phi, Math.min(y, head.chin - 0.1));
    const cover = Math.max(tent, rig.relief(px, y) + 0.045);
    return { point: [px + nx * 0.03, py, pz + nz * 0.03 - cover], paint: [u, t, 1, 0] };
  });
}

/** How far a hat stands off the head, and the height of its brim at an angle. */
function hatShape({ character }: HeadRig): { readonly thick: number; readonly brim: (phi: number) => number } {
  const { hair, head, brows } = character;
  const line = head.eyeLine - Math.max(...brows.heights) - 0.1;
  return {
    thick: 0.07 + (hair.cap ? hair.cap.thickness * 0.7 + 0.4 * (hair.cap.volume ?? 0) : 0),
    brim: (phi) => line + 0.22 * (1 - Math.cos(phi)) * 0.5,
  };
}

function hatPart(rig: HeadRig, color: readonly [number, number, number]): Part {
  const { surface, character } = rig;
  const { thick, brim } = hatShape(rig);
  return gridPart({ material: 'cloth', color, carrier: 'head' }, 18, 48, true, (r, c) => {
    const t = r / 17;
    const phi = ((c / 48) * 2 - 1) * Math.PI;
    const y = mix(character.head.top + 1e-3, brim(phi), 1 - Math.cos((t * Math.PI) / 2) ** 0.9);
    const [px, py, pz] = surface.point(phi, y);
    const [nx, ny, nz] = surface.normal(phi, y);
    const by = thick + (t > 0.72 ? 0.05 : 0) + 0.05 * (1 - t);
    return { point: [px + nx * by, py + ny * by, pz + nz * by], paint: [phi, t, 1, 0] };
  });
}

/** Hair as a hat presses it down: what is above the brim lies within the hat. */
export function tuckedUnderHat(rig: HeadRig, hair: Part): Part {
  const { surface, character } = rig;
  const { thick, brim } = hatShape(rig);
  const { top } = character.head;
  const positions = hair.positions.slice();
  for (let at = 0; at < positions.length; at += 3) {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    const phi = Math.atan2(x, -z);
    if (y > brim(phi)) continue;
    const held = Math.max(y, top + 0.01);
    const [px, py, pz] = surface.point(phi, held);
    const [nx, ny, nz] = surface.normal(phi, held);
    const out = (x - px) * nx + (y - py) * ny + (z - pz) * nz;
    const by = Math.min(out, thick * 0.5);
    if (by < out) positions.set([px + nx * by, py + ny * by, pz + nz * by], at);
  }
  return { ...hair, positions };
}
