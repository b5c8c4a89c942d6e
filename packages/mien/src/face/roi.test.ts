import { describe, expect, it } from 'vitest';
import { applyAffine, type Point2 } from '../image/index.ts';
import { boundingBox, roiFromDetection, roiToImage, wholeImage } from './roi.ts';

describe('roiToImage', () => {
  it('maps the corners of the crop to the corners of the turned square', () => {
    const map = roiToImage({ center: [100, 50], size: 40, rotationRad: Math.PI / 2 }, 20);
    const [x, y] = applyAffine(map, [0, 0]); // (−20, −20) turned clockwise by 90° is (20, −20)
    expect(x).toBeCloseTo(120, 9);
    expect(y).toBeCloseTo(30, 9);
    expect(applyAffine(map, [10, 10])).toEqual([100, 50]);
  });
});

describe('roiFromDetection', () => {
  it('levels the eyes and takes 1.5 times the longer side', () => {
    const k: Point2 = [0, 0];
    const roi = roiFromDetection({
      box: { x: 10, y: 20, width: 40, height: 60 },
      score: 1,
      keypoints: [[20, 40], [40, 60], k, k, k, k],
    });
    expect(roi).toEqual({ center: [30, 50], size: 90, rotationRad: Math.PI / 4 });
  });
});

describe('wholeImage and boundingBox', () => {
  it('hold everything', () => {
    expect(wholeImage({ width: 40, height: 20, channels: 1, data: new Uint8Array(800) })).toEqual({
      center: [20, 10],
      size: 40,
      rotationRad: 0,
    });
    expect(
      boundingBox([
        [1, 9],
        [4, 2],
        [3, 3],
      ]),
    ).toEqual({ x: 1, y: 2, width: 3, height: 7 });
  });
});
