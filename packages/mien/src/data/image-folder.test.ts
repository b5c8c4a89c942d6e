import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawImage } from '../image/index.ts';
import { writeImage } from '../image/node.ts';
import { imageFolder } from './image-folder.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mien-folder-'));
});
afterEach(() => rm(root, { recursive: true }));

/** An image of one colour. */
async function put(path: string, red: number, width = 6, height = 4): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeImage(
    join(root, path),
    rawImage(
      width,
      height,
      3,
      Uint8Array.from({ length: width * height * 3 }, (_, i) => (i % 3 === 0 ? red : 0)),
    ),
  );
}
const rgb = { width: 3, height: 2, channels: 'rgb' } as const;

describe('imageFolder', () => {
  it('takes folders as classes, in order of name, resizes, and keeps a share of each class from training', async () => {
    for (let i = 0; i < 10; i++) await put(`zebra/${i}.png`, 200, 5 + i, 9);
    for (let i = 0; i < 5; i++) await put(`ant eater/${i}.png`, 40);
    await writeFile(join(root, 'zebra', 'notes.txt'), 'no image');
    const dataset = await imageFolder(root, rgb);
    expect(dataset.classes).toEqual(['ant eater', 'zebra']);
    expect(dataset.splits).toEqual(['train', 'validation']);
    const [train, validation] = await Promise.all([
      dataset.loadSplit('train', 'train'),
      dataset.loadSplit('validation', 'evaluate'),
    ]);
    expect([...train.labels].sort().join('')).toBe('000011111111');
    expect([...validation.labels].join('')).toBe('011');
    expect(new Set([...train.ids, ...validation.ids]).size).toBe(15);
    expect(train.images).toMatchObject({ count: 12, width: 3, height: 2, channels: 3 });
    train.labels.forEach((label, i) => {
      expect([...train.images.pixels.subarray(i * 18, i * 18 + 3)]).toEqual([label === 1 ? 200 : 40, 0, 0]);
    });

    const again = await (await imageFolder(root, rgb)).loadSplit('validation', 'evaluate');
    expect(again.ids).toEqual(validation.ids);
    const gray = await (await imageFolder(root, { ...rgb, channels: 'grey' })).loadSplit('validation', 'evaluate');
    expect(gray.images.channels).toBe(1);
    expect(gray.images.pixels[0]).toBe(Math.round(0.299 * 40));
  });

  it('uses the folders train, valid and test where they are', async () => {
    for (const [folder, count] of [
      ['train', 3],
      ['valid', 2],
      ['test', 1],
    ] as const) {
      for (const name of ['a', 'b']) for (let i = 0; i < count; i++) await put(`${folder}/${name}/${i}.jpg`, 10);
    }
    const dataset = await imageFolder(root, rgb);
    expect(dataset.splits).toEqual(['train', 'validation', 'test']);
    expect(
      await Promise.all(dataset.splits.map(async (s) => (await dataset.loadSplit(s, 'train')).images.count)),
    ).toEqual([6, 4, 2]);
    await expect(dataset.loadSplit('dev', 'train')).rejects.toThrow(
      /has no split "dev": expected one of train, validation, test/,
    );
    await put('test/c/0.png', 1);
    await expect(imageFolder(root, rgb)).rejects.toThrow(/test.c: is not a class to train on, expected a, b/);
  });

  it('names what is wrong with a folder, an image or an option', async () => {
    await expect(imageFolder(join(root, 'none'), rgb)).rejects.toThrow(/none: no such file or folder/);
    await put('a/0.png', 1);
    await expect(imageFolder(root, rgb)).rejects.toThrow(/two classes or more, found a$/);
    await mkdir(join(root, 'b'));
    await expect(imageFolder(root, rgb)).rejects.toThrow(/b: holds no images/);
    await put('b/0.png', 1);
    await expect(imageFolder(root, rgb)).rejects.toThrow(/0\.png: no class has two images/);
    await expect(imageFolder(join(root, 'a', '0.png'), rgb)).rejects.toThrow(/is a file, expected a folder/);
    await expect(imageFolder(root, { ...rgb, validationShare: 1 })).rejects.toThrow(
      /validationShare: expected a number between 0 and 1, got 1/,
    );
    await put('a/1.png', 1);
    await writeFile(join(root, 'b', '1.png'), 'no image');
    const broken = await imageFolder(root, { ...rgb, validationShare: 0.5 });
    const loads = await Promise.allSettled(broken.splits.map((s) => broken.loadSplit(s, 'train')));
    expect(String((loads.find((l) => l.status === 'rejected') as PromiseRejectedResult).reason)).toMatch(
      /b.1\.png: is not an image|b.1\.png: /,
    );
  });
});
