/** Pixels to image files in Node. This file and decode-vips.ts are the only importers of sharp (libvips). */
import { extname } from 'node:path';
import sharp from 'sharp';
import { InputError, MienError } from '../errors.ts';
import { isStandardOutput, readWhole, writeWhole } from '../files/index.ts';
import type { RawImage } from './raw-image.ts';

export type EncodedFormat = 'png' | 'jpeg';

/** Visually lossless for photos at about a third of PNG's size; full chroma, so that thin coloured lines stay sharp. */
const JPEG_OPTIONS = { quality: 92, chromaSubsampling: '4:4:4' } as const;

/** What files written here name as their software, in EXIF. */
const SOFTWARE = 'Mien';

/**
 * @param software named in the file's EXIF
 * @returns the bytes of a PNG (lossless) or JPEG (quality 92, no chroma subsampling) file
 * @example
 * ```ts
 * import { decodeImage, rawImage } from 'mienjs';
 * import { encodeImage } from 'mienjs/image/node';
 *
 * const grey = rawImage(2, 1, 1, Uint8Array.of(0, 255));
 * const png = await encodeImage(grey, 'png');
 * [...(await decodeImage(png, { channels: 1 })).data]; // → [0, 255]
 * ```
 */
export async function encodeImage(image: RawImage, format: EncodedFormat, software?: string): Promise<Uint8Array> {
  const { width, height, channels } = image;
  const pipeline = sharp(image.data, { raw: { width, height, channels }, limitInputPixels: false });
  // Without toColourspace, libvips writes a 1-channel raw image as RGB.
  if (channels === 1) pipeline.toColourspace('b-w');
  if (software !== undefined) pipeline.withExif({ IFD0: { Software: software } });
  return format === 'png' ? pipeline.png().toBuffer() : pipeline.jpeg(JPEG_OPTIONS).toBuffer();
}

/**
 * Writes an image file in the format of its extension: .png, .jpg or .jpeg; on standard output (`-`), as PNG. The file
 * appears whole or not at all (see `writeWhole`).
 * @throws {InputError} naming the path: another extension, no permission, a full disk
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { fitWithin, resize } from 'mienjs/image';
 * import { writeImage } from 'mienjs/image/node';
 *
 * const photo = await decodeImage('photo.jpg');
 * await writeImage('thumbnail.png', resize(photo, fitWithin(photo, 256)));
 * ```
 */
export async function writeImage(path: string, image: RawImage): Promise<void> {
  await writeWhole(path, await encodeImage(image, formatOf(path), SOFTWARE));
}

/** Of the frames of an animation, which are in memory all at once, and once more while they are encoded. */
const ANIMATION_BYTES = 400 * 2 ** 20;

/**
 * How many frames of a size, px, `writeAnimation` takes.
 * @example
 * ```ts
 * import { mostAnimationFrames } from 'mienjs/image/node';
 *
 * mostAnimationFrames(256, 256); // → 2133
 * ```
 */
export const mostAnimationFrames = (width: number, height: number): number =>
  Math.floor(ANIMATION_BYTES / (3 * width * height));

/**
 * Writes frames as an animated WebP that is shown over and over.
 * @param frames of one size, RGB; `mostAnimationFrames` says how many   @param framesPerSecond above 0
 * @throws {InputError} naming the path: another extension than .webp, no permission, a full disk
 * @throws {MienError} when there are no frames or too many, their sizes differ, or `framesPerSecond` is not above 0
 * @example
 * ```ts
 * import { rawImage } from 'mienjs';
 * import { writeAnimation } from 'mienjs/image/node';
 *
 * const gray = (value: number) => rawImage(1, 1, 3, Uint8Array.of(value, value, value));
 * await writeAnimation('blinks.webp', [gray(0), gray(255)], 2);
 * ```
 */
export async function writeAnimation(
  path: string,
  frames: readonly RawImage[],
  framesPerSecond: number,
): Promise<void> {
  checkAnimationName(path);
  const [first] = frames;
  if (!first) throw new MienError('animation: expected at least one frame, got none');
  if (!(framesPerSecond > 0 && framesPerSecond < Infinity))
    throw new MienError(`animation: expected more than 0 frames a second, got ${framesPerSecond}`);
  const { width, height } = first;
  const most = mostAnimationFrames(width, height);
  if (frames.length > most)
    throw new MienError(`animation: expected at most ${most} frames of ${width}×${height} px, got ${frames.length}`);
  const data = new Uint8Array(3 * width * height * frames.length);
  frames.forEach((frame, i) => {
    if (frame.width !== width || frame.height !== height || frame.channels !== 3)
      throw new MienError(
        `animation: expected RGB frames of ${width}×${height} px, got one of ${frame.width}×${frame.height} with ${frame.channels} channels`,
      );
    data.set(frame.data, 3 * width * height * i);
  });
  const raw = { width, height: height * frames.length, channels: 3, pageHeight: height } as const;
  const delay = frames.map(() => Math.round(1000 / framesPerSecond));
  await writeWhole(
    path,
    await sharp(data, { raw, limitInputPixels: false })
      .withExif({ IFD0: { Software: SOFTWARE } })
      .webp({ quality: 90, delay, loop: 0 })
      .toBuffer(),
  );
}

/** @throws {InputError} when the path has another extension than .webp */
export function checkAnimationName(path: string): void {
  if (!isStandardOutput(path) && extname(path).toLowerCase() !== '.webp')
    throw new InputError(path, 'cannot be written as an animation: expected the extension .webp');
}

/** Whether an image file was written by `writeImage` or `writeAnimation`: its EXIF says so. */
export async function isOwnImage(path: string): Promise<boolean> {
  const metadata = await readWhole(path)
    .then((bytes) => sharp(bytes).metadata())
    .catch(() => undefined);
  return metadata?.exif?.includes(`${SOFTWARE}\0`) ?? false;
}

function formatOf(path: string): EncodedFormat {
  if (isStandardOutput(path)) return 'png';
  switch (extname(path).toLowerCase()) {
    case '.png':
      return 'png';
    case '.jpg':
    case '.jpeg':
      return 'jpeg';
    default:
      throw new InputError(
        path,
        `cannot be written as an image: expected the extension .png, .jpg or .jpeg, got "${extname(path)}"`,
      );
  }
}
