/** Images whose decoding is easy to get wrong, as files: the same pixels are expected in Node and in a browser. */
import sharp from 'sharp';
import { encodePng } from '../png-fixtures.ts';

/** PNG, BMP and Netpbm's, which are decoded alike to the byte. */
export async function exactCases(photo: string): Promise<Record<string, Uint8Array>> {
  const small = () => sharp(photo).resize(640);
  const withAlpha = () =>
    small()
      .ensureAlpha(0.6)
      .composite([
        {
          input: Buffer.from('<svg width="200" height="200"><circle cx="100" cy="100" r="90"/></svg>'),
          blend: 'dest-out',
        },
      ]);
  return {
    'photo.png': await small().png().toBuffer(),
    'alpha.png': await withAlpha().png().toBuffer(),
    'palette.png': await small().png({ palette: true }).toBuffer(),
    'palette-alpha.png': await withAlpha().png({ palette: true }).toBuffer(),
    'grey.png': await small().greyscale().toColourspace('b-w').png().toBuffer(),
    '16-bit.png': encodePng(61, 47, { colorType: 2, depth: 16 }, 1),
    '16-bit-alpha.png': encodePng(61, 47, { colorType: 6, depth: 16 }, 2),
    'interlaced.png': encodePng(61, 47, { colorType: 3, depth: 2, interlaced: true }, 3),
    'transparent-colour.png': encodePng(61, 47, { colorType: 2, depth: 8, transparent: true }, 4),
    'gamma.png': encodePng(61, 47, { colorType: 2, depth: 8, chunks: [['gAMA', Uint8Array.of(0, 1, 0x86, 0xa0)]] }, 5),
    'turned.png': await small().withExif({}).withMetadata({ orientation: 6 }).png().toBuffer(),
    'bitmap.bmp': bmp(31, 17),
    'grey.pgm': pnm('P5', 19, 13, 65_535),
    'colour.ppm': pnm('P6', 19, 13, 255),
  };
}

/** 24 bits, from the bottom up. */
function bmp(width: number, height: number): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * height);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 54; i < bytes.length; i++) bytes[i] = (i * 37) & 255;
  return bytes;
}

/** Raw samples, of 16 bits where `largest` needs them. */
function pnm(type: 'P5' | 'P6', width: number, height: number, largest: number): Uint8Array {
  const bytes = width * height * (type === 'P6' ? 3 : 1) * (largest > 255 ? 2 : 1);
  return Buffer.concat([
    Buffer.from(`${type}\n${width} ${height}\n${largest}\n`),
    Uint8Array.from({ length: bytes }, (_, i) => (i * 37) & 255),
  ]);
}

/**
 * What browsers decode themselves (CMYK, which has no one meaning in RGB, by rules of their own), with how far a value
 * may be from Node's at most, and on the mean.
 */
export async function boundedCases(
  photo: string,
): Promise<Record<string, { readonly bytes: Uint8Array; readonly most: number; readonly mean: number }>> {
  const small = () => sharp(photo).resize(640);
  return {
    'photo.jpg': {
      bytes: await small().jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer(),
      most: 3,
      mean: 0.1,
    },
    'subsampled.jpg': { bytes: await small().jpeg({ quality: 80 }).toBuffer(), most: 4, mean: 0.2 },
    'progressive.jpg': { bytes: await small().jpeg({ progressive: true }).toBuffer(), most: 4, mean: 0.2 },
    'turned.jpg': { bytes: await small().withMetadata({ orientation: 6 }).jpeg().toBuffer(), most: 4, mean: 0.2 },
    'grey.jpg': { bytes: await small().greyscale().toColourspace('b-w').jpeg().toBuffer(), most: 3, mean: 0.1 },
    'cmyk.jpg': { bytes: await small().toColourspace('cmyk').jpeg().toBuffer(), most: 160, mean: 15 },
    'photo.webp': { bytes: await small().webp({ quality: 85 }).toBuffer(), most: 4, mean: 0.2 },
    'p3.png': { bytes: await small().withIccProfile('p3').png().toBuffer(), most: 2, mean: 0.1 },
    'srgb.png': { bytes: await small().withIccProfile('srgb').png().toBuffer(), most: 2, mean: 0.1 },
  };
}
