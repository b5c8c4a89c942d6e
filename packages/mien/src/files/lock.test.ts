/** One run at a time: refused while the other lives, taken over when it is gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { LOCK_NAME, withFolderLock } from './lock.ts';

const attempt = (folder: string): Promise<string> =>
  withFolderLock(folder, () => Promise.resolve('worked')).catch((error: Error) => error.message);

/** What the lock of this process says, with some of it changed. */
async function lockWith(folder: string, change: object): Promise<void> {
  const mine = await withFolderLock(folder, () => readFile(join(folder, LOCK_NAME), 'utf8'));
  await writeFile(join(folder, LOCK_NAME), JSON.stringify({ ...(JSON.parse(mine) as object), ...change }));
}

describe('a folder', () => {
  it('is made, held while the work lasts, and free afterwards, also where the work fails', async () => {
    await withFiles({}, async (root) => {
      const folder = join(root, 'runs/a');
      await withFolderLock(folder, async () => {
        expect(await attempt(folder)).toMatch(
          new RegExp(
            `^${folder}: another run works in it \\(process ${process.pid} on .*, since .*\\): wait for it, or choose another folder$`,
          ),
        );
        expect(await attempt(join(root, 'runs/b'))).toBe('worked');
      });
      await expect(withFolderLock(folder, () => Promise.reject(new TypeError('broken')))).rejects.toThrow('broken');
      expect(await attempt(folder)).toBe('worked');
      expect(await readdir(root)).toEqual([]);
    });
  });

  it('is given to one of many that begin at once', async () => {
    await withFiles({}, async (folder) => {
      let inside = 0;
      const results = await Promise.all(
        Array.from({ length: 12 }, () =>
          withFolderLock(folder, async () => {
            expect(++inside).toBe(1);
            await new Promise((resolve) => setTimeout(resolve, 50));
            inside--;
            return 'worked';
          }).catch(() => 'refused'),
        ),
      );
      expect(results).toContain('worked');
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe('a lock that was left', () => {
  it.skipIf(process.platform === 'win32')(
    'by a killed process is taken over; that of a living one is not',
    async () => {
      await withFiles({}, async (folder) => {
        const child = spawn(
          process.execPath,
          [
            '--input-type=module',
            '-e',
            `
        import { withFolderLock } from ${JSON.stringify(new URL('../../dist/files/lock.js', import.meta.url).href)};
        await withFolderLock(${JSON.stringify(folder)}, () => { console.log('held'); return new Promise((resolve) => setTimeout(resolve, 100_000)); });
      `,
          ],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        await once(child.stdout, 'data');
        expect(await attempt(folder)).toContain(`process ${child.pid} on`);
        child.kill('SIGKILL');
        await once(child, 'exit');
        expect(await readdir(folder)).toEqual([LOCK_NAME]);
        expect(await attempt(folder)).toBe('worked');
      });
    },
  );

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)('by %s is no more', async (signal) => {
    await withFiles({}, async (folder) => {
      const child = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `
        import { withFolderLock } from ${JSON.stringify(new URL('../../dist/files/lock.js', import.meta.url).href)};
        await withFolderLock(${JSON.stringify(folder)}, () => { console.log('held'); return new Promise((resolve) => setTimeout(resolve, 100_000)); });
      `,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(child.stdout, 'data');
      child.kill(signal);
      expect((await once(child, 'exit'))[1]).toBe(signal);
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it.skipIf(process.platform !== 'linux').each([
    ['of a process that is gone', { pid: 4_194_999 }],
    ['whose number another process has now', { started: '1' }],
    ['from before the machine was started', { boot: 'earlier' }],
  ])('%s is taken over', async (_, change) => {
    await withFiles({}, async (folder) => {
      await lockWith(folder, change);
      expect(await attempt(folder)).toBe('worked');
    });
  });

  it.each([
    ['of another machine', { host: 'elsewhere' }],
    ['of another container', { namespace: 'pid:[7]', boot: undefined }],
  ])('%s is held while it is touched, then taken over', async (_, change) => {
    await withFiles({}, async (folder) => {
      await lockWith(folder, { host: 'elsewhere', ...change });
      expect(await attempt(folder)).toContain(`if that run is over, remove ${join(folder, LOCK_NAME)}`);
      const before = new Date(Date.now() - 300_000);
      await utimes(join(folder, LOCK_NAME), before, before);
      expect(await attempt(folder)).toBe('worked');
    });
  });

  it('and cannot be read is held for a while', async () => {
    await withFiles({ [LOCK_NAME]: 'rubbish' }, async (folder) => {
      expect(await attempt(folder)).toContain('another run works in it');
      await utimes(join(folder, LOCK_NAME), new Date(0), new Date(0));
      expect(await attempt(folder)).toBe('worked');
    });
  });
});
