/** `mien recognize --detector haar`: with a cascade that finds drawn patterns, and with what is none. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage } from 'mienjs';
import { HaarDetector, intersectionOverUnion, parseCascade } from 'mienjs/face';
import type { BoxXYWH } from 'mienjs/image';
import { runMain, type Run, withFiles } from 'mien-testkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const DEMO = join(ROOT, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');
const GOLDEN = join(ROOT, 'packages/mien/src/face/haar/golden/haar.golden.json');

const photo = (): Promise<Buffer> => sharp(DEMO).resize(500).png().toBuffer();
const cascade = async (): Promise<string> =>
  (JSON.parse(await readFile(GOLDEN, 'utf8')) as { cascade: string }).cascade;

/** In a folder with a photo, a cascade and what is none. */
async function recognize(...args: string[]): Promise<Run> {
  const text = await cascade();
  return withFiles(
    { 'photo.png': await photo(), 'cascade.xml': text, 'lbp.xml': text.replace('HAAR', 'LBP') },
    (folder) =>
      runMain(main, ['recognize', join(folder, 'photo.png'), ...args.map((arg) => arg.replace('./', `${folder}/`))]),
  );
}

describe('--detector haar', () => {
  it('reads the faces that the cascade finds, and no others', async () => {
    const { stdout, status } = await recognize('--detector', 'haar', '--cascade', './cascade.xml', '--json');
    expect(status).toBe(0);
    const { images } = JSON.parse(stdout) as { images: { faces: { box: BoxXYWH; top: string }[] }[] };
    const { faces } = images[0]!;
    const image = await decodeImage(await photo());
    const found = new HaarDetector(parseCascade(await cascade(), 'cascade')).detectBoxes(image);
    expect(found.length).toBeGreaterThan(faces.length);
    expect(faces.length).toBeGreaterThan(0);
    for (const { box } of faces)
      expect(Math.max(...found.map((one) => intersectionOverUnion(one.box, box)))).toBeGreaterThan(0.3);
  });

  it.each<[readonly string[], string, number]>([
    [['--detector', 'haar'], 'mien: expected --detector haar and --cascade FILE together\n', 2],
    [['--cascade', './cascade.xml'], 'mien: expected --detector haar and --cascade FILE together\n', 2],
    [['--detector', 'haar', '--cascade', './nothing.xml'], 'nothing.xml: no such file\n', 1],
    [['--detector', 'haar', '--cascade', './lbp.xml'], 'lbp.xml: is a cascade of features LBP, expected HAAR\n', 1],
    [['--detector', 'haar', '--cascade', './photo.png'], 'photo.png:1: is not well-formed XML', 1],
  ])('%j', async (args, message, status) => {
    const run = await recognize(...args);
    expect([run.stderr, run.status]).toEqual([expect.stringContaining(message), status]);
  });
});
