import fc from 'fast-check';
import { readGolden } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { rawImage } from '../raw-image.ts';
import { stretched } from './plane.ts';
import {
  formatNormalization,
  givesThreeChannels,
  NORMALIZATION_NAMES,
  normalizeImage,
  normalizePixels,
  normalizePlane,
  parseNormalization,
} from './steps.ts';

const golden = await readGolden(new URL('../golden/normalization.golden.json', import.meta.url));
const cases = golden.tensorNames
  .filter((name) => !name.endsWith('/image'))
  .map((name) => name.split('/') as [string, string]);

/** Those that give one channel for one; the others have golden values of their own (mapped-lbp.test.ts). */
const PLANE_NAMES = NORMALIZATION_NAMES.filter((name) => !givesThreeChannels([{ name }]));

/** Steps whose answers are whole levels, so that a last bit may make one of them. */
const WHOLE = /^(histogram|clahe|equalized)/;

describe('normalizations', () => {
  it('have golden values, each', () => {
    const named = new Set(cases.flatMap(([, step]) => parseNormalization(step).map(({ name }) => name)));
    expect([...named].sort()).toEqual([...PLANE_NAMES].sort());
  });

  it.each(cases)('%s image, %s: as OpenCV, scikit-image and SciPy', (picture, step) => {
    const image = golden.tensor(`${picture}/image`);
    const [height, width] = image.dims as [number, number];
    const expected = golden.tensor(`${picture}/${step}`).data;
    const actual = normalizePlane(
      Float32Array.from(image.data as ArrayLike<number>),
      { height, width },
      parseNormalization(step),
    );
    const differences = Array.from(actual, (v, i) => Math.abs(v - Number(expected[i])));
    expect(Math.max(...differences)).toBeLessThan(WHOLE.test(step) ? 1e-4 : 0.02);
  });

  it.each(PLANE_NAMES)('%s: a constant image stays constant, but for its rim under smoothing', (name) => {
    for (const value of [0, 1, 77, 255]) {
      for (const size of [
        { height: 16, width: 16 },
        { height: 1, width: 1 },
        { height: 9, width: 31 },
      ]) {
        const out = normalizePlane(new Float32Array(size.height * size.width).fill(value), size, [{ name }]);
        expect(out.every(Number.isFinite)).toBe(true);
        out.forEach((v) => expect(v).toBeCloseTo(out[0]!, 3));
      }
    }
  });

  it.each(PLANE_NAMES)('%s: gives finite numbers, as many as it takes, and leaves its input', (name) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        (height, width, seed) => {
          const plane = Float32Array.from(
            { length: height * width },
            (_, i) => Math.abs(Math.imul(seed + i, 2654435761)) % 256,
          );
          const before = plane.slice();
          const out = normalizePlane(plane, { height, width }, [{ name }]);
          expect(out).toHaveLength(plane.length);
          expect(out.every(Number.isFinite)).toBe(true);
          expect(plane).toEqual(before);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('take away light that grows from one side to the other', () => {
    const size = { height: 48, width: 48 };
    const texture = (i: number): number => 100 + 30 * Math.sin(i * 1.7) * Math.cos(Math.floor(i / 48) * 0.9);
    const even = Float32Array.from({ length: 48 * 48 }, (_, i) => texture(i));
    const lit = even.map((v, i) => v * (0.3 + (0.7 * (i % 48)) / 47));
    const slope = (plane: Float32Array): number => {
      const half = (from: number): number =>
        plane.reduce((sum, v, i) => sum + (i % 48 >= from && i % 48 < from + 12 ? v : 0), 0) / (12 * 48);
      return Math.abs(half(36) - half(0));
    };
    for (const name of ['lcn', 'contrastive-equalization', 'dct', 'isotropic-smoothing'] as const)
      expect(slope(normalizePlane(lit, size, [{ name }])), name).toBeLessThan(0.3 * slope(lit));
    for (const name of ['clahe', 'dog'] as const)
      expect(slope(normalizePlane(lit, size, [{ name: 'logarithm' }, { name }])), name).toBeLessThan(0.8 * slope(lit));
    // It takes the logarithm itself, and stretches what it gives
    const boosted = normalizePlane(lit, size, [{ name: 'homomorphic' }]);
    expect(slope(boosted), 'homomorphic').toBeLessThan(0.8 * slope(stretched(lit)));
  });

  it('of three channels are those of each', () => {
    const gray = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);
    const rgb = Uint8Array.from({ length: 192 }, (_, i) => (i % 3 === 1 ? gray[(i - 1) / 3]! : (i * 11) % 256));
    const steps = parseNormalization('gcn,clahe:tiles=2');
    const size = { height: 8, width: 8 };
    const one = normalizePixels(gray, size, 1, steps);
    const three = normalizePixels(rgb, size, 3, steps);
    expect(three.filter((_, i) => i % 3 === 1)).toEqual(one);
    expect(normalizeImage(rawImage(8, 8, 3, rgb), steps).data).toHaveLength(192);
  });

  it('are written as they are read', () => {
    for (const text of ['gamma:gamma=0.2,dog', 'clahe:clipLimit=3:tiles=4', 'mapped-lbp:radius=5:circle=1'])
      expect(formatNormalization(parseNormalization(text))).toBe(text);
  });

  it.each([
    ['sharpen', /^"sharpen" is not a normalization, expected histogram-equalization, clahe, /],
    ['gamma:power=2', 'gamma has no parameter "power", expected gamma'],
    ['logarithm:base=2', 'logarithm has no parameter "base", expected none'],
    ['gamma:gamma=0', 'gamma: gamma: expected a number from 0.01 to 10, got 0'],
    ['clahe:tiles=1.5', 'clahe: tiles: expected a whole number from 1 to 64, got 1.5'],
    ['clahe:tiles', 'clahe: tiles: expected a whole number from 1 to 64, got NaN'],
    ['mapped-lbp:circle=0.5', 'mapped-lbp: circle: expected a whole number from 0 to 1, got 0.5'],
    ['', '"" is not a normalization'],
  ])('refuses %s', (text, message) => {
    expect(() => parseNormalization(text)).toThrow(message);
  });

  it('refuse a plane of another size', () => {
    expect(() => normalizePlane(new Float32Array(5), { height: 2, width: 2 }, [])).toThrow(
      'expected 2×2 values, got 5',
    );
  });
});
