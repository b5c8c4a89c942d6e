import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crop } from './crop.ts';
import { rawImage } from './raw-image.ts';
import { fitWithin, resize } from './resize.ts';

const row = (...values: number[]) => rawImage(values.length, 1, 1, Uint8Array.from(values));

describe('resize', () => {
  it('halves by hand: weights 1, 3, 3, 1 eighths, cut and renormalised at the edges', () => {
    // Output 0 is centred at u = 1 and reaches pixels 0…2 with w = ¾, ¾, ¼; output 1 mirrors it.
    expect([...resize(row(0, 70, 140, 210), { width: 2, height: 1 }).data]).toEqual([
      Math.round((0 * 3 + 70 * 3 + 140) / 7),
      Math.round((70 + 140 * 3 + 210 * 3) / 7),
    ]);
    // An inner pixel has all of 1, 3, 3, 1.
    expect(resize(row(0, 0, 80, 0, 0, 160), { width: 3, height: 1 }).data[1]).toBe(30);
  });

  it('doubles by hand: quarters and three quarters, edges repeated', () => {
    expect([...resize(row(0, 100), { width: 4, height: 1 }).data]).toEqual([0, 25, 75, 100]);
  });

  it('treats rows as columns and channels alike', () => {
    const column = rawImage(1, 6, 3, Uint8Array.from([0, 0, 0, 0, 80, 8, 80, 0, 16, 0, 0, 24, 0, 0, 32, 160, 80, 40]));
    const out = resize(column, { width: 1, height: 3 });
    for (let c = 0; c < 3; c++) {
      const one = resize(row(...[0, 1, 2, 3, 4, 5].map((y) => column.data[y * 3 + c]!)), { width: 3, height: 1 });
      expect([out.data[c], out.data[3 + c], out.data[6 + c]]).toEqual([...one.data]);
    }
  });

  it('the same size gives the same bytes, and a constant stays constant at any size', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, size, size, fc.integer({ min: 0, max: 255 }), (w, h, w2, h2, v) => {
        const noise = rawImage(
          w,
          h,
          1,
          Uint8Array.from({ length: w * h }, (_, i) => (i * 97 + v) % 256),
        );
        expect(resize(noise, noise)).toEqual(noise);
        const flat = resize(rawImage(w, h, 1, new Uint8Array(w * h).fill(v)), { width: w2, height: h2 });
        expect(flat.data.every((x) => x === v)).toBe(true);
      }),
    );
  });

  it('keeps the mean of stripes that it cannot resolve', () => {
    const stripes = rawImage(
      64,
      64,
      1,
      Uint8Array.from({ length: 4096 }, (_, i) => (i % 2) * 200),
    );
    const { data } = resize(stripes, { width: 8, height: 8 });
    // At the edges the filter is cut, and weighs light and dark a little unequally.
    data.forEach((v, i) => expect(Math.abs(v - 100)).toBeLessThanOrEqual(i % 8 === 0 || i % 8 === 7 ? 4 : 0));
  });

  it('refuses a bad size', () => {
    expect(() => resize(row(1), { width: 2.5, height: 1 })).toThrow(
      'resize: size: expected positive integers, got 2.5×1',
    );
  });
});

describe('fitWithin', () => {
  it('bounds the longer side and never enlarges', () => {
    expect(fitWithin({ width: 4000, height: 3000 }, 1000)).toEqual({ width: 1000, height: 750 });
    expect(fitWithin({ width: 40, height: 30 }, 1000)).toEqual({ width: 40, height: 30 });
    expect(fitWithin({ width: 5000, height: 1 }, 100)).toEqual({ width: 100, height: 1 });
  });
});

describe('crop', () => {
  const image = rawImage(
    4,
    3,
    3,
    Uint8Array.from({ length: 36 }, (_, i) => i),
  );

  it('copies the box', () => {
    expect(crop(image, { x: 1, y: 1, width: 2, height: 2 })).toEqual(
      rawImage(2, 2, 3, Uint8Array.from([15, 16, 17, 18, 19, 20, 27, 28, 29, 30, 31, 32])),
    );
    expect(crop(image, { x: 0, y: 0, width: 4, height: 3 })).toEqual(image);
  });

  it.each([
    { x: 3, y: 0, width: 2, height: 1 },
    { x: -1, y: 0, width: 2, height: 1 },
    { x: 0, y: 0, width: 0, height: 1 },
    { x: 0.5, y: 0, width: 1, height: 1 },
  ])('refuses a box that is not whole pixels inside the image: %j', (box) => {
    expect(() => crop(image, box)).toThrow(/^crop: box: expected whole pixels inside 4×3, got /);
  });
});
