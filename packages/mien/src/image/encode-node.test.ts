import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from './decode-node.ts';
import { encodeImage, isOwnImage, writeAnimation, writeImage } from './encode-node.ts';
import { rawImage } from './raw-image.ts';

const rgb = rawImage(
  3,
  2,
  3,
  Uint8Array.from({ length: 18 }, (_, i) => i * 14),
);
const gray = rawImage(3, 2, 1, Uint8Array.from([0, 50, 100, 150, 200, 255]));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-encode-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('encodeImage', () => {
  it('round-trips through PNG', async () => {
    expect(await decodeImage(await encodeImage(rgb, 'png'))).toEqual(rgb);
    expect(await decodeImage(await encodeImage(gray, 'png'), { channels: 1 })).toEqual(gray);
  });

  it('stores grey in one channel', async () => {
    for (const format of ['png', 'jpeg'] as const) {
      expect((await sharp(await encodeImage(gray, format)).metadata()).channels).toBe(1);
    }
  });

  it('writes JPEG close to the pixels', async () => {
    const { data } = await decodeImage(await encodeImage(rgb, 'jpeg'));
    data.forEach((v, i) => expect(Math.abs(v - rgb.data[i]!)).toBeLessThan(12));
  });
});

describe('writeImage', () => {
  it('writes the format of the extension and leaves nothing else behind', async () => {
    const place = join(folder, 'written');
    await mkdir(place);
    await writeImage(join(place, 'a.png'), rgb);
    await writeImage(join(place, 'b.JPG'), rgb);
    expect((await readdir(place)).sort()).toEqual(['a.png', 'b.JPG']);
    expect((await sharp(join(place, 'b.JPG')).metadata()).format).toBe('jpeg');
    expect(await decodeImage(join(place, 'a.png'))).toEqual(rgb);
  });

  it('names a path that cannot be written', async () => {
    const bmp = join(folder, 'a.bmp');
    await expect(writeImage(bmp, rgb)).rejects.toThrow(
      `${bmp}: cannot be written as an image: expected the extension .png, .jpg or .jpeg, got ".bmp"`,
    );
    const directory = join(folder, 'directory.png');
    await mkdir(directory);
    await expect(writeImage(directory, rgb)).rejects.toThrow(`${directory}: cannot be written: it is a folder`);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  // The superuser may write everywhere.
  it.skipIf(process.getuid?.() === 0)('says that permission is denied', async () => {
    const locked = join(folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    await expect(writeImage(join(locked, 'a.png'), rgb)).rejects.toThrow('a.png: cannot be written: permission denied');
  });
});

describe('writeAnimation', () => {
  it('writes frames that are known again, each shown as long', async () => {
    const path = join(folder, 'film.webp');
    const frame = (value: number) => rawImage(4, 6, 3, new Uint8Array(72).fill(value));
    await writeAnimation(path, [frame(0), frame(250), frame(0)], 4);
    const { pages, height, delay, loop } = await sharp(path).metadata();
    expect([pages, height, delay, loop]).toEqual([3, 6, [250, 250, 250], 0]);
    expect(await isOwnImage(path)).toBe(true);
    const second = await sharp(path, { page: 1 }).raw().toBuffer();
    expect(second[0]).toBeGreaterThan(240);
  });

  it('refuses other extensions, no frames, and frames that do not fit', async () => {
    const path = join(folder, 'none.webp');
    await expect(writeAnimation(join(folder, 'film.gif'), [rgb], 4)).rejects.toThrow('expected the extension .webp');
    await expect(writeAnimation(path, [], 4)).rejects.toThrow('expected at least one frame, got none');
    await expect(writeAnimation(path, [rgb, gray], 4)).rejects.toThrow(
      'expected RGB frames of 3×2 px, got one of 3×2 with 1 channels',
    );
    for (const rate of [0, -1, NaN, Infinity])
      await expect(writeAnimation(path, [rgb], rate)).rejects.toThrow(`more than 0 frames a second, got ${rate}`);
    const large = rawImage(4096, 4096, 3, new Uint8Array(3 * 4096 * 4096));
    await expect(writeAnimation(path, new Array<typeof large>(9).fill(large), 4)).rejects.toThrow(
      'expected at most 8 frames of 4096×4096 px, got 9',
    );
    expect(await readdir(folder)).not.toContain('none.webp');
  });
});
