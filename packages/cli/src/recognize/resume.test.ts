/**
 * Runs that are stopped in the middle, and resumed: the file is the one that an uninterrupted run would have written.
 */
import { mkdir, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FacePrediction, RawImage } from 'mienjs';
import { runMain, type Run, withFiles } from 'mien-testkit';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../main.ts';

const stub = vi.hoisted(() => ({ recognized: 0, stopAfter: Infinity, failing: false, model: 'stub' }));

/** Two faces whose numbers tell which photo they are of. */
const facesOf = (width: number): FacePrediction[] =>
  [0, 1].map((i) => ({
    box: { x: width, y: i, width: 20, height: 22 },
    score: 0.9,
    landmarks: Array.from({ length: 68 }, (_, k) => [k, width] as const),
    pose: { yawDeg: 1, pitchDeg: 2, rollDeg: 3 },
    expressions: { neutral: 0.25, happiness: 0.75 },
    top: 'happiness',
    uncertain: false,
    confidence: 0.75,
    quality: { size: 21, sharpness: 0.5, yawDeg: 1, presence: 1, cut: 0 },
  }));

vi.mock('mienjs', async (original) => ({
  ...(await original<typeof import('mienjs')>()),
  createRecognizer: () =>
    Promise.resolve({
      model: stub.model,
      classes: ['neutral', 'happiness'],
      recognize: ({ width }: RawImage) => {
        if (++stub.recognized === stub.stopAfter) process.emit('SIGINT', 'SIGINT');
        if (stub.failing && width === 43) return Promise.reject(new TypeError('broken'));
        return Promise.resolve({ faces: width === 42 ? [] : facesOf(width) });
      },
      release: () => Promise.resolve(),
    }),
}));

const NAMES = ['a.jpg', 'b, "quoted".jpg', 'c\nd.jpg', 'ö.jpg', 'e.jpg', 'f.jpg'];
let photos: Record<string, Buffer> = {};
beforeAll(async () => {
  photos = Object.fromEntries(
    await Promise.all(
      NAMES.map(
        async (name, i) =>
          [
            name,
            await sharp({ create: { width: 40 + i, height: 30, channels: 3, background: '#8090a0' } })
              .jpeg()
              .toBuffer(),
          ] as const,
      ),
    ),
  );
});
beforeEach(() => {
  Object.assign(stub, { recognized: 0, stopAfter: Infinity, failing: false, model: 'stub' });
});

async function withPhotos(test: (folder: string) => Promise<void>): Promise<void> {
  await withFiles({}, async (folder) => {
    await mkdir(join(folder, 'in'));
    for (const [name, bytes] of Object.entries(photos)) await writeFile(join(folder, 'in', name), bytes);
    await test(folder);
  });
}

const recognize = (...args: string[]): Promise<Run> => runMain(main, ['recognize', ...args]);

describe.each(['csv', 'json', 'jsonl', 'openface', 'pyfeat'])('%s', (format) => {
  it.skipIf(process.platform === 'win32')('is written as far as it is done, and resumed to the same file', async () => {
    await withPhotos(async (folder) => {
      const out = join(folder, 'out');
      const run = (...more: string[]): Promise<Run> =>
        recognize(join(folder, 'in'), '--format', format, '--out', out, '--annotated', join(folder, 'copies'), ...more);
      expect((await run()).status).toBe(0);
      const [whole, copies] = [await readFile(out, 'utf8'), await readdir(join(folder, 'copies'))];
      await rm(out);
      await rm(join(folder, 'copies'), { recursive: true });

      Object.assign(stub, { recognized: 0, stopAfter: 3 });
      const stopped = await run();
      expect([stopped.status, stopped.stderr]).toEqual([
        130,
        `mien: interrupted: 3 of 6 photos are done, in ${out}; --resume recognises the rest\n`,
      ]);
      expect(await readFile(out, 'utf8')).not.toBe(whole);
      expect(await readdir(folder)).toEqual(['copies', 'in', 'out']);
      if (format === 'json')
        expect((JSON.parse(await readFile(out, 'utf8')) as { images: unknown[] }).images).toHaveLength(3);

      Object.assign(stub, { recognized: 0, stopAfter: 2 });
      expect((await run('--resume')).status).toBe(130);
      Object.assign(stub, { recognized: 0, stopAfter: Infinity });
      expect((await run('--resume')).status).toBe(0);
      expect(stub.recognized).toBe(1);
      expect(await readFile(out, 'utf8')).toBe(whole);
      expect(await readdir(join(folder, 'copies'))).toEqual(copies);
    });
  });

  it('takes over what a killed run left, tries again what failed, and counts photos anew where some are new', async () => {
    await withPhotos(async (folder) => {
      const out = join(folder, 'out');
      const run = (...more: string[]): Promise<Run> =>
        recognize(join(folder, 'in'), '--format', format, '--out', out, ...more);
      stub.failing = true;
      expect((await run()).status).toBe(1);
      // As a kill leaves it: under a temporary name, cut in the last row
      const text = await readFile(out, 'utf8');
      await rm(out);
      const dead = join(folder, '.out.4194999-0a1b2c3d.partial');
      await writeFile(dead, text.slice(0, text.lastIndexOf('f.jpg') + 3));
      await writeFile(join(folder, 'in', '0.jpg'), photos['f.jpg']!);
      Object.assign(stub, { recognized: 0, failing: false });
      expect((await run('--resume')).status).toBe(0);
      // The new one, the one that failed, that of the row that is cut, and the one before, of which a face may be
      // missing
      expect(stub.recognized).toBeLessThanOrEqual(4);
      expect((await readdir(folder)).sort()).toEqual(['in', 'out']);
      const resumed = await readFile(out, 'utf8');
      expect((await run()).status).toBe(0);
      expect(resumed).toBe(await readFile(out, 'utf8'));
    });
  });
});

/** What this process holds open, where the system tells: an open handle that nobody closes warns when it is collected. */
async function openFiles(): Promise<string[]> {
  const folder = '/proc/self/fd';
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
}

describe('--resume', () => {
  it('begins where there is nothing to go on with', async () => {
    await withPhotos(async (folder) => {
      expect(
        (await recognize(join(folder, 'in'), '--format', 'csv', '--out', join(folder, 'new.csv'), '--resume')).status,
      ).toBe(0);
      expect(stub.recognized).toBe(6);
    });
  });

  it('refuses a file of another form or model, and leaves it', async () => {
    await withPhotos(async (folder) => {
      const out = join(folder, 'out');
      const run = (...args: string[]): Promise<Run> => recognize(join(folder, 'in'), '--out', out, '--resume', ...args);
      await recognize(join(folder, 'in'), '--out', out, '--json');
      const text = await readFile(out, 'utf8');
      stub.model = 'other';
      expect((await run('--json')).stderr).toBe(
        `mien: ${out}: cannot be resumed: it was made with the model stub, this run has other\n`,
      );
      expect((await run('--format', 'csv')).stderr).toBe(
        `mien: ${out}: cannot be resumed: its columns are not those of this format and version\n`,
      );
      expect(await readFile(out, 'utf8')).toBe(text);
      expect(await openFiles()).not.toContain(await realpath(out));
      for (const args of [['--resume'], ['--resume', '--out', out], ['--resume', '--json', '--out', '-']])
        expect((await recognize(join(folder, 'in'), ...args)).status).toBe(2);
    });
  });

  it('stopped before the first photo, keeps what was there', async () => {
    await withPhotos(async (folder) => {
      const out = join(folder, 'out.csv');
      await recognize(join(folder, 'in/a.jpg'), '--format', 'csv', '--out', out);
      const text = await readFile(out, 'utf8');
      Object.assign(stub, { recognized: 0, stopAfter: 1 });
      const { status, stderr } = await recognize(join(folder, 'in/a.jpg'), '--format', 'csv', '--out', out);
      expect([status, stderr, await readFile(out, 'utf8')]).toEqual([130, '', text]);
    });
  });
});
