import { describe, expect, it } from 'vitest';
import { applyAffine, rawImage, scaling } from '../image/index.ts';
import { levelForWarp } from './pyramid.ts';

describe('levelForWarp', () => {
  const image = rawImage(
    5,
    4,
    1,
    Uint8Array.from([0, 2, 10, 10, 99, 4, 6, 10, 10, 99, 8, 8, 1, 1, 99, 8, 8, 1, 2, 99]),
  );

  it('leaves fine warps on the image itself', () => {
    const level = levelForWarp(image, scaling(1.9, 1.9), 2);
    expect(level.image).toBe(image);
    expect(level.outputToInput).toEqual(scaling(1.9, 1.9));
  });

  it('halves by means of 2×2 pixels until the step is small enough, keeping places', () => {
    const level = levelForWarp(image, scaling(2, 2), 2);
    expect([level.image.width, level.image.height]).toEqual([2, 2]);
    expect([...level.image.data]).toEqual([3, 10, 8, 1]); // 5/4 of the last is rounded down, the odd column dropped
    expect(applyAffine(level.outputToInput, [1, 1])).toEqual([1, 1]);
    expect(levelForWarp(image, scaling(4, 4), 2).image.data).toEqual(Uint8Array.of(6)); // (3 + 10 + 8 + 1) / 4 = 5.5
  });

  it('stops when one pixel is left', () => {
    expect(levelForWarp(image, scaling(1000, 1000), 2).image.data.length).toBe(1);
  });
});
