/** Between what messages carry and what the library takes and gives. */
import type { Point3, RawImage } from 'mienjs/image';

/** @param mesh float32 [P,3] */
export const pointsOf = (mesh: Float32Array): Point3[] =>
  Array.from({ length: mesh.length / 3 }, (_, k) => [mesh[3 * k]!, mesh[3 * k + 1]!, mesh[3 * k + 2]!]);

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
