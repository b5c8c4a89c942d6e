/** Files appear whole or not at all, and nothing is left behind. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { WholeFile, writeWhole } from './write-whole.ts';

describe('a file', () => {
  it('is written from text, bytes, or pieces as they come, in folders that are made', async () => {
    await withFiles({}, async (folder) => {
      const pieces = async function* (): AsyncGenerator<string | Uint8Array> {
        for (let i = 0; i < 10_000; i++) yield `${i}\n`;
        yield Uint8Array.of(65, 10);
        await Promise.resolve();
        yield 'end';
      };
      await writeWhole(join(folder, 'a/b/text'), 'é\n');
      await writeWhole(join(folder, 'bytes'), Uint8Array.of(0, 255));
      await writeWhole(join(folder, 'pieces'), pieces());
      expect(await readFile(join(folder, 'a/b/text'), 'utf8')).toBe('é\n');
      expect([...(await readFile(join(folder, 'bytes')))]).toEqual([0, 255]);
      expect((await readFile(join(folder, 'pieces'), 'utf8')).endsWith('9998\n9999\nA\nend')).toBe(true);
      expect((await readdir(folder)).sort()).toEqual(['a', 'bytes', 'pieces']);
    });
  });

  it('stays as it was when the writing fails', async () => {
    await withFiles({ 'a.txt': 'old' }, async (folder) => {
      const failing = function* (): Generator<string> {
        yield 'x'.repeat(100_000);
        throw new TypeError('broken');
      };
      await expect(writeWhole(join(folder, 'a.txt'), failing())).rejects.toThrow('broken');
      const file = await WholeFile.create(join(folder, 'a.txt'));
      await file.write('new');
      expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old');
      await file.abort();
      await file.abort();
      expect([await readFile(join(folder, 'a.txt'), 'utf8'), await readdir(folder)]).toEqual(['old', ['a.txt']]);
    });
  });

  it('keeps its permissions, and the links that lead to it', async () => {
    await withFiles({ 'a.txt': 'old' }, async (folder) => {
      await chmod(join(folder, 'a.txt'), 0o600);
      await symlink('a.txt', join(folder, 'link'));
      await symlink('fresh', join(folder, 'dangling'));
      await writeWhole(join(folder, 'link'), 'new');
      await writeWhole(join(folder, 'dangling'), 'made');
      expect(await readlink(join(folder, 'link'))).toBe('a.txt');
      expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('new');
      expect((await stat(join(folder, 'a.txt'))).mode & 0o777).toBe(0o600);
    });
  });

  it('may have a name of 255 bytes', async () => {
    await withFiles({}, async (folder) => {
      const name = '顔'.repeat(85);
      await writeWhole(join(folder, name), 'x');
      expect(await readdir(folder)).toEqual([name]);
    });
  });

  it('that cannot be written is named', async () => {
    await withFiles({ 'a.txt': '' }, async (folder) => {
      await mkdir(join(folder, 'd'));
      await symlink('loop', join(folder, 'loop'));
      for (const [name, reason] of [
        ['d', 'it is a folder'],
        ['a.txt/x', 'a file stands where a folder is expected'],
        ['n'.repeat(300), 'the name is too long'],
        ['a\0b', 'the name cannot be'],
      ] as const) {
        const error = await writeWhole(join(folder, name), 'x').then(
          () => undefined,
          (e: unknown) => e,
        );
        expect(error).toBeInstanceOf(InputError);
        expect((error as InputError).message).toContain(reason);
        expect((error as InputError).input).toBe(join(folder, name));
      }
    });
  });

  it.skipIf(process.platform === 'win32')('that is a pipe or a device is written directly', async () => {
    await withFiles({}, async (folder) => {
      await writeWhole('/dev/null', 'x');
      await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
      const [text] = await Promise.all([
        readFile(join(folder, 'pipe'), 'utf8'),
        writeWhole(join(folder, 'pipe'), ['a', 'b']),
      ]);
      expect([text, await readdir(folder)]).toEqual(['ab', ['pipe']]);
    });
  });

  it.skipIf(process.platform !== 'linux')('that fills the disk leaves nothing', async () => {
    await expect(writeWhole('/dev/full', 'x')).rejects.toThrow(
      '/dev/full: cannot be written: no space left on the disk',
    );
  });

  it('of two runs at once is the one or the other', async () => {
    await withFiles({}, async (folder) => {
      const texts = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(200_000));
      await Promise.all(
        texts.map((text) => writeWhole(join(folder, 'a'), [text.slice(0, 70_000), text.slice(70_000)])),
      );
      expect(texts).toContain(await readFile(join(folder, 'a'), 'utf8'));
      expect(await readdir(folder)).toEqual(['a']);
    });
  });
});

describe.skipIf(process.platform === 'win32')('a run that is stopped', () => {
  const program = (folder: string, body: string): string => `
    import { WholeFile } from ${JSON.stringify(new URL('../../dist/files/write-whole.js', import.meta.url).href)};
    const file = await WholeFile.create(${JSON.stringify(join(folder, 'out.txt'))});
    await file.write('x'.repeat(100_000));
    ${body}
    console.log('ready');
    setInterval(() => undefined, 1000);`;

  const stop = async (
    folder: string,
    signal: NodeJS.Signals,
    body = '',
  ): Promise<{ code: number | null; by: string | null; left: string[] }> => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(folder, body)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await readdir(folder)).toHaveLength(2);
    child.kill(signal);
    const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, by, left: await readdir(folder) };
  };

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s removes its temporary files, and ends as such a signal ends',
    async (signal) => {
      await withFiles({ 'old.txt': '' }, async (folder) => {
        expect(await stop(folder, signal)).toEqual({ code: null, by: signal, left: ['old.txt'] });
      });
    },
  );

  it('leaves the decision to whoever else listens', async () => {
    await withFiles({ 'old.txt': '' }, async (folder) => {
      expect(await stop(folder, 'SIGINT', "process.on('SIGINT', () => process.exit(7));")).toEqual({
        code: 7,
        by: null,
        left: ['old.txt'],
      });
    });
  });

  it('does not listen once its files are in place', async () => {
    await withFiles({}, async (folder) => {
      await writeFile(join(folder, 'x'), '');
      const before = process.listenerCount('SIGINT');
      const file = await WholeFile.create(join(folder, 'a'));
      expect(process.listenerCount('SIGINT')).toBe(before + 1);
      await file.close();
      expect(process.listenerCount('SIGINT')).toBe(before);
    });
  });
});
