/** Arguments as users and shells write them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withFiles, writeTree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { expandImages } from './expand.ts';

/** Names below the folder, or `! reason`. */
async function expand(root: string, args: readonly string[], outputs: readonly string[] = []): Promise<string[]> {
  const { files } = await expandImages(
    args.map((arg) => (arg.startsWith('/') ? arg : join(root, arg))),
    { outputs: outputs.map((path) => join(root, path)) },
  );
  return files.map(({ file, error }) => (error ? `! ${error.reason}` : file.slice(root.length + 1)));
}

describe('names', () => {
  it('are files, whatever their extension, folders with all below them, and patterns; each image once, in order', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, {
        'b.jpg': '',
        'a.PNG': '',
        'notes.txt': '',
        'raw.dat': '',
        'x/c.jpeg': '',
        'x/y/d.jfif': '',
        'x/y/e10.jpe': '',
        'x/y/e9.heic': '',
      });
      await symlink('b.jpg', join(root, 'same.jpg'));
      expect(await expand(root, ['b.jpg', 'raw.dat', '.', '*.jpg', 'x', 'b.jpg'])).toEqual([
        'b.jpg',
        'raw.dat',
        'a.PNG',
        'x/c.jpeg',
        'x/y/d.jfif',
        'x/y/e9.heic',
        'x/y/e10.jpe',
      ]);
      expect(await expand(root, ['*.{PNG,txt}', '**/e*', 'x/*/d.*', '?.jpg'])).toEqual([
        'a.PNG',
        'notes.txt',
        'x/y/e9.heic',
        'x/y/e10.jpe',
        'x/y/d.jfif',
        'b.jpg',
      ]);
    });
  });

  it.skipIf(process.platform === 'win32')(
    'that exist are themselves, also where they read like a pattern',
    async () => {
      await withFiles({}, async (root) => {
        await writeTree(root, {
          'dir[1-3]/a.jpg': '',
          'dir1/b.jpg': '',
          'par (x)/c.jpg': '',
          '!neg/d.jpg': '',
          '!e.jpg': '',
          'odd[1].jpg': '',
          'odd1.jpg': '',
          '{f}/g.jpg': '',
          'star*/h.jpg': '',
          'starred/i.jpg': '',
          '@(k)/l.jpg': '',
        });
        expect(await expand(root, ['dir[1-3]', 'par (x)', '!neg', '!e.jpg', 'odd[1].jpg', '{f}', 'star*'])).toEqual([
          'dir[1-3]/a.jpg',
          'par (x)/c.jpg',
          '!neg/d.jpg',
          '!e.jpg',
          'odd[1].jpg',
          '{f}/g.jpg',
          'star*/h.jpg',
        ]);
        // The part that exists is itself, the rest a pattern.
        expect(
          await expand(root, ['dir[1-3]/*.jpg', 'par (x)/*', '!neg/?.jpg', '{f}/**', 'star*/*.jpg', '@(k)/*']),
        ).toEqual(['dir[1-3]/a.jpg', 'par (x)/c.jpg', '!neg/d.jpg', '{f}/g.jpg', 'star*/h.jpg', '@(k)/l.jpg']);
        expect(await expand(root, ['dir[0-9]/*', 'odd[0-9].jpg'])).toEqual(['dir1/b.jpg', 'odd1.jpg']);
      });
    },
  );

  it('match however their accents are composed', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, { ['é1.jpg'.normalize('NFD')]: '', ['é2.jpg'.normalize('NFC')]: '' });
      for (const form of ['NFC', 'NFD']) expect(await expand(root, ['é*.jpg'.normalize(form)])).toHaveLength(2);
    });
  });

  it.skipIf(process.platform !== 'linux')('may be of any bytes', async () => {
    await withFiles({}, async (root) => {
      mkdirSync(Buffer.from(`${root}/m\xfcde`, 'latin1'));
      writeFileSync(Buffer.from(`${root}/m\xfcde/\xe9.jpg`, 'latin1'), '');
      expect(await expand(root, ['m\ufffdde/\ufffd.jpg', '*/*.jpg'])).toEqual(['m\udcfcde/\udce9.jpg']);
    });
  });

  it('may be pipes, or standard input once', async () => {
    expect((await expandImages(['-', '-', '/dev/stdin'])).files.map(({ file }) => file).slice(0, 2)).toEqual([
      '-',
      '/dev/stdin',
    ]);
    if (process.platform === 'win32') return;
    await withFiles({}, async (root) => {
      execFileSync('mkfifo', [join(root, 'pipe')]);
      expect(await expand(root, ['pipe'])).toEqual(['pipe']);
    });
  });
});

describe('what gives no image', () => {
  it('is an error that says why, and the rest goes on', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, { 'a.jpg': '', 'empty/notes.txt': '', 'a.txt': '' });
      await symlink('loop', join(root, 'loop'));
      const args = ['no*.jpg', 'missing.jpg', 'missing/', 'empty', 'a.txt/x.jpg', 'loop', '~/no such file 7', 'a.jpg'];
      expect(await expand(root, args)).toEqual([
        '! matches no file',
        '! no such file or folder',
        '! no such file or folder',
        expect.stringMatching(/^! holds no image \(jpg, jpeg/) as string,
        '! no such file or folder',
        '! cannot be read: a link leads back to itself',
        '! no such file or folder',
        'a.jpg',
      ]);
      expect((await expandImages(['~/no such file 7'])).files[0]!.file).toBe(join(homedir(), 'no such file 7'));
      expect((await expandImages([root])).passedOver).toContain('2 files of other kinds');
    });
  });

  it.each([
    'https://example.org/a.jpg',
    'https://example.org/*.jpg?x=[1]',
    'gs://bucket/a.png',
    'file:///tmp/nothing.jpg',
  ])('%s: a URL is told apart', async (url) => {
    expect((await expandImages([url])).files).toEqual([
      { file: url, error: expect.objectContaining({ reason: expect.stringMatching(/^is a URL/) as string }) as Error },
    ]);
  });

  it('may be what this run writes', async () => {
    await withFiles({}, async (root) => {
      await writeTree(root, { 'a.jpg': '', 'out/a.jpg': '', 'map.png': '' });
      expect(await expand(root, ['.', 'out/*.jpg', 'map.png'], ['out', 'map.png'])).toEqual([
        'a.jpg',
        '! matches no file',
      ]);
    });
  });

  it.skipIf(process.getuid?.() === 0)('may be a folder below that cannot be read', async () => {
    await withFiles({ 'a.jpg': '' }, async (root) => {
      await mkdir(join(root, 'locked'));
      await chmod(join(root, 'locked'), 0);
      expect(await expand(root, ['.'])).toEqual(['a.jpg', '! cannot be read: permission denied']);
      expect(await expand(root, ['locked'])).toEqual(['! cannot be read: permission denied']);
      await chmod(join(root, 'locked'), 0o700);
    });
  });
});
