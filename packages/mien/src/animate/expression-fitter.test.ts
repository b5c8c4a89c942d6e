/** From pixels of drawn persons, through the detector and the mesh, back to what they were drawn with. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MienError, ShapeError } from '../errors.ts';
import { findFaces, type CanonicalFace, type FaceDetector, type MediaPipeMesher } from '../face/index.ts';
import { npmFaceNetworks } from '../face/node.ts';
import type { Point3 } from '../image/index.ts';
import { CharacterModel, peopleOf, render, type Scene, sidesOf, unitsOfExpression } from '../synth/index.ts';
import { ExpressionFitter } from './expression-fitter.ts';

const SIZE = { width: 256, height: 256 };
const person = new CharacterModel(peopleOf(60, 1).at(-1)!);
let [detector, mesher, attention]: [FaceDetector?, MediaPipeMesher?, MediaPipeMesher?] = [];
let canonical: CanonicalFace;
let fitter: ExpressionFitter;

beforeAll(async () => {
  [detector, mesher, attention, canonical] = await Promise.all([
    npmFaceNetworks.detector(),
    npmFaceNetworks.mesher(),
    npmFaceNetworks.attentionMesher(),
    npmFaceNetworks.canonicalFace(),
  ]);
  fitter = await ExpressionFitter.create(canonical);
});

async function meshesOf(scene: Scene): Promise<{ mesh: readonly Point3[]; finer: readonly Point3[] }> {
  const { image } = render(person, scene, SIZE);
  const [face] = await findFaces(image, detector!, mesher!);
  const [finer] = await attention!.meshRois!(image, [face!.mesh.roi]);
  return { mesh: face!.mesh.points, finer: finer!.points };
}

const both = (units: Scene['units'] = {}, unit: 1 | 2 | 4 | 9 | 12 | 15 | 25 | 26 | 27 | 43): number => {
  const { left, right } = sidesOf(units[unit]);
  return (left + right) / 2;
};

describe('ExpressionFitter', () => {
  it('gives a smile back as AU12 on both sides alike', async () => {
    const { mesh } = await meshesOf({ units: unitsOfExpression('happiness') });
    const { units } = fitter.fit(mesh, { exaggeration: 1 });
    const { left, right } = sidesOf(units[12]);
    expect(Math.min(left, right)).toBeGreaterThan(0.5);
    expect(Math.abs(left - right)).toBeLessThan(0.15);
    expect(both(units, 15)).toBeLessThan(0.15);
  });

  it('tells which side of the mouth smiles', async () => {
    const { mesh } = await meshesOf({ units: { 12: { left: 1, right: 0 } } });
    const { left, right } = sidesOf(fitter.fit(mesh, { exaggeration: 1 }).units[12]);
    expect(left).toBeGreaterThan(right + 0.3);
  });

  it.each([
    [1, 12],
    [2, 12],
    [9, 12],
    [12, 15],
    [15, 12],
    [27, 12],
  ] as const)('with the person at rest, tells AU%i, and not AU%i', async (unit, other) => {
    const { mesh: neutral } = await meshesOf({});
    const { mesh } = await meshesOf({ units: { [unit]: 0.9 }, pose: { yawDeg: 8, pitchDeg: 3, rollDeg: 5 } });
    const { units } = fitter.fit(mesh, { neutral, exaggeration: 1 });
    expect(both(units, unit)).toBeGreaterThan(0.28);
    expect(both(units, other)).toBeLessThan(both(units, unit) / 2);
    const still = fitter.fit(neutral, { neutral, exaggeration: 1 });
    expect(both(still.units, unit)).toBeLessThan(0.05);
  });

  it('closes eyes that are closed, and leaves open ones open', async () => {
    const shut = await meshesOf({ units: { 43: 1 } });
    const open = await meshesOf({});
    expect(both(fitter.fit(shut.mesh, shut).units, 43)).toBeGreaterThan(0.8);
    expect(both(fitter.fit(open.mesh, open).units, 43)).toBeLessThan(0.1);
  });

  it('opens the mouth as far as the finer mesh sees it open', async () => {
    const closed = await meshesOf({});
    const open = await meshesOf({ units: { 27: 1 } });
    const jaw = ({ units }: { readonly units: Scene['units'] }): number => both(units, 26) / 2 + both(units, 27);
    // As if the plain mesh saw nothing of it
    expect(jaw(fitter.fit(closed.mesh, { finer: open.finer }))).toBeGreaterThan(0.5);
    expect(jaw(fitter.fit(closed.mesh, closed))).toBeLessThan(0.1);
  });

  it('follows the head and the gaze', async () => {
    const pose = { yawDeg: 18, pitchDeg: -6, rollDeg: 10 };
    const looked = await meshesOf({ pose, gaze: { yawDeg: -15, pitchDeg: 0 } });
    const fit = fitter.fit(looked.mesh, looked);
    for (const angle of ['yawDeg', 'pitchDeg', 'rollDeg'] as const)
      expect(Math.abs(fit.pose[angle] - pose[angle])).toBeLessThan(8);
    const ahead = await meshesOf({ pose, gaze: { yawDeg: 15, pitchDeg: 0 } });
    expect(fitter.fit(ahead.mesh, ahead).gaze!.yawDeg - fit.gaze!.yawDeg).toBeGreaterThan(12);
    expect(fitter.fit(looked.mesh).gaze).toBeUndefined();
  });

  it('shows the expression that is recognized, as strongly as it counts', async () => {
    const { mesh } = await meshesOf({});
    const surprised = (expressionWeight: number) =>
      fitter.fit(mesh, { expressions: { surprise: 0.9, neutral: 0.1 }, expressionWeight }).units;
    expect(both(surprised(0), 1)).toBeLessThan(both(surprised(0.7), 1));
    expect(both(surprised(0.7), 1)).toBeLessThan(both(surprised(1), 1));
    expect(both(surprised(1), 1)).toBeGreaterThan(0.6);
    expect(fitter.fit(mesh, { expressions: { neutral: 1 }, expressionWeight: 1 }).units).toEqual({});
  });

  it('leaves it to the mesh where no expression is one of the rig', async () => {
    const { mesh } = await meshesOf({ units: unitsOfExpression('happiness') });
    const alone = fitter.fit(mesh);
    expect(both(alone.units, 12)).toBeGreaterThan(0.5);
    for (const expressionWeight of [0.7, 1])
      expect(fitter.fit(mesh, { expressions: { smile: 0.9, frown: 0.1 }, expressionWeight })).toEqual(alone);
  });

  it('is fast enough for every frame of a camera', async () => {
    const { mesh } = await meshesOf({ units: unitsOfExpression('fear') });
    const expressions = { fear: 0.6, surprise: 0.4 };
    for (let i = 0; i < 50; i++) fitter.fit(mesh, { expressions });
    const times = Array.from({ length: 50 }, () => {
      const started = performance.now();
      fitter.fit(mesh, { expressions });
      return performance.now() - started;
    });
    // Some 1 ms: ten times that would be another algorithm, and not a busy machine
    expect(times.sort((a, b) => a - b)[25]).toBeLessThan(20);
  });

  it('refuses what it cannot fit', () => {
    const short = Array.from({ length: 68 }, (_, i): Point3 => [i, i * i, 0]);
    expect(() => fitter.fit(short)).toThrow(new MienError('mesh: expected at least 468 points, got 68'));
    const line = Array.from({ length: 468 }, (_, i): Point3 => [i, i, i]);
    expect(() => fitter.fit(line)).toThrow(ShapeError);
    const flat = canonical.vertices;
    expect(() => fitter.fit(flat, { expressionWeight: 2 })).toThrow('expressionWeight: expected 0 … 1, got 2');
    expect(() => fitter.fit(flat, { exaggeration: 0 })).toThrow(
      'exaggeration: expected more than 0 and at most 5, got 0',
    );
  });
});
