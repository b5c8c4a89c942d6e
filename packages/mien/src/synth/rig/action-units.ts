/**
 * The action units of the rig: which places of a face each moves, and where to.
 * Source of what they do: Ekman, Friesen & Hager 2002, Facial Action Coding System. How far each goes at its greatest
 * intensity (E) is our own choice: stylised faces exaggerate.
 *
 * Lengths are in units of D, the distance from the eyes to the mouth, so that they fit faces of any proportion. A move
 * is a smooth bump around a place; it is given for one side, x pointing away from the middle of the face, y down and z
 * into the head, and each side has an intensity of its own.
 */

/** Places that moves are centered at; those in the middle of the face are the same for both sides. */
export const PLACES = [
  'browInner',
  'browMiddle',
  'browOuter',
  'glabella',
  'eye',
  'lowerLid',
  'cheek',
  'noseWing',
  'noseRoot',
  'nasolabial',
  'mouthCorner',
  'upperLip',
  'upperLipSide',
  'lowerLip',
  'lowerLipSide',
  'chin',
] as const;
export type Place = (typeof PLACES)[number];

/** What part of the face a move may take along: all, or only what hangs above or below the mouth's opening. */
export type MoveReach = 'all' | 'above' | 'below';

export interface Move {
  readonly at: Place;
  /** Radii across and up, where the bump has fallen to 1/e. */
  readonly radius: readonly [across: number, up: number];
  /** How far the place moves, at full intensity. */
  readonly by: readonly [out: number, down: number, inward: number];
  readonly reach?: MoveReach;
}

export interface LidEffect {
  /** Share of the upper lid's opening added (+) or taken away (−). */
  readonly upper?: number;
  /** The same of the lower lid's. */
  readonly lower?: number;
  /** How much higher the upper lid is at the inner than at the outer corner, as a share of its opening. */
  readonly slant?: number;
  /** Share of the whole opening that is shut, from whatever it is. */
  readonly shut?: number;
}

export interface LipEffect {
  /** Share of the red of the lips that disappears. */
  readonly thinner?: number;
  /** How far the lips go inwards (+) or are pushed out (−), in D. */
  readonly inward?: number;
  /** How far the lower lip follows the upper one where nothing parts them, 0 … 1. */
  readonly seals?: number;
  /** How far the middle of the upper lip goes up and that of the lower one down, in D. */
  readonly parted?: readonly [up: number, down: number];
}

export interface ActionUnitDefinition {
  readonly unit: number;
  readonly name: string;
  readonly moves?: readonly Move[];
  readonly lids?: LidEffect;
  readonly lips?: LipEffect;
  /** How far the jaw turns about its joint, degrees. */
  readonly jawDeg?: number;
  /** Furrows of the skin that it makes. */
  readonly wrinkles?: Readonly<Partial<Record<Wrinkle, number>>>;
}

/** Furrows: across the forehead, between the brows, on the nose's root, beside the eyes, from nose to mouth, of the chin. */
export const WRINKLES = ['forehead', 'glabella', 'noseRoot', 'crowFeet', 'nasolabial', 'chin'] as const;
export type Wrinkle = (typeof WRINKLES)[number];

export const ACTION_UNITS = [
  {
    unit: 1,
    name: 'inner brow raiser',
    moves: [
      { at: 'browInner', radius: [0.27, 0.36], by: [-0.01, -0.22, 0] },
      { at: 'browMiddle', radius: [0.18, 0.3], by: [0, -0.05, 0] },
    ],
    lids: { slant: 0.32, upper: 0.05 },
    wrinkles: { forehead: 0.7 },
  },
  {
    unit: 2,
    name: 'outer brow raiser',
    moves: [
      { at: 'browOuter', radius: [0.28, 0.34], by: [0.02, -0.19, 0] },
      { at: 'browMiddle', radius: [0.26, 0.34], by: [0, -0.13, 0] },
    ],
    lids: { slant: -0.1, upper: 0.08 },
    wrinkles: { forehead: 0.6 },
  },
  {
    unit: 4,
    name: 'brow lowerer',
    moves: [
      { at: 'browInner', radius: [0.24, 0.26], by: [-0.085, 0.16, -0.02] },
      { at: 'browMiddle', radius: [0.24, 0.26], by: [-0.04, 0.065, -0.01] },
      { at: 'glabella', radius: [0.14, 0.2], by: [0, 0.03, -0.03] },
    ],
    lids: { slant: -0.36, upper: -0.1 },
    wrinkles: { glabella: 1 },
  },
  {
    unit: 5,
    name: 'upper lid raiser',
    lids: { upper: 0.42 },
  },
  {
    unit: 6,
    name: 'cheek raiser',
    moves: [
      { at: 'cheek', radius: [0.3, 0.24], by: [0.02, -0.09, -0.06] },
      { at: 'lowerLid', radius: [0.26, 0.14], by: [0, -0.045, -0.03] },
      { at: 'browOuter', radius: [0.2, 0.16], by: [0, 0.025, 0] },
    ],
    lids: { lower: -0.75, upper: -0.16 },
    wrinkles: { crowFeet: 1 },
  },
  {
    unit: 7,
    name: 'lid tightener',
    moves: [{ at: 'lowerLid', radius: [0.25, 0.11], by: [0, -0.02, -0.015] }],
    lids: { lower: -0.7, upper: -0.22 },
    wrinkles: { crowFeet: 0.3 },
  },
  {
    unit: 9,
    name: 'nose wrinkler',
    moves: [
      { at: 'noseWing', radius: [0.2, 0.24], by: [0.025, -0.12, -0.02] },
      { at: 'glabella', radius: [0.2, 0.22], by: [0, 0.05, -0.03] },
      { at: 'browInner', radius: [0.24, 0.2], by: [-0.025, 0.045, 0] },
      { at: 'browMiddle', radius: [0.26, 0.2], by: [0, 0.055, 0] },
      { at: 'upperLipSide', radius: [0.2, 0.2], by: [0, -0.08, -0.01], reach: 'above' },
      { at: 'nasolabial', radius: [0.2, 0.22], by: [0.01, -0.08, -0.05] },
    ],
    lids: { lower: -0.35, upper: -0.16 },
    wrinkles: { noseRoot: 1, nasolabial: 0.6, glabella: 0.4 },
  },
  {
    unit: 10,
    name: 'upper lip raiser',
    moves: [
      { at: 'upperLipSide', radius: [0.2, 0.2], by: [0.01, -0.17, -0.03], reach: 'above' },
      { at: 'upperLip', radius: [0.16, 0.16], by: [0, -0.035, -0.01], reach: 'above' },
      { at: 'nasolabial', radius: [0.2, 0.2], by: [0.02, -0.07, -0.04] },
      { at: 'noseWing', radius: [0.14, 0.14], by: [0.015, -0.03, 0] },
    ],
    wrinkles: { nasolabial: 0.9 },
  },
  {
    unit: 11,
    name: 'nasolabial deepener',
    moves: [
      { at: 'nasolabial', radius: [0.16, 0.2], by: [0.015, -0.05, -0.03] },
      { at: 'upperLipSide', radius: [0.16, 0.14], by: [0.015, -0.035, 0], reach: 'above' },
    ],
    wrinkles: { nasolabial: 0.8 },
  },
  {
    unit: 12,
    name: 'lip corner puller',
    moves: [
      { at: 'mouthCorner', radius: [0.3, 0.3], by: [0.17, -0.2, 0.03] },
      { at: 'lowerLipSide', radius: [0.2, 0.2], by: [0.05, -0.02, 0] },
      { at: 'upperLip', radius: [0.18, 0.16], by: [0, 0.015, 0.01] },
      { at: 'cheek', radius: [0.28, 0.22], by: [0.02, -0.05, -0.07] },
    ],
    lids: { lower: -0.12 },
    wrinkles: { nasolabial: 0.7 },
  },
  {
    unit: 14,
    name: 'dimpler',
    moves: [
      { at: 'mouthCorner', radius: [0.17, 0.17], by: [0.075, -0.03, 0.09] },
      { at: 'cheek', radius: [0.22, 0.2], by: [0, -0.01, -0.03] },
    ],
    lips: { thinner: 0.12 },
    wrinkles: { nasolabial: 0.5 },
  },
  {
    unit: 15,
    name: 'lip corner depressor',
    moves: [
      { at: 'mouthCorner', radius: [0.24, 0.26], by: [0.025, 0.2, 0] },
      { at: 'lowerLipSide', radius: [0.16, 0.2], by: [0, 0.035, 0] },
      { at: 'upperLip', radius: [0.2, 0.16], by: [0, -0.025, 0] },
      { at: 'lowerLip', radius: [0.2, 0.16], by: [0, -0.025, -0.01] },
    ],
    wrinkles: { nasolabial: 0.3, chin: 0.3 },
  },
  {
    unit: 17,
    name: 'chin raiser',
    moves: [
      { at: 'chin', radius: [0.3, 0.2], by: [0, -0.06, -0.035] },
      { at: 'lowerLip', radius: [0.26, 0.18], by: [0, -0.045, -0.045] },
      { at: 'upperLip', radius: [0.2, 0.14], by: [0, -0.025, -0.02] },
    ],
    lips: { seals: 0.9 },
    wrinkles: { chin: 1 },
  },
  {
    unit: 18,
    name: 'lip pucker',
    moves: [
      { at: 'mouthCorner', radius: [0.26, 0.24], by: [-0.17, 0, -0.06] },
      { at: 'upperLip', radius: [0.18, 0.18], by: [0, -0.01, -0.05] },
      { at: 'lowerLip', radius: [0.18, 0.18], by: [0, 0.01, -0.05] },
    ],
    lips: { thinner: -0.25, inward: -0.03 },
  },
  {
    unit: 20,
    name: 'lip stretcher',
    moves: [
      { at: 'mouthCorner', radius: [0.26, 0.26], by: [0.17, 0.045, 0.03] },
      { at: 'lowerLipSide', radius: [0.2, 0.2], by: [0.08, 0.035, 0] },
      { at: 'upperLipSide', radius: [0.16, 0.16], by: [0.04, 0, 0] },
    ],
    lips: { thinner: 0.15 },
  },
  {
    unit: 23,
    name: 'lip tightener',
    moves: [{ at: 'mouthCorner', radius: [0.2, 0.18], by: [-0.05, 0, 0] }],
    lips: { thinner: 0.5, inward: 0.01 },
    wrinkles: { chin: 0.3 },
  },
  {
    unit: 24,
    name: 'lip presser',
    moves: [
      { at: 'upperLip', radius: [0.26, 0.14], by: [0, 0.02, 0] },
      { at: 'lowerLip', radius: [0.26, 0.16], by: [0, -0.045, 0] },
      { at: 'mouthCorner', radius: [0.18, 0.16], by: [-0.02, 0.015, 0.02] },
      { at: 'chin', radius: [0.26, 0.2], by: [0, -0.02, -0.02] },
    ],
    lips: { thinner: 0.6, inward: 0.02, seals: 1 },
    wrinkles: { chin: 0.4 },
  },
  {
    unit: 25,
    name: 'lips part',
    lips: { parted: [0.05, 0.085] },
  },
  {
    unit: 26,
    name: 'jaw drop',
    jawDeg: 9,
    moves: [{ at: 'mouthCorner', radius: [0.28, 0.3], by: [-0.03, 0, 0] }],
    lips: { parted: [0.025, 0] },
  },
  {
    unit: 27,
    name: 'mouth stretch',
    jawDeg: 21,
    moves: [{ at: 'mouthCorner', radius: [0.28, 0.3], by: [-0.14, 0.02, 0.02] }],
    lips: { parted: [0.07, 0.02] },
  },
  {
    unit: 28,
    name: 'lip suck',
    moves: [
      { at: 'upperLip', radius: [0.28, 0.14], by: [0, 0.02, 0.02] },
      { at: 'lowerLip', radius: [0.28, 0.16], by: [0, -0.04, 0.03] },
      { at: 'mouthCorner', radius: [0.18, 0.16], by: [0.02, 0, 0.03] },
    ],
    lips: { thinner: 0.92, inward: 0.05, seals: 1 },
  },
  {
    unit: 43,
    name: 'eyes closed',
    lids: { shut: 1 },
  },
  {
    unit: 45,
    name: 'blink',
    lids: { shut: 1 },
  },
] as const satisfies readonly ActionUnitDefinition[];

export type ActionUnit = (typeof ACTION_UNITS)[number]['unit'];

/** The numbers of all units, ascending. */
export const UNIT_NUMBERS: readonly ActionUnit[] = ACTION_UNITS.map(({ unit }) => unit);

/** Intensity of each side, 0 … 1: the greatest, E of FACS, is 1. */
export interface SidedIntensity {
  /** Intensity on the subject's own left side. */
  readonly left: number;
  readonly right: number;
}

/** Intensities by unit: a number for both sides alike, or one for each. */
export type UnitIntensities = Readonly<Partial<Record<ActionUnit, number | SidedIntensity>>>;

/** Both sides' intensity. */
export function sidesOf(value: number | SidedIntensity | undefined): SidedIntensity {
  return typeof value === 'object' ? value : { left: value ?? 0, right: value ?? 0 };
}
