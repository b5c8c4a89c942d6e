/** Cutting out whole pixels. For boxes between pixels, turned or beyond the edge, use warpAffine. */
import { ShapeError } from '../errors.ts';
import { type BoxXYWH, rawImage, type RawImage } from './raw-image.ts';

/**
 * @returns a copy of the pixels in the box
 * @throws {ShapeError} when the box is empty, not whole pixels, or not inside the image
 */
export function crop(image: RawImage, box: BoxXYWH): RawImage {
  const { x, y, width, height } = box;
  const inside =
    x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= image.width && y + height <= image.height;
  if (!inside || ![x, y, width, height].every(Number.isInteger)) {
    throw new ShapeError(
      'crop',
      `box: expected whole pixels inside ${image.width}×${image.height}, got ${width}×${height} at (${x}, ${y})`,
    );
  }
  const rowLength = width * image.channels;
  const out = new Uint8Array(height * rowLength);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.width + x) * image.channels;
    out.set(image.data.subarray(from, from + rowLength), row * rowLength);
  }
  return rawImage(width, height, image.channels, out);
}
