/**
 * Image files to pixels in Node. This file and encode-node.ts are the only importers of sharp (libvips).
 *
 * BMP, which libvips does not read, is read by bmp.ts.
 *
 * What every format becomes: 8-bit sRGB as displayed. EXIF orientation is applied; an embedded colour profile and
 * CMYK are converted to sRGB; 16 bits are reduced to 8 by dropping the low byte; palettes are expanded; alpha is
 * flattened on white; of an animation or a multi-page file, the first frame is taken.
 *
 * JPEGs are always decoded in full: libvips' shrink-on-load would be faster on huge photos, but makes coordinates
 * depend on the file's size, and faces of 40 px in a 100-megapixel photo would be lost.
 */
import sharp, { type Metadata } from 'sharp';
import { InputError } from '../errors.ts';
import { readWhole } from '../files/index.ts';
import { decodeBmp, isBmp, readBmpHeader } from './bmp.ts';
import { toGrey } from './colour.ts';
import { type HeightWidth, rawImage, type RawImage } from './raw-image.ts';

export interface DecodeOptions {
  /** Names the image in errors; by default the path, or `image` for bytes. */
  readonly label?: string;
  /** Larger images are refused, by their header, before any pixel is decoded. Default 200 million (600 MB of RGB). */
  readonly maxPixels?: number;
  /** 3 = RGB (default), 1 = grey (BT.601, see `toGrey`). */
  readonly channels?: 1 | 3;
}

export const defaultMaxPixels = 200_000_000;
/** Files above this are refused unread: no photo that `maxPixels` admits is larger. */
const maxFileBytes = 1 << 30;
/** sharp's names. SVG and PDF are not photos, and are refused. */
const readableFormats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'jp2', 'jxl']);
const formatList = 'JPEG, PNG, WebP, GIF, TIFF, BMP or AVIF';

/**
 * Decodes an image file (a path) or its bytes.
 * @returns RGB or grey pixels as displayed
 * @throws {InputError} naming the file: missing, unreadable, a directory, empty, not an image, truncated or damaged,
 *   or more pixels than `maxPixels`
 */
export async function decodeImage(source: string | Uint8Array, options: DecodeOptions = {}): Promise<RawImage> {
  const label = options.label ?? (typeof source === 'string' ? source : 'image');
  const maxPixels = options.maxPixels ?? defaultMaxPixels;
  const bytes = typeof source === 'string' ? await readWhole(source, { label, maxBytes: maxFileBytes }) : source;
  if (bytes.length === 0) throw new InputError(label, 'is empty (0 bytes), expected an image');

  const image = isBmp(bytes) ? decodeBmpWithin(bytes, label, maxPixels) : await decodeWithin(bytes, label, maxPixels);
  return options.channels === 1 ? toGrey(image) : image;
}

async function decodeWithin(bytes: Uint8Array, label: string, maxPixels: number): Promise<RawImage> {
  checkSize(await readHeader(bytes, label), label, maxPixels);
  return decodePixels(bytes, label);
}

function decodeBmpWithin(bytes: Uint8Array, label: string, maxPixels: number): RawImage {
  const header = readBmpHeader(bytes, label);
  checkSize(header, label, maxPixels);
  return decodeBmp(bytes, header, label);
}

function checkSize({ width, height }: HeightWidth, label: string, maxPixels: number): void {
  if (width * height > maxPixels) throw new InputError(label, `has ${width}×${height} pixels, more than the limit of ${maxPixels} in all`);
}

/** @returns the size of the first frame as stored, from the header alone */
async function readHeader(bytes: Uint8Array, label: string): Promise<HeightWidth> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new InputError(label, notAnImage(bytes), { cause });
  }
  if (!readableFormats.has(metadata.format)) {
    throw new InputError(label, `is a ${metadata.format} file, expected ${formatList}`);
  }
  if (metadata.compression === 'hevc') {
    throw new InputError(label, 'is an HEIC file (HEVC-coded), which this build of libvips cannot decode; convert it to JPEG');
  }
  return { width: metadata.width, height: metadata.height };
}

async function decodePixels(bytes: Uint8Array, label: string): Promise<RawImage> {
  try {
    // failOn 'error' refuses truncated files, where libvips would otherwise fill the rest with grey,
    // and lets harmless warnings pass, such as stray bytes between the markers of many cameras' JPEGs.
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: false, autoOrient: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
    if (info.channels === 3) return rawImage(info.width, info.height, 3, pixels);
    if (info.channels === 1) return rawImage(info.width, info.height, 3, repeatGrey(pixels));
    throw new InputError(label, `decodes to ${info.channels} channels, expected 1 or 3`);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(label, `is truncated or damaged (${firstLine(cause)})`, { cause });
  }
}

/** [n] → [n,3] */
function repeatGrey(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i]!, i * 3, i * 3 + 3);
  return rgb;
}

/** Tells a cut-off image, whose first bytes are right, from another format and from a file that never was an image. */
function notAnImage(bytes: Uint8Array): string {
  const signatures: readonly (readonly [string, readonly number[]])[] = [
    ['JPEG', [0xff, 0xd8, 0xff]],
    ['PNG', [0x89, 0x50, 0x4e, 0x47]],
    ['GIF', [0x47, 0x49, 0x46, 0x38]],
    ['WebP', [0x52, 0x49, 0x46, 0x46]],
  ];
  const match = signatures.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
  return match ? `is a ${match[0]} file whose header is truncated or damaged` : `is not an image that can be read, expected ${formatList}`;
}

function firstLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n')[0]!.trim();
}
