/** Colour conversion, the same in Node and in the browser. */
import { type RawImage, rawImage } from './raw-image.ts';

/**
 * Grey image by the luma weights of ITU-R BT.601, as in JPEG, OpenCV and Pillow:
 *   Y = 0.299 R + 0.587 G + 0.114 B, rounded to nearest; R = G = B = v gives exactly v.
 * A grey image is returned as it is.
 */
export function toGray(image: RawImage): RawImage {
  if (image.channels === 1) return image;
  const { data, width, height } = image;
  const gray = new Uint8Array(width * height);
  // Integer weights in thousandths make the sum exact, so that rounding never depends on the platform.
  for (let i = 0, j = 0; i < gray.length; i++, j += 3) {
    gray[i] = Math.floor((299 * data[j]! + 587 * data[j + 1]! + 114 * data[j + 2]! + 500) / 1000);
  }
  return rawImage(width, height, 1, gray);
}

/** RGB image: a grey one has its channel repeated, an RGB one is returned as it is. */
export function toRgb(image: RawImage): RawImage {
  if (image.channels === 3) return image;
  const rgb = new Uint8Array(image.data.length * 3);
  for (let i = 0, j = 0; i < image.data.length; i++, j += 3) {
    rgb[j] = rgb[j + 1] = rgb[j + 2] = image.data[i]!;
  }
  return rawImage(image.width, image.height, 3, rgb);
}
