/**
 * Little images drawn by code, and the files of a database's tree: what the fixtures of all databases share.
 * Coordinates: px, x right, y down, origin at the top-left corner of the image.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { rawImage, type RawImage } from 'mienjs/image';
import sharp from 'sharp';

export interface FaceDrawing {
  /** px */
  readonly width: number;
  readonly height: number;
  /** 1 = grey, 3 = RGB. */
  readonly channels: 1 | 3;
  /** Moves the mouth and shades the skin: images of different seeds (modulo 64) differ. */
  readonly seed: number;
}

/**
 * An ellipse of skin on a dark ground, two eyes and a mouth. Top and bottom, left and right differ, so that a turned
 * image shows.
 */
export function drawFace({ width, height, channels, seed }: FaceDrawing): RawImage {
  const data = new Uint8Array(width * height * channels);
  const skin = 128 + (seed % 64);
  const mouthY = 0.7 + 0.02 * (seed % 5);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      const v = (y + 0.5) / height;
      const shade = shadeAt(u, v, mouthY, skin);
      for (let c = 0; c < channels; c++) data[(y * width + x) * channels + c] = Math.round(shade * (1 - 0.2 * c));
    }
  }
  return rawImage(width, height, channels, data);
}

/** Grey level at shares u of the width and v of the height. The left eye of the image is larger than the right one. */
function shadeAt(u: number, v: number, mouthY: number, skin: number): number {
  if (inEllipse(u, v, 0.3, 0.4, 0.1, 0.08) || inEllipse(u, v, 0.7, 0.4, 0.07, 0.06)) return 10;
  if (inEllipse(u, v, 0.5, mouthY, 0.2, 0.05)) return 60;
  return inEllipse(u, v, 0.5, 0.5, 0.42, 0.48) ? skin : 30;
}

function inEllipse(u: number, v: number, centerU: number, centerV: number, radiusU: number, radiusV: number): boolean {
  return ((u - centerU) / radiusU) ** 2 + ((v - centerV) / radiusV) ** 2 <= 1;
}

/**
 * Writes an image in the format of its extension (png, jpg, jpeg, tif, tiff, bmp, in any case) with the folders above
 * it.
 */
export async function writeImageFile(path: string, image: RawImage): Promise<void> {
  await writeDeep(path, await encode(image, extname(path).slice(1).toLowerCase()));
}

async function encode(image: RawImage, extension: string): Promise<Uint8Array> {
  if (extension === 'bmp') return encodeBmp(image);
  const { width, height, channels } = image;
  const pipeline = sharp(image.data, { raw: { width, height, channels } });
  if (channels === 1) pipeline.toColourspace('b-w');
  switch (extension) {
    case 'png':
      return pipeline.png().toBuffer();
    case 'jpg':
    case 'jpeg':
      return pipeline.jpeg({ quality: 95 }).toBuffer();
    case 'tif':
    case 'tiff':
      return pipeline.tiff({ compression: 'none' }).toBuffer();
    default:
      throw new Error(`writeImageFile: no image format for the extension "${extension}"`);
  }
}

/** Uncompressed BMP with a 40-byte header, rows from the bottom: 24 bits, or 8 bits with a grey palette. */
export function encodeBmp({ width, height, channels, data }: RawImage): Uint8Array {
  const stride = Math.ceil((width * channels) / 4) * 4;
  const paletteBytes = channels === 1 ? 256 * 4 : 0;
  const start = 14 + 40 + paletteBytes;
  const file = Buffer.alloc(start + stride * height);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(start, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(8 * channels, 28);
  for (let i = 0; i < paletteBytes / 4; i++) file.fill(i, 54 + 4 * i, 57 + 4 * i);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        file[start + (height - 1 - y) * stride + x * channels + (channels - 1 - c)] =
          data[(y * width + x) * channels + c]!;
      }
    }
  }
  return file;
}

/** Writes a file with the folders above it. */
export async function writeDeep(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/**
 * Files by their path from `root`, `/` between folders: text, bytes, or an image to encode. A path that ends in `/` is
 * an empty folder.
 */
export type Tree = Readonly<Record<string, string | Uint8Array | RawImage>>;

export async function writeTree(root: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    const target = join(root, ...path.split('/'));
    if (path.endsWith('/')) await mkdir(target, { recursive: true });
    else if (typeof content === 'string' || content instanceof Uint8Array) await writeDeep(target, content);
    else await writeImageFile(target, content);
  }
}
