/**
 * The parts of a PNG file: what its header says, its palette, and its compressed pixels, without decoding these.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 and 11.
 */
import { InputError } from '../../errors.ts';
import type { HeightWidth } from '../raw-image.ts';
import { crc32 } from './crc32.ts';
import { exifOrientation } from './exif-orientation.ts';

/**
 * Channels of a pixel by the colour type of the header: grey, RGB, index into a palette, grey with alpha, RGB with
 * alpha.
 */
export const PNG_CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;
export type PngColorType = keyof typeof PNG_CHANNELS;
export type PngDepth = 1 | 2 | 4 | 8 | 16;

export interface PngFile extends HeightWidth {
  readonly depth: PngDepth;
  readonly colorType: PngColorType;
  readonly interlaced: boolean;
  /** Red, green, blue of each entry. */
  readonly palette: Uint8Array;
  /**
   * Alpha of the palette's entries, or the big-endian 16-bit samples of the one colour that is transparent; absent: all
   * opaque.
   */
  readonly transparency?: Uint8Array;
  /** EXIF's 1 … 8. */
  readonly orientation: number;
  /** Whether a colour profile is embedded. */
  readonly hasProfile: boolean;
  /** The zlib stream of the pixels, in the pieces that the file has it in. */
  readonly compressed: readonly Uint8Array[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const DEPTHS: Readonly<Record<PngColorType, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/**
 * @param bytes that begin as `isPng` asks
 * @throws {InputError} when the header is damaged, or a chunk that pixels depend on is damaged or missing
 */
export function readPng(bytes: Uint8Array, label: string): PngFile {
  const damaged = (reason: string): InputError => new InputError(label, `is truncated or damaged (${reason})`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const compressed: Uint8Array[] = [];
  let header: ReturnType<typeof readHeader> | undefined;
  let palette: Uint8Array = new Uint8Array(0);
  let transparency: Uint8Array | undefined;
  let orientation = 1;
  let hasProfile = false;
  for (let at = SIGNATURE.length; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > bytes.length) break; // cut off: what is missing shows below, or when the pixels are decoded
    const data = bytes.subarray(at + 8, end);
    const isSound = crc32(bytes.subarray(at + 4, end)) === view.getUint32(end);
    const isCritical = (bytes[at + 4]! & 0x20) === 0;
    if (isCritical && !isSound) throw damaged(`chunk ${type} has a wrong checksum`);
    if (!header && type !== 'IHDR') throw new InputError(label, 'is a PNG file whose header is truncated or damaged');
    if (type === 'IHDR') header = readHeader(data, label);
    else if (type === 'PLTE') palette = data;
    else if (type === 'IDAT') compressed.push(data);
    else if (type === 'IEND') break;
    else if (type === 'tRNS' && isSound) transparency = data;
    else if (type === 'eXIf' && isSound) orientation = exifOrientation(data);
    else if (type === 'iCCP') hasProfile = true;
    at = end + 4;
  }
  if (!header) throw new InputError(label, 'is a PNG file whose header is truncated or damaged');
  if (header.colorType === 3 && palette.length === 0) throw damaged('its palette is missing');
  return { ...header, palette, ...(transparency ? { transparency } : {}), orientation, hasProfile, compressed };
}

function readHeader(
  data: Uint8Array,
  label: string,
): HeightWidth & Pick<PngFile, 'depth' | 'colorType' | 'interlaced'> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = data.length === 13 ? [view.getUint32(0), view.getUint32(4)] : [0, 0];
  const [depth, colorType, compression, filter, interlace] = data.subarray(8);
  const known = Object.hasOwn(PNG_CHANNELS, colorType!) && DEPTHS[colorType as PngColorType].includes(depth!);
  if (width === 0 || height === 0 || !known || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new InputError(label, 'is a PNG file whose header is truncated or damaged');
  }
  return {
    width,
    height,
    depth: depth as PngDepth,
    colorType: colorType as PngColorType,
    interlaced: interlace === 1,
  };
}
