/** The promise of --resume, kept through a kill −9 of the real command (as built into dist/). */
import { spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { officialCsv } from 'mien-testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/mien.js', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-kill-'));
  const row = (usage: 'Training' | 'PublicTest') => (_: unknown, i: number) => ({ emotion: i % 7, usage });
  const rows = [...Array.from({ length: 128 * 8 }, row('Training')), ...Array.from({ length: 70 }, row('PublicTest'))];
  await writeFile(join(folder, 'fer2013.csv'), officialCsv(rows));
});
afterAll(() => rm(folder, { recursive: true }));

function train(out: string, ...more: string[]): ReturnType<typeof spawn> {
  return spawn(process.execPath, [
    BIN,
    'train',
    'deep-emotion.fer2013',
    '--data',
    `fer2013=${folder}`,
    '--out',
    join(folder, out),
    '--epochs',
    '3',
    '--threads',
    '1',
    ...more,
  ]);
}

const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((resolve) => child.once('close', resolve));

it('ends with the same weights after a kill −9 in the middle of an epoch', async () => {
  expect(await ended(train('whole'))).toBe(0);

  const killed = train('parts');
  const end = ended(killed);
  const checkpoint = join(folder, 'parts', 'last.safetensors');
  while (
    await access(checkpoint).then(
      () => false,
      () => true,
    )
  )
    await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 150));
  killed.kill('SIGKILL');
  expect(await end).toBeNull();
  await expect(access(join(folder, 'parts', 'deep-emotion.fer2013.onnx'))).rejects.toThrow('ENOENT');

  expect(await ended(train('parts', '--resume'))).toBe(0);
  for (const file of ['deep-emotion.fer2013.onnx', 'best.safetensors']) {
    const [whole, parts] = await Promise.all(['whole', 'parts'].map((d) => readFile(join(folder, d, file))));
    if (file.endsWith('.onnx')) expect(parts!.equals(whole!)).toBe(true);
    else expect(tensorBytes(parts!).equals(tensorBytes(whole!))).toBe(true);
  }
}, 180_000);

/** A checkpoint without its header, which holds wall times. */
function tensorBytes(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE(0)));
}
