/** Each action unit moves what FACS says, on every character: directions of named landmarks. */
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../../image/raw-image.ts';
import { CHARACTERS } from '../characters/index.ts';
import { landmarkPoints } from '../landmarks.ts';
import { ACTION_UNITS, type ActionUnit, UNIT_NUMBERS, type UnitIntensities } from './action-units.ts';
import { HeadRig } from './head-rig.ts';

const STRAIGHT = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };
const RIGS = CHARACTERS.map((character) => new HeadRig(character));

/** The 68 landmarks, in units of the head: x to the image's right, y down, z away. */
function pointsOf(rig: HeadRig, units: UnitIntensities): readonly Point3[] {
  return landmarkPoints(rig, units, rig.pose(units).positions, STRAIGHT, [0, 0, 0], 0);
}

interface Moved {
  readonly before: readonly Point3[];
  readonly after: readonly Point3[];
  /** How far a landmark went, in D. */
  readonly x: (landmark: number) => number;
  readonly y: (landmark: number) => number;
  readonly z: (landmark: number) => number;
}

function moved(rig: HeadRig, units: UnitIntensities): Moved {
  const [before, after] = [pointsOf(rig, {}), pointsOf(rig, units)];
  const by = (k: number, axis: 0 | 1 | 2): number => (after[k]![axis] - before[k]![axis]) / rig.unit;
  return { before, after, x: (k) => by(k, 0), y: (k) => by(k, 1), z: (k) => by(k, 2) };
}

const gap = (points: readonly Point3[], upper: number, lower: number): number => points[lower]![1] - points[upper]![1];
const eyeOpening = (points: readonly Point3[]): number => gap(points, 37, 41) + gap(points, 44, 46);
const lipsHeight = (points: readonly Point3[]): number => gap(points, 51, 57);

/** Landmarks: 17 … 26 brows (21 and 22 inner ends), 31 and 35 wings of the nose, 36 … 47 eyes, 48 and 54 corners of the mouth. */
const CHECKS: Readonly<Record<ActionUnit, (m: Moved) => void>> = {
  1: ({ y }) => {
    for (const k of [21, 22]) expect(y(k)).toBeLessThan(-0.08);
    expect(y(21)).toBeLessThan(y(17) - 0.05);
  },
  2: ({ y }) => {
    for (const k of [18, 25]) expect(y(k)).toBeLessThan(-0.06);
    expect(y(18)).toBeLessThan(y(21) - 0.02);
  },
  4: ({ x, y }) => {
    for (const k of [21, 22]) expect(y(k)).toBeGreaterThan(0.05);
    expect(x(21)).toBeGreaterThan(0.02);
    expect(x(22)).toBeLessThan(-0.02);
  },
  5: ({ y, before, after }) => {
    for (const k of [37, 38, 43, 44]) expect(y(k)).toBeLessThan(-0.02);
    expect(eyeOpening(after)).toBeGreaterThan(1.1 * eyeOpening(before));
  },
  6: ({ y, before, after }) => {
    for (const k of [40, 41, 46, 47]) expect(y(k)).toBeLessThan(-0.02);
    expect(eyeOpening(after)).toBeLessThan(0.8 * eyeOpening(before));
  },
  7: ({ y, before, after }) => {
    for (const k of [40, 41, 46, 47]) expect(y(k)).toBeLessThan(-0.02);
    for (const k of [37, 44]) expect(y(k)).toBeGreaterThan(0);
    expect(eyeOpening(after)).toBeLessThan(0.75 * eyeOpening(before));
  },
  9: ({ y }) => {
    for (const k of [31, 35]) expect(y(k)).toBeLessThan(-0.04);
    for (const k of [50, 52]) expect(y(k)).toBeLessThan(-0.02);
    for (const k of [21, 22]) expect(y(k)).toBeGreaterThan(0.02);
  },
  10: ({ y }) => {
    for (const k of [49, 53]) expect(y(k)).toBeLessThan(-0.06);
    for (const k of [55, 59, 8]) expect(Math.abs(y(k))).toBeLessThan(0.03);
  },
  11: ({ y, x }) => {
    for (const k of [49, 53]) expect(y(k)).toBeLessThan(-0.01);
    expect(x(49)).toBeLessThan(0);
    expect(x(53)).toBeGreaterThan(0);
  },
  12: ({ x, y }) => {
    for (const k of [48, 54]) expect(y(k)).toBeLessThan(-0.1);
    expect(x(48)).toBeLessThan(-0.08);
    expect(x(54)).toBeGreaterThan(0.08);
    expect(y(48)).toBeLessThan(y(57) - 0.05);
  },
  14: ({ x, z }) => {
    for (const k of [48, 54]) expect(z(k)).toBeGreaterThan(0.05);
    expect(x(48)).toBeLessThan(0);
    expect(x(54)).toBeGreaterThan(0);
  },
  15: ({ y }) => {
    for (const k of [48, 54]) expect(y(k)).toBeGreaterThan(0.1);
    expect(y(51)).toBeLessThan(0.05);
  },
  17: ({ y }) => {
    for (const k of [56, 57, 58]) expect(y(k)).toBeLessThan(-0.02);
  },
  18: ({ x, z }) => {
    expect(x(48)).toBeGreaterThan(0.08);
    expect(x(54)).toBeLessThan(-0.08);
    for (const k of [51, 57]) expect(z(k)).toBeLessThan(-0.02);
  },
  20: ({ x, y }) => {
    expect(x(48)).toBeLessThan(-0.1);
    expect(x(54)).toBeGreaterThan(0.1);
    for (const k of [48, 54]) expect(Math.abs(y(k))).toBeLessThan(Math.abs(x(k)) / 2);
  },
  23: ({ before, after }) => expect(lipsHeight(after)).toBeLessThan(0.75 * lipsHeight(before)),
  24: ({ before, after }) => expect(lipsHeight(after)).toBeLessThan(0.7 * lipsHeight(before)),
  25: ({ y, before, after }) => {
    expect(y(62)).toBeLessThan(-0.02);
    expect(y(66)).toBeGreaterThan(0.04);
    expect(gap(after, 62, 66)).toBeGreaterThan(gap(before, 62, 66));
    expect(Math.abs(y(8))).toBeLessThan(0.01);
  },
  26: ({ y }) => {
    for (const k of [8, 57, 66]) expect(y(k)).toBeGreaterThan(0.08);
    expect(Math.abs(y(33))).toBeLessThan(0.02);
  },
  27: ({ x, y }) => {
    for (const k of [8, 57, 66]) expect(y(k)).toBeGreaterThan(0.2);
    expect(x(48)).toBeGreaterThan(0);
    expect(x(54)).toBeLessThan(0);
  },
  28: ({ z, before, after }) => {
    expect(lipsHeight(after)).toBeLessThan(0.4 * lipsHeight(before));
    for (const k of [62, 66]) expect(z(k)).toBeGreaterThan(0.02);
  },
  43: ({ before, after }) => expect(eyeOpening(after)).toBeLessThan(0.12 * eyeOpening(before)),
  45: ({ before, after }) => expect(eyeOpening(after)).toBeLessThan(0.12 * eyeOpening(before)),
};

describe.each(ACTION_UNITS.map(({ unit, name }) => ({ unit, name })))('AU$unit, $name', ({ unit }) => {
  it.each(CHARACTERS.map(({ name }, i) => [name, RIGS[i]!] as const))('of %s', (_, rig) => {
    CHECKS[unit](moved(rig, { [unit]: 1 }));
    // half the intensity goes less far
    const [half, full] = [moved(rig, { [unit]: 0.5 }), moved(rig, { [unit]: 1 })];
    const way = ({ x, y, z }: Moved): number => {
      let most = 0;
      for (let k = 0; k < 68; k++) most = Math.max(most, Math.hypot(x(k), y(k), z(k)));
      return most;
    };
    expect(way(half)).toBeGreaterThan(0.2 * way(full));
    expect(way(half)).toBeLessThan(0.8 * way(full));
  });
});

describe('a side of the face', () => {
  const rig = RIGS[0]!;
  const mirror: Readonly<Record<number, readonly [right: number, left: number]>> = {
    2: [18, 25],
    12: [48, 54],
    6: [40, 47],
  };

  it.each(Object.entries(mirror))('moves alone: AU%s', (unit, [right, left]) => {
    const onlyLeft = moved(rig, { [unit]: { left: 1, right: 0 } });
    expect(Math.abs(onlyLeft.y(left))).toBeGreaterThan(4 * Math.abs(onlyLeft.y(right)));
    const onlyRight = moved(rig, { [unit]: { left: 0, right: 1 } });
    expect(onlyRight.y(right)).toBeCloseTo(onlyLeft.y(left), 3);
  });

  it('is the mirror of the other when both move', () => {
    for (const unit of UNIT_NUMBERS) {
      const points = pointsOf(rig, { [unit]: 1 });
      for (const [r, l] of [
        [17, 26],
        [21, 22],
        [36, 45],
        [48, 54],
        [31, 35],
        [50, 52],
        [4, 12],
      ] as const) {
        expect(points[r]![0]).toBeCloseTo(-points[l]![0], 3);
        expect(points[r]![1]).toBeCloseTo(points[l]![1], 3);
      }
    }
  });
});

it('shuts eyes and lips without turning them inside out, whatever comes together', () => {
  for (const rig of RIGS) {
    for (const units of [
      { 43: 1, 6: 1, 7: 1 },
      { 45: 1, 5: 1 },
      { 24: 1, 17: 1, 28: 1 },
      { 10: 1, 17: 1 },
    ] as UnitIntensities[]) {
      const points = pointsOf(rig, units);
      for (const [upper, lower] of [
        [37, 41],
        [38, 40],
        [43, 47],
        [44, 46],
        [62, 66],
        [61, 67],
      ] as const)
        expect(gap(points, upper, lower)).toBeGreaterThan(-3e-3);
    }
  }
});
