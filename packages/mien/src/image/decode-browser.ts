/**
 * Images to pixels in a browser, as image/decode-node.ts does it in Node.
 *
 * PNG, BMP and Netpbm's formats are decoded here, to the same bytes as in Node. JPEG, WebP, GIF, AVIF and PNG with a
 * colour profile are the browser's work: as displayed (EXIF's orientation, sRGB), to within the differences between
 * decoders, which docs/guides/browser.md states.
 */
import { InputError } from '../errors.ts';
import { decodeBmp, isBmp, readBmpHeader } from './bmp.ts';
import { imageDataToRgb, isImageData, readPixels, sizeOf } from './browser-canvas.ts';
import { toGray } from './color.ts';
import { decodePng } from './png/decode.ts';
import { isPng, readPng } from './png/file.ts';
import { decodePnm, isPnm, readPnmHeader } from './pnm.ts';
import type { HeightWidth, RawImage } from './raw-image.ts';
import { type BlobLike, type Drawable, type ImageSource, isBlob, isUrl, nameOf } from './source.ts';

export interface BrowserDecodeOptions {
  /** Names the image in errors; by default its address or file name, or `image`. */
  readonly label?: string;
  /** Larger images are refused. Default 200 million (600 MB of RGB). */
  readonly maxPixels?: number;
  /** 3 = RGB (default), 1 = grey (BT.601, see `toGray`). */
  readonly channels?: 1 | 3;
}

interface Platform {
  createImageBitmap(blob: BlobLike): Promise<HeightWidth & { close(): void }>;
}

const MAX_PIXELS = 200_000_000;
/** Damage is an error here, so that there is nothing to note. */
const ignore = (): void => undefined;

/**
 * Decodes an image file (its address, `URL`, `Blob`, `File` or bytes), or reads the pixels of a bitmap, canvas, image
 * or video element.
 * @returns RGB or grey pixels as displayed
 * @throws {InputError} naming the image: it cannot be fetched, is not an image, truncated or damaged, empty, not loaded
 *   yet, or has more pixels than `maxPixels`
 */
export async function decodeImage(source: ImageSource, options: BrowserDecodeOptions = {}): Promise<RawImage> {
  const { label = nameOf(source), maxPixels = MAX_PIXELS, channels = 3 } = options;
  const image = isDrawable(source)
    ? draw(source, label, maxPixels)
    : await decodeFile(await bytesOf(source, label), label, maxPixels);
  return channels === 1 ? toGray(image) : image;
}

const isDrawable = (source: ImageSource): source is Drawable =>
  typeof source === 'object' && !(source instanceof Uint8Array) && !isUrl(source) && !isBlob(source);

async function bytesOf(source: Exclude<ImageSource, Drawable>, label: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (typeof source === 'object' && isBlob(source)) return new Uint8Array(await source.arrayBuffer());
  let response: Response;
  try {
    response = await fetch(typeof source === 'string' ? source : source.href);
  } catch (cause) {
    throw new InputError(label, `cannot be fetched (${(cause as Error).message})`, { cause });
  }
  if (!response.ok) throw new InputError(label, `cannot be fetched: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function decodeFile(bytes: Uint8Array, label: string, maxPixels: number): Promise<RawImage> {
  if (bytes.length === 0) throw new InputError(label, 'is empty (0 bytes), expected an image');
  if (isBmp(bytes)) {
    const header = readBmpHeader(bytes, label);
    checkSize(header, label, maxPixels);
    return decodeBmp(bytes, header, label, false, ignore);
  }
  if (isPnm(bytes)) {
    const header = readPnmHeader(bytes, label);
    checkSize(header, label, maxPixels);
    return decodePnm(bytes, header, label, false, ignore);
  }
  if (isPng(bytes)) {
    const file = readPng(bytes, label);
    checkSize(file, label, maxPixels);
    if (!file.hasProfile) return decodePng(file, label);
  }
  let bitmap: Awaited<ReturnType<Platform['createImageBitmap']>>;
  try {
    bitmap = await (globalThis as unknown as Platform).createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  } catch (cause) {
    throw new InputError(label, 'is not an image that this browser can read, or is truncated or damaged', { cause });
  }
  try {
    return draw(bitmap, label, maxPixels);
  } finally {
    bitmap.close();
  }
}

function draw(source: Drawable, label: string, maxPixels: number): RawImage {
  const size = sizeOf(source);
  if (size.width === 0 || size.height === 0)
    throw new InputError(label, 'has no pixels yet: wait until it is loaded (a video: until its first frame)');
  checkSize(size, label, maxPixels);
  return isImageData(source) ? imageDataToRgb(source) : readPixels(source, size, label);
}

function checkSize({ width, height }: HeightWidth, label: string, maxPixels: number): void {
  if (width * height > maxPixels)
    throw new InputError(label, `has ${width}×${height} pixels, more than the limit of ${maxPixels} in all`);
}
