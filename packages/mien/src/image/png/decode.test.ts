/** The decoder of browsers against libvips: the same bytes for every kind of PNG, the same refusals of damage. */
import { deflateSync } from 'node:zlib';
import { encodePng, type PngKind } from 'mien-testkit';
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { decodeImage } from '../decode-node.ts';
import { decodePng } from './decode.ts';
import { isPng, readPng } from './file.ts';

const decode = async (bytes: Uint8Array) => decodePng(readPng(bytes, 'a.png'), 'a.png');

const KINDS: readonly PngKind[] = [
  ...([1, 2, 4, 8, 16] as const).map((depth): PngKind => ({ colorType: 0, depth })),
  ...([1, 2, 4, 8] as const).map((depth): PngKind => ({ colorType: 3, depth })),
  ...([2, 4, 6] as const).flatMap((colorType) => ([8, 16] as const).map((depth): PngKind => ({ colorType, depth }))),
].flatMap((kind) => [kind, { ...kind, interlaced: true }]);

describe.each([
  [19, 13],
  [3, 2],
  [1, 1],
])('%d×%d', (width, height) => {
  test.each(KINDS)('colour type $colorType, $depth bits, interlaced $interlaced', async (kind) => {
    const bytes = encodePng(width, height, kind, 1);
    expect(isPng(bytes)).toBe(true);
    expect(await decode(bytes)).toEqual(await decodeImage(bytes));
  });

  test.each([
    { colorType: 0, depth: 2 },
    { colorType: 0, depth: 8 },
    { colorType: 0, depth: 16 },
    { colorType: 2, depth: 8 },
    { colorType: 2, depth: 16 },
    { colorType: 3, depth: 2 },
    { colorType: 3, depth: 8 },
  ] as const)('with a transparent colour: colour type $colorType, $depth bits', async (kind) => {
    const bytes = encodePng(width, height, { ...kind, transparent: true }, 2);
    expect(await decode(bytes)).toEqual(await decodeImage(bytes));
  });
});

it('flattens every colour and alpha of 8 bits as libvips does', async () => {
  const data = new Uint8Array(256 * 256 * 4);
  for (let i = 0; i < 256 * 256; i++) data.set([i & 255, 255 - (i & 255), (i * 7) & 255, i >> 8], i * 4);
  const bytes = await sharp(data, { raw: { width: 256, height: 256, channels: 4 } })
    .png()
    .toBuffer();
  expect(await decode(bytes)).toEqual(await decodeImage(bytes));
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('is turned by EXIF orientation %d', async (orientation) => {
  const upright = encodePng(7, 5, { colorType: 2, depth: 8 }, 3);
  const bytes = await sharp(upright).withExif({}).withMetadata({ orientation }).png().toBuffer();
  expect(await decode(bytes)).toEqual(await decodeImage(bytes));
});

it('passes over gamma, as libvips does', async () => {
  const gamma = encodePng(7, 5, { colorType: 2, depth: 8, chunks: [['gAMA', Uint8Array.of(0, 1, 0x86, 0xa0)]] }, 4);
  expect(await decode(gamma)).toEqual(await decodeImage(gamma));
});

it('reads what sharp writes, with every filter and in many pieces', async () => {
  const noise = Uint8Array.from({ length: 300 * 200 * 3 }, (_, i) => (i * i * 31 + (i >> 3)) & 255);
  const photo = await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } })
    .blur(2)
    .png({ adaptiveFiltering: true })
    .toBuffer();
  expect(await decode(photo)).toEqual(await decodeImage(photo));
});

describe('damage', () => {
  const bytes = encodePng(40, 30, { colorType: 2, depth: 8 }, 5);
  const failure = (data: Uint8Array) =>
    decode(data).then(
      () => 'none',
      (error: Error) => error.message,
    );
  const both = async (data: Uint8Array) => [
    await failure(data),
    await decodeImage(data, { label: 'a.png' }).then(
      () => 'none',
      (error: Error) => error.message,
    ),
  ];

  it('refuses a file that is cut off, wherever', async () => {
    for (const length of [bytes.length - 20, bytes.length >> 1, 60]) {
      for (const message of await both(bytes.subarray(0, length)))
        expect(message).toMatch(/^a\.png: is truncated or damaged \(/);
    }
    for (const length of [9, 20, 30]) {
      for (const message of await both(bytes.subarray(0, length)))
        expect(message).toBe('a.png: is a PNG file whose header is truncated or damaged');
    }
  });

  it('refuses changed bytes', async () => {
    const changed = Uint8Array.from(bytes);
    changed[80]! ^= 0xff;
    for (const message of await both(changed)) expect(message).toMatch(/^a\.png: is truncated or damaged \(/);
  });

  it('refuses a missing palette, and a filter that does not exist', async () => {
    expect(await failure(encodePng(4, 4, { colorType: 3, depth: 8, palette: new Uint8Array(0) }, 6))).toBe(
      'a.png: is truncated or damaged (its palette is missing)',
    );
    const filtered = encodePng(2, 1, { colorType: 0, depth: 8, compressed: deflateSync(Uint8Array.of(9, 1, 2)) }, 7);
    expect(await failure(filtered)).toBe('a.png: is truncated or damaged (a row has filter 9)');
  });

  it('reads a file whose end mark alone is missing', async () => {
    expect(await both(bytes.subarray(0, bytes.length - 12))).toEqual(['none', 'none']);
  });
});
