import { expect, it } from 'vitest';
import { rawImage } from '../../image/index.ts';
import { cropGrid, HA_GAN_CROPS } from './crop-grid.ts';
import { validateAugmentSpec } from './spec.ts';

const side = 84;
/** Every pixel tells its place: red its column, green its row. */
const image = rawImage(
  side,
  side,
  3,
  Uint8Array.from(
    { length: side * side * 3 },
    (_, i) => [Math.floor(i / 3) % side, Math.floor(i / 3 / side), 7][i % 3]!,
  ),
);
const crops = cropGrid(image, { width: 75, height: 75 }, HA_GAN_CROPS);
const pixel = ({ data }: { data: Uint8Array }, x: number, y: number): number[] => [
  ...data.subarray(3 * (75 * y + x), 3 * (75 * y + x) + 3),
];

it('makes 110 different images of 75×75 of one', () => {
  expect(crops).toHaveLength(110);
  for (const { width, height, channels, data } of crops) {
    expect([width, height, channels]).toEqual([75, 75, 3]);
    expect(data.some((v, i) => i % 3 === 2 && v !== 7)).toBe(false);
  }
  expect(new Set(crops.map(({ data }) => Buffer.from(data).toString('base64'))).size).toBe(110);
});

it('cuts four corners and the centre, upright and mirrored first', () => {
  const upright = [0, 1, 2, 3, 4].map((place) => crops[22 * place]!);
  expect(upright.map((crop) => pixel(crop, 0, 0).slice(0, 2))).toEqual([
    [0, 0],
    [9, 0],
    [0, 9],
    [9, 9],
    [4, 4],
  ]);
  expect(pixel(crops[1]!, 0, 3)).toEqual([74, 3, 7]);
});

it('turns about the centre of the crop: a positive angle clockwise as displayed', () => {
  // By 90°, what was at the left is at the top
  const quarter = crops[2 * (1 + HA_GAN_CROPS.rotationsDeg.indexOf(90))]!;
  expect(pixel(quarter, 37, 0)).toEqual([0, 37, 7]);
  expect(pixel(quarter, 74, 37)).toEqual([37, 0, 7]);
  const back = crops[2 * (1 + HA_GAN_CROPS.rotationsDeg.indexOf(-90))]!;
  expect(pixel(back, 37, 0)).toEqual([74, 37, 7]);
  // The centre stays, mirrored or not
  for (const crop of crops.slice(0, 22)) expect(pixel(crop, 37, 37)).toEqual([37, 37, 7]);
});

it('says what it cannot cut, and what it cannot be combined with', () => {
  expect(() => cropGrid(image, { width: 85, height: 75 }, HA_GAN_CROPS)).toThrow(
    'cropFromGrid: expected an image of at least 85×75, got 84×84',
  );
  expect(() => validateAugmentSpec({ cropGrid: HA_GAN_CROPS })).not.toThrow();
  expect(() => validateAugmentSpec({ cropGrid: { rotationsDeg: [200] } })).toThrow('cropGrid.rotationsDeg[0]');
  expect(() => validateAugmentSpec({ cropGrid: HA_GAN_CROPS, flip: 0.5 })).toThrow('cannot be combined with flip');
});
