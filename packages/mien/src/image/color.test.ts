import { describe, expect, it } from 'vitest';
import { toGray, toRgb } from './color.ts';
import { rawImage } from './raw-image.ts';

describe('toGray and toRgb', () => {
  it('weighs red, green and blue as BT.601 does', () => {
    const primaries = rawImage(4, 1, 3, Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30]));
    expect([...toGray(primaries).data]).toEqual([76, 150, 29, 18]);
  });

  it('grey to RGB and back is exact for every value', () => {
    const gray = rawImage(
      256,
      1,
      1,
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    expect(toRgb(gray).data.slice(9, 15)).toEqual(Uint8Array.from([3, 3, 3, 4, 4, 4]));
    expect(toGray(toRgb(gray))).toEqual(gray);
  });
});
