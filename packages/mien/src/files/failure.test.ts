/** The phrases for what the system refuses. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { readFailure, writeFailure } from './failure.ts';
import { exists, isFolder, makeFolder } from './folders.ts';
import { readText, readWhole } from './read.ts';

const of = (code: string): Error => Object.assign(new Error('no'), { code });

describe('phrases', () => {
  it.each([
    ['EACCES', 'cannot be read: permission denied'],
    ['EPERM', 'cannot be read: permission denied'],
    ['ENOENT', 'no such file'],
    ['ENOTDIR', 'no such file'],
    ['EISDIR', 'is a folder, expected a file'],
    ['EMFILE', 'cannot be read: too many files are open'],
    ['EIO', 'cannot be read: the disk or drive reports an error'],
    ['EWEIRD', 'cannot be read: EWEIRD'],
  ])('reading: %s', (code, phrase) => {
    expect(readFailure(of(code))).toBe(phrase);
  });
  it.each([
    ['EACCES', 'permission denied'],
    ['ENOSPC', 'no space left on the disk'],
    ['EDQUOT', 'no space left on the disk'],
    ['EROFS', 'the file system is read-only'],
    ['ENOENT', 'no such folder'],
    ['EISDIR', 'it is a folder'],
  ])('writing: %s', (code, phrase) => {
    expect(writeFailure(of(code))).toBe(`cannot be written: ${phrase}`);
  });
  it("of folders, and of errors that are not the system's", () => {
    expect(readFailure(of('ENOENT'), 'x', 'folder')).toBe('no such folder');
    expect(readFailure(of('ENOTDIR'), 'x', 'folder')).toBe('is a file, expected a folder');
    expect(writeFailure(of('EEXIST'))).toBe('cannot be written: a file stands where a folder is expected');
    expect(writeFailure(new TypeError('broken'))).toBe('cannot be written: broken');
  });
});

describe('a path that cannot be read', () => {
  it('is named with the reason', async () => {
    await withFiles({ 'a.txt': '' }, async (folder) => {
      await symlink('loop', join(folder, 'loop'));
      for (const [path, reason] of [
        [join(folder, 'no'), 'no such file'],
        [join(folder, 'a.txt/b'), 'no such file'],
        [folder, 'is a folder, expected a file'],
        [join(folder, 'loop'), 'cannot be read: a link leads back to itself'],
        [join(folder, 'n'.repeat(300)), 'cannot be read: the name is too long'],
        ['a\0b', 'cannot be read: the name cannot be one of a file'],
      ] as const) {
        await expect(readWhole(path)).rejects.toMatchObject({ input: path, reason });
      }
    });
  });
  it.each(['https://example.org/a.jpg', 'ftp://x/y.csv', 's3://bucket/a.png', 'data:image/png;base64,AAAA'])(
    '%s is told what to do instead',
    async (url) => {
      await expect(readWhole(url)).rejects.toThrow('is a URL, and Mien reads files: download it first (curl -LO URL)');
    },
  );
  it('gets the path out of a file URL', async () => {
    await expect(readWhole('file:///my%20photos/a.jpg')).rejects.toThrow('is a URL: give the path, /my photos/a.jpg');
  });
  it('may be larger than the limit', async () => {
    await withFiles({ a: 'x'.repeat(2_000_000) }, async (folder) => {
      await expect(readWhole(join(folder, 'a'), { maxBytes: 1 << 20, label: 'it' })).rejects.toThrow(
        'it: is larger than 1 MiB',
      );
    });
  });
  it.skipIf(process.platform === 'win32')('is read where it is a pipe', async () => {
    await withFiles({}, async (folder) => {
      const pipe = join(folder, 'pipe');
      await promisify(execFile)('mkfifo', [pipe]);
      const write = async (text: string): Promise<void> => {
        const file = await open(pipe, 'w');
        await file.writeFile(text).catch(() => undefined);
        await file.close();
      };
      expect((await Promise.all([readText(pipe), write('\ufefftext')]))[0]).toBe('text');
      await expect(Promise.all([readWhole(pipe, { maxBytes: 1000 }), write('x'.repeat(2000))])).rejects.toThrow(
        'is larger than',
      );
    });
  });
});

describe('folders', () => {
  it('are made with those above, and known from files', async () => {
    await withFiles({ file: '' }, async (folder) => {
      await makeFolder(join(folder, 'a/b/c'));
      expect([
        await isFolder(join(folder, 'a/b')),
        await isFolder(join(folder, 'file')),
        await exists(join(folder, 'file')),
        await exists(join(folder, 'no')),
      ]).toEqual([true, false, true, false]);
      await makeFolder(join(folder, 'a'));
      await expect(isFolder(join(folder, 'no'))).rejects.toThrow('no such file or folder');
      for (const path of ['file', 'file/x'])
        await expect(makeFolder(join(folder, path))).rejects.toThrow(
          `${join(folder, path)}: cannot be written: a file stands where a folder is expected`,
        );
    });
  });
  it.skipIf(process.getuid?.() === 0)('that may not be written are named', async () => {
    await withFiles({}, async (folder) => {
      await mkdir(join(folder, 'locked'));
      await chmod(join(folder, 'locked'), 0o500);
      for (const path of ['locked', 'locked/x'])
        await expect(makeFolder(join(folder, path))).rejects.toThrow('cannot be written: permission denied');
      await writeFile(join(folder, 'secret'), '');
      await chmod(join(folder, 'secret'), 0);
      await expect(readWhole(join(folder, 'secret'))).rejects.toThrow('cannot be read: permission denied');
      await expect(readFile(join(folder, 'secret'))).rejects.toThrow();
    });
  });
});
