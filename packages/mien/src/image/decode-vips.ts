/**
 * Image files to pixels by sharp (libvips). This file and encode-node.ts are its only importers.
 *
 * A warning of a decoder counts as damage unless it is one of the harmless ones, by name (`HARMLESS`). What libvips
 * does not look at, the end of a baseline JPEG's data, jpeg-scan.ts checks. WebP and uncompressed TIFF have no
 * checksums: changed bytes in them cannot be known.
 */
import sharp, { type Metadata } from 'sharp';
import { InputError } from '../errors.ts';
import type { DecodeNote } from './decoding.ts';
import { checkJpegScans } from './jpeg-scan.ts';
import { rawImage, type RawImage } from './raw-image.ts';

/** Warnings that say nothing about the pixels, and libvips' own lines around the warnings of others. */
const HARMLESS: readonly RegExp[] = [
  // Stray bytes between the segments before a JPEG's data, and a few that cameras leave before the end marker.
  /\d+ extraneous bytes before marker 0x(e[0-9a-f]|fe|db|c2)$/,
  /: [123] extraneous bytes before marker 0xd9$/,
  /unknown JFIF revision number/i,
  /Unknown Adobe color transform code/i,
  /Inconsistent progression sequence/i,
  /Invalid SOS parameters for sequential JPEG/i,
  // About TIFF's directory, not its pixels
  /tags are not sorted in ascending order/i,
  /Unknown field with tag \d+/i,
  /ASCII value for .*tag .*(null|terminated)/i,
  /^read gave \d+ warnings$/,
  /^error in tile \d+ x \d+$/,
  /^Warning treated as error due to failOn setting$/,
];

/** @throws {InputError} when it is not an image, or of a format that is not read */
export async function readVipsHeader(bytes: Uint8Array, notAnImage: () => string, label: string): Promise<Metadata> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new InputError(label, notAnImage(), { cause });
  }
}

/**
 * @param isLenient damage becomes a note
 * @throws {InputError} when the image is truncated or damaged, or, leniently, nothing of it can be read
 */
export async function decodeVips(
  bytes: Uint8Array,
  { format, pages = 1, depth }: Metadata,
  label: string,
  isLenient: boolean,
  onNote: (note: DecodeNote) => void,
): Promise<RawImage> {
  const read = await readSound(bytes, format, label);
  const image = typeof read === 'string' ? await readDamaged(bytes, read, label, isLenient, onNote) : read;
  if (pages > 1)
    onNote({
      kind: 'frames',
      text: `has ${pages} ${format === 'tiff' ? 'pages' : 'frames'}, of which the first was read`,
    });
  if (depth !== 'uchar')
    noteDarkness(
      image,
      `has ${depth === 'float' || depth === 'double' ? 'floating-point samples' : 'more than 8 bits a sample'}`,
      onNote,
    );
  return image;
}

/** @returns the image, or what is wrong with it */
async function readSound(bytes: Uint8Array, format: string, label: string): Promise<RawImage | string> {
  const scans = format === 'jpeg' ? checkJpegScans(bytes) : undefined;
  if (scans?.result === 'damaged') return `is truncated or damaged (${scans.reason})`;
  let last: unknown;
  // Where the data are known to be sound, what libjpeg may warn of stands before them. Harmless warnings fail the first
  // reading only.
  for (const failOn of scans?.result === 'sound' ? (['error'] as const) : (['warning', 'error'] as const)) {
    try {
      return await readPixels(bytes, failOn, label);
    } catch (error) {
      if (error instanceof InputError) throw error;
      last = error;
      if (linesOf(error).some((line) => !isHarmless(line))) break;
    }
  }
  const lines = linesOf(last);
  return `is truncated or damaged (${lines.find((line) => !isHarmless(line)) ?? lines[0]!})`;
}

async function readDamaged(
  bytes: Uint8Array,
  damage: string,
  label: string,
  isLenient: boolean,
  onNote: (note: DecodeNote) => void,
): Promise<RawImage> {
  if (!isLenient) throw new InputError(label, damage);
  try {
    const image = await readPixels(bytes, 'none', label);
    onNote({ kind: 'damage', text: `${damage}; what there is of it was read` });
    return image;
  } catch (cause) {
    throw new InputError(label, `is so damaged that nothing of it can be read (${linesOf(cause)[0]!})`, { cause });
  }
}

const isHarmless = (line: string): boolean => HARMLESS.some((pattern) => pattern.test(line));

/** The lines of what a decoder says, without the name of the part of libvips that says it. */
function linesOf(error: unknown): string[] {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/^Vips\w*: |^\w+load\w*: (?=.*:)/, ''))
    .filter(Boolean);
  return lines.length > 0 ? lines : ['unknown error'];
}

async function readPixels(bytes: Uint8Array, failOn: 'none' | 'error' | 'warning', label: string): Promise<RawImage> {
  const { data, info } = await sharp(bytes, { failOn, limitInputPixels: false, autoOrient: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (info.channels === 3) return rawImage(info.width, info.height, 3, pixels);
  if (info.channels === 1) return rawImage(info.width, info.height, 3, repeatGray(pixels));
  throw new InputError(label, `decodes to ${info.channels} channels, expected 1 or 3`);
}

/** [n] → [n,3] */
function repeatGray(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3);
  for (let i = 0; i < gray.length; i++) rgb.fill(gray[i]!, i * 3, i * 3 + 3);
  return rgb;
}

/**
 * Images of 10 or 12 bits in 16, or floats from 0 to 1, use an eighth of the range or less: they come out as good as
 * black.
 */
const DARK = 32;
/** Dead pixels may be bright all the same. */
const BRIGHT_SHARE = 0.001;

/** @param what has more than 8 bits */
export function noteDarkness({ data }: RawImage, what: string, onNote: (note: DecodeNote) => void): void {
  const bright = data.reduce((count, value) => count + Number(value >= DARK), 0);
  if (bright > BRIGHT_SHARE * data.length) return;
  onNote({
    kind: 'dark',
    text: `${what} and comes out nearly black: its values may use a part of the range only; scale them to all of it`,
  });
}
