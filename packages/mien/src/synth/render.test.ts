/** Pictures of characters: the same each time, what the landmarks say, and what a scene changes. */
import { describe, expect, it } from 'vitest';
import { MienError } from '../errors.ts';
import { rotationFromPose } from '../geometry/pose.ts';
import type { RawImage } from '../image/raw-image.ts';
import { characterNamed } from './characters/index.ts';
import { landmarkVertices } from './landmarks.ts';
import { depthMap, normalMap, positionMap } from './maps.ts';
import { CharacterModel } from './model.ts';
import { render } from './render.ts';
import { unitsOfExpression } from './rig/expressions.ts';
import { NO_VARIATION, sampleScene } from './sampling.ts';
import type { Scene } from './scene.ts';

const SIZE = { width: 64, height: 64 };
const model = new CharacterModel(characterNamed('otto'));
const again = new CharacterModel(characterNamed('otto'));

const meanOf = ({ data }: RawImage): number => data.reduce((sum, v) => sum + v, 0) / data.length;
const difference = (a: RawImage, b: RawImage): number =>
  a.data.reduce((sum, v, i) => sum + Math.abs(v - b.data[i]!), 0) / a.data.length;

describe('a picture', () => {
  it('is a function of its scene, and a scene of its seed and name', () => {
    const scene = sampleScene(4, 'otto/fear/1', 'fear').scene;
    expect(sampleScene(4, 'otto/fear/1', 'fear').scene).toEqual(scene);
    const [one, two] = [render(model, scene, SIZE), render(again, scene, SIZE)];
    expect(two.image.data).toEqual(one.image.data);
    expect(two.landmarks).toEqual(one.landmarks);
    for (const other of [sampleScene(5, 'otto/fear/1', 'fear'), sampleScene(4, 'otto/fear/2', 'fear')])
      expect(difference(render(model, other.scene, SIZE).image, one.image)).toBeGreaterThan(2);
  });

  it('has its landmarks where the vertices of the turned head are projected', () => {
    const pose = { yawDeg: 21, pitchDeg: -9, rollDeg: 6 };
    const units = unitsOfExpression('surprise');
    const size = { width: 256, height: 256 };
    const { landmarks } = render(model, { units, pose, zoom: 1.1, shift: [0.02, -0.03] }, size);
    // the rig's own skin, turned about the neck and seen from 7.5 units by a camera that sees 1.5 of them up and down
    const { positions } = model.rig.pose(units);
    const R = rotationFromPose(pose);
    const [px, py, pz] = [0, 0.45, 0.25];
    let checked = 0;
    landmarkVertices(model.rig).forEach((vertex, k) => {
      if (vertex < 0) return;
      const [x, y, z] = [positions[3 * vertex]! - px, positions[3 * vertex + 1]! - py, positions[3 * vertex + 2]! - pz];
      const depth = R[6] * x + R[7] * y + R[8] * z + pz + 7.5;
      const focal = (128 * 7.5 * 1.1) / 1.5;
      const u = (focal * (R[0] * x + R[1] * y + R[2] * z + px)) / depth + 256 * 0.52;
      const v = (focal * (R[3] * x + R[4] * y + R[5] * z + py)) / depth + 256 * 0.47;
      expect(Math.hypot(landmarks[k]![0] - u, landmarks[k]![1] - v)).toBeLessThan(1);
      checked++;
    });
    expect(checked).toBe(58);
    // brows: in order from the image's left, above the eyes
    for (let k = 17; k < 26; k++) expect(landmarks[k + 1]![0]).toBeGreaterThan(landmarks[k]![0]);
    expect(landmarks[19]![1]).toBeLessThan(landmarks[37]![1]);
  });

  it('turns as the pose says', () => {
    const nose = (pose: Scene['pose'] & object): readonly [number, number] =>
      render(model, { pose }, SIZE).landmarks[30]!;
    const straight = nose({ yawDeg: 0, pitchDeg: 0, rollDeg: 0 });
    expect(nose({ yawDeg: 30, pitchDeg: 0, rollDeg: 0 })[0]).toBeGreaterThan(straight[0] + 4);
    expect(nose({ yawDeg: 0, pitchDeg: 20, rollDeg: 0 })[1]).toBeLessThan(straight[1] - 3);
  });

  it('shows what the light, the background and the gaze are', () => {
    const lit = (strength: number): RawImage =>
      render(model, { lights: [{ direction: [0, -0.3, -1], color: [255, 255, 255], strength }] }, SIZE).image;
    expect(meanOf(lit(1))).toBeGreaterThan(meanOf(lit(0.2)) + 5);
    const corner = render(model, { background: { kind: 'plain', color: [10, 200, 30] } }, SIZE).image.data;
    expect([...corner.subarray(0, 3)]).toEqual([10, 200, 30]);
    const looks = (yawDeg: number): RawImage => render(model, { gaze: { yawDeg, pitchDeg: 0 } }, SIZE).image;
    expect(difference(looks(-25), looks(25))).toBeGreaterThan(0.1);
  });

  it('has smooth edges: pixels between the colors of both sides', () => {
    const background = { kind: 'plain', color: [0, 255, 0] } as const;
    const { data } = render(model, { background }, SIZE).image;
    let between = 0;
    for (let at = 0; at < data.length; at += 3) if (data[at + 1]! > 190 && data[at + 1]! < 252) between++;
    expect(between).toBeGreaterThan(20);
  });
});

it('tells depth, normals and places of the skin', () => {
  const rendered = render(model, {}, SIZE);
  const [depth, normals, positions] = [
    depthMap(rendered.surface),
    normalMap(rendered.surface),
    positionMap(model, rendered.surface),
  ];
  expect([depth.dims, normals.dims, positions.dims]).toEqual([
    [64, 64],
    [64, 64, 3],
    [256, 256, 3],
  ]);
  const [x, y] = rendered.landmarks[30]!;
  const pixel = Math.floor(y) * 64 + Math.floor(x);
  expect(depth.values[pixel]).toBeGreaterThan(5);
  expect(depth.values[pixel]).toBeLessThan(7.5);
  expect(depth.values[0]).toBe(Infinity);
  expect(normals.values[3 * pixel + 2]).toBeLessThan(0);
  expect(Math.hypot(...normals.values.subarray(3 * pixel, 3 * pixel + 3))).toBeCloseTo(1, 4);
  expect([...normals.values.subarray(0, 3)]).toEqual([0, 0, 0]);
  // some texel lies where the tip of the nose is drawn
  let least = Infinity;
  for (let at = 0; at < positions.values.length; at += 3)
    least = Math.min(least, Math.hypot(positions.values[at]! - x, positions.values[at + 1]! - y));
  expect(least).toBeLessThan(1);
});

describe('bad input', () => {
  it.each([
    [{ units: { 3: 1 } as object }, /units: expected action units 1, 2, 4, .*, got 3/],
    [{ units: { 12: 1.2 } }, /AU12: expected an intensity 0 … 1, got 1.2/],
    [{ units: { 12: { left: 0.5, right: NaN } } }, /AU12: expected an intensity 0 … 1, got NaN/],
    [{ pose: { yawDeg: NaN, pitchDeg: 0, rollDeg: 0 } }, /yawDeg: expected a finite number, got NaN/],
    [{ zoom: 0 }, /zoom: expected more than 0, got 0/],
  ] as [Scene, RegExp][])('%j is named', (scene, message) => {
    expect(() => render(model, scene, SIZE)).toThrow(MienError);
    expect(() => render(model, scene, SIZE)).toThrow(message);
  });

  it('of sizes, names and variation is named', () => {
    expect(() => render(model, {}, { width: 0, height: 10 })).toThrow(/size: expected positive integers/);
    expect(() => characterNamed('bart')).toThrow(/expected nora, otto, pim, vera, hugo, zuri, got "bart"/);
    expect(() => sampleScene(1, 'x', 'fear', { intensity: [0.5, 2] })).toThrow(
      /intensity: expected a range within 0 … 1/,
    );
    expect(() => sampleScene(1, 'x', 'fear', { poseDeg: 120 })).toThrow(/poseDeg: expected 0 … 80 degrees, got 120/);
    expect(() => unitsOfExpression('boredom' as 'fear')).toThrow(/expected one of neutral, .*, got "boredom"/);
    expect(() => unitsOfExpression('fear', 1, 9)).toThrow(/fear has forms 0 to 2, got 9/);
  });
});

it('does not vary without variation', () => {
  const { scene, form, intensity } = sampleScene(8, 'a', 'anger', NO_VARIATION);
  expect([form, intensity, scene.units]).toEqual([0, 1, unitsOfExpression('anger')]);
  expect(scene.pose).toEqual({ yawDeg: 0, pitchDeg: 0, rollDeg: 0 });
  expect([scene.lights, scene.background]).toEqual([undefined, undefined]);
});
