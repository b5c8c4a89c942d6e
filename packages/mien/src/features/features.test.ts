/**
 * What holds for every feature from pixels: sizes, grey, errors; and agreement with scikit-image and SciPy (golden).
 */
import { allclose, readGolden } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { rawImage, toGray, toRgb, type RawImage } from '../image/index.ts';
import { Random } from '../tensor/random.ts';
import { FEATURES, GABOR, HOG, LBP, lbpCodes } from './index.ts';

const large = await readGolden(new URL('./golden/features.golden.json', import.meta.url));
const small = await readGolden(new URL('./golden/features-small.golden.json', import.meta.url));
const numbers = (golden: typeof large, name: string): number[] => golden.document[name] as number[];
const largeImage = rawImage(100, 100, 1, Uint8Array.from(numbers(large, 'pixels')));
const smallImage = rawImage(20, 30, 1, Uint8Array.from(numbers(small, 'pixels')));

/** As in Li & Deng 2019, section V-A. */
const SIZES: Readonly<Record<string, number>> = { lbp: 5900, hog: 4000, gabor: 4000 };

function noise(width: number, height: number, channels: 1 | 3 = 1): RawImage {
  const random = new Random(3, 'features');
  return rawImage(
    width,
    height,
    channels,
    Uint8Array.from({ length: width * height * channels }, () => random.int(256)),
  );
}

describe.each(FEATURES)('$name', (feature) => {
  it("has Li & Deng's (2019) dimensions at 100×100 px", () => {
    const image = noise(100, 100);
    expect(feature.size(image)).toBe(SIZES[feature.name]);
    expect(feature.extract(image)).toHaveLength(SIZES[feature.name]!);
  });

  it('makes an RGB image grey, and gives finite numbers that differ between images', () => {
    const image = noise(30, 20, 3);
    const values = feature.extract(image);
    expect(values).toHaveLength(feature.size(image));
    expect(values).toEqual(feature.extract(toGray(image)));
    expect(values).toEqual(feature.extract(toRgb(toGray(image))));
    expect(values.every(Number.isFinite)).toBe(true);
    expect(values).not.toEqual(feature.extract(noise(30, 20)));
  });

  it('leaves the image as it was', () => {
    const image = noise(20, 20);
    feature.extract(image);
    expect(image).toEqual(noise(20, 20));
  });

  it.each([
    [100, 48],
    [95, 100],
    [0, 0],
  ])('refuses %i×%i px', (width, height) => {
    const image = rawImage(width, height, 1, new Uint8Array(width * height));
    const message = `${feature.name}: image: expected sides that are multiples of 10 px (Li & Deng 2019 has 100×100), got ${width}×${height}`;
    expect(() => feature.extract(image)).toThrow(new ShapeError(feature.name, message.slice(feature.name.length + 2)));
    expect(() => feature.size(image)).toThrow(message);
  });
});

describe('agreement with reference libraries', () => {
  let gabor: Float32Array | undefined;

  it('lbp: the counts of scikit-image, exactly', () => {
    const counts = (image: RawImage): number[] => Array.from(LBP.extract(image), (share) => Math.round(share * 100));
    expect(counts(largeImage)).toEqual(numbers(large, 'lbp'));
    expect(counts(smallImage)).toEqual(numbers(small, 'lbp'));
  });

  it.each([1, 2, 3, 5, 10])('lbp codes at radius %i: those of scikit-image, exactly', (radius) => {
    expect(Array.from(lbpCodes(smallImage, radius))).toEqual(
      (small.document['codes'] as Record<string, number[]>)[radius],
    );
  });

  it('hog: scikit-image at every second block', () => {
    allclose(HOG.extract(largeImage), numbers(large, 'hog'), { rtol: 1e-5, atol: 1e-6 });
    allclose(HOG.extract(smallImage), numbers(small, 'hog'), { rtol: 1e-5, atol: 1e-6 });
  });

  it('gabor: two-dimensional sums at the same points', () => {
    const wanted = numbers(small, 'gaborPoints');
    allclose(GABOR.extract(smallImage), wanted, { rtol: 0, atol: 3e-5 * Math.max(...wanted) });
  });

  it.each([0, 1, 2, 3, 4])(
    'gabor, scale %i: means over all pixels of scikit-image kernels, to 1 % on average and 2 % of the largest',
    (scale) => {
      const from = scale * 800;
      const wanted = numbers(large, 'gabor').slice(from, from + 800);
      const actual = (gabor ??= GABOR.extract(largeImage)).subarray(from, from + 800);
      allclose(actual, wanted, { rtol: 0, atol: 0.02 * Math.max(...wanted) });
      const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
      expect(sum(wanted.map((value, i) => Math.abs(actual[i]! - value)))).toBeLessThan(0.01 * sum(wanted));
    },
  );
});
