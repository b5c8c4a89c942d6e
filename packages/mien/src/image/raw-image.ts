/**
 * Decoded pixels, the one image type of the library: 8-bit, interleaved, row-major,
 * as displayed (EXIF orientation applied), sRGB.
 * Coordinates: x to the right, y down, in pixels; the centre of the top-left pixel is (0.5, 0.5).
 */
import { ShapeError } from '../errors.ts';

export interface RawImage {
  readonly width: number;
  readonly height: number;
  /** 1 = grey, 3 = RGB. */
  readonly channels: 1 | 3;
  /** Length width·height·channels; index (y·width + x)·channels + c. */
  readonly data: Uint8Array;
}

/** Top-left corner and size, in pixels. */
export interface BoxXYWH {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface HeightWidth {
  readonly height: number;
  readonly width: number;
}

export type Point2 = readonly [x: number, y: number];
export type Point3 = readonly [x: number, y: number, z: number];

/**
 * @throws {ShapeError} when the length of the data is not width·height·channels
 * @example
 * ```ts
 * import { rawImage } from 'mienjs';
 *
 * const red = rawImage(1, 2, 3, Uint8Array.of(255, 0, 0, 255, 0, 0));
 * red.height; // → 2
 * ```
 */
export function rawImage(width: number, height: number, channels: 1 | 3, data: Uint8Array): RawImage {
  if (data.length !== width * height * channels) {
    throw new ShapeError(
      'rawImage',
      `${width}×${height}×${channels} needs ${width * height * channels} bytes, got ${data.length}`,
    );
  }
  return { width, height, channels, data };
}
