/** From pixels of drawn persons, through the detector and the mesh, to estimates of what they were drawn with. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MienError } from '../errors.ts';
import { findFaces, type CanonicalFace, type FaceDetector, type MediaPipeMesher } from '../face/index.ts';
import { npmFaceNetworks } from '../face/node.ts';
import type { Point3 } from '../image/index.ts';
import { type ActionUnit, CharacterModel, peopleOf, render, type Scene, unitsOfExpression } from '../synth/index.ts';
import { LIBRARY_CALIBRATION } from './action-unit-calibration.ts';
import { ActionUnitEstimator, ESTIMATED_UNITS, estimatesOf, UNITS_WITHOUT_ESTIMATE } from './action-units.ts';
import type { UnitEstimate } from './action-units.ts';
import { FITTED_UNITS } from './rig-basis.ts';

const person = new CharacterModel(peopleOf(70, 1).at(-1)!);
let [detector, mesher, attention]: [FaceDetector?, MediaPipeMesher?, MediaPipeMesher?] = [];
let canonical: CanonicalFace;
let estimator: ActionUnitEstimator;

beforeAll(async () => {
  [detector, mesher, attention, canonical] = await Promise.all([
    npmFaceNetworks.detector(),
    npmFaceNetworks.mesher(),
    npmFaceNetworks.attentionMesher(),
    npmFaceNetworks.canonicalFace(),
  ]);
  estimator = await ActionUnitEstimator.create(canonical);
});

async function meshOf(units: Scene['units'] = {}, network?: MediaPipeMesher): Promise<readonly Point3[]> {
  const { image } = render(person, { units }, { width: 256, height: 256 });
  const [face] = await findFaces(image, detector!, mesher!);
  if (!network) return face!.mesh.points;
  return (await network.meshRois(image, [face!.mesh.roi]))[0]!.points;
}

const of = (estimates: readonly UnitEstimate[], unit: ActionUnit): UnitEstimate =>
  estimates.find((estimate) => estimate.unit === unit)!;

describe('ActionUnitEstimator', () => {
  it('tells a smile and how strong it is, and none at rest', async () => {
    const [rest, half, full] = await Promise.all(
      [0, 0.5, 1].map(async (w) => estimator.estimate(await meshOf(w ? { 12: w } : {}))),
    );
    expect(of(rest!, 12)).toMatchObject({ present: false });
    expect(of(full!, 12)).toMatchObject({ present: true });
    expect(of(full!, 12).intensity).toBeGreaterThan(3);
    expect(of(half!, 12).intensity).toBeGreaterThan(of(rest!, 12).intensity + 0.5);
    expect(of(full!, 12).intensity).toBeGreaterThan(of(half!, 12).intensity + 0.5);
  });

  it('tells raised brows of a surprised face, and no smile', async () => {
    const estimates = estimator.estimate(await meshOf(unitsOfExpression('surprise')));
    expect(estimates.map(({ unit }) => unit)).toEqual(ESTIMATED_UNITS);
    expect([of(estimates, 1).present, of(estimates, 2).present, of(estimates, 12).present]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is of the plain mesh: points of irises change nothing', async () => {
    const mesh = await meshOf({ 27: 1 }, attention!);
    expect(mesh).toHaveLength(478);
    expect(estimator.estimate(mesh)).toEqual(estimator.estimate(mesh.slice(0, 468)));
  });

  it('refuses a mesh of fewer points', () => {
    const short = Array.from({ length: 68 }, (_, i): Point3 => [i, i * i, 0]);
    expect(() => estimator.estimate(short)).toThrow(new MienError('mesh: expected at least 468 points, got 68'));
  });
});

describe('calibration', () => {
  it('is linear above the weight at rest, within 0 … 5, present from a threshold on', () => {
    const calibration = [{ unit: 12, rest: 0.1, slope: 10, present: 2 }] as const;
    const at = (weight: number): UnitEstimate =>
      estimatesOf(
        FITTED_UNITS.map((unit) => (unit === 12 ? weight : 0.9)),
        calibration,
      )[0]!;
    expect(at(0.05)).toEqual({ unit: 12, intensity: 0, present: false });
    expect(at(0.2)).toMatchObject({ intensity: expect.closeTo(1, 9) as number, present: false });
    expect(at(0.35)).toMatchObject({ intensity: expect.closeTo(2.5, 9) as number, present: true });
    expect(at(0.9)).toEqual({ unit: 12, intensity: 5, present: true });
  });

  it('names every unit of the fit, as estimated or not', () => {
    expect([...ESTIMATED_UNITS, ...UNITS_WITHOUT_ESTIMATE].sort((a, b) => a - b)).toEqual(FITTED_UNITS);
    for (const { rest, slope, present } of LIBRARY_CALIBRATION) {
      expect(slope).toBeGreaterThan(0);
      // A full weight is present, and one at rest is not
      expect(present).toBeGreaterThan(0);
      expect(Math.min(5, slope * (1 - rest))).toBeGreaterThan(present);
    }
  });
});

describe('the guide', () => {
  const guide = readFileSync(new URL('../../../../docs/guides/action-units.md', import.meta.url), 'utf8');

  it('says how far off each unit with an estimate is, and names those without', () => {
    const rows = [...guide.matchAll(/^\| AU(\d+) \|(?: [\d.]+ \|){10}$/gm)].map(([, unit]) => Number(unit));
    expect(rows).toEqual(ESTIMATED_UNITS);
    const [, without] = /Without an estimate are ([^\n]*?)\./.exec(guide)!;
    expect(without!.match(/\d+/g)!.map(Number)).toEqual(UNITS_WITHOUT_ESTIMATE);
  });
});
