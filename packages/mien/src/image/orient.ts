/** Turning and mirroring an image as EXIF's orientation says. */
import { rawImage, type RawImage } from './raw-image.ts';

/**
 * Where pixel (x, y) of the upright image stands in the stored one of W×H, as offset and steps.
 * 1 upright, 2 mirrored, 3 turned by 180°, 4 upside down, 5 transposed, 6 to be turned clockwise, 7 transposed over the
 * other diagonal, 8 to be turned anticlockwise.
 */
const STEPS: readonly ((W: number, H: number) => { start: number; right: number; down: number })[] = [
  (W) => ({ start: 0, right: 1, down: W }),
  (W) => ({ start: W - 1, right: -1, down: W }),
  (W, H) => ({ start: W * H - 1, right: -1, down: -W }),
  (W, H) => ({ start: W * (H - 1), right: 1, down: -W }),
  (W) => ({ start: 0, right: W, down: 1 }),
  (W, H) => ({ start: W * (H - 1), right: -W, down: 1 }),
  (W, H) => ({ start: W * H - 1, right: -W, down: -1 }),
  (W) => ({ start: W - 1, right: W, down: -1 }),
];

/**
 * @param orientation EXIF's 1 … 8   @returns the image as it is to be displayed; from 5 on, width and height change
 *   places
 */
export function orient(image: RawImage, orientation: number): RawImage {
  if (orientation === 1) return image;
  const { width: W, height: H, channels, data } = image;
  const { start, right, down } = STEPS[orientation - 1]!(W, H);
  const [width, height] = orientation >= 5 ? [H, W] : [W, H];
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (start + x * right + y * down) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    }
  }
  return rawImage(width, height, channels, out);
}
