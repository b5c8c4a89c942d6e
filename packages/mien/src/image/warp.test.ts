import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Affine2, compose, identityAffine, invert, rotation, scaling, translation } from './affine.ts';
import { toGray } from './color.ts';
import { type RawImage, rawImage } from './raw-image.ts';
import { warpAffine, warpToFloat32 } from './warp.ts';

const image = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1 as const, 3 as const),
  })
  .chain(({ width, height, channels }) => {
    const length = width * height * channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data) => rawImage(width, height, channels, data));
  });

const at = ({ data, width, channels }: RawImage, x: number, y: number): number[] => [
  ...data.slice((y * width + x) * channels, (y * width + x + 1) * channels),
];

/** Smooth, so that interpolating twice loses little. */
const smooth = rawImage(
  40,
  30,
  1,
  Uint8Array.from(
    { length: 1200 },
    (_, i) => 128 + 60 * Math.sin((i % 40) / 7) + 50 * Math.cos(Math.floor(i / 40) / 6),
  ),
);

describe('warpAffine', () => {
  it('the identity returns the same bytes', () => {
    fc.assert(
      fc.property(image, (input) => {
        expect(warpAffine(input, identityAffine, input)).toEqual(input);
      }),
    );
  });

  it('a whole-pixel shift moves bytes exactly and fills with black or with the edge', () => {
    const row = rawImage(4, 1, 1, Uint8Array.from([10, 20, 30, 40]));
    expect([...warpAffine(row, translation(-2, 0), row).data]).toEqual([0, 0, 10, 20]);
    expect([...warpAffine(row, translation(2, 0), row, { border: 'replicate' }).data]).toEqual([30, 40, 40, 40]);
  });

  it('half a pixel averages two neighbours, and black beyond the edge', () => {
    const row = rawImage(3, 1, 1, Uint8Array.from([10, 20, 60]));
    expect([...warpAffine(row, translation(0.5, 0), row).data]).toEqual([15, 40, 30]);
    expect([...warpAffine(row, translation(0.5, 0), row, { border: 'replicate' }).data]).toEqual([15, 40, 60]);
  });

  it('a quarter turn moves bytes exactly', () => {
    fc.assert(
      fc.property(image, (input) => {
        // Clockwise as displayed: output (x, y) comes from input (y, height − x).
        const turned = warpAffine(input, compose(translation(0, input.height), rotation(-Math.PI / 2)), {
          width: input.height,
          height: input.width,
        });
        for (let y = 0; y < turned.height; y++) {
          for (let x = 0; x < turned.width; x++) expect(at(turned, x, y)).toEqual(at(input, y, input.height - 1 - x));
        }
      }),
    );
  });

  it('doubling keeps the outer edges in place', () => {
    const row = rawImage(2, 1, 1, Uint8Array.from([0, 100]));
    expect([...warpAffine(row, scaling(0.5, 1), { width: 4, height: 1 }, { border: 'replicate' }).data]).toEqual([
      0, 25, 75, 100,
    ]);
  });

  it('a map and its inverse give the image back, away from the border', () => {
    const map = compose(translation(21, 14), rotation(0.3), scaling(0.8, 0.8), translation(-20, -15));
    const there = warpAffine(smooth, map, smooth, { border: 'replicate' });
    const back = warpAffine(there, invert(map), smooth, { border: 'replicate' });
    for (let y = 10; y < 20; y++) {
      for (let x = 12; x < 28; x++)
        expect(Math.abs(back.data[y * 40 + x]! - smooth.data[y * 40 + x]!)).toBeLessThanOrEqual(3);
    }
  });

  it('two warps equal the warp by their composition', () => {
    const f = translation(3, 2);
    const g = compose(rotation(0.2), translation(1, -2));
    const inTwo = warpAffine(warpAffine(smooth, f, smooth), g, smooth);
    const atOnce = warpAffine(smooth, compose(f, g), smooth);
    for (let y = 8; y < 20; y++) {
      for (let x = 8; x < 28; x++)
        expect(Math.abs(inTwo.data[y * 40 + x]! - atOnce.data[y * 40 + x]!)).toBeLessThanOrEqual(1);
    }
  });

  it.each([2, 3, 8, 16])('shrinking stripes by %i gives their mean, not a moiré', (factor) => {
    const size = factor * 6;
    const stripes = rawImage(
      size,
      size,
      1,
      Uint8Array.from({ length: size * size }, (_, i) => (i % 2 === 0 ? 0 : 200)),
    );
    const mean = factor % 2 === 0 ? [100] : [66, 67, 133, 134]; // 1 or 2 of every 3 columns are light
    const shrunk = warpAffine(stripes, scaling(factor, factor), { width: 6, height: 6 });
    for (const value of shrunk.data) expect(mean).toContain(value);
    const aliased = warpAffine(
      stripes,
      compose(translation(-0.5, 0), scaling(factor, factor)),
      { width: 6, height: 6 },
      { antialias: false },
    );
    expect(aliased.data.every((v) => mean.includes(v))).toBe(false);
  });

  it('every input pixel counts equally at a whole factor', () => {
    const ramp = rawImage(
      8,
      8,
      1,
      Uint8Array.from({ length: 64 }, (_, i) => i * 4),
    );
    expect(warpAffine(ramp, scaling(8, 8), { width: 1, height: 1 }).data[0]).toBe(126);
    expect(warpAffine(ramp, scaling(2, 2), { width: 4, height: 4 }).data[0]).toBe((0 + 4 + 32 + 36) / 4);
  });

  it('refuses a bad size and a map that is not finite', () => {
    expect(() => warpAffine(smooth, identityAffine, { width: 0, height: 3 })).toThrow(
      'warpAffine: size: expected positive integers, got 0×3',
    );
    expect(() => warpAffine(smooth, [1, 0, NaN, 0, 1, 0], smooth)).toThrow('outputToInput: expected 6 finite numbers');
  });
});

describe('warpToFloat32', () => {
  const rgb = rawImage(2, 2, 3, Uint8Array.from([0, 51, 102, 153, 204, 255, 255, 0, 51, 102, 153, 204]));

  it('writes planes or pixels at the offset', () => {
    const plain = { mean: 0, std: 1, channels: 'rgb' } as const;
    const planes = new Float32Array(14).fill(-9);
    warpToFloat32(rgb, identityAffine, rgb, planes, 1, { ...plain, layout: 'nchw' });
    expect(Array.from(planes, (v) => Math.round(v * 5))).toEqual([-45, 0, 3, 5, 2, 1, 4, 0, 3, 2, 5, 1, 4, -45]);
    const pixels = new Float32Array(12);
    warpToFloat32(rgb, identityAffine, rgb, pixels, 0, { ...plain, layout: 'nhwc' });
    expect(Array.from(pixels, (v) => Math.round(v * 255))).toEqual([...rgb.data]);
  });

  it('subtracts the mean, then divides by the deviation, by channel', () => {
    const out = new Float32Array(12);
    warpToFloat32(rgb, identityAffine, rgb, out, 0, {
      mean: [0.5, 0, 0.2],
      std: [0.5, 2, 0.1],
      channels: 'rgb',
      layout: 'nhwc',
    });
    [-1, 0.1, 2, 0.2, 0.4, 8].forEach((v, i) => expect(out[i]).toBeCloseTo(v, 5));
  });

  it('grey agrees with toGray, and grey input repeats into RGB', () => {
    const out = new Float32Array(12);
    const settings = { mean: 0, std: 1 / 255, layout: 'nchw' } as const;
    warpToFloat32(rgb, identityAffine, rgb, out, 0, { ...settings, channels: 'grey' });
    expect(Array.from(out.slice(0, 4), Math.round)).toEqual([...toGray(rgb).data]);
    warpToFloat32(toGray(rgb), identityAffine, rgb, out, 0, { ...settings, channels: 'rgb' });
    expect(Array.from(out.slice(8), Math.round)).toEqual([...toGray(rgb).data]);
  });

  it('equals warpAffine before rounding', () => {
    const map: Affine2 = compose(translation(2, -3), rotation(0.4), scaling(1.7, 0.6));
    const size = { width: 13, height: 11 };
    const out = new Float32Array(143);
    warpToFloat32(smooth, map, size, out, 0, {
      mean: 0,
      std: 1 / 255,
      channels: 'grey',
      layout: 'nchw',
      border: 'replicate',
    });
    warpAffine(smooth, map, size, { border: 'replicate' }).data.forEach((v, i) =>
      expect(Math.abs(v - out[i]!)).toBeLessThanOrEqual(0.5001),
    );
  });

  it('refuses a buffer that is too short and a mean of the wrong length', () => {
    const settings = { mean: 0, std: 1, channels: 'rgb', layout: 'nchw' } as const;
    expect(() => warpToFloat32(rgb, identityAffine, rgb, new Float32Array(12), 1, settings)).toThrow(
      'warpToFloat32: out: expected room for 12 values from 1, got length 12',
    );
    expect(() => warpToFloat32(rgb, identityAffine, rgb, new Float32Array(12), 0, { ...settings, mean: [0] })).toThrow(
      'warpToFloat32: mean: expected 3 values, got 1',
    );
  });
});
