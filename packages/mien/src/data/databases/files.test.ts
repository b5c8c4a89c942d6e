import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { strayFiles, withFiles, writeTree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { findFolder, frameNumber, inOrderOfTime, listIfThere, listNames, readNumberRows, walkFiles } from './files.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('folders of a database', () => {
  it('lists names sorted, follows links once, and passes over what systems leave behind', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, {
        'b/2.png': '',
        'a.txt': '',
        'B.txt': '',
        '@eaDir/x.png': '',
        'desktop.ini': '',
        ...strayFiles(''),
      });
      await symlink(join(root, 'b'), join(root, 'linked'));
      await symlink(join(root, 'gone'), join(root, 'broken'));
      expect(await listNames(root)).toEqual({ folders: ['b', 'linked'], files: ['B.txt', 'a.txt'], images: [] });
      expect(await collect(walkFiles(root))).toEqual(['B.txt', 'a.txt', 'b/2.png']);
    });
  });

  it('names a folder that is missing, or a file', async () => {
    await withFiles({ 'a.txt': '' }, async (root) => {
      await expect(listNames(join(root, 'no'))).rejects.toThrow(`${join(root, 'no')}: no such folder`);
      await expect(listNames(join(root, 'a.txt'))).rejects.toThrow('a.txt: is a file, expected a folder');
      expect(await listIfThere(join(root, 'no'))).toEqual({ folders: [], files: [], images: [] });
    });
  });

  it('finds the nearest folder of a name, and the inner one of two', async () => {
    await withFiles({}, async (root) => {
      for (const path of ['x/Emotion/emotion/S1', 'y/z/FACS']) await mkdir(join(root, path), { recursive: true });
      expect(await findFolder(root, 'EMOTION', 2)).toBe('x/Emotion/emotion');
      expect(await findFolder(root, 'FACS', 2)).toBeUndefined();
      expect(await findFolder(root, 'FACS', 3)).toBe('y/z/FACS');
    });
  });
});

describe('frames', () => {
  it('stand in order of time, padded or not, and nothing else among them', () => {
    expect(inOrderOfTime(['f10.png', 'f9.PNG', 'f1.jpeg', 'notes.txt', 'cover.png'])).toEqual([
      'f1.jpeg',
      'f9.PNG',
      'f10.png',
      'cover.png',
    ]);
  });

  it('have the last number of their name', () => {
    expect(
      ['S005_001_00000011.png', 'S005_001_00000011_landmarks.txt', '007.jpeg', 'cover.png'].map(frameNumber),
    ).toEqual([11, 11, 7, NaN]);
  });
});

describe('rows of numbers', () => {
  it('take spaces, tabs, commas and e-notation, and name the line that is wrong', async () => {
    await withFiles(
      { 'a.txt': '\uFEFF  1.5e+01\t2\r\n\r\n3,-4\n', 'b.txt': '1 2\n\n3 x\n', 'c.txt': '1 2 3\n' },
      async (root) => {
        expect(await readNumberRows(join(root, 'a.txt'), 2)).toEqual([
          { line: 1, values: [15, 2] },
          { line: 3, values: [3, -4] },
        ]);
        await expect(readNumberRows(join(root, 'b.txt'), 2)).rejects.toThrow(
          `${join(root, 'b.txt')}:3: expected 2 numbers, got "3 x"`,
        );
        await expect(readNumberRows(join(root, 'c.txt'), 2)).rejects.toThrow(
          'c.txt:1: expected 2 numbers, got "1 2 3"',
        );
        await expect(readNumberRows(join(root, 'd.txt'), 2)).rejects.toThrow('d.txt: no such file');
      },
    );
  });
});
