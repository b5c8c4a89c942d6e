/**
 * Scenes by chance: an expression in one of its forms, never twice quite the same, and pose, gaze, light, background and
 * what the character wears. A scene is a function of the seed and the names that are given, and of nothing else.
 */
import { MienError } from '../errors.ts';
import type { Point3 } from '../image/raw-image.ts';
import { Random } from '../tensor/random.ts';
import type { Rgb } from './characters/character.ts';
import type { Wear } from './parts/face-parts.ts';
import {
  sidesOf,
  type ActionUnit,
  type SidedIntensity,
  UNIT_NUMBERS,
  type UnitIntensities,
} from './rig/action-units.ts';
import { clamp, mix } from './rig/curves.ts';
import { type AnyExpression, formsOf, unitsOfExpression } from './rig/expressions.ts';
import type { Background, Light, Scene } from './scene.ts';

/** What a face may wear, over what its character always does. */
export const WEARS = ['glasses', 'mask', 'hat'] as const;
export type WearName = (typeof WEARS)[number];

export interface Variation {
  /** Range of the expressions' intensity. Default 0.65 … 1. */
  readonly intensity?: readonly [least: number, greatest: number];
  /** How the expression's units vary: 0: as its form has them; 1: as different as people are. Default 1. */
  readonly units?: number;
  /** Greatest yaw, degrees; pitch goes up to two thirds of it and roll up to half. Default 25. */
  readonly poseDeg?: number;
  /** Greatest angle of the gaze from straight ahead, degrees. Default 12. */
  readonly gazeDeg?: number;
  /** Whether lights and backgrounds vary. Default both. */
  readonly light?: boolean;
  readonly background?: boolean;
  /** What may be worn, and the share of faces that wear one of these. Default none; 0.4 where some are named. */
  readonly wears?: readonly WearName[];
  readonly wearShare?: number;
}

/** No variation: the typical form, straight at the camera. */
export const NO_VARIATION: Variation = {
  intensity: [1, 1],
  units: 0,
  poseDeg: 0,
  gazeDeg: 0,
  light: false,
  background: false,
};

export interface SampledScene {
  readonly scene: Scene & { readonly units: UnitIntensities };
  /** Which form of the expression. */
  readonly form: number;
  readonly intensity: number;
  /** What is worn besides what the character always wears. */
  readonly wears: readonly WearName[];
}

/**
 * @param name of this scene, such as `nora/happiness/17`: other names, other scenes
 * @throws {MienError} when the variation's numbers are out of range
 * @example
 * ```ts
 * import { sampleScene } from 'mienjs/synth';
 *
 * const { scene, intensity } = sampleScene(1, 'nora/fear/0', 'fear', { poseDeg: 40 });
 * ```
 */
export function sampleScene(
  seed: number,
  name: string,
  expression: AnyExpression,
  variation: Variation = {},
): SampledScene {
  checkVariation(variation);
  const { intensity: [least, greatest] = [0.65, 1], units: vary = 1, poseDeg = 25, gazeDeg = 12 } = variation;
  const random = (use: string): Random => new Random(seed, `synth/${name}/${use}`);
  const forms = formsOf(expression);
  const choice = random('form');
  const form = vary === 0 || choice.uniform() < 0.5 ? 0 : choice.int(forms);
  const intensity = expression === 'neutral' ? 0 : round(mix(least, greatest, random('intensity').uniform()));
  const units = varyUnits(
    unitsOfExpression(expression, expression === 'neutral' ? 1 : intensity, form),
    vary,
    random('units'),
  );
  const wears = sampleWears(variation, random('wears'));
  const pose = random('pose');
  const angle = (most: number): number => (most === 0 ? 0 : round(clamp(pose.normal() * 0.5, -1, 1) * most));
  const gaze = random('gaze');
  const look = (most: number): number => (most === 0 ? 0 : round(clamp(gaze.normal() * 0.5, -1, 1) * most));
  const frame = random('frame');
  const moves = poseDeg === 0 ? 0 : 1;
  const gazes = random('wears colors');
  return {
    form,
    intensity,
    wears,
    scene: {
      units,
      pose: { yawDeg: angle(poseDeg), pitchDeg: angle((poseDeg * 2) / 3), rollDeg: angle(poseDeg / 2) },
      gaze: { yawDeg: look(gazeDeg), pitchDeg: look(gazeDeg * 0.6) },
      zoom: round(1 + moves * frame.range(-0.06, 0.06)),
      shift: [round(moves * frame.range(-0.025, 0.025)), round(moves * frame.range(-0.02, 0.02))],
      ...(variation.light === false ? {} : sampleLight(random('light'))),
      ...(variation.background === false ? {} : { background: sampleBackground(random('background')) }),
      ...(wears.length > 0 ? { wear: wearOf(wears, gazes) } : {}),
    },
  };
}

function checkVariation({ intensity, units, poseDeg, gazeDeg, wearShare }: Variation): void {
  if (intensity && !(intensity[0] >= 0 && intensity[1] <= 1 && intensity[0] <= intensity[1]))
    throw new MienError(`intensity: expected a range within 0 … 1, got ${intensity.join(' … ')}`);
  if (units !== undefined && !(units >= 0 && units <= 1))
    throw new MienError(`units: expected a variation 0 … 1, got ${units}`);
  if (wearShare !== undefined && !(wearShare >= 0 && wearShare <= 1))
    throw new MienError(`wearShare: expected 0 … 1, got ${wearShare}`);
  for (const [name, value] of Object.entries({ poseDeg, gazeDeg }))
    if (value !== undefined && !(value >= 0 && value <= 80))
      throw new MienError(`${name}: expected 0 … 80 degrees, got ${value}`);
}

/** Without the noise of binary fractions, which people would see in tables. */
const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Units that a resting face may show a little. */
const IDLE: readonly ActionUnit[] = [1, 2, 4, 7, 12, 14, 17, 23, 25];
const IDLE_MOST = 0.08;
const BLINK_SHARE = 0.02;

function varyUnits(units: UnitIntensities, amount: number, random: Random): UnitIntensities {
  if (amount === 0) return units;
  const out: Partial<Record<ActionUnit, number | SidedIntensity>> = {};
  // in the order of the units, so that each has its own random numbers whatever the expression
  for (const unit of UNIT_NUMBERS) {
    const [strength, tilt, idle] = [random.normal(), random.normal(), random.uniform()];
    const { left, right } = sidesOf(units[unit]);
    if (left === 0 && right === 0) {
      if (IDLE.includes(unit) && idle < 0.5) out[unit] = round(IDLE_MOST * 2 * idle * amount);
      continue;
    }
    const factor = 1 + 0.14 * amount * clamp(strength, -2, 2);
    const uneven = 0.06 * amount * clamp(tilt, -2, 2);
    const l = round(clamp(left * factor * (1 + uneven), 0, 1));
    const r = round(clamp(right * factor * (1 - uneven), 0, 1));
    out[unit] = l === r ? l : { left: l, right: r };
  }
  if (random.uniform() < BLINK_SHARE * amount) out[45] = round(random.range(0.5, 1));
  return out;
}

function sampleWears({ wears = [], wearShare = 0.4 }: Variation, random: Random): WearName[] {
  const [does, which] = [random.uniform(), random.uniform()];
  return wears.length === 0 || does >= wearShare ? [] : [wears[Math.floor(which * wears.length)]!];
}

const WEAR_COLORS: readonly Rgb[] = [
  [60, 92, 140],
  [150, 58, 62],
  [70, 110, 84],
  [58, 56, 64],
  [212, 200, 180],
  [196, 148, 60],
];

function wearOf(names: readonly WearName[], random: Random): Wear {
  const color = WEAR_COLORS[random.int(WEAR_COLORS.length)]!;
  const roundness = random.uniform();
  return {
    ...(names.includes('glasses')
      ? { glasses: { color: [30, 28, 30] as const, round: Math.round(roundness), size: 1.5, thickness: 0.02 } }
      : {}),
    ...(names.includes('mask') ? { mask: roundness < 0.6 ? ([206, 222, 232] as const) : color } : {}),
    ...(names.includes('hat') ? { hat: color } : {}),
  };
}

/** A main light from in front and above, warm or cold, a weaker one from another side, and more or less from all around. */
function sampleLight(random: Random): Required<Pick<Scene, 'lights' | 'ambient'>> {
  const side = random.uniform() < 0.5 ? -1 : 1;
  const main: Point3 = [side * random.range(0.1, 1), -random.range(0.1, 1), -random.range(0.5, 1.1)];
  const warm = random.uniform();
  const key: Light = {
    direction: main.map(round) as unknown as Point3,
    color: [Math.round(mix(232, 255, warm)), Math.round(mix(240, 240, warm)), Math.round(mix(255, 216, warm))],
    strength: round(random.range(0.72, 1.02)),
  };
  const fill: Light = {
    direction: [round(-side * random.range(0.5, 1)), round(random.range(-0.5, 0.2)), round(-random.range(0.1, 0.7))],
    color: [Math.round(random.range(180, 255)), Math.round(random.range(190, 240)), Math.round(random.range(190, 255))],
    strength: round(random.range(0.05, 0.4)),
  };
  return {
    lights: [key, fill],
    ambient: { color: [214, 222, 240], strength: round(random.range(0.32, 0.5)) },
  };
}

/** A plain color, a gradient, spots or stripes. */
export function sampleBackground(random: Random): Background {
  const hue = random.uniform();
  const tone = (value: number, saturation: number, turn = 0): Rgb =>
    [0, 1 / 3, 2 / 3].map((offset) => {
      const wave = 0.5 + 0.5 * Math.cos(2 * Math.PI * (hue + turn - offset));
      return Math.round(255 * clamp(value * (1 - saturation + saturation * wave * 1.3), 0, 1));
    }) as unknown as Rgb;
  const value = random.range(0.3, 0.95);
  const saturation = random.range(0, 0.55);
  const kind = random.uniform();
  if (kind < 0.3) return { kind: 'plain', color: tone(value, saturation) };
  if (kind < 0.65)
    return { kind: 'gradient', top: tone(value, saturation), bottom: tone(value * 0.7, saturation, 0.08) };
  if (kind < 0.9)
    return {
      kind: 'spots',
      color: tone(value * 0.75, saturation),
      spots: tone(Math.min(1, value * 1.25), saturation, 0.12),
      seed: random.int(1e6),
    };
  return {
    kind: 'stripes',
    color: tone(value, saturation),
    stripes: tone(value * 0.82, saturation, 0.05),
    angleDeg: Math.round(random.range(0, 180)),
  };
}
