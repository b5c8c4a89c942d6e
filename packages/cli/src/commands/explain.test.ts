/** `mien explain` with an untrained model: the path from photo to picture, and what can go wrong on it. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeImage, rawImage } from 'mienjs';
import { encodeImage } from 'mienjs/image/node';
import { resize } from 'mienjs/image';
import { exportModel } from 'mienjs/train';
import { captureOutput, officialCsv, tinyRecipe, validateGlb, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const MODEL = exportModel(tinyRecipe, new Map());
const SQUARE = rawImage(
  48,
  48,
  1,
  Uint8Array.from({ length: 48 * 48 }, (_, i) => (i * 5) % 256),
);
const FILES = {
  'model.onnx': MODEL,
  'face.png': await encodeImage(SQUARE, 'png'),
  'blank.png': await encodeImage(rawImage(64, 64, 1, new Uint8Array(64 * 64).fill(90)), 'png'),
};

interface Explained {
  readonly expression: string;
  readonly window: number;
  readonly stride: number;
  readonly values: (number | null)[][];
}

/** Runs the verb in a folder with the files; arguments are placed in it where they start with a dot. */
function explainIn(folder: string, ...args: string[]): ReturnType<typeof captureOutput<number>> {
  const placed = args.map((arg) => (arg.startsWith('./') ? join(folder, arg) : arg));
  return captureOutput(() =>
    main(['explain', '--model', join(folder, 'model.onnx'), '--out', join(folder, 'out.png'), ...placed]),
  );
}

describe('mien explain', () => {
  test.each(['drop', 'flip'])('%s: maps a framed face and draws it', async (method) => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout, stderr } = await explainIn(
        folder,
        './face.png',
        '--crop',
        '--method',
        method,
        '--stride',
        '6',
        '--json',
      );
      expect([result, stderr]).toEqual([0, '']);
      const document = JSON.parse(stdout) as Explained;
      expect(document).toMatchObject({
        model: 'tiny.ferplus',
        face: null,
        box: null,
        method,
        window: 12,
        stride: 6,
        fill: 'zero',
        width: 48,
        height: 48,
      });
      expect(document.values).toHaveLength(48);
      expect(document.values.flat()).toHaveLength(48 * 48);
      const [low, high] = method === 'flip' ? [0, 1] : [-1, 1];
      expect(document.values.flat().every((v) => v !== null && v >= low! && v <= high!)).toBe(true);
      const figure = await decodeImage(join(folder, 'out.png'));
      expect(figure.width).toBeGreaterThan(3 * 384);
    });
  });

  test('explains the expression that is asked for', async () => {
    await withFiles(FILES, async (folder) => {
      const { stdout } = await explainIn(
        folder,
        './face.png',
        '--crop',
        '--class',
        'contempt',
        '--window',
        '24',
        '--stride',
        '24',
        '--fill',
        'mean',
        '--json',
      );
      const document = JSON.parse(stdout) as Explained;
      expect(document).toMatchObject({ expression: 'contempt', window: 24, stride: 24, fill: 'mean' });
      // four windows side by side: one value each
      expect(new Set(document.values.flat()).size).toBeLessThanOrEqual(4);
    });
  });

  test('of a model that cuts its input from a larger face, explains and draws the part that it sees', async () => {
    const cut = exportModel(
      {
        ...tinyRecipe,
        network: { ...tinyRecipe.network, input: { channels: 1, height: 40, width: 40 } },
        preprocess: { ...tinyRecipe.preprocess, width: 40, height: 40, cropFrom: { width: 48, height: 48 } },
      },
      new Map(),
    );
    await withFiles({ ...FILES, 'model.onnx': cut }, async (folder) => {
      const { result, stdout } = await explainIn(
        folder,
        './face.png',
        '--crop',
        '--window',
        '20',
        '--stride',
        '20',
        '--json',
      );
      expect([result, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ width: 40, height: 40 })]);
      const { width, height } = await decodeImage(join(folder, 'out.png'));
      await withFiles(FILES, async (whole) => {
        await explainIn(whole, './face.png', '--crop');
        const uncut = await decodeImage(join(whole, 'out.png'));
        // three panels, each 8 px smaller and enlarged 8 times; margins and text grow with them a little
        expect(uncut.width - width).toBeGreaterThanOrEqual(3 * 64);
        expect(uncut.width - width).toBeLessThan(3 * 64 + 20);
        expect(uncut.height - height).toBeGreaterThanOrEqual(64);
      });
    });
  });

  test('finds the face in a photo', async () => {
    const photo = await decodeImage(
      createRequire(import.meta.url)
        .resolve('@vladmandic/face-api/package.json')
        .replace('package.json', 'demo/sample1.jpg'),
    );
    const small = resize(photo, { width: 480, height: Math.round((480 * photo.height) / photo.width) });
    await withFiles({ ...FILES, 'photo.png': await encodeImage(small, 'png') }, async (folder) => {
      const { result, stdout } = await explainIn(folder, './photo.png', '--window', '24', '--stride', '24', '--json');
      expect(result).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        face: expect.any(Number) as number,
        box: { width: expect.any(Number) as number },
      });
      const beyond = await explainIn(folder, './photo.png', '--face', '99');
      expect([beyond.result, beyond.stderr]).toEqual([
        1,
        expect.stringMatching(/^mien: .*photo\.png: has no face 99: expected 0 to \d\n$/),
      ]);
    });
  });

  test('draws copies of a face with windows covered', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout } = await explainIn(folder, './face.png', '--crop', '--copies', '2', '--json');
      expect(result).toBe(0);
      const document = JSON.parse(stdout) as { window: number; copies: { left: number; top: number }[] };
      expect(document.window).toBe(16);
      expect(document.copies.map(({ left, top }) => [left, top])).toEqual([
        [0, 0],
        [32, 0],
        [0, 32],
        [32, 32],
      ]);
      const { width, height } = await decodeImage(join(folder, 'out.png'));
      expect(width).toBeGreaterThan(480);
      expect(height).toBeGreaterThan(480);
    });
  });

  test('--data: the mean map of each expression over a split', async () => {
    const csv = officialCsv(
      Array.from({ length: 14 }, (_, i) => ({
        emotion: i % 7,
        usage: 'PublicTest',
        pixels: Array.from({ length: 48 * 48 }, (_value, p) => (p * (i + 1)) % 256).join(' '),
      })),
    );
    await withFiles({ ...FILES, 'fer2013.csv': csv }, async (folder) => {
      const data = ['--data', `fer2013=${join(folder, 'fer2013.csv')}`, '--window', '24', '--stride', '24'];
      const { result, stdout } = await explainIn(folder, ...data, '--images', '1', '--json');
      expect(result).toBe(0);
      const document = JSON.parse(stdout) as { expressions: { asked: number; right: number; values: number[][] }[] };
      expect(document).toMatchObject({
        dataset: 'fer2013',
        split: 'PublicTest',
        method: 'drop',
        window: 24,
        width: 48,
      });
      expect(document.expressions.map(({ asked }) => asked)).toEqual([1, 1, 1, 1, 1, 1, 1]);
      expect(document.expressions[0]!.values).toHaveLength(48);
      expect((await decodeImage(join(folder, 'out.png'))).width).toBeGreaterThan(240);
      const text = await explainIn(folder, ...data);
      expect(text.stdout).toMatch(/^neutral +\d of +2 right/);
    });
  });

  test.each([
    [['./face.png', '--images', '3'], "option '--images' needs option '--data'"],
    [[], 'expected an image, or --data NAME=PATH'],
    [['./face.png', '--data', 'fer2013=x'], 'expected an image or --data, got both'],
    [['--data', 'fer2013=x', '--data', 'ferplus=x'], 'expected one dataset, got several'],
    [['--data', 'fer2013=x', '--crop'], 'cannot be used with option'],
  ])('%j is a usage error, too', async (args, message) => {
    await withFiles(FILES, async (folder) => {
      const { result, stderr } = await explainIn(folder, ...args);
      expect([result, stderr]).toEqual([2, expect.stringContaining(message)]);
    });
  });

  test.each([
    ['no face', ['./blank.png'], 'blank.png: shows no face; with --crop the whole image is taken as one'],
    ['not an image', ['./model.onnx'], 'model.onnx: is not an image'],
    ['a missing file', ['./absent.jpg'], 'absent.jpg'],
    [
      'a window larger than the face',
      ['./face.png', '--crop', '--window', '49'],
      'window: expected a whole number from 1 to 48',
    ],
    [
      'a class that the model lacks',
      ['./face.png', '--crop', '--class', 'joy'],
      'has no class "joy": expected one of neutral, ',
    ],
    [
      'an unwritable picture',
      ['./face.png', '--crop', '--out', './face.png/out.png'],
      'cannot be written: a file stands where a folder is expected',
    ],
    [
      'a picture of another format',
      ['./face.png', '--crop', '--out', './out.gif'],
      'expected the extension .png, .jpg or .jpeg',
    ],
    ['a corrupt model', ['./face.png', '--crop', '--model', './face.png'], 'face.png: '],
  ])('%s: one line, exit status 1', async (_, args, message) => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout, stderr } = await explainIn(folder, ...args);
      expect([result, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: [^\n]*\n$/);
      expect(stderr).toContain(message);
    });
  });

  test.each([
    [['--method', 'gradcam'], 'Allowed choices are drop, flip.'],
    [['--crop', '--face', '0'], 'cannot be used with'],
    [['--window', '0'], 'Expected a whole number from 1.'],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await captureOutput(() => main(['explain', 'photo.jpg', ...args]));
    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('mien explain --3d', () => {
  const demo = (name: string): string =>
    createRequire(import.meta.url)
      .resolve('@vladmandic/face-api/package.json')
      .replace('package.json', `demo/${name}`);

  test('writes a sheet and a sound .glb, and replaces them', async () => {
    const photo = await decodeImage(demo('sample6.jpg'));
    const small = resize(photo, { width: 480, height: Math.round((480 * photo.height) / photo.width) });
    await withFiles({ 'photo.png': await encodeImage(small, 'png') }, async (folder) => {
      const run = (...more: string[]): ReturnType<typeof captureOutput<number>> =>
        captureOutput(() =>
          main(['explain', '--3d', join(folder, 'photo.png'), '--out', join(folder, 'sheet.png'), ...more]),
        );
      const { result, stdout, stderr } = await run('--json');
      expect([result, stderr]).toEqual([0, '']);
      const document = JSON.parse(stdout) as { rotation: number[]; landmarks: number[][]; visibleShare: number };
      expect(document).toMatchObject({
        reconstructor: 'mesh',
        face: expect.any(Number) as number,
        pose: { yaw: expect.any(Number) as number },
        glb: join(folder, 'sheet.glb'),
      });
      expect(document.landmarks).toHaveLength(68);
      expect([...document.rotation, ...document.landmarks.flat()].every(Number.isFinite)).toBe(true);
      expect(document.visibleShare).toBeGreaterThan(0.6);
      const { messages, info } = await validateGlb(new Uint8Array(await readFile(join(folder, 'sheet.glb'))));
      expect(messages).toEqual([]);
      expect(info['totalVertexCount']).toBeGreaterThan(10_000);
      expect((await decodeImage(join(folder, 'sheet.png'))).width).toBeGreaterThan(5 * 400);
      // Both are known as earlier outputs
      for (const normals of ['mesh', 'plane-fit'])
        expect(await run('--normals', normals, '--visibility', 'outermost-points')).toMatchObject({
          result: 0,
          stdout: expect.stringMatching(/^face \d: yaw -?\d+\.\d°.* % of the surface is seen: /) as string,
        });
    });
  });

  test('says what is wrong', async () => {
    await withFiles(FILES, async (folder) => {
      const run = async (...args: string[]): Promise<string> =>
        (await captureOutput(() => main(['explain', '--out', join(folder, 'out.png'), ...args]))).stderr;
      expect(await run('--3d', join(folder, 'blank.png'))).toMatch(/^mien: .*blank\.png: shows no face\n$/);
      expect(await run('--glb', join(folder, 'x.glb'), join(folder, 'blank.png'))).toContain("'--glb' needs --3d");
      expect(await run('--3d', '--window', '9', join(folder, 'blank.png'))).toContain('cannot be used with option');
      expect(await run('--3d', '--position-map', join(folder, 'none'), join(folder, 'blank.png'))).toMatch(
        /^mien: .*none: no such file or folder/,
      );
      expect(await run('--3d', '--face', '77', demo('sample6.jpg'))).toMatch(/has no face 77: expected 0 to \d\n$/);
    });
  });
});
