/**
 * BMP files, which libvips does not read: uncompressed, 8 bits with a palette, 24 or 32 bits.
 * Layout: Microsoft, "Bitmap storage": file header of 14 bytes, DIB header, palette, rows padded to 4 bytes, from the
 * bottom up unless the height is negative; pixels are blue, green, red.
 * Read here and not by a library: fast-bmp leaves palettes unapplied and does not read rows from the top.
 */
import { InputError } from '../errors.ts';
import type { DecodeNote } from './decoding.ts';
import { rawImage, type HeightWidth, type RawImage } from './raw-image.ts';

interface BmpHeader extends HeightWidth {
  readonly bits: 8 | 24 | 32;
  readonly topDown: boolean;
  /** Offset of the first row, bytes. */
  readonly start: number;
  /** Offset of the palette, bytes; entries are blue, green, red and, except with OS/2's header, a fourth byte. */
  readonly palette: number;
  readonly paletteEntry: 3 | 4;
}

const FILE_HEADER = 14;
const OS2_HEADER = 12;
const INFO_HEADER = 40;
const UNCOMPRESSED = 0;
const BITFIELDS = 3;

export const isBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d;

/**
 * Reads the header alone.
 * @throws {InputError} when it is cut short, damaged, or of a kind that is not read here
 */
export function readBmpHeader(bytes: Uint8Array, label: string): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = bytes.length >= FILE_HEADER + 4 ? view.getUint32(FILE_HEADER, true) : 0;
  if ((headerSize !== OS2_HEADER && headerSize < INFO_HEADER) || bytes.length < FILE_HEADER + headerSize)
    throw new InputError(label, 'is a BMP file whose header is truncated or damaged');
  const os2 = headerSize === OS2_HEADER;
  const [width, storedHeight] = os2
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)];
  const bits = view.getUint16(os2 ? 24 : 28, true);
  const compression = os2 ? UNCOMPRESSED : view.getUint32(30, true);
  if (width <= 0 || storedHeight === 0)
    throw new InputError(label, `is a BMP file whose header is damaged: ${width}×${storedHeight} pixels`);
  if (bits !== 8 && bits !== 24 && bits !== 32)
    throw new InputError(label, `is a BMP file of ${bits} bits, expected 8, 24 or 32`);
  if (compression !== UNCOMPRESSED && !(compression === BITFIELDS && hasStandardMasks(view))) {
    throw new InputError(label, `is a BMP file with compression ${compression}, expected none`);
  }
  return {
    width,
    height: Math.abs(storedHeight),
    bits,
    topDown: storedHeight < 0,
    start: view.getUint32(10, true),
    palette: FILE_HEADER + headerSize,
    paletteEntry: os2 ? 3 : 4,
  };
}

/** Whether 32 bits with masks are blue, green, red as without. */
const hasStandardMasks = (view: DataView): boolean =>
  view.byteLength >= 66 &&
  view.getUint16(28, true) === 32 &&
  view.getUint32(54, true) === 0xff0000 &&
  view.getUint32(58, true) === 0xff00 &&
  view.getUint32(62, true) === 0xff;

/**
 * @param isLenient rows that are missing are black, with a note
 * @returns RGB pixels; alpha is passed over, as few writers fill that byte
 * @throws {InputError} when the file ends before its last row
 */
export function decodeBmp(
  bytes: Uint8Array,
  header: BmpHeader,
  label: string,
  isLenient: boolean,
  onNote: (note: DecodeNote) => void,
): RawImage {
  const { width, height, bits, topDown, start, palette, paletteEntry } = header;
  const pixelBytes = bits / 8;
  const stride = Math.ceil((width * pixelBytes) / 4) * 4;
  const used = (height - 1) * stride + width * pixelBytes;
  if (start + used > bytes.length) {
    const damage = `is truncated or damaged (${bytes.length} bytes, its rows end at ${start + used})`;
    if (!isLenient) throw new InputError(label, damage);
    onNote({ kind: 'damage', text: `${damage}; what there is of it was read` });
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = start + (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const from = bits === 8 ? palette + (bytes[row + x] ?? 0) * paletteEntry : row + x * pixelBytes;
      const to = (y * width + x) * 3;
      data[to] = bytes[from + 2] ?? 0;
      data[to + 1] = bytes[from + 1] ?? 0;
      data[to + 2] = bytes[from] ?? 0;
    }
  }
  return rawImage(width, height, 3, data);
}
