/** `mien features` on synthetic data: the files, and classifiers trained on them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportModel } from 'mienjs/train';
import { decodeClassifier } from 'mienjs/classifiers';
import { readNpy } from 'mienjs/data/node';
import { captureOutput, DATABASE_CASES, officialCsv, tinyRecipe, withFiles, writeTree } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

/** Anger is bright on the left, happiness on the right. */
const pixels = (emotion: number, i: number): string =>
  Array.from(
    { length: 48 * 48 },
    (_, p) => (p % 48 < 24 === (emotion === 0) ? 200 : 60) + ((7 * i + 13 * p) % 31),
  ).join(' ');
const row =
  (usage: string) =>
  (_: unknown, i: number): { emotion: number; usage: string; pixels: string } => ({
    emotion: i % 2 ? 3 : 0,
    usage,
    pixels: pixels(i % 2 ? 3 : 0, i),
  });
const FILES = {
  'model.onnx': exportModel(tinyRecipe, new Map()),
  'fer2013.csv': officialCsv([
    ...Array.from({ length: 24 }, row('Training')),
    ...Array.from({ length: 6 }, row('PublicTest')),
  ]),
};
type Run = { result: number; stdout: string; stderr: string };
const run = (folder: string, ...args: string[]): Promise<Run> =>
  captureOutput(() =>
    main([
      'features',
      ...args.map((arg) => arg.replace('DIR', folder)),
      ...(args.includes('--data') ? [] : ['--data', `fer2013=${join(folder, 'fer2013.csv')}`]),
    ]),
  );

describe('mien features', () => {
  test('writes features of a network with a manifest', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout } = await run(
        folder,
        'DIR/model.onnx',
        '--split',
        'PublicTest',
        '--out',
        'DIR/out/features',
        '--json',
      );
      expect(result).toBe(0);
      const out = join(folder, 'out', 'features');
      const described = JSON.parse(await readFile(join(out, 'features.json'), 'utf8')) as Record<string, unknown>;
      expect(JSON.parse(stdout)).toEqual(described);
      expect(described).toMatchObject({
        source: 'tiny.ferplus',
        layer: expect.any(String) as string,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        dataset: 'fer2013',
        split: 'PublicTest',
        count: 6,
      });
      const { dtype, dims } = await readNpy(join(out, 'features.npy'));
      expect([dtype, dims]).toEqual(['float32', [6, described['dimensions']]]);
      const lines = (await readFile(join(out, 'manifest.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(lines).toHaveLength(6);
      expect(lines[1]).toEqual({ row: 1, id: expect.any(String) as string, label: 'happiness', split: 'PublicTest' });
    });
  });

  test('--normalize changes the images before features are taken, and is written down', async () => {
    await withFiles(FILES, async (folder) => {
      const values: unknown[] = [];
      for (const normalize of [[], ['--normalize', 'dct'], ['--normalize', 'logarithm,gcn']]) {
        const { result, stdout } = await run(folder, 'lbp', ...normalize, '--out', 'DIR/out', '--force', '--json');
        expect(result).toBe(0);
        expect((JSON.parse(stdout) as { normalize?: string }).normalize).toBe(normalize[1]);
        values.push((await readNpy(join(folder, 'out', 'features.npy'))).data);
      }
      expect(values[1]).not.toEqual(values[0]);
      // Patterns of brighter and darker stay the same under what grows with brightness, but for rounding
      const [plain, grown] = [values[0], values[2]] as [Float32Array, Float32Array];
      const moved = plain.reduce((sum, v, i) => sum + Math.abs(v - grown[i]!), 0) / plain.reduce((a, b) => a + b, 0);
      expect(moved).toBeLessThan(0.5);
    });
  });

  test.each(['svm', 'svm-rbf', 'lda', 'forest'])(
    '--fit %s trains on one split and reports on another, as mien evaluate does',
    async (kind) => {
      await withFiles(FILES, async (folder) => {
        const { result, stdout } = await run(
          folder,
          'hog',
          '--fit',
          kind,
          '--folds',
          '2',
          '--out',
          'DIR/out',
          '--json',
        );
        expect(result).toBe(0);
        const document = JSON.parse(stdout) as Record<string, unknown>;
        expect(Object.keys(document)).toEqual([
          'model',
          'dataset',
          'split',
          'head',
          'classes',
          'n',
          'accuracy',
          'meanAccuracy',
          'perClass',
          'confusion',
          'ece',
          'reliability',
          'withoutRepeats',
          'intervals',
          'coverage',
          'uncertain',
          'labelSets',
          'unclear',
          'mistakes',
          'layer',
          'classifier',
        ]);
        expect(document).toMatchObject({
          split: 'PublicTest',
          n: 6,
          accuracy: 1,
          meanAccuracy: 1,
          ece: null,
          reliability: [],
          classifier: { kind, fitSplit: 'Training', fitSamples: 24 },
        });
        expect(document['model']).toMatch(new RegExp(`^hog \\+ ${kind} \\(`));
        expect(
          decodeClassifier(await readFile(join(folder, 'out', 'classifier.json'), 'utf8'), 'classifier.json').kind,
        ).toBe(kind);
      });
    },
  );

  test('prints a table without --json', async () => {
    await withFiles(FILES, async (folder) => {
      const { stdout } = await run(folder, 'lbp', '--fit', 'lda');
      expect(stdout).toMatch(
        /^trained on 24 images of Training in \d+\.\d s\nlbp \+ lda \(shrinkage = 0\.1\) \(lbp\) on fer2013 PublicTest: 6 images\naccuracy \d+\.\d\d %, mean accuracy \d+\.\d\d %\nclass /,
      );
    });
  });

  test('shape is of the landmarks that a database gives, scaled as the paper scales it', async () => {
    await withFiles({}, async (folder) => {
      for (const name of ['raf-db', 'raf-db-original'])
        await writeTree(join(folder, name), DATABASE_CASES.find((each) => each.name === name)!.tree);
      const { result, stdout } = await run(
        folder,
        'shape',
        '--data',
        'raf-db-original=DIR/raf-db-original',
        '--fit',
        'svm',
        '--out',
        'DIR/out',
        '--json',
      );
      expect(result).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ head: 'shape', split: 'test', n: 1, classifier: { fitSamples: 7 } });
      expect((await readNpy(join(folder, 'out', 'features.npy'))).dims).toEqual([1, 1332]);
      expect(
        decodeClassifier(await readFile(join(folder, 'out', 'classifier.json'), 'utf8'), 'classifier.json'),
      ).toMatchObject({ scaling: { kind: 'two-sigma' } });
      const aligned = await run(folder, 'shape', '--data', 'raf-db=DIR/raf-db', '--out', 'DIR/none');
      expect([aligned.result, aligned.stderr]).toEqual([1, expect.stringContaining('has no 37 or 68 landmarks')]);
    });
  });

  test('the manifest names subjects where the database tells them', async () => {
    await withFiles({}, async (folder) => {
      await writeTree(folder, DATABASE_CASES.find(({ name }) => name === 'ck-plus')!.tree);
      const whole = await run(folder, 'lbp', '--data', 'ck-plus=DIR', '--out', 'DIR/out');
      expect([whole.result, whole.stderr]).toEqual([
        1,
        expect.stringContaining(
          'holds sequences, and the label of each is that of its peak: choose a protocol',
        ) as string,
      ]);
      expect((await run(folder, 'lbp', '--data', 'ck-plus=DIR', '--frames', 'last', '--out', 'DIR/out')).result).toBe(
        0,
      );
      const lines = (await readFile(join(folder, 'out', 'manifest.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; subject: string });
      for (const { id, subject } of lines)
        expect([id, subject]).toEqual([expect.stringContaining(`/${subject}/`), expect.stringMatching(/^S\d+$/)]);
    });
  });

  test.each([
    ['an unknown layer', ['DIR/model.onnx', '--layer', 'no', '--out', 'DIR/out'], 'has no tensor "no"'],
    [
      'a layer of a descriptor',
      ['gabor', '--layer', 'no', '--out', 'DIR/out'],
      'gabor: is a descriptor, not a network',
    ],
    ['the same split twice', ['hog', '--fit', 'svm', '--split', 'Training'], 'same split'],
    ['a missing split', ['hog', '--out', 'DIR/out', '--split', 'PrivateTest'], 'has no split "PrivateTest"'],
    ['an unwritable folder', ['hog', '--out', 'DIR/model.onnx/out'], 'cannot be written'],
    ['an unknown source', ['sift', '--out', 'DIR/out'], 'sift: is not a model'],
  ])('%s: one line, exit status 1', async (_, args, message) => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout, stderr } = await run(folder, ...args);
      expect([result, stdout]).toEqual([1, '']);
      expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^mien: /);
      expect(stderr).toContain(message);
    });
  });

  test.each([
    [['hog'], 'expected --out, --fit or both'],
    [['hog', '--fit', 'knn'], 'Allowed choices are svm, svm-rbf, lda, forest'],
    [['hog', '--out', 'x', '--data', 'fer2013=a', '--data', 'ferplus=b'], 'expected one dataset'],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await run('', ...args);
    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});
