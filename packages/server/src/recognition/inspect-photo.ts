/** One photo's bytes to what a project keeps of it, read in full: what cannot be decoded is not an image to label. */
import { decodeImage, MienError } from 'mienjs';
import { printable } from 'mienjs/files';
import { perceptualHash } from 'mienjs/image';
import { encodeImage } from 'mienjs/image/node';

export type Inspection =
  | {
      readonly file: string;
      /** Px as displayed. */
      readonly width: number;
      readonly height: number;
      /** Perceptual hash, hexadecimal. */
      readonly look: string;
      readonly contentType: string;
      /** PNG, in place of a format that browsers do not show. */
      readonly converted?: Uint8Array;
    }
  | { readonly file: string; readonly error: string };

/** Formats that browsers show, by how their files begin. */
const SHOWN: readonly (readonly [contentType: string, beginning: RegExp])[] = [
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF....WEBP/s],
  ['image/avif', /^....ftypavi[fs]/s],
  ['image/bmp', /^BM/],
];

/** Never rejects for what the photo is: that becomes `error`. */
export async function inspectPhoto(
  file: string,
  bytes: Uint8Array,
  { maxPixels }: { readonly maxPixels: number },
): Promise<Inspection> {
  try {
    const image = await decodeImage(bytes, { label: file, maxPixels, lenient: false, onNote: () => undefined });
    const beginning = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
    const shown = SHOWN.find(([, pattern]) => pattern.test(beginning))?.[0];
    const words = [...perceptualHash(image)].map((word) => word.toString(16).padStart(8, '0'));
    const { width, height } = image;
    const known = { file, width, height, look: words.join(''), contentType: shown ?? 'image/png' };
    return shown === undefined ? { ...known, converted: await encodeImage(image, 'png') } : known;
  } catch (error) {
    if (!(error instanceof MienError)) throw error;
    return { file, error: printable(error.message) };
  }
}
