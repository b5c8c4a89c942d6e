/** The command as a process: signals, readers that leave, standard input and output. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFiles } from 'mien-testkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const MIEN = fileURLToPath(new URL('../bin/mien.js', import.meta.url));
const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Photos of three faces, so many that a run can be stopped in the middle. */
async function withPhotos(count: number, test: (folder: string) => Promise<void>): Promise<void> {
  const photo = await sharp(join(demo, 'sample3.jpg')).resize(500).jpeg().toBuffer();
  await withFiles({}, async (folder) => {
    await mkdir(join(folder, 'in'));
    for (let i = 0; i < count; i++) await writeFile(join(folder, 'in', `${i}.jpg`), photo);
    await test(folder);
  });
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, stderr };
}

/** Waits until a copy of a photo is there. */
async function firstCopy(folder: string): Promise<void> {
  while ((await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.skipIf(process.platform === 'win32')('a run of mien recognize', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'stopped by %s keeps what is finished, leaves nothing half-written, ends with %i, and is resumed',
    async (signal, status) => {
      await withPhotos(12, async (folder) => {
        const args = [MIEN, 'recognize', 'in', '--format', 'csv', '--out', 'out.csv', '--annotated', 'copies'];
        const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
        const end = ended(child);
        await firstCopy(join(folder, 'copies'));
        child.kill(signal);
        const { code, stderr } = await end;
        expect([code, stderr]).toEqual([
          status,
          expect.stringMatching(
            /^mien: interrupted: \d+ of 12 photos are done, in out\.csv; --resume recognises the rest\n$/,
          ),
        ]);
        const rows = (await readFile(join(folder, 'out.csv'), 'utf8')).trimEnd().split('\n');
        const photos = new Set(rows.slice(1).map((row) => row.split(',')[0]));
        expect(photos.size).toBeGreaterThan(0);
        expect(photos.size).toBeLessThan(12);
        expect((await readdir(folder)).sort()).toEqual(['copies', 'in', 'out.csv']);
        expect((await readdir(join(folder, 'copies'))).length).toBe(photos.size);
        if (signal !== 'SIGINT') return;
        expect(spawnSync(process.execPath, [...args, '--resume'], { cwd: folder }).status).toBe(0);
        const resumed = await readFile(join(folder, 'out.csv'), 'utf8');
        expect(
          new Set(
            resumed
              .trimEnd()
              .split('\n')
              .slice(1)
              .map((row) => row.split(',')[0]),
          ).size,
        ).toBe(12);
        expect(spawnSync(process.execPath, args, { cwd: folder }).status).toBe(0);
        expect(resumed).toBe(await readFile(join(folder, 'out.csv'), 'utf8'));
      });
    },
  );

  it('killed outright is resumed from its temporary file, which is then gone', async () => {
    await withPhotos(12, async (folder) => {
      const args = [MIEN, 'recognize', 'in', '--json', '--out', 'out.json', '--annotated', 'copies'];
      const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
      await firstCopy(join(folder, 'copies'));
      child.kill('SIGKILL');
      await once(child, 'close');
      expect((await readdir(folder)).some((name) => name.endsWith('.partial'))).toBe(true);
      expect(spawnSync(process.execPath, [...args, '--resume'], { cwd: folder }).status).toBe(0);
      expect(
        (JSON.parse(await readFile(join(folder, 'out.json'), 'utf8')) as { images: unknown[] }).images,
      ).toHaveLength(12);
      expect((await readdir(folder)).sort()).toEqual(['copies', 'in', 'out.json']);
    });
  });

  it('whose reader leaves ends with 141; a file that it writes is kept as far as it is done', async () => {
    await withPhotos(6, async (folder) => {
      const shell = (line: string): { status: number | null; stdout: string } => {
        const { status, stdout } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, MIEN, NODE: process.execPath },
        });
        return { status, stdout };
      };
      expect(shell('"$NODE" "$MIEN" recognize in | head -1')).toEqual({ status: 141, stdout: 'in/0.jpg: 3 faces\n' });
      expect(shell('"$NODE" "$MIEN" models list | true').status).toBe(141);
      await writeFile(join(folder, 'in', '00.jpg'), 'no image');
      await writeFile(join(folder, 'in', '000.jpg'), 'no image');
      expect(
        shell('("$NODE" "$MIEN" recognize in --format csv --out out.csv 2>&1 >/dev/null) | head -c 1 >/dev/null')
          .status,
      ).toBe(141);
      expect((await readdir(folder)).sort().filter((name) => name.startsWith('.'))).toEqual([]);
      expect((await readFile(join(folder, 'out.csv'), 'utf8')).split('\n').length).toBeGreaterThan(1);
    });
  });
});

describe.skipIf(process.platform === 'win32')('streams', () => {
  it('in place of files: an image on standard input, results and pictures on standard output', async () => {
    await withPhotos(1, async (folder) => {
      const photo = await readFile(join(folder, 'in/0.jpg'));
      const run = (
        args: readonly string[],
        input: Buffer | string = '',
      ): { status: number | null; stdout: Buffer; stderr: string } => {
        const { status, stdout, stderr } = spawnSync(process.execPath, [MIEN, ...args], { cwd: folder, input });
        return { status, stdout, stderr: stderr.toString() };
      };
      for (const name of ['-', '/dev/stdin']) {
        const { status, stdout } = run(['recognize', name, '--json', '--out', '-'], photo);
        const { images } = JSON.parse(stdout.toString()) as { images: { file: string; faces: unknown[] }[] };
        expect([status, images.map(({ file, faces }) => [file, faces.length])]).toEqual([0, [[name, 3]]]);
      }
      expect(run(['recognize', '-'], '').stderr).toContain('mien: -: is empty (0 bytes), expected an image');
      const picture = run(['explain', '-', '--crop', '--out', '-'], photo);
      expect([picture.status, picture.stdout.subarray(1, 4).toString()]).toEqual([0, 'PNG']);
      expect(picture.stderr).toContain('drop map of 48×48: -');
      const votes = 'task,worker,label\na,x,1\na,y,1\nb,x,2\nb,y,2\n';
      const inferred = run(['crowd', 'infer', '-', '--method', 'mv', '--out', '-'], votes);
      expect([inferred.status, inferred.stdout.toString()]).toEqual([
        0,
        'task,label,confidence,1,2\na,1,1,1,0\nb,2,1,0,1\n',
      ]);
      expect(inferred.stderr).toContain('4 votes, 2 tasks, 2 workers');
    });
  });

  it('two outputs at once are refused', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [MIEN, 'crowd', 'infer', '-', '--out', '-', '--workers', '-'],
      { input: 'x', encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      'mien: -: cannot be written: --out and --workers name the same output\n',
    ]);
  });
});
