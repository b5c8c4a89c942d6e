import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawImage, type RawImage } from '../image/index.ts';
import { LBP, LBP_BINS, lbpCodes, UNIFORM_BINS } from './index.ts';

const picture = (side: number, greatest: number): fc.Arbitrary<RawImage> =>
  fc
    .uint8Array({ minLength: side * side, maxLength: side * side, max: greatest })
    .map((data) => rawImage(side, side, 1, data));
const mapped = (image: RawImage, change: (v: number) => number): RawImage => ({
  ...image,
  data: image.data.map(change),
});
/** The codes whose circle lies within the image. */
const inner = (image: RawImage, radius: number): number[] =>
  Array.from(lbpCodes(image, radius)).filter((_, i) =>
    [i % image.width, Math.floor(i / image.width)].every((at) => at >= radius && at < image.width - radius),
  );

describe('lbpCodes', () => {
  it('by hand: bright on the right, and above on the right', () => {
    // At radius 1 the neighbour up and right is 0.29289² · 100 + 0.29289 · 0.70711 · (110 + 20) + 0.70711² · 90 = 80.5
    // < 100
    const image = rawImage(3, 3, 1, Uint8Array.from([0, 20, 90, 0, 100, 110, 0, 0, 0]));
    expect(lbpCodes(image, 1)[4]).toBe(0b00000001);
    // … and with 130 in the corner 100.5
    expect(lbpCodes({ ...image, data: Uint8Array.from([0, 20, 130, 0, 100, 110, 0, 0, 0]) }, 1)[4]).toBe(0b00000011);
  });

  it('puts bit p at p · 45° counter-clockwise from the right', () => {
    const places = [
      [2, 1],
      [2, 0],
      [1, 0],
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 2],
    ] as const;
    places.forEach(([x, y], bit) => {
      const data = new Uint8Array(9);
      data[4] = 1;
      data[3 * y + x] = 255;
      expect((lbpCodes(rawImage(3, 3, 1, data), 1)[4]! >> bit) & 1).toBe(1);
    });
  });

  it('ties are exact: in a flat region every bit is set, whatever its grey', () => {
    for (let value = 0; value < 256; value++) {
      const flat = rawImage(11, 11, 1, new Uint8Array(121).fill(value));
      for (const radius of [1, 2, 5]) expect(inner(flat, radius).every((code) => code === 255)).toBe(true);
    }
  });

  it('ties are exact: on the ramp x + y both neighbours along the level line equal the centre', () => {
    // Right, up-right (tie), down-left (tie), below, down-right: bits 0, 1, 5, 6, 7. Here scikit-image 0.19.3 has 193,
    // 195 or 225 in place of 227 at 232 of the 9,216 inner pixels, as 0.58579 and 0.41421 are not exact in binary.
    const ramp = rawImage(
      100,
      100,
      1,
      Uint8Array.from({ length: 10_000 }, (_, i) => (i % 100) + Math.floor(i / 100)),
    );
    expect(new Set(inner(ramp, 2))).toEqual(new Set([0b11100011]));
  });

  it('does not change with brightness and contrast', () => {
    fc.assert(
      fc.property(
        picture(12, 60),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 15 }),
        (image, gain, offset) => {
          expect(
            inner(
              mapped(image, (v) => gain * v + offset),
              2,
            ),
          ).toEqual(inner(image, 2));
          expect(
            lbpCodes(
              mapped(image, (v) => gain * v),
              2,
            ),
          ).toEqual(lbpCodes(image, 2));
        },
      ),
    );
  });

  it('keeps the bits of neighbours that are pixels (right, above, left, below) under any increasing map', () => {
    const square = (v: number): number => Math.floor((v * v) / 255);
    fc.assert(
      fc.property(
        picture(9, 15).map((image) => mapped(image, (v) => 17 * v)),
        (image) => {
          expect(inner(mapped(image, square), 2).map((code) => code & 0b01010101)).toEqual(
            inner(image, 2).map((code) => code & 0b01010101),
          );
        },
      ),
    );
  });

  it.each([0, 1.5, -1, NaN])('refuses the radius %d', (radius) => {
    expect(() => lbpCodes(rawImage(1, 1, 1, new Uint8Array(1)), radius)).toThrow(
      `lbpCodes: radius: expected a positive whole number of pixels, got ${radius}`,
    );
  });
});

describe('UNIFORM_BINS', () => {
  it('gives each of the 58 uniform patterns a bin of its own, and the other 198 the last', () => {
    const uniform = Array.from(UNIFORM_BINS).filter((bin) => bin < 58);
    expect(uniform).toHaveLength(58);
    expect(new Set(uniform).size).toBe(58);
    expect(Array.from(UNIFORM_BINS).filter((bin) => bin === 58)).toHaveLength(198);
  });

  it.each([
    [0b00000000, 0],
    [0b00000001, 1],
    [0b10000000, 2],
    [0b00000010, 8],
    [0b00000011, 9],
    [0b10000001, 10],
    [0b01111111, 49],
    [0b11111111, 57],
    [0b00000101, 58],
  ])('code %i: bin %i', (code, bin) => {
    expect(UNIFORM_BINS[code]).toBe(bin);
  });
});

describe('LBP', () => {
  it('is a histogram: the 59 shares of each cell sum to 1', () => {
    fc.assert(
      fc.property(picture(20, 255), (image) => {
        const values = LBP.extract(image);
        for (let at = 0; at < values.length; at += LBP_BINS)
          expect(values.slice(at, at + LBP_BINS).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }),
      { numRuns: 20 },
    );
  });

  it('counts a pixel in its own cell', () => {
    // Flat, but for one bright pixel in the second cell of the first row: it alone there is not all ones and not the
    // border.
    const data = new Uint8Array(400).fill(100);
    data[5 * 20 + 15] = 200;
    const values = LBP.extract(rawImage(20, 20, 1, data));
    expect(values[LBP_BINS + UNIFORM_BINS[0]!]).toBeCloseTo(0.01, 6);
    expect(values[UNIFORM_BINS[0]!]).toBe(0);
  });
});
