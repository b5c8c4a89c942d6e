/** Pixels to image files in Node. This file and decode-node.ts are the only importers of sharp (libvips). */
import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../errors.ts';
import type { RawImage } from './raw-image.ts';

export type EncodedFormat = 'png' | 'jpeg';

/** Visually lossless for photos at about a third of PNG's size; full chroma, so that thin coloured lines stay sharp. */
const jpegOptions = { quality: 92, chromaSubsampling: '4:4:4' } as const;

/** @returns the bytes of a PNG (lossless) or JPEG (quality 92, no chroma subsampling) file */
export async function encodeImage(image: RawImage, format: EncodedFormat): Promise<Uint8Array> {
  const { width, height, channels } = image;
  const pipeline = sharp(image.data, { raw: { width, height, channels }, limitInputPixels: false });
  // Without toColourspace, libvips writes a 1-channel raw image as RGB.
  if (channels === 1) pipeline.toColourspace('b-w');
  return format === 'png' ? pipeline.png().toBuffer() : pipeline.jpeg(jpegOptions).toBuffer();
}

/**
 * Writes an image file in the format of its extension: .png, .jpg or .jpeg. The file appears whole or not at all:
 * it is written beside its place under a temporary name, then renamed.
 * @throws {InputError} naming the path: another extension, a missing folder, no permission, a full disk
 */
export async function writeImage(path: string, image: RawImage): Promise<void> {
  const bytes = await encodeImage(image, formatOf(path));
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new InputError(path, writeFailure(cause), { cause });
  }
}

function formatOf(path: string): EncodedFormat {
  switch (extname(path).toLowerCase()) {
    case '.png':
      return 'png';
    case '.jpg':
    case '.jpeg':
      return 'jpeg';
    default:
      throw new InputError(path, `cannot be written as an image: expected the extension .png, .jpg or .jpeg, got "${extname(path)}"`);
  }
}

/** One phrase for a failed write, from the system's error code. */
export function writeFailure(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'cannot be written: no such folder';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be written: permission denied';
    case 'EROFS':
      return 'cannot be written: the file system is read-only';
    case 'EISDIR':
      return 'cannot be written: it is a directory';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'cannot be written: no space left on the disk';
    default:
      return `cannot be written: ${code ?? (cause as Error).message}`;
  }
}
