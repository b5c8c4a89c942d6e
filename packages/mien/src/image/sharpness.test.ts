import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharpness } from './sharpness.ts';

const [width, height] = [40, 32];
const size = { width, height };
const draw = (value: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
/** An edge that takes the given number of pixels. */
const edge =
  (pixels: number) =>
  (t: number): number =>
    Math.min(Math.max((t - 20) / pixels + 0.5, 0), 1) * 200;

describe('sharpness', () => {
  it('falls as edges widen, along either axis, and is that of the worse one', () => {
    const at = [1, 3, 6, 12].map((pixels) =>
      sharpness(
        draw((x, y) => edge(pixels)(x) + edge(pixels)(y + 4)),
        size,
      ),
    );
    for (let i = 1; i < at.length; i++) expect(at[i]!).toBeLessThan(at[i - 1]! - 0.05);
    const mixed = sharpness(
      draw((x, y) => edge(1)(x) + edge(12)(y + 4)),
      size,
    );
    expect(mixed).toBeLessThan(at[0]! - 0.1);
  });

  it('is 0 without any edge, and does not depend on contrast, brightness or the order of the axes', () => {
    expect(
      sharpness(
        draw(() => 7),
        size,
      ),
    ).toBe(0);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.integer({ min: -200, max: 200 }),
        (seed, contrast, shift) => {
          const value = (x: number, y: number): number => ((x * 73 + y * 179 + seed) * 2654435761) % 251;
          const [plain, stretched] = [draw(value), draw((x, y) => contrast * value(x, y) + shift)];
          const sharp = sharpness(plain, size);
          expect(sharp).toBeGreaterThan(0);
          expect(sharp).toBeLessThanOrEqual(1);
          expect(sharpness(stretched, size)).toBeCloseTo(sharp, 3);
          const turned = Float32Array.from(
            { length: plain.length },
            (_, i) => plain[(i % height) * width + Math.floor(i / height)]!,
          );
          expect(sharpness(turned, { width: height, height: width })).toBeCloseTo(sharp, 6);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('refuses what is smaller than its filter, and pixels that are not as many as the size says', () => {
    expect(() => sharpness(new Float32Array(100), { width: 10, height: 10 })).toThrow(/expected at least 11×11/);
    expect(() => sharpness(new Float32Array(100), size)).toThrow(/got 100 for 40×32/);
  });
});
