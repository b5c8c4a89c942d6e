/**
 * A head that makes faces: the rest shape of a character's cage, what each action unit does to it, and the smooth skin.
 * What a unit does is computed once for each side at its greatest intensity; a face is the rest shape, plus those
 * displacements times their intensities, plus what does not add up: lids, which slide over the eyeballs, and lips, which
 * do not pass through each other.
 */
import type { Point3 } from '../../image/raw-image.ts';
import { LoopSubdivision } from '../../geometry/subdivision.ts';
import type { Character } from '../characters/character.ts';
import {
  ACTION_UNITS,
  type ActionUnitDefinition,
  type Move,
  type Place,
  sidesOf,
  type UnitIntensities,
  type Wrinkle,
  WRINKLES,
} from './action-units.ts';
import { clamp, mix, smoothstep } from './curves.ts';
import { buildHeadCage, COLUMN, type CageVertex, type HeadCage, LID_ROWS, LIP_ROWS, lipHeight } from './head-cage.ts';
import { HeadSurface } from './head-surface.ts';

/** An eyeball: an ellipsoid. */
export interface Eyeball {
  /** 1: the subject's left eye. */
  readonly side: 1 | -1;
  readonly center: Point3;
  readonly radius: number;
  /** Half the width of the eye's opening, and the height of the eyeball's upper half as a share of `radius`. */
  readonly halfWidth: number;
}

/** A face of the rig, before it is turned and drawn; all in the head's own coordinates. */
export interface PosedHead {
  /** float32 [V,3], of the smooth skin; the first vertices are those of the cage. */
  readonly positions: Float32Array;
  /** How far the jaw is turned, degrees. */
  readonly jawDeg: number;
  /** How strongly each furrow shows, 0 … 1, in the order of `WRINKLES`, the subject's right and left. */
  readonly wrinkles: Float32Array;
  /** Share of the neutral opening that each eye has: right, left. */
  readonly openings: readonly [right: number, left: number];
}

interface Displacement {
  readonly vertices: Uint32Array;
  /** [n,3] */
  readonly by: Float32Array;
}

/** Lids are this much larger than the eyeball: their thickness. */
const LID_THICKNESS = 1.09;

export class HeadRig {
  readonly character: Character;
  readonly surface: HeadSurface;
  readonly cage: HeadCage;
  readonly subdivision: LoopSubdivision;
  readonly eyeballs: readonly [right: Eyeball, left: Eyeball];
  /** Distance from the eyes to the mouth, D. */
  readonly unit: number;
  /** Joint of the jaw. */
  readonly hinge: Point3;
  readonly rest: Float32Array;
  readonly #displacements: ReadonlyMap<number, readonly [right: Displacement, left: Displacement]>;
  readonly #places: Readonly<Record<Place, readonly [x: number, y: number]>>;

  /** @param levels of subdivision: 1 for images up to about 300 px, 2 beyond */
  constructor(character: Character, levels = 1) {
    this.character = character;
    this.surface = new HeadSurface(character.head);
    this.cage = buildHeadCage(character, this.surface);
    this.subdivision = new LoopSubdivision(this.cage.triangles, this.cage.vertices.length, levels);
    this.unit = character.mouth.y - character.head.eyeLine;
    this.hinge = [0, character.head.eyeLine + 0.25 * this.unit, 0.12];
    this.#places = placesOf(character);
    this.eyeballs = [this.#eyeball(-1), this.#eyeball(1)];
    this.rest = this.#restPositions();
    this.#displacements = new Map(
      ACTION_UNITS.map((definition) => [
        definition.unit,
        [this.#displacement(definition, -1), this.#displacement(definition, 1)],
      ]),
    );
  }

  #eyeball(side: 1 | -1): Eyeball {
    const { eyes, head } = this.character;
    const radius = eyes.halfWidth * (eyes.ball ?? 1.12);
    const skin = this.surface.frontAt(eyes.x, head.eyeLine);
    const middle = (eyes.halfWidth * (eyes.lower - eyes.upper)) / 2;
    return {
      side,
      center: [side * eyes.x, head.eyeLine + middle * 0.6, skin - (eyes.bulge ?? 0.3) * eyes.halfWidth + radius],
      radius,
      halfWidth: eyes.halfWidth,
    };
  }

  /** How far out of the smooth head the features stand at a place, towards the camera. */
  relief(x: number, y: number): number {
    const { nose, mouth, skin, brows, head, eyes } = this.character;
    const D = this.unit;
    const X = Math.abs(x);
    let out = noseRelief(nose, X, y);
    // the mouth stands forward as a whole, as teeth are behind it
    out += 0.5 * mouth.fullness * bump(X, y - mouth.y, mouth.halfWidth * 1.15, D * 0.36);
    out += (skin.cheeks ?? 0.05) * bump(X - this.#places.cheek[0], y - this.#places.cheek[1], D * 0.36, D * 0.3);
    out += (skin.chin ?? 0.05) * bump(X, y - (head.chin - 0.13), head.chinWidth * 0.62, 0.17);
    const brow = head.eyeLine - (brows.heights[0] + brows.heights[1]) / 2;
    out +=
      (skin.browRidge ?? 0.03) *
      bump(X - (brows.inner + brows.outer) / 2, y - brow, (brows.outer - brows.inner) * 0.7, 0.12);
    // sockets
    out -=
      0.35 * eyes.halfWidth * bump(X - eyes.x * 0.97, y - head.eyeLine, eyes.halfWidth * 1.25, eyes.halfWidth * 1.1);
    return out;
  }

  #restPositions(): Float32Array {
    const out = new Float32Array(this.cage.vertices.length * 3);
    this.cage.vertices.forEach((vertex, i) => out.set(this.#restPoint(vertex), 3 * i));
    this.#wrapLids(out);
    return out;
  }

  #restPoint(vertex: CageVertex): Point3 {
    const point = this.surface.point(vertex.phi, vertex.y);
    const isFront = vertex.front;
    const x = point[0];
    let [, y, z] = point;
    z -= this.relief(x, vertex.y) * isFront;
    const { nose, mouth } = this.character;
    // a tip that hangs or turns up
    const tip = bump(Math.abs(x), vertex.y - nose.tip, nose.width, nose.width * 0.9);
    y += (nose.droop ?? 0) * tip * isFront;
    if (vertex.lip && Math.abs(vertex.lip.along) <= 1.02) {
      const swell = [-0.35, 0.62, 1, 0.3, 0, 0][vertex.lip.row]!;
      const round = Math.sqrt(Math.max(0, 1 - vertex.lip.along ** 2));
      z -= mouth.fullness * (swell - (vertex.lip.row === 0 ? 0.25 : 0)) * round;
    }
    return [x, y, z];
  }

  /** Skin never lies within the eyeballs; the rims of the lids touch them. */
  #wrapLids(positions: Float32Array): void {
    const { vertices } = this.cage;
    for (let i = 0; i < vertices.length; i++) {
      const { side, lid } = vertices[i]!;
      if (side === 0 || !lid || Math.abs(lid.along) > 1.8) continue;
      const { center, radius } = this.eyeballs[side < 0 ? 0 : 1];
      const [dx, dy] = [positions[3 * i]! - center[0], positions[3 * i + 1]! - center[1]];
      const across = dx * dx + dy * dy;
      const isRim = lid.row === 0 && Math.abs(lid.along) < 1;
      const grown = radius * (isRim ? 0.985 : LID_THICKNESS);
      if (across >= grown * grown) continue;
      const over = center[2] - Math.sqrt(grown * grown - across);
      positions[3 * i + 2] = isRim ? over : smoothLeast(positions[3 * i + 2]!, over, 0.06 * radius);
    }
  }

  #displacement(definition: ActionUnitDefinition, side: 1 | -1): Displacement {
    const vertices: number[] = [];
    const by: number[] = [];
    this.cage.vertices.forEach((vertex, i) => {
      if (vertex.front === 0) return;
      const delta = this.#displace(definition, side, vertex, i);
      if (Math.hypot(...delta) < 1e-5) return;
      vertices.push(i);
      by.push(...delta);
    });
    return { vertices: Uint32Array.from(vertices), by: Float32Array.from(by) };
  }

  #displace({ moves = [], lips, jawDeg }: ActionUnitDefinition, side: 1 | -1, vertex: CageVertex, i: number): Point3 {
    const { x, y, front, jaw, lip, lid } = vertex;
    const expressive = this.character.expressive ?? 1;
    let [dx, dy, dz] = this.movesAt(moves, side, x, y, lip ? (lip.isUpper ? 0 : 1) : jaw);
    if (lid) {
      // rims of lids are moved by lids alone: what pulls at the skin around reaches them the less the nearer they are
      const within = smoothstep(1.5, 1, Math.abs(lid.along));
      const held = within * (1 - lid.row / LID_ROWS) ** (lid.isUpper ? 0.7 : 1.5);
      [dx, dy, dz] = [dx * (1 - held), dy * (1 - held), dz * (1 - held)];
    }
    if (lips && lip && Math.abs(lip.along) <= 1.05) {
      const own = smoothstep(-0.22, 0.22, (side * x) / this.character.mouth.halfWidth);
      const sign = lip.isUpper ? -1 : 1;
      const round = Math.sqrt(Math.max(0, 1 - lip.along ** 2));
      const near = [1, 1, 0.9, 0.75, 0.4, 0.1][lip.row]!;
      if (lips.parted)
        dy += own * sign * lips.parted[lip.isUpper ? 0 : 1] * this.unit * expressive * round ** 2.1 * near;
      const height = lipHeight(this.character, lip.along, lip.isUpper);
      const share = [0, 0.16, 0.6, 1, 0.5, 0.1][lip.row]!;
      dy -= own * sign * (lips.thinner ?? 0) * height * share;
      dz += own * (lips.inward ?? 0) * this.unit * round * [1, 1, 0.9, 0.4, 0.1, 0][lip.row]!;
      if (lips.thinner)
        dz += own * lips.thinner * this.character.mouth.fullness * round * [0, 0.5, 0.8, 0.1, 0, 0][lip.row]!;
    }
    // skin slides over the skull
    const [px, py] = [this.rest[3 * i]!, y];
    if (vertex.front > 0.5) dz += this.surface.frontAt(px + dx, py + dy) - this.surface.frontAt(px, py);
    if (jawDeg !== undefined && jaw > 0) {
      // both sides' jaws turn together: each has half
      const [, jy, jz] = this.turnJaw([px, this.rest[3 * i + 1]!, this.rest[3 * i + 2]!], jawDeg * expressive);
      dy += 0.5 * jaw * (jy - this.rest[3 * i + 1]!);
      dz += 0.5 * jaw * (jz - this.rest[3 * i + 2]!);
    }
    return [dx * front, dy * front, dz * front];
  }

  /** What moves do to a place of the skin. @param below 0 above the mouth's opening, 1 below */
  movesAt(moves: readonly Move[], side: 1 | -1, x: number, y: number, below: number): [number, number, number] {
    const D = this.unit;
    const expressive = this.character.expressive ?? 1;
    let [dx, dy, dz] = [0, 0, 0];
    for (const { at, radius, by, reach = 'all' } of moves) {
      const [ax, ay] = this.#places[at];
      const share = reach === 'all' ? 1 : reach === 'above' ? 1 - below : below;
      // places in the middle are moved by both sides, half each
      const weight =
        share * bump(x - side * ax, y - ay, radius[0] * D, radius[1] * D) * D * expressive * (ax === 0 ? 0.5 : 1);
      dx += side * by[0] * weight;
      dy += by[1] * weight;
      dz += by[2] * weight;
    }
    return [dx, dy, dz];
  }

  /** A point that the jaw takes along. */
  turnJaw([x, y, z]: Point3, jawDeg: number): Point3 {
    const angle = (jawDeg * Math.PI) / 180;
    const [, hy, hz] = this.hinge;
    const [dy, dz] = [y - hy, z - hz];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [x, hy + dy * cos - dz * sin, hz + dz * cos + dy * sin];
  }

  /** Where a place of the skin goes, such as one under the brows. @returns displacement in the head's coordinates */
  skinMoves(units: UnitIntensities, x: number, y: number): Point3 {
    let [dx, dy, dz] = [0, 0, 0];
    for (const definition of ACTION_UNITS as readonly ActionUnitDefinition[]) {
      const value = units[definition.unit as keyof UnitIntensities];
      if (value === undefined || !definition.moves) continue;
      const { left, right } = sidesOf(value);
      for (const [side, intensity] of [
        [-1, right],
        [1, left],
      ] as const) {
        if (intensity === 0) continue;
        const [mx, my, mz] = this.movesAt(definition.moves, side, x, y, 0);
        dx += intensity * mx;
        dy += intensity * my;
        dz += intensity * mz;
      }
    }
    dz += this.surface.frontAt(x + dx, y + dy) - this.surface.frontAt(x, y);
    return [dx, dy, dz];
  }

  /** The cage and the smooth skin of a face. */
  pose(units: UnitIntensities): PosedHead {
    const cage = this.rest.slice();
    const wrinkles = new Float32Array(2 * WRINKLES.length).fill((this.character.skin.age ?? 0) * 0.6);
    const lids = [
      { upper: 0, lower: 0, slant: 0, shut: 0 },
      { upper: 0, lower: 0, slant: 0, shut: 0 },
    ];
    let jawDeg = 0;
    let [sealed, parted] = [0, 0];
    for (const {
      unit,
      lids: effect,
      lips,
      jawDeg: turn = 0,
      wrinkles: furrows = {},
    } of ACTION_UNITS as readonly ActionUnitDefinition[]) {
      const value = units[unit as keyof UnitIntensities];
      if (value === undefined) continue;
      const { left, right } = sidesOf(value);
      [right, left].forEach((intensity, s) => {
        if (intensity === 0) return;
        const { vertices, by } = this.#displacements.get(unit)![s]!;
        for (let n = 0; n < vertices.length; n++) {
          const at = 3 * vertices[n]!;
          cage[at] = cage[at]! + intensity * by[3 * n]!;
          cage[at + 1] = cage[at + 1]! + intensity * by[3 * n + 1]!;
          cage[at + 2] = cage[at + 2]! + intensity * by[3 * n + 2]!;
        }
        jawDeg += (turn * intensity * (this.character.expressive ?? 1)) / 2;
        sealed = Math.max(sealed, (lips?.seals ?? 0) * intensity);
        if (lips?.parted) parted = Math.max(parted, intensity);
        const lid = lids[s]!;
        lid.upper += (effect?.upper ?? 0) * intensity;
        lid.lower += (effect?.lower ?? 0) * intensity;
        lid.slant += (effect?.slant ?? 0) * intensity;
        lid.shut = Math.max(lid.shut, (effect?.shut ?? 0) * intensity);
        for (const [name, amount] of Object.entries(furrows) as [Wrinkle, number][]) {
          const w = 2 * WRINKLES.indexOf(name) + s;
          wrinkles[w] = Math.min(1, wrinkles[w]! + amount * intensity);
        }
      });
    }
    const openings = lids.map((lid, s) => this.#moveLids(cage, s === 0 ? -1 : 1, lid)) as [number, number];
    this.#wrapLids(cage);
    this.#meetLips(cage, sealed * (1 - parted));
    return { positions: this.subdivision.apply(cage, 3), jawDeg, wrinkles, openings };
  }

  /** @returns the share of the neutral opening that is left */
  #moveLids(
    cage: Float32Array,
    side: 1 | -1,
    { upper, lower, slant, shut }: { upper: number; lower: number; slant: number; shut: number },
  ): number {
    const { eyes } = this.character;
    const down = eyes.lower * clamp(1 + lower, -0.2, 1.6);
    // no farther than the eyeball reaches
    const ball = eyes.ball ?? 1.12;
    const most = Math.max(eyes.upper, ball * 0.96 - 0.3 * (eyes.lower - eyes.upper));
    const up = clamp(eyes.upper * clamp(1 + upper, -0.5, 1.8), -0.8 * down, most);
    this.cage.vertices.forEach((vertex, i) => {
      const { lid } = vertex;
      if (vertex.side !== side || !lid || lid.follows === 0) return;
      const inclined = up * (1 - slant * lid.along);
      const opening = Math.max(0, inclined + down);
      const meets = down; // the upper lid comes down to the lower one
      const upperNow = mix(inclined, -meets, shut * (opening > 0 ? 1 : 0));
      const now = lid.isUpper ? -Math.max(upperNow, -down) : down;
      const before = lid.isUpper ? -eyes.upper : eyes.lower;
      cage[3 * i + 1] = cage[3 * i + 1]! + (now - before) * eyes.halfWidth * lid.follows;
    });
    return ((up + down) * (1 - shut)) / (eyes.upper + eyes.lower);
  }

  /**
   * Where the lower lip would be above the upper one, both meet half way.
   * @param sealed 1: what pulls at the upper lip does not part it from the lower one, which follows
   */
  #meetLips(cage: Float32Array, sealed: number): void {
    const { above, below, rows } = this.cage;
    const columns = above[rows.mouth]!.length;
    for (let column = 0; column < columns; column++) {
      const j = Math.min(column, columns - column);
      if (j >= COLUMN.mouth) continue;
      const [u, l] = [above[rows.mouth]![column]!, below[rows.mouth]![column]!];
      const [rimUp, rimDown] = [above[rows.mouth - 1]![column]!, above[rows.mouth + 1]![column]!];
      const inner = cage[3 * l + 1]! - cage[3 * u + 1]!;
      const rims = cage[3 * rimDown + 1]! - cage[3 * rimUp + 1]!;
      // rims are a little apart when the lips are shut
      const gap = Math.min(inner, (rims - 1e-3) * 1.3);
      if (gap > 0 && sealed === 0) continue;
      // a gap is closed by the lower lip mostly, an overlap by both
      const [ups, downs] = gap > 0 ? [0.25 * sealed, 0.75 * sealed] : [0.5, 0.5];
      for (let k = 0; k <= LIP_ROWS; k++) {
        const share = 1 - k / (LIP_ROWS + 1);
        const [up, down] = k === 0 ? [u, l] : [above[rows.mouth - k]![column]!, above[rows.mouth + k]![column]!];
        cage[3 * up + 1] = cage[3 * up + 1]! + gap * share * ups;
        cage[3 * down + 1] = cage[3 * down + 1]! - gap * share * downs;
      }
    }
  }
}

export function bump(dx: number, dy: number, rx: number, ry: number): number {
  return Math.exp(-((dx / rx) ** 2) - (dy / ry) ** 2);
}

/** The lesser of two, rounded where they are within `radius`. */
function smoothLeast(a: number, b: number, radius: number): number {
  const h = clamp(0.5 + (0.5 * (b - a)) / radius, 0, 1);
  return mix(b, a, h) - radius * h * (1 - h);
}

function placesOf({ eyes, brows, nose, mouth, head }: Character): Readonly<Record<Place, readonly [number, number]>> {
  const browY = (t: 0 | 1 | 2): number => head.eyeLine - brows.heights[t];
  const noseBase = nose.tip + nose.width * 0.3;
  return {
    browInner: [brows.inner + 0.03, browY(0)],
    browMiddle: [mix(brows.inner, brows.outer, 0.5), browY(1)],
    browOuter: [brows.outer - 0.04, browY(2)],
    glabella: [0, (browY(0) + head.eyeLine) / 2],
    eye: [eyes.x, head.eyeLine],
    lowerLid: [eyes.x, head.eyeLine + eyes.halfWidth * eyes.lower + 0.07],
    cheek: [eyes.x * 1.12, mix(head.eyeLine, mouth.y, 0.6)],
    noseWing: [nose.width * 0.9, nose.tip],
    noseRoot: [0, nose.root],
    nasolabial: [mix(nose.width, mouth.halfWidth, 0.55) + 0.06, mix(noseBase, mouth.y, 0.35)],
    mouthCorner: [mouth.halfWidth, mouth.y],
    upperLip: [0, mouth.y - mouth.upper * 0.5],
    upperLipSide: [mouth.halfWidth * 0.5, mouth.y - mouth.upper * 0.6],
    lowerLip: [0, mouth.y + mouth.lower * 0.5],
    lowerLipSide: [mouth.halfWidth * 0.55, mouth.y + mouth.lower * 0.6],
    chin: [0, mix(mouth.y, head.chin, 0.62)],
  };
}

function noseRelief(nose: Character['nose'], X: number, y: number): number {
  const { tip, root, width, length, ridge, ridgeWidth = 0.55, wings = 0.5 } = nose;
  // the ridge grows from the root to the tip and ends there
  const t = (y - root) / (tip - root);
  const along = t <= 0 ? Math.max(0, 1 + t * 4) * ridge * 0.25 : t < 1 ? mix(ridge * 0.25, ridge, t ** 1.4) : ridge;
  const after = smoothstep(1 + (0.75 * width) / (tip - root), 1, t);
  const rw = width * mix(ridgeWidth * 0.8, ridgeWidth * 1.15, clamp(t, 0, 1));
  let out = length * along * after * Math.exp(-((X / rw) ** 2));
  // the ball of the tip: steeper below than above
  const down = y > tip ? width * 0.55 : width * 0.85;
  const ball = 1 - (X / (width * 0.98)) ** 2 - ((y - tip) / down) ** 2;
  if (ball > -1) out += length * (1 - ridge * 0.85) * smoothBall(ball);
  const wing = bump(X - width * 0.78, y - (tip + width * 0.12), width * 0.36, width * 0.34);
  out += length * wings * 0.55 * wing;
  return out;
}

/** √ of what is above 0, with a smooth foot. */
function smoothBall(v: number): number {
  return v > 0.25 ? Math.sqrt(v) : 0.5 * Math.exp((v - 0.25) * 2.2) * smoothstep(-1, 0.25, v) ** 0.5;
}
