/** Between what messages carry and what the library takes and gives. */
import type { RawImage } from 'mienjs/image';

/** Opaque pixels of a grey or RGB image. */
export function imageDataOf({ width, height, data, channels }: RawImage, isMirrored = false): ImageData {
  const pixels = new ImageData(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = channels * (y * width + (isMirrored ? width - 1 - x : x));
      const to = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) pixels.data[to + c] = data[from + (channels === 3 ? c : 0)]!;
      pixels.data[to + 3] = 255;
    }
  return pixels;
}
