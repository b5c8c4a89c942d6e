import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { decodeImage } from './decode-node.ts';

/** A 32×24 photo-like pattern: smooth, with all channels different. */
const width = 32;
const height = 24;
const pattern = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const pixel = Math.floor(i / 3);
  const x = pixel % width;
  const y = Math.floor(pixel / width);
  return [x * 8, y * 10, 255 - x * 4 - y * 4][i % 3]!;
});
const source = (): Sharp => sharp(pattern, { raw: { width, height, channels: 3 } });

/** Noise, so that the compressed data are long enough to be cut in the middle. */
const noisy = (): Sharp => {
  let state = 1;
  const data = Uint8Array.from({ length: 200 * 150 * 3 }, () => (state = (state * 48271) % 2147483647) & 255);
  return sharp(data, { raw: { width: 200, height: 150, channels: 3 } });
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-decode-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function failure(decoding: Promise<unknown>): Promise<string> {
  const error: unknown = await decoding.then(
    () => expect.fail('decodeImage accepted a bad input'),
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as InputError;
  expect(message).not.toContain('\n');
  return message;
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length;

describe('decodeImage: formats', () => {
  it.each(['png', 'webp', 'tiff'] as const)('decodes lossless %s exactly', async (format) => {
    const bytes = await source()
      .toFormat(format, format === 'webp' ? { lossless: true } : { compression: 'lzw' })
      .toBuffer();
    const image = await decodeImage(bytes);
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3]);
    expect(image.data).toEqual(pattern);
  });

  it.each(['jpeg', 'gif', 'avif'] as const)('decodes lossy %s closely', async (format) => {
    const image = await decodeImage(await source().toFormat(format, { quality: 95 }).toBuffer());
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3]);
    expect(meanDifference(image.data, pattern)).toBeLessThan(8);
  });

  it('reads a path as it reads bytes', async () => {
    const path = join(folder, 'photo.png');
    await writeFile(path, await source().png().toBuffer());
    expect((await decodeImage(path)).data).toEqual(pattern);
  });

  it('sees a file that was rewritten under the same name', async () => {
    const path = join(folder, 'rewritten.png');
    for (const gray of [10, 200]) {
      await sharp({ create: { width: 2, height: 2, channels: 3, background: { r: gray, g: gray, b: gray } } })
        .png()
        .toFile(path);
      expect((await decodeImage(path)).data[0]).toBe(gray);
    }
  });

  it.each([
    ['EXIF 6 (a quarter turn clockwise)', 6, (x: number, y: number) => [y, height - 1 - x]],
    ['EXIF 3 (upside down)', 3, (x: number, y: number) => [width - 1 - x, height - 1 - y]],
    ['EXIF 2 (mirrored)', 2, (x: number, y: number) => [width - 1 - x, y]],
  ] as const)('applies %s', async (_, orientation, stored) => {
    const image = await decodeImage(await source().withMetadata({ orientation }).png().toBuffer());
    expect([image.width, image.height]).toEqual(orientation === 6 ? [height, width] : [width, height]);
    for (const [x, y] of [
      [0, 0],
      [3, 5],
      [20, 7],
    ] as const) {
      const [sx, sy] = stored(x, y);
      const at = (sy! * width + sx!) * 3;
      expect([...image.data.slice((y * image.width + x) * 3, (y * image.width + x) * 3 + 3)]).toEqual([
        ...pattern.slice(at, at + 3),
      ]);
    }
  });

  it('converts CMYK to RGB', async () => {
    const bytes = await source().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const image = await decodeImage(bytes);
    expect(image.channels).toBe(3);
    expect(meanDifference(image.data, pattern)).toBeLessThan(40); // saturated colours are outside the print gamut
  });

  it('reduces 16 bits to 8', async () => {
    const bytes = await source().toColourspace('rgb16').png().toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');
    expect((await decodeImage(bytes)).data).toEqual(pattern);
  });

  it('reduces 16-bit grey to 8-bit RGB', async () => {
    const gray = Uint16Array.from({ length: 16 }, (_, i) => i * 4096 + 128);
    const bytes = await sharp(gray, { raw: { width: 4, height: 4, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject({ depth: 'ushort', channels: 1 });
    const image = await decodeImage(bytes);
    expect(image.channels).toBe(3);
    expect([...image.data.filter((_, i) => i % 3 === 0)]).toEqual(Array.from(gray, (v) => v >> 8));
  });

  it('decodes 8-bit grey to RGB, or to exactly the same grey on request', async () => {
    const gray = Uint8Array.from({ length: 256 }, (_, i) => i);
    const bytes = await sharp(gray, { raw: { width: 16, height: 16, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const rgb = await decodeImage(bytes);
    expect([rgb.channels, ...rgb.data.slice(30, 36)]).toEqual([3, 10, 10, 10, 11, 11, 11]);
    const single = await decodeImage(bytes, { channels: 1 });
    expect(single.channels).toBe(1);
    expect(single.data).toEqual(gray);
  });

  it('expands a palette', async () => {
    const bytes = await sharp({ create: { width: 5, height: 4, channels: 3, background: '#c08040' } })
      .png({ palette: true })
      .toBuffer();
    expect((await sharp(bytes).metadata()).isPalette).toBe(true);
    const image = await decodeImage(bytes);
    expect([image.width, image.height, ...image.data.slice(0, 3)]).toEqual([5, 4, 0xc0, 0x80, 0x40]);
  });

  it('flattens alpha on white', async () => {
    const rgba = Uint8Array.from([200, 0, 0, 255, 200, 0, 0, 0, 0, 0, 0, 128]);
    const image = await decodeImage(
      await sharp(rgba, { raw: { width: 3, height: 1, channels: 4 } })
        .png()
        .toBuffer(),
    );
    expect([...image.data]).toEqual([200, 0, 0, 255, 255, 255, 127, 127, 127]);
  });

  it('flattens grey with alpha', async () => {
    const bytes = await sharp(Uint8Array.from([50, 255, 50, 0]), { raw: { width: 2, height: 1, channels: 2 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(bytes)).data]).toEqual([50, 50, 50, 255, 255, 255]);
  });

  it.each(['gif', 'webp'] as const)('takes the first frame of an animated %s', async (format) => {
    const frame = (background: string) =>
      sharp({ create: { width: 8, height: 6, channels: 3, background } })
        .png()
        .toBuffer();
    const frames = await Promise.all(['#ff0000', '#00ff00', '#0000ff'].map(frame));
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format, format === 'webp' ? { lossless: true } : {})
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(3);
    const image = await decodeImage(bytes);
    expect([image.width, image.height, ...image.data.slice(-3)]).toEqual([8, 6, 255, 0, 0]);
  });

  it('decodes 1×1', async () => {
    const bytes = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#102030' } })
      .png()
      .toBuffer();
    expect(await decodeImage(bytes)).toEqual({ width: 1, height: 1, channels: 3, data: Uint8Array.from([16, 32, 48]) });
  });

  it('decodes 12,000×9,000 within the pixels and little more', async () => {
    const bytes = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: '#405060' } })
      .jpeg()
      .toBuffer();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const image = await decodeImage(bytes);
    clearInterval(watch);
    expect([image.width, image.height, image.data.length]).toEqual([12_000, 9_000, 324_000_000]);
    expect(Math.max(peak, process.memoryUsage().rss) - before).toBeLessThan(500e6);
  });
});

describe('decodeImage: bad input', () => {
  it('names a file that is not an image', async () => {
    const path = join(folder, 'notes.jpg');
    await writeFile(path, 'this is text, whatever its name says\n');
    expect(await failure(decodeImage(path))).toBe(
      `${path}: is not an image that can be read, expected JPEG, PNG, WebP, AVIF, HEIC, GIF, TIFF, BMP, PGM or PPM`,
    );
  });

  it('accepts a JPEG with stray bytes between its markers, which only warrants a warning', async () => {
    const bytes = await source().jpeg().toBuffer();
    const stray = Buffer.concat([bytes.subarray(0, -2), Buffer.from([0x12, 0x34, 0x56]), bytes.subarray(-2)]);
    expect((await decodeImage(stray)).data).toEqual((await decodeImage(bytes)).data);
  });

  it('refuses a vector drawing', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>',
    );
    expect(await failure(decodeImage(svg))).toMatch(/^image: is a svg file/);
  });

  it.each([
    ['jpeg', {}],
    ['jpeg', { progressive: true }],
    ['png', {}],
    ['png', { progressive: true }],
    ['webp', {}],
    ['gif', {}],
    ['tiff', { compression: 'lzw' }],
  ] as const)('refuses truncated %s %j wherever it is cut', async (format, options) => {
    const whole = await noisy().toFormat(format, options).toBuffer();
    await decodeImage(whole);
    for (const part of [0.01, 0.3, 0.5, 0.9, 0.98]) {
      const cut = whole.subarray(0, Math.ceil(whole.length * part));
      expect(await failure(decodeImage(cut, { label: 'cut' })), `${part}`).toMatch(
        /^cut: .*(truncated|damaged|not an image)/,
      );
    }
  });

  it('says that an empty file is empty', async () => {
    const path = join(folder, 'empty.png');
    await writeFile(path, '');
    expect(await failure(decodeImage(path))).toBe(`${path}: is empty (0 bytes), expected an image`);
    expect(await failure(decodeImage(new Uint8Array(0), { label: 'upload 7' }))).toBe(
      'upload 7: is empty (0 bytes), expected an image',
    );
  });

  it('refuses a folder, an empty device and a missing file', async () => {
    expect(await failure(decodeImage(folder))).toBe(`${folder}: is a folder, expected a file`);
    expect(await failure(decodeImage('/dev/null'))).toBe('/dev/null: is empty (0 bytes), expected an image');
    const missing = join(folder, 'missing.jpg');
    expect(await failure(decodeImage(missing))).toBe(`${missing}: no such file`);
    expect(await failure(decodeImage(join(folder, 'photo.png', 'inside.jpg')))).toMatch(/: no such file$/);
  });

  // The superuser may read everything.
  it.skipIf(process.getuid?.() === 0)('says that permission is denied', async () => {
    const path = join(folder, 'locked.png');
    await writeFile(path, await source().png().toBuffer());
    await chmod(path, 0);
    expect(await failure(decodeImage(path))).toBe(`${path}: cannot be read: permission denied`);
  });

  it('refuses more pixels than the limit by the header alone', async () => {
    const bytes = await source().png().toBuffer();
    expect(await failure(decodeImage(bytes, { maxPixels: 767 }))).toBe(
      'image: has 32×24 pixels, more than the limit of 767 in all',
    );
    await decodeImage(bytes, { maxPixels: 768 });
  });
});
