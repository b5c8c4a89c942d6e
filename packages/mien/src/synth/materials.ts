/** How each material is painted: its color at a place, and how it takes light. */
import type { Point3 } from '../image/raw-image.ts';
import type { CharacterModel } from './model.ts';
import { linear } from './paint.ts';
import type { Material } from './parts/part.ts';
import { WRINKLES } from './rig/action-units.ts';
import { clamp, mix, smoothstep } from './rig/curves.ts';
import { COLUMN } from './rig/head-cage.ts';
import type { PosedHead } from './rig/head-rig.ts';
import type { Scene } from './scene.ts';

/**
 * Fields of a surface: color in linear light; how far light reaches round its edge, by color; strength, narrowness and
 * color of the shine; how open it is to light; light of its own; how strong its rim is.
 */
export const SURFACE = {
  red: 0,
  green: 1,
  blue: 2,
  wrapRed: 3,
  wrapGreen: 4,
  wrapBlue: 5,
  gloss: 6,
  sharp: 7,
  shineRed: 8,
  shineGreen: 9,
  shineBlue: 10,
  open: 11,
  glow: 12,
  rim: 13,
  length: 14,
} as const;

/** Writes the surface at a place, given by the four numbers of `Part.paint`. */
export type Painter = (surface: Float64Array, p0: number, p1: number, p2: number, p3: number) => void;

/** Materials within eyes and mouth, where shadows are less deep. */
export const OTHER_LIGHT: ReadonlySet<Material> = new Set(['eye', 'teeth', 'mouth', 'tongue']);

const RIM = 0.16;

interface Piece {
  readonly material: Material;
  readonly linear: Point3;
}

export function painterOf(
  { material, linear: color }: Piece,
  model: CharacterModel,
  head: PosedHead,
  eyes: readonly [EyeUniforms, EyeUniforms],
): Painter {
  switch (material) {
    case 'skin':
      return skinPainter(model, head);
    case 'eye':
      return (s, x, y, z, side) => {
        base(s, color, 0.45, 1.3, 320);
        s[SURFACE.rim] = 0;
        paintEye(s, eyes[side > 0 ? 1 : 0], x, y, z);
      };
    case 'hair':
      return hairPainter(model, color);
    case 'brow':
      return (s, p0, p1) => {
        base(s, color, 0.3, 0.06, 20);
        tone(s, 1 + 0.25 * Math.sin(p1 * 70 + p0 * 4));
      };
    case 'teeth':
      return (s, p0, p1) => {
        base(s, color, 0.5, 0.25, 60);
        paintTeeth(s, p0, p1);
      };
    case 'tongue':
      return (s) => {
        base(s, color, 0.35, 0.2, 30);
        s[SURFACE.open] = 0.75;
      };
    case 'mouth':
      return (s) => {
        base(s, color, 0.3, 0, 1);
        s[SURFACE.open] = 0.3;
      };
    case 'cloth':
      return (s, _, p1, isKnit) => {
        base(s, color, 0.15, 0, 1);
        if (isKnit === 1) tone(s, 1 + 0.06 * Math.sin(p1 * 60));
      };
    case 'gloss':
      return (s) => base(s, color, 0.1, 0.5, 50);
  }
}

function base(s: Float64Array, color: Point3, wrap: number, gloss: number, sharp: number): void {
  s[SURFACE.red] = color[0];
  s[SURFACE.green] = color[1];
  s[SURFACE.blue] = color[2];
  s[SURFACE.wrapRed] = s[SURFACE.wrapGreen] = s[SURFACE.wrapBlue] = wrap;
  s[SURFACE.gloss] = gloss;
  s[SURFACE.sharp] = sharp;
  s[SURFACE.shineRed] = s[SURFACE.shineGreen] = s[SURFACE.shineBlue] = 1;
  s[SURFACE.open] = 1;
  s[SURFACE.glow] = 0;
  s[SURFACE.rim] = RIM;
}

function tone(s: Float64Array, by: number): void {
  s[0] = s[0]! * by;
  s[1] = s[1]! * by;
  s[2] = s[2]! * by;
}

function toward(s: Float64Array, r: number, g: number, b: number, share: number): void {
  s[0] = mix(s[0]!, r, share);
  s[1] = mix(s[1]!, g, share);
  s[2] = mix(s[2]!, b, share);
}

function skinPainter({ skin, character }: CharacterModel, { wrinkles: furrows }: PosedHead): Painter {
  const { size, extent, colors, wrinkles } = skin;
  const [lipR, lipG, lipB] = character.mouth.color.map(linear) as unknown as Point3;
  const lipTint = character.mouth.tint ?? 1;
  const liner = character.eyes.liner ?? 0.8;
  const kinds = WRINKLES.length;
  const plain: Point3 = [0, 0, 0];
  return (s, x, y, lip, rim) => {
    base(s, plain, 0.28, 0.1, 14);
    s[SURFACE.wrapGreen] = 0.154;
    s[SURFACE.wrapBlue] = 0.118;
    const i = clamp(Math.floor(((x + extent) / (2 * extent)) * size), 0, size - 1);
    const j = clamp(Math.floor(((y + extent) / (2 * extent)) * size), 0, size - 1);
    const at = j * size + i;
    s[0] = colors[3 * at]!;
    s[1] = colors[3 * at + 1]!;
    s[2] = colors[3 * at + 2]!;
    const side = x < 0 ? 0 : 1;
    let furrow = 0;
    for (let w = 0; w < kinds; w++) {
      const here = wrinkles[at * kinds + w]!;
      if (here > 0) furrow = Math.max(furrow, (here / 255) * furrows[2 * w + side]!);
    }
    if (furrow > 0) {
      s[0] = s[0]! * (1 - 0.42 * furrow);
      s[1] = s[1]! * (1 - 0.56 * furrow);
      s[2] = s[2]! * (1 - 0.58 * furrow);
      s[SURFACE.open] = 1 - 0.3 * furrow;
    }
    if (lip > 0.32) {
      const red = smoothstep(0.32, 0.68, lip);
      toward(s, lipR, lipG, lipB, red * lipTint);
      tone(s, 1 - 0.72 * smoothstep(2.7, 3.4, lip)); // dark within
      s[SURFACE.gloss] = 0.1 + 0.22 * red;
      s[SURFACE.sharp] = 14 + 40 * red;
    }
    if (rim > 0.2) toward(s, 0.016, 0.01, 0.01, smoothstep(0.2, 0.75, rim) * liner);
  };
}

function hairPainter({ character }: CharacterModel, color: Point3): Painter {
  const { strands = 0.5, shine = 0.5 } = character.hair;
  return (s, p0, p1) => {
    const streak =
      strands * (0.5 * Math.sin(p0 * 21 + 2.2 * Math.sin(p1 * 5 + p0 * 3)) + 0.5 * Math.sin(p0 * 9.3 + 1.3 + p1 * 2));
    base(s, color, 0.25, 0.35 * shine * (1 + 0.8 * streak), 16);
    tone(s, 1 + 0.32 * streak);
    s[SURFACE.shineRed] = 0.35 + s[0]!;
    s[SURFACE.shineGreen] = 0.35 + s[1]!;
    s[SURFACE.shineBlue] = 0.35 + s[2]!;
  };
}

/** @param p0 along the arch, −1 … 1   @param p1 0 at the root, 1 at the edge */
function paintTeeth(s: Float64Array, p0: number, p1: number): void {
  const place = p0 * 4.5 + 100.5;
  const gap = Math.abs(place - Math.floor(place) - 0.5) * 2;
  const line = smoothstep(0.86, 0.99, gap) * 0.3;
  const gum = smoothstep(0.3, 0.12, p1);
  const sides = 1 - 0.5 * smoothstep(0.35, 1, Math.abs(p0));
  s[0] = mix(s[0]! * (1 - line), 0.55, gum) * sides;
  s[1] = mix(s[1]! * (1 - line * 1.1), 0.18, gum) * sides;
  s[2] = mix(s[2]! * (1 - line * 1.25), 0.18, gum) * sides;
}

export interface EyeUniforms {
  readonly gaze: Point3;
  /** y of the upper lid over the middle of the eye, in radii of the eyeball. */
  readonly lid: number;
  /** Angles from the middle, rad. */
  readonly iris: number;
  readonly pupil: number;
  readonly color: Point3;
}

/** @returns of the right eye and of the left */
export function eyesOf(model: CharacterModel, scene: Scene, head: PosedHead): [EyeUniforms, EyeUniforms] {
  const { yawDeg = 0, pitchDeg = 0 } = scene.gaze ?? {};
  const [yaw, pitch] = [(yawDeg * Math.PI) / 180, (pitchDeg * Math.PI) / 180];
  const gaze: Point3 = [Math.sin(yaw) * Math.cos(pitch), -Math.sin(pitch), -Math.cos(yaw) * Math.cos(pitch)];
  const { rig, character } = model;
  const { above, rows } = rig.cage;
  const columns = above[0]!.length;
  const middle = Math.round((COLUMN.innerEye + COLUMN.outerEye) / 2);
  return rig.eyeballs.map(({ side, center, radius }) => {
    const vertex = above[rows.eye]![side > 0 ? middle : columns - middle]!;
    return {
      gaze,
      lid: (head.positions[3 * vertex + 1]! - center[1]) / radius,
      iris: character.eyes.iris,
      pupil: character.eyes.pupil ?? character.eyes.iris * 0.45,
      color: character.eyes.color.map(linear) as unknown as Point3,
    };
  }) as [EyeUniforms, EyeUniforms];
}

/** @param x of the direction from the middle of the eyeball, in the head's coordinates */
function paintEye(
  s: Float64Array,
  { gaze, lid, iris, pupil, color }: EyeUniforms,
  x: number,
  y: number,
  z: number,
): void {
  const length = 1 / (Math.sqrt(x * x + y * y + z * z) || 1);
  const dx = x * length;
  const dy = y * length;
  const dz = z * length;
  const angle = Math.acos(clamp(dx * gaze[0] + dy * gaze[1] + dz * gaze[2], -1, 1));
  // white, a little red at the corners
  const corner = 0.12 * smoothstep(0.55, 0.95, Math.abs(dx));
  s[0] = 0.86;
  s[1] = 0.86 - corner;
  s[2] = 0.85 - corner;
  if (angle < iris + 0.03) {
    const within = smoothstep(iris + 0.025, iris - 0.025, angle);
    const t = clamp((angle - pupil) / (iris - pupil), 0, 1);
    // light gathers opposite to where it comes from
    const low = clamp((dy - gaze[1]) / iris, -1, 1);
    const around = Math.atan2(dy - gaze[1], dx - gaze[0]);
    const fibers = 1 + 0.1 * Math.sin(around * 23) + 0.06 * Math.sin(around * 41 + 1);
    const bright = (0.62 + 0.55 * Math.max(0, low) + 0.35 * (1 - t)) * fibers * (1 - 0.72 * smoothstep(0.72, 1, t));
    const black = smoothstep(pupil + 0.025, pupil - 0.025, angle);
    toward(
      s,
      mix(color[0] * bright, 0.006, black),
      mix(color[1] * bright, 0.006, black),
      mix(color[2] * bright, 0.008, black),
      within,
    );
  }
  // the lid's shadow, which curves down to the sides
  const under = lid + 0.32 * dx * dx;
  const dark = 0.55 * smoothstep(under + 0.34, under + 0.02, dy);
  tone(s, 1 - dark);
  // reflections of a window, and of the ground opposite
  const window = Math.hypot(dx - gaze[0] * 0.55 + 0.17, dy - gaze[1] * 0.55 + 0.2);
  const ground = Math.hypot(dx - gaze[0] * 0.55 - 0.15, dy - gaze[1] * 0.55 - 0.2);
  s[SURFACE.glow] = 0.85 * smoothstep(0.13, 0.075, window) * (1 - dark) + 0.16 * smoothstep(0.1, 0.03, ground);
}
