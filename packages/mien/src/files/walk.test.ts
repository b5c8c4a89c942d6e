/** Folders as they are: links, circles, what systems leave behind, names of any bytes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { chmod, link, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { strayFiles, withFiles, writeTree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { EVERY_NAME, findEntry, Walker, type WalkOptions } from './walk.ts';

async function filesOf(
  folder: string,
  options: WalkOptions = {},
  depth?: number,
): Promise<{ files: string[]; walker: Walker }> {
  const walker = new Walker(options);
  const files: string[] = [];
  for await (const file of walker.files(folder, depth)) files.push(file.slice(folder.length + 1));
  return { files, walker };
}

describe('a walk', () => {
  it('gives the files of a folder in order, then those of the folders in it', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, {
        'f10.jpg': '',
        'f9.JPG': '',
        'z/a.png': '',
        'a10/x.heic': '',
        'a9/deep/er/x.jfif': '',
        'a9/x.jpe': '',
      });
      expect((await filesOf(root)).files).toEqual([
        'f9.JPG',
        'f10.jpg',
        'a9/x.jpe',
        'a9/deep/er/x.jfif',
        'a10/x.heic',
        'z/a.png',
      ]);
      const { files, walker } = await filesOf(root, {}, 1);
      expect(files).toEqual(['f9.JPG', 'f10.jpg', 'a9/x.jpe', 'a10/x.heic', 'z/a.png']);
      expect(walker.passedOver.describe()).toBe(`passed over: 1 folder in a folder (${join(root, 'a9/deep')})`);
    });
  });

  it('passes over what systems leave behind, and counts it with all else', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, {
        'a.jpg': '',
        'Thumbs.db': '',
        '__MACOSX/a.jpg': '',
        '.ipynb_checkpoints/a.jpg': '',
        '@eaDir/a.jpg': '',
        '._a.jpg': '',
        'b.cr2': '',
        'c.dng': '',
        'd.dng': '',
        'n.txt': '',
        ...strayFiles(''),
      });
      await symlink('gone.jpg', join(root, 'broken.jpg'));
      const { files, walker } = await filesOf(root);
      expect(files).toEqual(['a.jpg']);
      const text = walker.passedOver.describe()!;
      expect(text).toContain('3 pictures in formats that are not read (.dng 2, .cr2 1)');
      expect(text).toContain(`1 file of another kind (${join(root, 'n.txt')})`);
      expect(text).toContain(`1 link to nothing (${join(root, 'broken.jpg')})`);
      expect(walker.passedOver.count('system')).toBeGreaterThanOrEqual(5);
      expect((await filesOf(root, { accept: EVERY_NAME })).files).toEqual([
        'a.jpg',
        'b.cr2',
        'c.dng',
        'd.dng',
        'n.txt',
      ]);
    });
  });

  it('follows links, without going in circles, and takes each file once', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, { 'in/a.jpg': '1', 'in/b.jpg': '2', 'out/c.jpg': '3' });
      const walked = join(root, 'in');
      await symlink('a.jpg', join(walked, 'again.jpg'));
      await symlink('.', join(walked, 'self'));
      await symlink('../in', join(walked, 'up'));
      await symlink('../out', join(walked, 'x'));
      await symlink('../out/c.jpg', join(walked, 'y.jpg'));
      await symlink('me', join(walked, 'me'));
      await link(join(walked, 'b.jpg'), join(walked, 'hard.jpg'));
      const { files, walker } = await filesOf(walked);
      expect(files).toEqual(['a.jpg', 'b.jpg', 'hard.jpg', 'y.jpg']);
      expect([walker.passedOver.count('repeated'), walker.passedOver.count('broken')]).toEqual([4, 1]);
    });
  });

  it('remembers what earlier walks and named files gave', async () => {
    await withFiles({ 'a.jpg': '', 'b.jpg': '' }, async (root) => {
      const walker = new Walker();
      expect(await walker.take(join(root, 'b.jpg'))).toBe(true);
      expect(await walker.take(join(root, '.', 'b.jpg'))).toBe(false);
      const files: string[] = [];
      for await (const file of walker.files(root)) files.push(file);
      expect(files).toEqual([join(root, 'a.jpg')]);
    });
  });

  it('never gives what this run writes, there already or not', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, { 'a.jpg': '', 'annotated/a.jpg': '', 'map.png': '' });
      await symlink('annotated', join(root, 'link'));
      const { files, walker } = await filesOf(root, {
        outputs: [join(root, 'annotated'), join(root, 'map.png'), join(root, 'new/x')],
      });
      expect(files).toEqual(['a.jpg']);
      expect(walker.passedOver.count('output')).toBe(3);
      expect((await filesOf(root, { outputs: [root] })).files).toEqual([]);
    });
  });

  it.skipIf(process.platform !== 'linux')('gives names that are not UTF-8', async () => {
    await withFiles({}, async (root) => {
      mkdirSync(Buffer.from(`${root}/m\xfcde`, 'latin1'));
      for (const name of ['m\xfcde/\xe9.jpg', '\xff\xfe.jpg', 'ok.jpg'])
        writeFileSync(Buffer.from(`${root}/${name}`, 'latin1'), '');
      expect((await filesOf(root)).files).toEqual(['ok.jpg', '\udcff\udcfe.jpg', 'm\udcfcde/\udce9.jpg']);
    });
  });

  it('names a folder that is missing, or a file', async () => {
    await withFiles({ 'a.txt': '' }, async (root) => {
      for (const [name, reason] of [
        ['no', 'no such folder'],
        ['a.txt', 'is a file, expected a folder'],
        ['a.txt/x', 'is a file, expected a folder'],
      ] as const) {
        await expect(new Walker().list(join(root, name))).rejects.toThrow(`${join(root, name)}: ${reason}`);
        await expect(filesOf(join(root, name))).rejects.toThrow(`${join(root, name)}: ${reason}`);
      }
    });
  });

  it.skipIf(process.getuid?.() === 0)('counts folders below that cannot be read, and names the first', async () => {
    await withFiles({ 'a.jpg': '' }, async (root) => {
      await mkdir(join(root, 'locked'));
      await chmod(join(root, 'locked'), 0);
      const errors: string[] = [];
      const { files, walker } = await filesOf(root, { onUnreadable: ({ message }) => errors.push(message) });
      expect([files, walker.passedOver.count('unreadable'), errors]).toEqual([
        ['a.jpg'],
        1,
        [`${join(root, 'locked')}: cannot be read: permission denied`],
      ]);
      await expect(filesOf(join(root, 'locked'))).rejects.toThrow('cannot be read: permission denied');
      await chmod(join(root, 'locked'), 0o700);
    });
  });
});

it('lists one level', async () => {
  await withFiles({}, async (root) => {
    await writeTree(root, { 'class10/a.jpg': '', 'class9/a.jpg': '', '.git/x': '', 'loose.jpg': '', 'readme.md': '' });
    const walker = new Walker();
    expect(await walker.list(root)).toEqual({ folders: ['class9', 'class10'], files: ['loose.jpg'] });
    expect(walker.passedOver.clauses(['system'])).toEqual([`1 file of another kind (${join(root, 'readme.md')})`]);
  });
});

it('finds an entry whatever its case and composition', async () => {
  await withFiles({ 'FER2013.csv': '', 'é.txt': '', 'A.txt': '', 'a.txt': '' }, async (root) => {
    expect(await findEntry(root, 'no.csv', 'fer2013.CSV')).toBe(join(root, 'FER2013.csv'));
    expect(await findEntry(root, 'é.txt'.normalize('NFD'))).toBe(join(root, 'é.txt'));
    expect(await findEntry(root, 'a.txt')).toBe(join(root, 'a.txt'));
    expect(await findEntry(root, 'b.txt')).toBeUndefined();
    expect(await findEntry(join(root, 'no'), 'b.txt')).toBeUndefined();
  });
});
