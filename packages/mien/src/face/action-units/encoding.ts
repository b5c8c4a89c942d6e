/** A basis as text, so that it can stand in a module that every environment loads. */
import { MienError } from '../../errors.ts';
import { ACTION_UNIT_VERTICES, ESTIMATED_UNITS, type ActionUnitBasis, type UnitModel } from './basis.ts';

const U = ESTIMATED_UNITS.length;
const D = 3 * ACTION_UNIT_VERTICES.length;

/** @returns base64 of float32, little-endian: rest, then P and G of `single` and of `paired`, then scale */
export function encodeBasis({ rest, single, paired, scale }: ActionUnitBasis): string {
  const numbers = [rest, ...single.P, ...single.G, ...paired.P, ...paired.G, scale].flat();
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((value, i) => bytes.setFloat32(4 * i, value, true));
  return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)));
}

/** @throws {MienError} when the text was made for other units or vertices */
export function decodeBasis(text: string): ActionUnitBasis {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const expected = D + 2 * (U * D + U * U) + U;
  if (bytes.length !== 4 * expected)
    throw new MienError(`action units: expected a basis of ${expected} numbers, got ${bytes.length / 4}`);
  let at = 0;
  const take = (count: number): number[] => Array.from({ length: count }, () => view.getFloat32(4 * at++, true));
  const rows = (count: number, length: number): number[][] => Array.from({ length: count }, () => take(length));
  const model = (): UnitModel => ({ P: rows(U, D), G: rows(U, U) });
  return { rest: take(D), single: model(), paired: model(), scale: take(U) };
}
