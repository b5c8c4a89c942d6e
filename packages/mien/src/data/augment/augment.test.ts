import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { augmentImage, augmentRandom, type ImageShape } from './augment.ts';
import { type AugmentSpec, validateAugmentSpec } from './spec.ts';

const gray: ImageShape = { height: 48, width: 48, channels: 1 };

function syntheticImage({ height, width, channels }: ImageShape, seed = 0): Uint8Array {
  const random = augmentRandom(seed, 0, 0);
  return Uint8Array.from({ length: height * width * channels }, () => random.int(256));
}

function augment(pixels: Uint8Array, shape: ImageShape, spec: AugmentSpec, place = 0): Float32Array {
  const out = new Float32Array(pixels.length);
  augmentImage(pixels, shape, spec, augmentRandom(5, 1, place), out);
  return out;
}

const everything: AugmentSpec = {
  flip: 0.5,
  shift: 0.1,
  rotationDeg: 20,
  scale: [0.8, 1.2],
  shearDeg: 10,
  brightness: 0.2,
  contrast: 0.3,
  noise: 0.05,
  erase: { probability: 0.5, area: [0.02, 0.3], aspect: [0.3, 3.3] },
};
const shapes = fc.record({
  height: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  channels: fc.constantFrom(1 as const, 3 as const),
});

describe('augmentImage', () => {
  it('changes nothing without a spec, or with ranges of width 0', () => {
    const still: AugmentSpec = {
      flip: 0,
      shift: 0,
      rotationDeg: 0,
      scale: [1, 1],
      shearDeg: 0,
      brightness: 0,
      contrast: 0,
      noise: 0,
    };
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const pixels = syntheticImage(shape, seed);
        expect([...augment(pixels, shape, {})]).toEqual([...pixels]);
        expect([...augment(pixels, shape, still)]).toEqual([...pixels]);
      }),
    );
  });

  it('mirrors exactly, and twice is the identity', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const pixels = syntheticImage(shape, seed);
        const once = augment(pixels, shape, { flip: 1 });
        const C = shape.channels;
        expect([...once.subarray(0, C)]).toEqual([...pixels.subarray((shape.width - 1) * C, shape.width * C)]);
        expect([...augment(Uint8Array.from(once), shape, { flip: 1 })]).toEqual([...pixels]);
      }),
    );
  });

  it('depends on seed, epoch and place alone', () => {
    const pixels = syntheticImage(gray);
    const values = (seed: number, epoch: number, place: number): number[] => {
      const out = new Float32Array(pixels.length);
      augmentImage(pixels, gray, everything, augmentRandom(seed, epoch, place), out);
      return [...out];
    };
    expect(values(1, 2, 3)).toEqual(values(1, 2, 3));
    for (const other of [values(2, 2, 3), values(1, 3, 3), values(1, 2, 4)]) expect(other).not.toEqual(values(1, 2, 3));
  });

  it('stays within 0 … 255', () => {
    const pixels = syntheticImage(gray);
    for (let place = 0; place < 50; place++) {
      const out = augment(pixels, gray, everything, place);
      expect(out.every((v) => v >= 0 && v <= 255)).toBe(true);
    }
  });

  it('turns by the angle: the disc moves along its circle and keeps its mass', () => {
    const pixels = new Uint8Array(48 * 48);
    const [cx, cy] = [34.5, 24.5]; // 10 px right of the centre
    for (let y = 22; y <= 26; y++) for (let x = 32; x <= 36; x++) pixels[y * 48 + x] = 200;
    const angles = Array.from({ length: 200 }, (_, place) => {
      const out = augment(pixels, gray, { rotationDeg: 30 }, place);
      let [mass, mx, my] = [0, 0, 0];
      out.forEach((v, i) => {
        mass += v;
        mx += v * ((i % 48) + 0.5);
        my += v * (Math.floor(i / 48) + 0.5);
      });
      expect(mass / (25 * 200)).toBeCloseTo(1, 1);
      expect(Math.hypot(mx / mass - 24, my / mass - 24)).toBeCloseTo(Math.hypot(cx - 24, cy - 24), 1);
      return (Math.atan2(my / mass - 24, mx / mass - 24) * 180) / Math.PI;
    });
    const start = (Math.atan2(cy - 24, cx - 24) * 180) / Math.PI;
    expect(Math.max(...angles) - start).toBeGreaterThan(27);
    expect(Math.max(...angles) - start).toBeLessThan(30.5);
    expect(Math.min(...angles) - start).toBeLessThan(-27);
  });

  it('enlarges with a zoom above 1 and moves by whole shares', () => {
    const pixels = new Uint8Array(48 * 48);
    for (let y = 20; y < 28; y++) for (let x = 20; x < 28; x++) pixels[y * 48 + x] = 100;
    const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);
    expect(sum(augment(pixels, gray, { scale: [1.5, 1.5] })) / sum(augment(pixels, gray, {}))).toBeCloseTo(2.25, 1);
    expect(sum(augment(pixels, gray, { shift: 0.2 })) / sum(augment(pixels, gray, {}))).toBeCloseTo(1, 3);
  });

  it('adds noise of the deviation asked for, at most', () => {
    const pixels = new Uint8Array(48 * 48).fill(128);
    const deviations = Array.from({ length: 100 }, (_, place) => {
      const out = augment(pixels, gray, { noise: 0.1 }, place);
      const mean = out.reduce((a, b) => a + b, 0) / out.length;
      expect(Math.abs(mean - 128)).toBeLessThan(3);
      return Math.sqrt(out.reduce((a, b) => a + (b - mean) ** 2, 0) / out.length);
    });
    expect(Math.max(...deviations)).toBeLessThan(27); // 0.1 · 255 = 25.5
    expect(Math.max(...deviations)).toBeGreaterThan(20);
    expect(Math.min(...deviations)).toBeLessThan(3);
  });

  it('erases a rectangle of the area asked for', () => {
    const pixels = new Uint8Array(48 * 48).fill(7);
    for (let place = 0; place < 50; place++) {
      const out = augment(pixels, gray, { erase: { probability: 1, area: [0.1, 0.2], aspect: [0.5, 2] } }, place);
      const share = out.filter((v) => v !== 7).length / out.length;
      expect(share).toBeGreaterThan(0.09);
      expect(share).toBeLessThan(0.22);
    }
  });
});

describe('validateAugmentSpec', () => {
  it('accepts every part, and names the one that is out of range', () => {
    expect(() => validateAugmentSpec(everything)).not.toThrow();
    expect(() => validateAugmentSpec({ flip: 2 })).toThrow('augment: flip: expected a number 0 … 1, got 2');
    expect(() => validateAugmentSpec({ scale: [1.2, 0.8] })).toThrow(/scale: expected low ≤ high/);
    expect(() => validateAugmentSpec({ scale: [0, 1] })).toThrow(/scale/);
    expect(() => validateAugmentSpec({ noise: NaN })).toThrow(/noise/);
    expect(() => validateAugmentSpec({ erase: { probability: 0.5, area: [0.1, 1.5], aspect: [1, 1] } })).toThrow(
      /erase.area/,
    );
  });
});
