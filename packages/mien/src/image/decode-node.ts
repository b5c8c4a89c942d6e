/**
 * Image files to pixels in Node: most formats by libvips (decode-vips.ts), BMP (bmp.ts) and Netpbm's (pnm.ts) by our
 * own readers, HEIC by a package that the user may install (heic.ts).
 *
 * What every format becomes: 8-bit sRGB as displayed. EXIF orientation is applied; an embedded colour profile and
 * CMYK are converted to sRGB; 16 bits are reduced to 8 by dropping the low byte; palettes are expanded; alpha is
 * flattened on white; of an animation or a multi-page file, the first frame is taken.
 *
 * JPEGs are always decoded in full: libvips' shrink-on-load would be faster on huge photos, but makes coordinates
 * depend on the file's size, and faces of 40 px in a 100-megapixel photo would be lost.
 */
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.ts';
import { readWhole } from '../files/index.ts';
import { decodeBmp, isBmp, readBmpHeader } from './bmp.ts';
import { toGray } from './color.ts';
import { decodeVips, noteDarkness, readVipsHeader } from './decode-vips.ts';
import { decodingOf, type Decoding, type DecodeNote } from './decoding.ts';
import { decodeHeic } from './heic.ts';
import { decodePnm, isPnm, readPnmHeader } from './pnm.ts';
import type { HeightWidth, RawImage } from './raw-image.ts';
import { type ImageSource, isBlob, isUrl, nameOf } from './source.ts';

export interface DecodeOptions extends Decoding {
  /** Names the image in errors; by default the path, address or file name, or `image`. */
  readonly label?: string;
  /** Larger images are refused, by their header, before any pixel is decoded. Default 200 million (600 MB of RGB). */
  readonly maxPixels?: number;
  /** 3 = RGB (default), 1 = grey (BT.601, see `toGray`). */
  readonly channels?: 1 | 3;
}

export const DEFAULT_MAX_PIXELS = 200_000_000;
/** Files above this are refused unread: no photo that `maxPixels` admits is larger. */
const MAX_FILE_BYTES = 1 << 30;
/** sharp's names. SVG and PDF are not photos, and are refused. */
const readableFormats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);
const FORMAT_LIST = 'JPEG, PNG, WebP, AVIF, HEIC, GIF, TIFF, BMP, PGM or PPM';

/**
/**
 * Decodes an image: a file (a path or `file:` URL), a pipe, `-` for standard input, bytes, or a `Blob` of them.
 * @returns RGB or grey pixels as displayed
 * @throws {InputError} naming the file: missing, unreadable, a folder, a URL of a network, empty, not an image,
 *   truncated or damaged (unless `lenient`), or more pixels than `maxPixels`; or what only a browser can draw
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 *
 * const photo = await decodeImage('photo.jpg'); // 8-bit RGB, turned upright
 * const grey = await decodeImage(new Blob(['P2 2 1 255 0 255']), { channels: 1 });
 * console.log(photo.width, photo.height, grey.data);
 * ```
 */
export async function decodeImage(source: ImageSource, options: DecodeOptions = {}): Promise<RawImage> {
  const label = options.label ?? nameOf(source);
  const { lenient, onNote } = decodingOf(options);
  const bytes = await bytesOf(source, label);
  if (bytes.length === 0) throw new InputError(label, 'is empty (0 bytes), expected an image');
  const image = await decodeBytes(bytes, label, options.maxPixels ?? DEFAULT_MAX_PIXELS, lenient, (note) =>
    onNote(note, label),
  );
  return options.channels === 1 ? toGray(image) : image;
}

async function bytesOf(source: ImageSource, label: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (typeof source === 'string') return readWhole(source, { label, maxBytes: MAX_FILE_BYTES });
  if (isBlob(source)) return new Uint8Array(await source.arrayBuffer());
  if (!isUrl(source))
    throw new InputError(
      label,
      'is not an image file, which alone can be decoded in Node: expected a path, a file: URL, a Blob or bytes',
    );
  if (source.href.startsWith('file:'))
    return readWhole(fileURLToPath(source.href), { label, maxBytes: MAX_FILE_BYTES });
  throw new InputError(label, 'is an address on a network: in Node, fetch it and give decodeImage the Blob');
}

async function decodeBytes(
  bytes: Uint8Array,
  label: string,
  maxPixels: number,
  isLenient: boolean,
  onNote: (note: DecodeNote) => void,
): Promise<RawImage> {
  if (isBmp(bytes)) {
    const header = readBmpHeader(bytes, label);
    checkSize(header, label, maxPixels);
    return decodeBmp(bytes, header, label, isLenient, onNote);
  }
  if (isPnm(bytes)) {
    const header = readPnmHeader(bytes, label);
    checkSize(header, label, maxPixels);
    const image = decodePnm(bytes, header, label, isLenient, onNote);
    if (header.largest > 255) noteDarkness(image, 'has more than 8 bits a sample', onNote);
    return image;
  }
  const header = await readVipsHeader(bytes, () => notAnImage(bytes), label);
  if (!readableFormats.has(header.format))
    throw new InputError(label, `is a ${header.format} file, expected ${FORMAT_LIST}`);
  checkSize(header, label, maxPixels);
  return header.compression === 'hevc' ? decodeHeic(bytes, label) : decodeVips(bytes, header, label, isLenient, onNote);
}

function checkSize({ width, height }: HeightWidth, label: string, maxPixels: number): void {
  if (width * height > maxPixels)
    throw new InputError(label, `has ${width}×${height} pixels, more than the limit of ${maxPixels} in all`);
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
  return match
    ? `is a ${match[0]} file whose header is truncated or damaged`
    : `is not an image that can be read, expected ${FORMAT_LIST}`;
}
