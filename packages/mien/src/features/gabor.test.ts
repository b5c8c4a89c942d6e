import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { rawImage, type RawImage } from '../image/index.ts';
import { Random } from '../tensor/random.ts';
import { envelopeWidth, GABOR, GABOR_ORIENTATIONS, GABOR_SCALES, waveNumber } from './index.ts';

/** A plane wave of the wavelet's own frequency, with an amplitude of 100 grey levels. */
function wave(scale: number, orientation: number, side = 100): RawImage {
  const [k, phi] = [waveNumber(scale), (Math.PI * orientation) / GABOR_ORIENTATIONS];
  const gray = (i: number): number =>
    128 + 100 * Math.cos(k * (Math.cos(phi) * (i % side) + Math.sin(phi) * Math.floor(i / side)));
  return rawImage(
    side,
    side,
    1,
    Uint8Array.from({ length: side * side }, (_, i) => Math.round(gray(i))),
  );
}

const sumOfMap = (values: Float32Array, map: number): number =>
  values.subarray(map * 100, map * 100 + 100).reduce((a, b) => a + b, 0);

describe('GABOR', () => {
  it('is as wide as Liu and Wechsler say', () => {
    expect([0, 2, 4].map(envelopeWidth)).toEqual([4, 8, 16].map((px) => expect.closeTo(px, 9)));
  });

  it.each([0, 77, 255])('gives 0 for an image that is %i everywhere', (value) => {
    expect(Math.max(...GABOR.extract(rawImage(100, 100, 1, new Uint8Array(10_000).fill(value))))).toBeLessThan(1e-12);
  });

  it.each([0, 1, 2, 3, 4])(
    'scale %i answers waves of its own scale and orientation most (two orientations, all eight over the scales)',
    (scale) => {
      for (const orientation of [scale, scale + 3]) {
        const values = GABOR.extract(wave(scale, orientation));
        const sums = Array.from({ length: GABOR_SCALES * GABOR_ORIENTATIONS }, (_, map) => sumOfMap(values, map));
        expect(sums.indexOf(Math.max(...sums))).toBe(scale * GABOR_ORIENTATIONS + orientation);
      }
    },
  );

  it('by hand: in the middle of a wave the magnitude is 2π · amplitude/2', () => {
    // The transform of ψ is 2π at its own frequency; a cosine has half of its amplitude there, and ψ almost none at the
    // other half.
    const values = GABOR.extract(wave(0, 0));
    for (const block of [44, 45, 54, 55]) expect(values[block]).toBeCloseTo((Math.PI * 100) / 255, 2);
  });

  it('is the same of the negative, doubles with contrast, and mirrors and turns with the image', () => {
    const random = new Random(5, 'gabor');
    const side = 40;
    const image = rawImage(
      side,
      side,
      1,
      Uint8Array.from({ length: side * side }, () => random.int(128)),
    );
    const values = GABOR.extract(image);
    const loose = { rtol: 1e-5, atol: 1e-6 };
    allclose(GABOR.extract({ ...image, data: image.data.map((v) => 255 - v) }), values, loose);
    allclose(
      GABOR.extract({ ...image, data: image.data.map((v) => 2 * v) }),
      values.map((v) => 2 * v),
      loose,
    );
    const moved = (from: (x: number, y: number) => readonly [number, number]): Float32Array =>
      GABOR.extract({
        ...image,
        data: image.data.map((_, i) => {
          const [x, y] = from(i % side, Math.floor(i / side));
          return image.data[y * side + x]!;
        }),
      });
    // f(scale, μ, row, column) = of the moved image at orientation to(μ), block at(row, column)
    const expected = (
      orientation: (mu: number) => number,
      block: (row: number, column: number) => number,
    ): Float32Array =>
      values.map(
        (_, i) =>
          values[
            Math.floor(i / 800) * 800 +
              orientation(Math.floor(i / 100) % 8) * 100 +
              block(Math.floor(i / 10) % 10, i % 10)
          ]!,
      );
    allclose(
      moved((x, y) => [side - 1 - x, y]),
      expected(
        (mu) => (8 - mu) % 8,
        (row, column) => row * 10 + 9 - column,
      ),
      loose,
    );
    allclose(
      moved((x, y) => [y, x]),
      expected(
        (mu) => (12 - mu) % 8,
        (row, column) => column * 10 + row,
      ),
      loose,
    );
  });
});
