/** Re-centralized faces on the command line, on real faces: train, evaluate, recognize and explain, as the guide has it. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeImage } from 'mienjs/image/node';
import { rawImage, type RawImage } from 'mienjs/image';
import { DEMO_FACES, faceCrop, runMain, withFiles } from 'mien-testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../main.ts';

const GUIDE = await readFile(new URL('../../../../docs/guides/faces-in-3d.md', import.meta.url), 'utf8');
/** The arguments of the guide's command that starts so. */
const commandOf = (start: string, folder: string): string[] =>
  GUIDE.split('\n')
    .find((line) => line.startsWith(`mien ${start}`))!
    .replace(/ +#.*/, '')
    .replace('mien ', '')
    .replace('manifest=faces', `manifest=${folder}`)
    .replaceAll('runs/', `${folder}/runs/`)
    .replace('photo.jpg', `${folder}/0.png`)
    .split(/\s+/);

afterEach(() => vi.unstubAllEnvs());

test('a recipe of frontal faces trains on photos, and its model recognizes them', async () => {
  await withFiles({}, async (folder) => {
    vi.stubEnv('MIEN_CACHE', join(folder, 'cache'));
    const rows = ['image,split,label'];
    const add = async (name: string, image: RawImage, split: string): Promise<void> => {
      await writeFile(join(folder, name), await encodeImage(image, 'png'));
      rows.push(`${name},${split},${rows.length % 2 ? 'happiness' : 'neutral'}`);
    };
    const face = async (i: number): Promise<RawImage> => (await faceCrop(DEMO_FACES[i]!, 2, 96)).image;
    const blank = rawImage(64, 64, 1, new Uint8Array(64 * 64).fill(90));
    // A batch of 16; of equal pixels the face is found once
    for (const [i, image] of [await face(0), await face(3), blank].entries()) await add(`${i}.png`, image, 'train');
    for (let i = 3; i < 16; i++) await add(`${i}.png`, await face(0), 'train');
    for (const i of [5, 6]) await add(`validation-${i}.png`, await face(i), 'validation');
    await writeFile(join(folder, 'manifest.csv'), rows.join('\n'));
    await mkdir(join(folder, 'runs'));

    const trained = await runMain(main, [
      ...commandOf('train recentralized.manifest', folder),
      '--epochs',
      '1',
      '--json',
    ]);
    expect([trained.status, trained.stderr]).toEqual([0, expect.stringContaining('no face found in 1 of 16 images')]);
    expect(await readdir(join(folder, 'cache', 'faces'))).not.toHaveLength(0);
    const evaluated = await runMain(main, [
      ...commandOf('evaluate runs/frontal', folder),
      '--split',
      'validation',
      '--json',
    ]);
    expect([evaluated.status, JSON.parse(evaluated.stdout)]).toMatchObject([
      0,
      { model: 'recentralized.manifest', n: 2 },
    ]);
    const recognized = await runMain(main, [...commandOf('recognize --model runs/frontal', folder), '--json']);
    expect([recognized.status, JSON.parse(recognized.stdout)]).toMatchObject([
      0,
      { model: 'recentralized.manifest', images: [{ faces: [{ landmarks: expect.any(Array) }] }] },
    ]);
    const model = join(folder, 'runs/frontal/recentralized.manifest.onnx');
    const out = join(folder, 'explained.png');
    const photo = join(folder, '0.png');
    const explained = await runMain(main, [
      'explain',
      photo,
      '--model',
      model,
      '--out',
      out,
      '--window',
      '24',
      '--stride',
      '24',
    ]);
    expect([explained.status, explained.stderr]).toEqual([0, '']);
    // A framed face alone tells no frontal shading
    const cropped = await runMain(main, ['explain', photo, '--model', model, '--out', out, '--crop']);
    expect([cropped.status, cropped.stderr]).toEqual([
      1,
      expect.stringContaining('takes the frontal shading of 48×48 px beside each face, got none'),
    ]);
  });
}, 120_000);
