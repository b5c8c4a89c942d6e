/**
 * PBM, PGM and PPM files, which the build of libvips in sharp does not read: plain (P1 to P3) and raw (P4 to P6), up to
 * 16 bits. Source: the manual pages of Netpbm. The first image of a file is taken.
 */
import { InputError } from '../errors.ts';
import type { DecodeNote } from './decoding.ts';
import { rawImage, type HeightWidth, type RawImage } from './raw-image.ts';

export interface PnmHeader extends HeightWidth {
  /** 1 = bits (1 is black), 2 = grey, 3 = RGB. */
  readonly kind: 1 | 2 | 3;
  readonly isPlain: boolean;
  /** What white is, up to 65,535. */
  readonly largest: number;
  /** Offset of the samples, bytes. */
  readonly start: number;
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);

export const isPnm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1]! >= 0x31 && bytes[1]! <= 0x36 && (isSpace(bytes[2]) || bytes[2] === 0x23);

/** @throws {InputError} when the header is cut short or damaged */
export function readPnmHeader(bytes: Uint8Array, label: string): PnmHeader {
  const type = bytes[1]! - 0x30;
  const kind = (((type - 1) % 3) + 1) as 1 | 2 | 3;
  const text = new NumberReader(bytes, 2);
  const [width, height] = [text.next(), text.next()];
  const largest = kind === 1 ? 1 : text.next();
  if (!(width! > 0 && height! > 0 && largest! > 0 && largest! <= 65_535))
    throw new InputError(label, `is a ${nameOf(kind)} file whose header is truncated or damaged`);
  // One space follows the header, then the samples.
  return { kind, isPlain: type <= 3, width: width!, height: height!, largest: largest!, start: text.at + 1 };
}

const nameOf = (kind: 1 | 2 | 3): string => ['PBM', 'PGM', 'PPM'][kind - 1]!;

/**
 * @param isLenient samples that are missing are black (in a PBM white), with a note
 * @returns RGB pixels of 8 bits   @throws {InputError} when samples are missing or damaged
 */
export function decodePnm(
  bytes: Uint8Array,
  header: PnmHeader,
  label: string,
  isLenient: boolean,
  onNote: (note: DecodeNote) => void,
): RawImage {
  const { width, height, kind, largest } = header;
  const perPixel = kind === 3 ? 3 : 1;
  const samples = header.isPlain
    ? plainSamples(bytes, header, width * height * perPixel)
    : rawSamples(bytes, header, width * height * perPixel);
  if (samples.found < samples.values.length) {
    const damage = `is truncated or damaged (${samples.found} samples, expected ${samples.values.length})`;
    if (!isLenient) throw new InputError(label, damage);
    onNote({ kind: 'damage', text: `${damage}; what there is of it was read` });
  }
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const value = samples.values[perPixel === 3 ? i : Math.floor(i / 3)]!;
    data[i] = kind === 1 ? 255 * (1 - value) : Math.min(255, Math.round((value * 255) / largest));
  }
  return rawImage(width, height, 3, data);
}

interface Samples {
  readonly values: Uint16Array;
  /** How many of them the file has. */
  readonly found: number;
}

function plainSamples(bytes: Uint8Array, { kind, start }: PnmHeader, count: number): Samples {
  const values = new Uint16Array(count);
  const text = new NumberReader(bytes, start, kind === 1);
  for (let i = 0; i < count; i++) {
    const value = text.next();
    if (value === undefined || value > 65_535) return { values, found: i };
    values[i] = value;
  }
  return { values, found: count };
}

function rawSamples(bytes: Uint8Array, { kind, largest, start, width }: PnmHeader, count: number): Samples {
  const values = new Uint16Array(count);
  if (kind === 1) {
    const stride = Math.ceil(width / 8);
    let found = count;
    for (let i = count - 1; i >= 0; i--) {
      const at = start + Math.floor(i / width) * stride + ((i % width) >> 3);
      if (at >= bytes.length) found = i;
      else values[i] = (bytes[at]! >> (7 - ((i % width) & 7))) & 1;
    }
    return { values, found };
  }
  const size = largest > 255 ? 2 : 1;
  const found = Math.min(count, Math.max(0, Math.floor((bytes.length - start) / size)));
  for (let i = 0; i < found; i++)
    values[i] = size === 1 ? bytes[start + i]! : (bytes[start + 2 * i]! << 8) | bytes[start + 2 * i + 1]!;
  return { values, found };
}

/** Whole numbers between spaces and comments. */
class NumberReader {
  readonly #bytes: Uint8Array;
  readonly #isBits: boolean;
  at: number;

  /** @param isBits each digit is a number, as in P1 */
  constructor(bytes: Uint8Array, at: number, isBits = false) {
    this.#bytes = bytes;
    this.#isBits = isBits;
    this.at = at;
  }

  /** Undefined at the end, or where something else stands. */
  next(): number | undefined {
    const bytes = this.#bytes;
    while (isSpace(bytes[this.at]) || bytes[this.at] === 0x23) {
      if (bytes[this.at] === 0x23)
        while (this.at < bytes.length && bytes[this.at] !== 0x0a && bytes[this.at] !== 0x0d) this.at++;
      else this.at++;
    }
    let value: number | undefined;
    for (let digit = bytes[this.at]! - 0x30; digit >= 0 && digit <= 9; digit = bytes[++this.at]! - 0x30) {
      value = (value ?? 0) * 10 + digit;
      if (value > 1e9) return undefined;
      if (this.#isBits) {
        this.at++;
        break;
      }
    }
    return value;
  }
}
