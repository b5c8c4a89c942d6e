import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { Random } from '../../tensor/index.ts';
import { compressAsJpeg, gaussianBlur, lightFromSide, loseResolution, type PixelShape } from './index.ts';

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  channels: fc.constantFrom(1 as const, 3 as const),
});
const sizeOf = ({ height, width, channels }: PixelShape): number => height * width * channels;

const furthest = (values: Float32Array, from: number): number =>
  values.reduce((most, v) => Math.max(most, Math.abs(v - from)), 0);

/** Blobs and edges, 0 … 255 in whole numbers. */
function picture({ height, width, channels }: PixelShape): Float32Array {
  const random = new Random(3, 'picture');
  return Float32Array.from({ length: height * width * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return Math.min(
      255,
      Math.max(0, Math.round(128 + 60 * Math.sin(x / 5) * Math.cos(y / 7) + (x > y ? 40 : -30) + 6 * random.normal())),
    );
  });
}

describe('degradations', () => {
  it('leave an even picture even, whatever its size', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 255 }), (shape, value) => {
        for (const degrade of [
          (v: Float32Array) => gaussianBlur(v, shape, 1.3),
          (v: Float32Array) => loseResolution(v, shape, 5),
          (v: Float32Array) => lightFromSide(v, shape, 30, 0),
        ]) {
          const values = new Float32Array(sizeOf(shape)).fill(value);
          degrade(values);
          expect(furthest(values, value)).toBeLessThan(1e-3);
        }
        // the mean of a block is rounded to a step of quantisation
        const values = new Float32Array(sizeOf(shape)).fill(value);
        compressAsJpeg(values, shape, 100);
        expect(furthest(values, value)).toBeLessThan(0.51);
      }),
    );
  });

  it('blur spreads a point by the Gaussian, and keeps its sum', () => {
    const shape: PixelShape = { height: 21, width: 21, channels: 1 };
    const values = new Float32Array(21 * 21);
    values[10 * 21 + 10] = 1;
    gaussianBlur(values, shape, 1.5);
    expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(values[10 * 21 + 12]! / values[10 * 21 + 10]!).toBeCloseTo(Math.exp(-4 / 4.5), 5);
    expect(values[13 * 21 + 11]! / values[10 * 21 + 10]!).toBeCloseTo(Math.exp(-10 / 4.5), 5);
  });

  it('JPEG is what libjpeg makes of a grey picture, at high and low quality and with cut blocks', async () => {
    const shape: PixelShape = { height: 45, width: 50, channels: 1 };
    for (const quality of [10, 35, 75, 95]) {
      const values = picture(shape);
      const raw = { width: 50, height: 45, channels: 1 as const };
      const bytes = await sharp(Uint8Array.from(values), { raw })
        .toColourspace('b-w')
        .jpeg({ quality, mozjpeg: false })
        .toBuffer();
      const reference = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
      compressAsJpeg(values, shape, quality);
      const errors = Array.from(values, (v, i) => Math.abs(v - reference[i]!));
      expect(reference).toHaveLength(values.length);
      // libjpeg's integer transform rounds otherwise: now and then a coefficient of a block falls to the other side
      expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeLessThan(0.6);
      expect(errors.filter((e) => e > 2).length / errors.length).toBeLessThan(0.05);
    }
  });

  it('low resolution keeps what is coarse and loses what is fine', () => {
    const shape: PixelShape = { height: 48, width: 48, channels: 1 };
    const stripes = Float32Array.from({ length: 48 * 48 }, (_, i) => (i % 2 === 0 ? 0 : 200));
    const halves = Float32Array.from({ length: 48 * 48 }, (_, i) => (i % 48 < 24 ? 0 : 200));
    loseResolution(stripes, shape, 12);
    loseResolution(halves, shape, 12);
    expect(Math.max(...stripes) - Math.min(...stripes)).toBeLessThan(30);
    expect([halves[48 * 20 + 4], halves[48 * 20 + 43]]).toEqual([0, 200]);
    const same = picture(shape);
    loseResolution(same, shape, 48);
    expect(same).toEqual(picture(shape));
  });

  it('light brightens the side that it comes from and darkens the other', () => {
    const shape: PixelShape = { height: 2, width: 100, channels: 3 };
    const values = new Float32Array(600).fill(100);
    lightFromSide(values, shape, 0, 0.5);
    expect([values[0], values[299]]).toEqual([expect.closeTo(50.5, 3), expect.closeTo(149.5, 3)]);
    expect((values[149]! + values[150]!) / 2).toBeCloseTo(100, 3);
    const below = new Float32Array(600).fill(100);
    lightFromSide(below, shape, 90, 1);
    expect([below[0], below[300]]).toEqual([expect.closeTo(50, 3), expect.closeTo(150, 3)]);
  });
});
