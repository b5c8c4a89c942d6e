import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { findImages } from './image-files.ts';

const find = (files: readonly string[], tasks: readonly string[]): Promise<Record<string, string>> =>
  withFiles({}, async (folder) => {
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), '');
    }
    const found = await findImages(folder, tasks);
    return Object.fromEntries([...found].map(([task, path]) => [task, path.slice(folder.length + 1)]));
  });

describe('the image of a task', () => {
  test.each([
    ['img-1', 'img-1.png'],
    ['img-1.png', 'img-1.png'],
    ['sub/a b.jpg', 'sub/a b.jpg'],
    ['https://host.org/x/sub/a%20b.jpg?size=1#top', 'sub/a b.jpg'],
    ['http://host/img-1.png', 'img-1.png'],
    ['s3://bucket/faces/img-1.png', 'img-1.png'],
    ['/data/img-1.png', 'img-1.png'],
    ['/data/upload/3/1a2b3c4d-img-1.png', 'img-1.png'],
    ['/data/local-files/?d=sub/a%20b.jpg', 'sub/a b.jpg'],
    ['C:\\faces\\img-1.png', 'img-1.png'],
    ['cafe\u0301.png', 'caf\u00e9.png'],
  ])('%s', async (task, file) => {
    expect(await find(['img-1.png', 'sub/a b.jpg', 'caf\u00e9.png', 'other/c.png'], [task])).toEqual({ [task]: file });
  });

  test.each([
    [['a.png'], ['a', 'b'], 'holds no image of 1 task (b)'],
    [['a.png', 'a.jpg'], ['a'], 'holds two images of task "a": a.jpg and a.png'],
    [
      ['a.png'],
      ['http://x/1/a.png', 'http://x/2/a.png'],
      'holds one image, a.png, for two tasks: "http://x/1/a.png" and "http://x/2/a.png"',
    ],
  ])('%j for %j', async (files, tasks, message) => {
    await expect(find(files, tasks)).rejects.toThrow(message);
  });
});
