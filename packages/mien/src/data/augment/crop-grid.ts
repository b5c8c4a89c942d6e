/**
 * A fixed set of crops of an image: its four corners and its centre, each upright and turned by given angles, each also
 * mirrored. With ten angles, 5 · 11 · 2 = 110 images of one.
 * Source: Ali et al. 2019 (HA-GAN), section 5.1. Its angles go to ±150°: faces that are almost upside down.
 */
import { ShapeError } from '../../errors.ts';
import { rawImage, type HeightWidth, type PixelShape, type RawImage } from '../../image/index.ts';
import type { CropGridSpec } from './spec.ts';

/** The paper's: ±30° … ±150°. */
export const HA_GAN_CROPS: CropGridSpec = { rotationsDeg: [-150, -120, -90, -60, -30, 30, 60, 90, 120, 150] };

const PLACES = 5;
const DEGREES = Math.PI / 180;

/** How many images it makes of one. */
export const cropGridSize = ({ rotationsDeg }: CropGridSpec): number => PLACES * (1 + rotationsDeg.length) * 2;

/**
 * One of the crops. A crop is cut first and turned about its own centre then, bilinearly; what comes in at its edges
 * repeats the nearest pixel of the crop.
 * @param pixels [H,W,C], 8-bit   @param size of the crop   @param cell from 0 to `cropGridSize` − 1: by place, then
 *   angle (upright first), then upright and mirrored
 * @param out [h,w,C] of the crop, written in full, 0 … 255, not rounded
 * @throws {ShapeError} when the crop is larger than the image
 */
export function cropFromGrid(
  pixels: Uint8Array,
  { width, height, channels }: PixelShape,
  size: HeightWidth,
  { rotationsDeg }: CropGridSpec,
  cell: number,
  out: Float32Array,
): void {
  const [right, bottom] = [width - size.width, height - size.height];
  if (right < 0 || bottom < 0)
    throw new ShapeError(
      'cropFromGrid',
      `expected an image of at least ${size.width}×${size.height}, got ${width}×${height}`,
    );
  const mirrored = cell % 2 === 1;
  const turn = Math.floor(cell / 2) % (1 + rotationsDeg.length);
  const place = Math.floor(cell / (2 * (1 + rotationsDeg.length)));
  const left = [0, right, 0, right, Math.floor(right / 2)][place]!;
  const top = [0, 0, bottom, bottom, Math.floor(bottom / 2)][place]!;
  const angle = turn === 0 ? 0 : rotationsDeg[turn - 1]! * DEGREES;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cx, cy] = [(size.width - 1) / 2, (size.height - 1) / 2];
  const clamp = (v: number, most: number): number => Math.max(0, Math.min(most, v));
  const stride = width * channels;
  const origin = top * stride + left * channels;
  let at = 0;
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const dx = mirrored ? cx - x : x - cx;
      const u = clamp(cx + cos * dx + sin * (y - cy), size.width - 1);
      const v = clamp(cy - sin * dx + cos * (y - cy), size.height - 1);
      const [u0, v0] = [Math.floor(u), Math.floor(v)];
      const [fx, fy] = [u - u0, v - v0];
      const p = origin + v0 * stride + u0 * channels;
      const beside = u0 < size.width - 1 ? channels : 0;
      const below = v0 < size.height - 1 ? stride : 0;
      for (let c = 0; c < channels; c++) {
        const upper = pixels[p + c]! + fx * (pixels[p + beside + c]! - pixels[p + c]!);
        const lower = pixels[p + below + c]! + fx * (pixels[p + below + beside + c]! - pixels[p + below + c]!);
        out[at++] = upper + fy * (lower - upper);
      }
    }
}

/**
 * All crops of an image, 110 by the angles of the paper.
 * @throws {ShapeError} as `cropFromGrid`
 * @example
 * ```ts
 * import { cropGrid, HA_GAN_CROPS } from 'mienjs/data';
 * import { decodeImage } from 'mienjs';
 * import { resize } from 'mienjs/image';
 *
 * const face = resize(await decodeImage('framed-face.png'), { width: 84, height: 84 });
 * console.log(cropGrid(face, { width: 75, height: 75 }, HA_GAN_CROPS).length);
 * ```
 */
export function cropGrid(image: RawImage, size: HeightWidth, grid: CropGridSpec): RawImage[] {
  const { channels } = image;
  const values = new Float32Array(size.width * size.height * channels);
  return Array.from({ length: cropGridSize(grid) }, (_, cell) => {
    cropFromGrid(image.data, image, size, grid, cell, values);
    return rawImage(size.width, size.height, channels, Uint8Array.from(values, Math.round));
  });
}
