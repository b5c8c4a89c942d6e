/** How far the mouth is open, from the attention mesh: the plain one sees wide mouths of small faces half closed. */
import type { Point3 } from '../image/index.ts';
import { sidesOf, type UnitIntensities } from '../synth/index.ts';

/** Middles of the inner rims of the lips, and outer corners of the eyes, whose distance is the unit. */
const LIPS = [13, 14] as const;
const EYES = [33, 263] as const;
/**
 * About how far the rig's units open it at 1: of 30 drawn persons, from pixels, the medians are 0.09, 0.16 and 0.34, and 0.01 of a
 * closed mouth (`npm run study:animate -- ferplus=FOLDER --people 0`).
 */
const OPENS = { 25: 0.08, 26: 0.16, 27: 0.31 } as const;
/** So much may be noise, or the lips of an expression: chosen. */
const SPARED = 0.12;

/**
 * Opens the jaw as far as the mouth is open beyond what the units explain, and parts the lips with it.
 * @param mesh with irises, px
 */
export function withOpenMouth(units: UnitIntensities, mesh: readonly Point3[]): UnitIntensities {
  const open = distance(mesh[LIPS[0]]!, mesh[LIPS[1]]!) / distance(mesh[EYES[0]]!, mesh[EYES[1]]!);
  const is = (unit: keyof typeof OPENS): number => sidesOf(units[unit]).left;
  const missing = open - OPENS[25] * is(25) - OPENS[26] * is(26) - OPENS[27] * is(27) - SPARED;
  if (missing <= 0) return units;
  const unit = missing < OPENS[26] / 2 && is(27) === 0 ? 26 : 27;
  return {
    ...units,
    25: rounded(Math.max(is(25), Math.min(0.5, open / OPENS[25] / 2))),
    [unit]: rounded(is(unit) + missing / OPENS[unit]),
  };
}

const distance = (a: Point3, b: Point3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const rounded = (value: number): number => Math.round(1e4 * Math.min(1, value)) / 1e4;
