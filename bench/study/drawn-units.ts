/**
 * Drawn persons whose action units are known, as the mesh sees them: half of the pictures show expressions, whose units go
 * together as FACS says; half show units that were drawn independently of each other, so that nothing but what a unit
 * itself does to the face can tell it.
 */
import type { Recognizer } from 'mienjs';
import { FITTED_UNITS } from 'mienjs/animate';
import type { Point3 } from 'mienjs/image';
import {
  type ActionUnit,
  type Character,
  CharacterModel,
  render,
  sampleScene,
  sidesOf,
  SYNTH_EXPRESSIONS,
  type UnitIntensities,
} from 'mienjs/synth';
import { Random } from 'mienjs/tensor';

const SIZE = { width: 256, height: 256 };
const POSE_DEG = 20;
const INTENSITY = [0.2, 1] as const;
/** FACS's A to E as 1 to 5; so strong, the rig's units are 1. */
const FACS_MOST = 5;

const UPPER: readonly ActionUnit[] = [1, 2, 4, 5, 6, 7, 43];
const LOWER: readonly ActionUnit[] = [9, 10, 11, 12, 14, 15, 17, 18, 20, 23, 24, 25, 26, 27, 28];
const UPPER_SHARE = 0.2;
/** Below this many units of the lower face are shown at once. */
const LOWER_MOST = 3;

export type DrawnKind = 'rest' | 'expression' | 'independent';

export interface DrawnFace {
  readonly kind: DrawnKind;
  readonly mesh: readonly Point3[];
  /** [U] 0 … 5 of FITTED_UNITS, of the stronger side, as `mien synth` writes them. */
  readonly truth: readonly number[];
}

export interface DrawnOptions {
  readonly seed: number;
  /** Of each person, beside one at rest. */
  readonly pictures: number;
  readonly onPerson: (done: number) => void;
}

/** Pictures without a face are passed over. */
export async function drawnFaces(
  people: readonly Character[],
  recognizer: Recognizer,
  { seed, pictures, onPerson }: DrawnOptions,
): Promise<DrawnFace[]> {
  const faces: DrawnFace[] = [];
  for (const [p, person] of people.entries()) {
    const model = new CharacterModel(person);
    for (let i = 0; i <= pictures; i++) {
      const kind: DrawnKind = i === 0 ? 'rest' : i % 2 === 1 ? 'expression' : 'independent';
      const name = `study/action-units/${person.name}/${i}`;
      const random = new Random(seed, name);
      const expression = kind === 'rest' ? 'neutral' : SYNTH_EXPRESSIONS[random.int(SYNTH_EXPRESSIONS.length)]!;
      const { scene } = sampleScene(seed, name, expression, { intensity: INTENSITY, poseDeg: POSE_DEG });
      const units = kind === 'independent' ? independentUnits(random) : kind === 'rest' ? {} : scene.units;
      const [face] = await recognizer.findFaces(render(model, { ...scene, units }, SIZE).image);
      if (face) faces.push({ kind, mesh: face.mesh.points, truth: truthOf(units) });
    }
    onPerson(p + 1);
  }
  return faces;
}

function independentUnits(random: Random): UnitIntensities {
  const units: Partial<Record<ActionUnit, number>> = {};
  const show = (unit: ActionUnit): void => {
    units[unit] = random.range(...INTENSITY);
  };
  for (const unit of UPPER) {
    // Eyes are not wide open and closed
    if (random.uniform() < UPPER_SHARE && !(unit === 43 && units[5] !== undefined)) show(unit);
  }
  for (let count = random.int(LOWER_MOST); count > 0; count--) show(LOWER[random.int(LOWER.length)]!);
  return units;
}

const truthOf = (units: UnitIntensities): number[] =>
  FITTED_UNITS.map((unit) => {
    const { left, right } = sidesOf(unit === 43 ? (units[43] ?? units[45]) : units[unit]);
    return FACS_MOST * Math.max(left, right);
  });
