import { encodeBmp, readGolden } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode-node.ts';
import { rawImage } from './raw-image.ts';

interface GoldenBmp {
  readonly base64: string;
  readonly width: number;
  readonly height: number;
  readonly rgb: readonly number[];
}
const golden = await readGolden(new URL('./golden/bmp.golden.json', import.meta.url));
const files = golden.document['files'] as Readonly<Record<string, GoldenBmp>>;
const sample = (): Buffer => Buffer.from(files['24 bits']!.base64, 'base64');

describe('BMP', () => {
  it.each(Object.entries(files))('reads %s as Pillow does', async (_name, { base64, width, height, rgb }) => {
    const image = await decodeImage(Buffer.from(base64, 'base64'));
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3]);
    expect([...image.data]).toEqual(rgb);
  });

  it('reads what the fixtures of databases write', async () => {
    const gray = rawImage(3, 2, 1, Uint8Array.from([0, 50, 100, 150, 200, 255]));
    expect((await decodeImage(encodeBmp(gray), { channels: 1 })).data).toEqual(gray.data);
    const rgb = rawImage(1, 2, 3, Uint8Array.from([1, 2, 3, 4, 5, 6]));
    expect((await decodeImage(encodeBmp(rgb))).data).toEqual(rgb.data);
  });

  it('reads an image that lies inside a larger buffer', async () => {
    const bytes = sample();
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    expect((await decodeImage(shifted)).data).toEqual((await decodeImage(bytes)).data);
  });

  it.each([
    [
      'a file that ends early',
      (b: Buffer) => b.subarray(0, -2),
      'image: is truncated or damaged (116 bytes, its rows end at 117)',
    ],
    [
      'a header that ends early',
      (b: Buffer) => b.subarray(0, 30),
      'image: is a BMP file whose header is truncated or damaged',
    ],
    ['two bytes', (b: Buffer) => b.subarray(0, 2), 'image: is a BMP file whose header is truncated or damaged'],
    ['16 bits', (b: Buffer) => poke16(b, 28, 16), 'image: is a BMP file of 16 bits, expected 8, 24 or 32'],
    ['run lengths', (b: Buffer) => poke16(b, 30, 1), 'image: is a BMP file with compression 1, expected none'],
    ['no columns', (b: Buffer) => poke16(b, 18, 0), 'image: is a BMP file whose header is damaged: 0×4 pixels'],
  ] as const)('refuses %s', async (_name, damage, message) => {
    await expect(decodeImage(damage(sample()))).rejects.toThrow(message);
  });

  it('refuses more pixels than it may read, by the header', async () => {
    await expect(decodeImage(sample(), { maxPixels: 19 })).rejects.toThrow(
      'image: has 5×4 pixels, more than the limit of 19 in all',
    );
  });
});

function poke16(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt16LE(value, at);
  return bytes;
}
