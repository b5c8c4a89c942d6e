/** A character ready to be drawn: its rig, and all its pieces joined into one mesh whose triangles never change. */
import type { Point3 } from '../image/raw-image.ts';
import type { Character, Rgb } from './characters/character.ts';
import { bakeSkin, linear, type SkinPaintImage } from './paint.ts';
import {
  bodyParts,
  browPart,
  earParts,
  eyeParts,
  lashPart,
  mouthParts,
  tuckedUnderHat,
  wearParts,
  type Wear,
} from './parts/face-parts.ts';
import { hairParts } from './parts/hair.ts';
import { type Carrier, type Material, type Part } from './parts/part.ts';
import type { UnitIntensities } from './rig/action-units.ts';
import { HeadRig, type PosedHead } from './rig/head-rig.ts';
import { smoothstep } from './rig/curves.ts';

interface Placed {
  readonly first: number;
  readonly count: number;
  readonly carrier: Carrier;
  /** Positions at rest; absent for pieces that are made anew for each face. */
  readonly rest?: Float32Array;
  readonly shares?: Float32Array;
}

export class CharacterModel {
  readonly character: Character;
  readonly rig: HeadRig;
  #skin: SkinPaintImage | undefined;
  readonly vertexCount: number;
  /** uint32 [T,3] of all pieces; those of the skin of the head come first. */
  readonly triangles: Uint32Array;
  /** float32 [V,4], see `Part.paint`. */
  readonly paint: Float32Array;
  /** By triangle: index into `materials`. */
  readonly pieceOf: Uint8Array;
  readonly pieces: readonly { readonly material: Material; readonly color: Rgb; readonly linear: Point3 }[];
  /** float32 [V], share of the head's turn that a vertex takes: 1 but for neck and shoulders. */
  readonly turnShares: Float32Array;
  #unrolled: { readonly places: Float32Array; readonly triangles: Uint32Array } | undefined;
  readonly #placed: readonly Placed[];
  readonly #moving: {
    readonly first: number;
    readonly make: (units: UnitIntensities, skin: PosedHead) => Float32Array;
  }[];

  constructor(
    character: Character,
    { levels = 1, wear = {} }: { readonly levels?: number; readonly wear?: Wear } = {},
  ) {
    this.character = character;
    const rig = new HeadRig(character, levels);
    this.rig = rig;
    const still: Part[] = [
      ...eyeParts(rig),
      ...mouthParts(rig),
      ...earParts(rig),
      ...hairParts(character, rig.surface).map((hair) => (wear.hat ? tuckedUnderHat(rig, hair) : hair)),
      ...bodyParts(rig),
      ...wearParts(rig, { ...character.wears, ...wear }),
    ];
    const neutral = rig.pose({});
    const movingMakers: ((units: UnitIntensities, skin: PosedHead) => Part | undefined)[] = [
      (units) => browPart(rig, -1, units),
      (units) => browPart(rig, 1, units),
      (_, skin) => lashPart(rig, -1, skin.positions),
      (_, skin) => lashPart(rig, 1, skin.positions),
    ];
    const headPart: Part = {
      material: 'skin',
      color: character.skin.color,
      carrier: 'head',
      positions: neutral.positions,
      triangles: rig.subdivision.triangles,
      paint: skinPaint(rig),
    };
    const parts: Part[] = [headPart, ...still];
    const moving: { first: number; make: (units: UnitIntensities, skin: PosedHead) => Float32Array }[] = [];
    const stillCount = parts.length;
    const makers: typeof movingMakers = [];
    for (const make of movingMakers) {
      const part = make({}, neutral);
      if (!part) continue;
      parts.push(part);
      makers.push(make);
    }
    const vertexCount = parts.reduce((sum, { positions }) => sum + positions.length / 3, 0);
    const triangleCount = parts.reduce((sum, { triangles }) => sum + triangles.length / 3, 0);
    const triangles = new Uint32Array(3 * triangleCount);
    const paint = new Float32Array(4 * vertexCount);
    const pieceOf = new Uint8Array(triangleCount);
    const placed: Placed[] = [];
    const pieces: { material: Material; color: Rgb; linear: Point3 }[] = [];
    const pieceIndex = new Map<string, number>();
    let [vertex, triangle] = [0, 0];
    parts.forEach((part, p) => {
      const count = part.positions.length / 3;
      for (let i = 0; i < part.triangles.length; i++) triangles[3 * triangle + i] = part.triangles[i]! + vertex;
      paint.set(part.paint, 4 * vertex);
      const key = `${part.material} ${part.color.join()}`;
      if (!pieceIndex.has(key)) {
        pieceIndex.set(key, pieces.length);
        pieces.push({
          material: part.material,
          color: part.color,
          linear: part.color.map(linear) as unknown as Point3,
        });
      }
      pieceOf.fill(pieceIndex.get(key)!, triangle, triangle + part.triangles.length / 3);
      placed.push({
        first: vertex,
        count,
        carrier: part.carrier,
        ...(p > 0 && p < stillCount ? { rest: part.positions } : {}),
        ...(part.shares ? { shares: part.shares } : {}),
      });
      if (p >= stillCount) {
        const make = makers[p - stillCount]!;
        moving.push({ first: vertex, make: (units, skin) => make(units, skin)!.positions });
      }
      vertex += count;
      triangle += part.triangles.length / 3;
    });
    this.vertexCount = vertexCount;
    this.triangles = triangles;
    this.paint = paint;
    this.pieceOf = pieceOf;
    this.pieces = pieces;
    this.turnShares = new Float32Array(vertexCount).fill(1);
    for (const { first, count, carrier, shares } of placed)
      if (carrier === 'body') for (let i = 0; i < count; i++) this.turnShares[first + i] = shares?.[i] ?? 0;
    this.#placed = placed;
    this.#moving = moving;
  }

  /** The paint of the skin, made when it is first needed. */
  get skin(): SkinPaintImage {
    return (this.#skin ??= bakeSkin(this.rig));
  }

  /** All vertices of a face, float32 [V,3] in the coordinates of the head. */
  assemble(units: UnitIntensities): { readonly head: PosedHead; readonly positions: Float32Array } {
    const head = this.rig.pose(units);
    const positions = new Float32Array(3 * this.vertexCount);
    positions.set(head.positions, 0);
    for (const { first, count, carrier, rest, shares } of this.#placed) {
      if (!rest) continue;
      if (carrier !== 'jaw' || head.jawDeg === 0) {
        positions.set(rest, 3 * first);
        continue;
      }
      for (let i = 0; i < count; i++) {
        const turn = head.jawDeg * (shares ? shares[i]! : 1);
        const turned = this.rig.turnJaw([rest[3 * i]!, rest[3 * i + 1]!, rest[3 * i + 2]!], turn);
        positions.set(turned, 3 * (first + i));
      }
    }
    for (const { first, make } of this.#moving) positions.set(make(units, head), 3 * first);
    return { head, positions };
  }

  /**
   * The skin of the head laid flat, for position maps: columns of the rig across, rows down.
   * @returns float32 [V,3] in 0 … 1 (z is 0), and the triangles but for those that the back seam cuts
   */
  unrolled(): { readonly places: Float32Array; readonly triangles: Uint32Array } {
    return (this.#unrolled ??= unroll(this.rig));
  }
}

function unroll({ cage, subdivision }: HeadRig): { places: Float32Array; triangles: Uint32Array } {
  const { above, below, vertices } = cage;
  const columns = above[0]!.length;
  const flat = new Float32Array(3 * vertices.length);
  for (const rows of [above, below])
    rows.forEach((row, r) =>
      row.forEach((vertex, column) => {
        const across = ((column + columns / 2) % columns) / columns;
        flat.set([r === 0 || r === rows.length - 1 ? 0.5 : across, r / (rows.length - 1), 0], 3 * vertex);
      }),
    );
  const places = subdivision.apply(flat, 3);
  const kept: number[] = [];
  const { triangles } = subdivision;
  for (let t = 0; t < triangles.length; t += 3) {
    const us = [0, 1, 2].map((k) => places[3 * triangles[t + k]!]!);
    if (Math.max(...us) - Math.min(...us) < 0.2) kept.push(triangles[t]!, triangles[t + 1]!, triangles[t + 2]!);
  }
  return { places, triangles: Uint32Array.from(kept) };
}

/** Paint of the head's skin: the place at rest, and how far within lips and lids' rims. @returns float32 [V,4] */
function skinPaint(rig: HeadRig): Float32Array {
  const { vertices } = rig.cage;
  const values = new Float32Array(4 * vertices.length);
  vertices.forEach(({ x, y, phi, lip, lid }, i) => {
    // beyond the side of the head the plane of the face is unrolled
    const beyond = Math.max(0, Math.abs(phi) - Math.PI / 2) * Math.sign(phi);
    let red = -1;
    if (lip) {
      const out = Math.abs(lip.along) - 1;
      red = out > 0.02 ? -1 : 3.5 - lip.row;
      if (Math.abs(out) <= 0.02) red = lip.row <= 1 ? 0.6 : 0.2 - 0.3 * (lip.row - 1);
      red = Math.max(-1, red);
    }
    let rim = -1;
    if (lid) {
      const within = smoothstep(1.25, 0.95, Math.abs(lid.along));
      rim =
        (lid.isUpper ? [1.6, 1.1, 0, -1][Math.min(3, lid.row)]! : [0.55, 0.3, -0.5, -1][Math.min(3, lid.row)]!) *
          within -
        (1 - within);
    }
    values.set([x + beyond, y, red, rim], 4 * i);
  });
  return rig.subdivision.apply(values, 4);
}
