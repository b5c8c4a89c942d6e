import { allclose } from 'mien-testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawImage, type RawImage } from '../image/index.ts';
import { HOG } from './index.ts';

const BLOCK = 40;

function ramp(stepX: number, stepY: number): RawImage {
  return rawImage(
    30,
    30,
    1,
    Uint8Array.from({ length: 900 }, (_, i) => 128 + stepX * (i % 30) + stepY * Math.floor(i / 30)),
  );
}

describe('HOG', () => {
  // The middle block of 3×3 does not touch the edge of the image: all four cells hold one bin, so that each is ½.
  it.each([
    [4, 0, 0],
    [-4, 0, 0], // along x
    [4, 1, 0], // atan(1/4) = 14.04°
    [3, 1, 1], // 18.43°: just beyond the first edge
    [0, 4, 5],
    [0, -4, 5], // along y: exactly an edge
    [-1, 4, 5], // 104.04°
    [-1, -1, 2],
    [1, 1, 2], // 45°, unsigned
    [-3, 1, 8], // 161.57°: just below the last edge
    [-4, 1, 9], // 165.96°
  ])('a ramp of (%i, %i) a pixel lies in bin %i', (stepX, stepY, bin) => {
    const block = HOG.extract(ramp(stepX, stepY)).subarray(4 * BLOCK, 5 * BLOCK);
    allclose(
      block,
      Array.from({ length: BLOCK }, (_, i) => (i % 10 === bin ? 0.5 : 0)),
      { atol: 1e-6 },
    );
  });

  it('by hand: clipping at 0.2', () => {
    // A line of 50 in column 2, rows 0 to 4. Columns 1 and 3 see it in five rows: bin 0 of the first cell has 10 ·
    // 50/25 = 20. Its end is seen in rows 4 and 5: bin 5 of the first cell, and of the one below it, has 50/25 = 2.
    const data = new Uint8Array(100);
    for (const y of [0, 1, 2, 3, 4]) data[10 * y + 2] = 50;
    const values = HOG.extract(rawImage(10, 10, 1, data));
    const small = 2 / Math.sqrt(20 ** 2 + 2 ** 2 + 2 ** 2);
    const length = Math.hypot(0.2, small, small);
    const wanted = new Float32Array(BLOCK);
    wanted[0] = 0.2 / length;
    wanted[5] = wanted[25] = small / length;
    allclose(values, wanted, { rtol: 1e-5 });
  });

  it('does not change with contrast and brightness', () => {
    const picture = fc.uint8Array({ minLength: 400, maxLength: 400, max: 50 }).map((data) => rawImage(20, 20, 1, data));
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 55 }), (image, gain, offset) => {
        const changed = { ...image, data: image.data.map((v) => gain * v + offset) };
        allclose(HOG.extract(changed), HOG.extract(image), { atol: 1e-5 });
      }),
      { numRuns: 50 },
    );
  });

  it('is 0 where nothing changes, and of length 1 in every other block', () => {
    expect(HOG.extract(rawImage(10, 10, 1, new Uint8Array(100).fill(77))).every((v) => v === 0)).toBe(true);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 400, maxLength: 400 }), (data) => {
        const values = HOG.extract(rawImage(20, 20, 1, data));
        for (let at = 0; at < values.length; at += BLOCK) {
          const length = Math.hypot(...values.subarray(at, at + BLOCK));
          if (length > 0) expect(length).toBeCloseTo(1, 5);
        }
      }),
      { numRuns: 20 },
    );
  });
});
