/** What a face's quality says of photos whose faces are made worse in known ways. */
import { demoPhoto, DEMO_FACES } from 'mien-testkit';
import { expect, it } from 'vitest';
import { crop, resize, type Point3, type RawImage } from '../image/index.ts';
import { faceQuality, type FaceQuality } from './quality.ts';

const {
  sample,
  box: { x: left, y: top, width, height },
} = DEMO_FACES[7]!;
const photo = crop(await demoPhoto(sample), { x: left - 50, y: top - 50, width: width + 100, height: height + 100 });
const box = { x: 50, y: 50, width, height };
const points: Point3[] = [
  [box.x, box.y, 0],
  [box.x + box.width, box.y + box.height, 0],
];
const mesh = { points, score: 0.9, roi: { center: [0, 0] as const, size: 1, rotationRad: 0 } };
const qualityOf = (image: RawImage, moved = box): FaceQuality => faceQuality(image, { box: moved, mesh }, 12);

it('states the size in pixels, the yaw and the presence', () => {
  expect(qualityOf(photo)).toMatchObject({
    size: Math.sqrt(box.width * box.height),
    yawDeg: 12,
    presence: 0.9,
    cut: 0,
  });
});

it('is less sharp the coarser the photo was before', () => {
  const coarse = (side: number): number => {
    const size = {
      width: Math.round((photo.width * side) / box.width),
      height: Math.round((photo.height * side) / box.width),
    };
    return qualityOf(resize(resize(photo, size), photo)).sharpness;
  };
  const [at200, at50, at24, at12] = [qualityOf(photo).sharpness, coarse(50), coarse(24), coarse(12)];
  expect(at200).toBeGreaterThan(at50 + 0.02);
  expect(at50).toBeGreaterThan(at24 + 0.02);
  expect(at24).toBeGreaterThan(at12 + 0.02);
});

it('says which part lies beyond the border, on each side and in a corner', () => {
  const [x, y] = [box.x + box.width / 4, box.y + box.height / 2].map(Math.round) as [number, number];
  const cutAt = (left: number, top: number): number =>
    qualityOf(crop(photo, { x: left, y: top, width: photo.width - left, height: photo.height - top }), {
      ...box,
      x: box.x - left,
      y: box.y - top,
    }).cut;
  expect(cutAt(x, 0)).toBeCloseTo(1 / 4, 1);
  expect(cutAt(0, y)).toBeCloseTo(1 / 2, 1);
  expect(cutAt(x, y)).toBeCloseTo(1 - 3 / 8, 1);
  expect(qualityOf(crop(photo, { x: 0, y: 0, width: x, height: photo.height })).cut).toBeCloseTo(3 / 4, 1);
  expect(qualityOf(photo, { ...box, x: -1000 }).cut).toBe(1);
});
