/** Recognition in processes: what becomes of photos that take too long, or whose process dies. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecognitionPool, type PoolSettings } from './pool.ts';
import { ProcessEnded, Stopped } from './recognition.ts';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
const SETTINGS: PoolSettings = {
  model: 'default',
  views: 'single',
  device: 'cpu',
  processes: 1,
  threads: 1,
  maxPixels: 3_000_000,
  maxFaces: 2,
  timeoutMs: 120_000,
};
const REQUEST = { lane: 'request' } as const;

/** The recognition processes of this process. */
async function childrenOf(): Promise<number[]> {
  const children = (await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')).split(' ');
  const isOurs = async (id: string): Promise<boolean> =>
    (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).includes('recognition/process.js');
  const found = await Promise.all(
    children.filter((id) => id !== '').map(async (id) => ((await isOurs(id)) ? [Number(id)] : [])),
  );
  return found.flat();
}

describe('a pool', () => {
  let pool: RecognitionPool;
  let photo: Uint8Array;
  beforeAll(async () => {
    photo = await sharp(join(demo, 'sample3.jpg')).resize(640).jpeg().toBuffer();
    pool = await RecognitionPool.start(SETTINGS);
  });
  afterAll(() => pool.close());

  it('gives the surest faces that it may, says how many there were, and refuses what is too large by its header', async () => {
    const result = await pool.recognize({ file: 'a.jpg', bytes: photo }, REQUEST);
    expect(result).toMatchObject({
      file: 'a.jpg',
      width: 640,
      notes: ['has 3 faces, of which the 2 surest are given'],
    });
    expect(result.faces).toHaveLength(2);
    const large = await sharp({ create: { width: 2000, height: 2000, channels: 3, background: '#807060' } })
      .png()
      .toBuffer();
    expect((await pool.recognize({ file: 'b.png', bytes: large }, REQUEST)).error).toBe(
      'b.png: has 2000×2000 pixels, more than the limit of 3000000 in all',
    );
    expect(pool.meanMs).toBeGreaterThan(0);
  });

  it('looks at photos without recognising anybody, and converts what browsers do not show', async () => {
    const seen = await pool.inspect({ file: 'a.jpg', bytes: photo }, REQUEST);
    expect(seen).toMatchObject({ file: 'a.jpg', width: 640, contentType: 'image/jpeg' });
    expect(seen).toMatchObject({ look: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(seen).not.toHaveProperty('converted');
    const pgm = Buffer.from('P2 2 1 255 0 255');
    const converted = await pool.inspect({ file: 'b.pgm', bytes: pgm }, REQUEST);
    expect(converted).toMatchObject({ width: 2, height: 1, contentType: 'image/png' });
    const { format } = await sharp((converted as { converted: Uint8Array }).converted).metadata();
    expect(format).toBe('png');
    expect(await pool.inspect({ file: 'c.jpg', bytes: new Uint8Array([1]) }, REQUEST)).toEqual({
      file: 'c.jpg',
      error: expect.stringMatching(/^c\.jpg: is not an image/) as string,
    });
  });

  it('does requests before items of jobs, and forgets whoever has gone', async () => {
    const order: string[] = [];
    const ask = (file: string, lane: 'request' | 'job', signal?: AbortSignal): Promise<void> =>
      pool.recognize({ file, bytes: new Uint8Array([1]) }, { lane, ...(signal ? { signal } : {}) }).then(
        () => void order.push(file),
        (error: unknown) => void order.push(`${file} ${(error as Error).name}`),
      );
    const gone = new AbortController();
    const all = [
      ask('first', 'job'),
      ask('job', 'job'),
      ask('gone', 'request', gone.signal),
      ask('request', 'request'),
    ];
    expect(pool.load).toBe(4);
    gone.abort();
    await Promise.all(all);
    expect(order).toEqual(['gone Stopped', 'first', 'request', 'job']);
  });

  it.skipIf(process.platform !== 'linux')('replaces a process that dies, and says whose photo it had', async () => {
    const pending = pool.recognize({ file: 'a.jpg', bytes: photo }, REQUEST);
    const [child] = await childrenOf();
    execFileSync('kill', ['-9', String(child)]);
    await expect(pending).rejects.toThrow(ProcessEnded);
    expect((await pool.recognize({ file: 'b.jpg', bytes: photo }, REQUEST)).faces).toHaveLength(2);
  });
});

it('ends a photo that takes too long with its process, goes on, and ends what waits when it is closed', async () => {
  const pool = await RecognitionPool.start({ ...SETTINGS, timeoutMs: 1 });
  const bytes = await sharp(join(demo, 'sample3.jpg')).jpeg().toBuffer();
  expect((await pool.recognize({ file: 'a.jpg', bytes }, REQUEST)).error).toBe(
    'a.jpg: took longer than the limit of 0.001 s',
  );
  // While its successor starts
  const waiting = pool.recognize({ file: 'b.jpg', bytes }, REQUEST);
  await Promise.all([expect(waiting).rejects.toThrow(Stopped), pool.close()]);
  await expect(pool.recognize({ file: 'c.jpg', bytes }, REQUEST)).rejects.toThrow(Stopped);
});
