/** What the constants of `mienjs/animate` come from: pitch, openings of lids and lips, as the meshes of drawn persons have them. */
import { type CanonicalFace, headPose } from 'mienjs/face';
import type { Point3, RawImage } from 'mienjs/image';
import { type Character, CharacterModel, render, type UnitIntensities, unitsOfExpression } from 'mienjs/synth';
import { median } from '../timing.ts';

interface Meshes {
  readonly mesh: readonly Point3[];
  /** With irises. */
  readonly finer: readonly Point3[];
}

export interface OpeningRow extends Record<string, string | number> {
  readonly what: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const distance = ([ax, ay, az]: Point3, [bx, by, bz]: Point3): number => Math.hypot(ax - bx, ay - by, az - bz);
/** Between the rims of the lips, of the distance between the outer corners of the eyes. */
const lips = ({ finer: m }: Meshes): number => distance(m[13]!, m[14]!) / distance(m[33]!, m[263]!);
/** Of the more open eye, between the lids, of its width. */
const lids = ({ finer }: Meshes): number => {
  const flat = finer.map(([x, y]): Point3 => [x, y, 0]);
  const opening = (upper: number, lower: number, from: number, to: number): number =>
    distance(flat[upper]!, flat[lower]!) / distance(flat[from]!, flat[to]!);
  return Math.max(opening(159, 145, 33, 133), opening(386, 374, 362, 263));
};

/** Of persons who look straight ahead. */
export async function openingsOf(
  people: readonly Character[],
  canonical: CanonicalFace,
  meshesOf: (picture: RawImage) => Promise<Meshes | undefined>,
): Promise<OpeningRow[]> {
  const models = people.map((person) => new CharacterModel(person));
  const row = async (what: string, units: UnitIntensities, of: (meshes: Meshes) => number): Promise<OpeningRow> => {
    const values: number[] = [];
    for (const model of models) {
      const meshes = await meshesOf(render(model, { units }, { width: 256, height: 256 }).image);
      if (meshes) values.push(of(meshes));
    }
    return { what, median: median(values), least: Math.min(...values), most: Math.max(...values) };
  };
  return [
    await row('pitch at rest, deg', {}, ({ mesh }) => headPose(mesh, canonical).pitchDeg),
    await row('lids, at rest', {}, lids),
    await row('lids, happiness', unitsOfExpression('happiness'), lids),
    await row('lids, AU43', { 43: 1 }, lids),
    await row('lips, at rest', {}, lips),
    await row('lips, AU25', { 25: 1 }, lips),
    await row('lips, AU26', { 26: 1 }, lips),
    await row('lips, AU27', { 27: 1 }, lips),
  ];
}
