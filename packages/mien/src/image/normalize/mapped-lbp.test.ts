import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawImage } from '../raw-image.ts';
import { toRgb } from '../color.ts';
import { normalizeImage, normalizePixels, normalizePlane, parseNormalization } from './steps.ts';

// How the colours are derived, and the codes of scikit-image: features/code-colors.test.ts, features/lbp.test.ts

/** Of codes whose bits lie on a line. */
const COLOR: Readonly<Record<number, readonly number[]>> = {
  0b11000001: [177, 103, 112],
  0b11111010: [101, 159, 118],
  0b11111111: [0, 122, 127],
};
const STEPS = parseNormalization('mapped-lbp');
const pixels = fc.uint8Array({ minLength: 30, maxLength: 30, max: 100 });
const image = (data: Uint8Array) => rawImage(6, 5, 1, data);

describe('mapped-lbp', () => {
  it('by hand: the middle pixel of 3×3, brighter than the right and the upper neighbour alone', () => {
    // Bits run counter-clockwise from the right: right 0, upper right 1, up 2, … lower right 7
    const nine = rawImage(3, 3, 1, Uint8Array.of(200, 0, 200, 200, 100, 0, 200, 200, 200));
    const { data } = normalizeImage(nine, STEPS);
    // The diagonals lie at 1/√2, between four pixels: of the upper right 200, 0, 0 and 100 with weights ½, 0.207,
    // 0.207, 0.086 = 108.6 ≥ 100; so that bits 0 and 2 alone are not set, and the code is 255 − 1 − 4
    const code = 0b11111010;
    // Where every neighbour is as bright, all bits are set; also at the corners of a black image, beyond which is black
    const flat = normalizeImage(rawImage(3, 3, 1, new Uint8Array(9)), STEPS).data;
    const bright = normalizeImage(rawImage(3, 3, 1, new Uint8Array(9).fill(9)), STEPS).data;
    expect(Array.from(data.slice(12, 15))).toEqual(COLOR[code]);
    expect(Array.from(flat.slice(12, 15))).toEqual(COLOR[255]);
    expect(Array.from(flat.slice(0, 3))).toEqual(COLOR[255]);
    // Beyond the image is black: the upper left corner of a bright one keeps right, lower right and down
    expect(Array.from(bright.slice(0, 3))).toEqual(COLOR[0b11000001]);
    expect(Array.from(bright.slice(12, 15))).toEqual(COLOR[255]);
  });

  it('is the same of an image and of its grey copy in three channels, and under a·v', () => {
    fc.assert(
      fc.property(pixels, (data) => {
        const mapped = normalizeImage(image(data), STEPS);
        expect(mapped.channels).toBe(3);
        expect(normalizeImage(toRgb(image(data)), STEPS)).toEqual(mapped);
        expect(normalizeImage(image(data.map((v) => 2 * v)), STEPS)).toEqual(mapped);
      }),
    );
  });

  it('takes pixels that are not rounded by their nearest level', () => {
    const data = Uint8Array.from({ length: 30 }, (_, i) => (i * 37) % 101);
    const near = Float32Array.from(data, (v, i) => Math.max(0, v + (i % 3 === 0 ? 0.4 : -0.4)));
    expect(normalizePixels(near, { width: 6, height: 5 }, 1, STEPS)).toEqual(
      normalizePixels(data, { width: 6, height: 5 }, 1, STEPS),
    );
  });

  it('stands among other steps: a gamma before it changes nothing that order does not, one after it the colours', () => {
    const data = Uint8Array.from({ length: 30 }, (_, i) => (i * 37) % 101);
    const before = normalizeImage(image(data), parseNormalization('gamma:gamma=1,mapped-lbp'));
    const after = normalizeImage(image(data), parseNormalization('mapped-lbp,gamma'));
    expect(before).toEqual(normalizeImage(image(data), STEPS));
    expect(after.channels).toBe(3);
    expect(after).not.toEqual(before);
  });

  it('is refused where one channel is wanted', () => {
    expect(() => normalizePlane(new Float32Array(9), { width: 3, height: 3 }, STEPS)).toThrow(
      'normalizePlane: mapped-lbp: gives three channels, expected one',
    );
  });
});
