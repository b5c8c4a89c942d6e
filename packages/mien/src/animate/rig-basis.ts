/**
 * What the action units of the rig do to a mesh, as data: measured by `npm run study:animate` on drawn persons, whose
 * pictures went through the detector and the mesh as photos do.
 */
import { MienError } from '../errors.ts';
import { type ActionUnit, UNIT_NUMBERS } from '../synth/index.ts';

/** Units that are fitted, U of them: 45 looks like 43. */
export const FITTED_UNITS: readonly ActionUnit[] = UNIT_NUMBERS.filter((unit) => unit !== 45);

/** Of these the rig shows a side alone, and so do people. */
export const SIDED_UNITS: readonly ActionUnit[] = [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 20, 43];

/**
 * x = rest + Σ wᵤ moveᵤ + noise, noise of covariance Σ (identity, what the mesh gets wrong, and that people do not all move
 * alike): the weights of greatest likelihood are the least squares with G = DᵀΣ⁻¹D and P = DᵀΣ⁻¹, where D has the moves as
 * columns. Identity is thus fitted jointly, in closed form.
 */
export interface UnitModel {
  /** [U][3H] */
  readonly P: readonly (readonly number[])[];
  /** [U][U] */
  readonly G: readonly (readonly number[])[];
}

export interface RigBasis {
  /** [3H] cm, the even half of a face at rest. */
  readonly rest: readonly number[];
  /** Of the even half, of both sides' mean, against `rest`: one photo. */
  readonly single: UnitModel;
  /** Against the same person at rest: Σ has less of identity. */
  readonly paired: UnitModel;
  /** Of the odd half: SIDED_UNITS, of the left side's intensity less the right one's. */
  readonly sided: UnitModel;
}

/** @returns base64 of float32, little-endian: rest, then P and G of `single`, `paired` and `sided` */
export function encodeBasis({ rest, single, paired, sided }: RigBasis): string {
  const numbers = [rest, ...[single, paired, sided].flatMap(({ P, G }) => [...P, ...G])].flat();
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((value, i) => bytes.setFloat32(4 * i, value, true));
  return btoa(Array.from(new Uint8Array(bytes.buffer), (byte) => String.fromCharCode(byte)).join(''));
}

/** @param places H   @throws {MienError} when the text was made for other units or places */
export function decodeBasis(text: string, places: number): RigBasis {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const [D, U, S] = [3 * places, FITTED_UNITS.length, SIDED_UNITS.length];
  const expected = D + 2 * U * (D + U) + S * (D + S);
  if (bytes.length !== 4 * expected)
    throw new MienError(`rig basis: expected ${expected} numbers, got ${bytes.length / 4}`);
  let at = 0;
  const take = (count: number): number[] => Array.from({ length: count }, () => view.getFloat32(4 * at++, true));
  const rows = (count: number, length: number): number[][] => Array.from({ length: count }, () => take(length));
  const model = (units: number): UnitModel => ({ P: rows(units, D), G: rows(units, units) });
  return { rest: take(D), single: model(U), paired: model(U), sided: model(S) };
}

/** The basis that comes with the library. @param places H of `MeshHalves` */
export async function libraryBasis(places: number): Promise<RigBasis> {
  const { BASIS } = await import('./rig-basis-data.ts');
  return decodeBasis(BASIS, places);
}
