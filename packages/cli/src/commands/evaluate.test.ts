/** `mien evaluate` on synthetic data, with an untrained model. The trained chain is in train.test.ts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportModel } from 'mienjs/train';
import { captureOutput, officialCsv, tinyRecipe, votesCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const MODEL = exportModel(tinyRecipe, new Map());
const PRIVATE = Array.from({ length: 5 }, (_, i) => ({ emotion: i, usage: 'PrivateTest' }));
const FILES = {
  'model.onnx': MODEL,
  'fer2013.csv': officialCsv(PRIVATE),
  // fear, happiness, happiness, then not a face, then no majority
  'fer2013new.csv': votesCsv(
    [6, 1, 1, 9, -1].map((c) => ({
      usage: 'PrivateTest',
      votes: Array.from({ length: 10 }, (_, k) => (c < 0 ? 1 : c === k ? 10 : 0)),
    })),
  ),
};

describe('mien evaluate', () => {
  test('works on a file that holds one split only', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout, stderr } = await captureOutput(() =>
        main([
          'evaluate',
          join(folder, 'model.onnx'),
          '--data',
          `fer2013=${join(folder, 'fer2013.csv')}`,
          '--split',
          'PrivateTest',
          '--json',
        ]),
      );
      expect([result, stderr]).toEqual([0, '']);
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
      ]);
      expect(document).toMatchObject({
        split: 'PrivateTest',
        n: 5,
        withoutRepeats: null,
        perClass: { surprise: { recall: null, support: 0 } },
      });
    });
  });

  test('reads the folder that holds FER+, takes its only split, and prints a table', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout } = await captureOutput(() =>
        main(['evaluate', join(folder, 'model.onnx'), '--data', `ferplus=${folder}`]),
      );
      expect(result).toBe(0);
      expect(stdout).toMatch(
        /^tiny\.ferplus \(votes\) on ferplus PrivateTest: 3 images\naccuracy \d+\.\d\d %, .*\nclass +recall +precision +f1 +images\nneutral +– /,
      );
    });
  });

  const OTHER = exportModel({ ...tinyRecipe, id: 'tiny.other', seed: 5 }, new Map());
  const run = (folder: string, ...more: string[]) =>
    captureOutput(() =>
      main(['evaluate', ...more.map((arg) => arg.replaceAll('DIR', folder)), '--data', `ferplus=${folder}`]),
    );

  test("compares models: figures of each, McNemar's test of each pair, a page", async () => {
    await withFiles({ ...FILES, 'other.onnx': OTHER }, async (folder) => {
      const text = await run(folder, 'DIR/model.onnx,DIR/other.onnx', '--report', 'DIR/page');
      expect([text.result, text.stderr]).toEqual([0, `report: ${join(folder, 'page', 'report.html')}\n`]);
      expect(text.stdout).toMatch(
        /^ferplus PrivateTest: 3 images\nmodel +accuracy, % .*\ntiny\.ferplus +\d.*\ntiny\.other +\d.*\ntiny\.ferplus against tiny\.other: .* McNemar p = /,
      );
      expect(await readFile(join(folder, 'page', 'report.html'), 'utf8')).toContain(
        '<h1>tiny.ferplus, tiny.other on ferplus PrivateTest</h1>',
      );
      const { stdout } = await run(folder, 'DIR/model.onnx,DIR/other.onnx', '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        dataset: 'ferplus',
        split: 'PrivateTest',
        n: 3,
        models: [{ model: 'tiny.ferplus' }, { model: 'tiny.other' }],
        comparisons: [{ first: 'tiny.ferplus', second: 'tiny.other' }],
      });
    });
  });

  test.each(['mean', 'weighted', 'vote'])(
    'makes models one: --ensemble %s, with each member beside',
    async (method) => {
      await withFiles({ ...FILES, 'other.onnx': OTHER }, async (folder) => {
        const { result, stdout } = await run(folder, 'DIR/model.onnx,DIR/other.onnx', '--ensemble', method, '--json');
        expect(result).toBe(0);
        const document = JSON.parse(stdout) as {
          accuracy: number;
          ensemble: { weights: { weights: number[]; crossValidated: boolean } | null };
        };
        expect(document).toMatchObject({
          n: 3,
          ensemble: {
            method,
            members: [
              { model: 'tiny.ferplus', n: 3 },
              { model: 'tiny.other', n: 3 },
            ],
            bytes: MODEL.length + OTHER.length,
          },
        });
        expect(document.accuracy).toBeTypeOf('number');
        // the file holds one split, and it is the one that is measured
        if (method === 'weighted') expect(document.ensemble.weights!.crossValidated).toBe(true);
        else expect(document.ensemble.weights).toBeNull();
        const text = await run(folder, 'DIR/model.onnx,DIR/other.onnx', '--ensemble', method, '--report', 'DIR/page');
        expect(text.stdout).toMatch(
          /\nmember tiny\.ferplus: accuracy .*\nmember tiny\.other: accuracy [^\n]*(, weight 0\.\d+)?\n/,
        );
        expect(await readFile(join(folder, 'page', 'report.html'), 'utf8')).toContain('Compared');
      });
    },
  );

  test('fits the weights of an ensemble on another split', async () => {
    const usages = ['PublicTest', 'PublicTest', 'PublicTest', 'PrivateTest', 'PrivateTest'];
    await withFiles(
      {
        'model.onnx': MODEL,
        'other.onnx': OTHER,
        'fer2013.csv': officialCsv(usages.map((usage, i) => ({ emotion: i, usage }))),
      },
      async (folder) => {
        const models = `${join(folder, 'model.onnx')},${join(folder, 'other.onnx')}`;
        const weighted = (split: string) =>
          captureOutput(() =>
            main([
              'evaluate',
              models,
              '--data',
              `fer2013=${folder}`,
              '--ensemble',
              'weighted',
              '--weights-split',
              split,
              '--json',
            ]),
          );
        const document = async (split: string): Promise<unknown> => JSON.parse((await weighted(split)).stdout);
        expect(await document('PublicTest')).toMatchObject({
          split: 'PrivateTest',
          n: 2,
          ensemble: { weights: { fittedOn: 'PublicTest', crossValidated: false } },
        });
        expect(await document('PrivateTest')).toMatchObject({
          split: 'PrivateTest',
          n: 2,
          ensemble: { weights: { fittedOn: 'PrivateTest', crossValidated: true } },
        });
        const missing = await weighted('Training');
        expect([missing.result, missing.stdout, missing.stderr]).toEqual([
          1,
          '',
          expect.stringContaining('has no split "Training"'),
        ]);
      },
    );
  });

  test('measures robustness on request', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout } = await run(
        folder,
        'DIR/model.onnx',
        '--robustness',
        '--robustness-images',
        '2',
        '--json',
        '--report',
        'DIR/page',
      );
      expect(result).toBe(0);
      const { robustness } = JSON.parse(stdout) as {
        robustness: { changes: { kind: string; figures: unknown[] }[]; yaw: unknown[] };
      };
      expect(robustness).toMatchObject({ n: 2, of: 3, split: 'PrivateTest' });
      expect(robustness.changes.map(({ kind }) => kind)).toEqual([
        'blur',
        'noise',
        'jpeg',
        'size',
        'darkness',
        'contrast',
        'occlusion',
        'rotation',
        'scale',
        'shift',
      ]);
      expect(await readFile(join(folder, 'page', 'report.html'), 'utf8')).toContain('Under changes of the image');
    });
  });

  test('a model of the list that is missing is named', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stderr } = await run(folder, 'DIR/model.onnx,nobody');
      expect([result, stderr]).toEqual([1, expect.stringMatching(/^mien: nobody: is not a model[^\n]*\n$/)]);
    });
  });

  test.each([
    [
      'a split that the data lack',
      ['--split', 'PublicTest'],
      ': has no split "PublicTest": expected one of PrivateTest',
    ],
    ['missing data', ['--data', 'ferplus=DIR/absent'], 'absent'],
    [
      'an unknown dataset',
      ['--data', 'casme=DIR'],
      'casme: unknown dataset: expected one of manifest, folder, ck-plus',
    ],
    ['an unwritable report', ['--report', 'DIR/model.onnx/report'], 'report.html: cannot be written'],
  ])('%s: one line, exit status 1', async (_, more, message) => {
    await withFiles(FILES, async (folder) => {
      const args = more.map((arg) => arg.replace('DIR', folder));
      const data = args.includes('--data') ? [] : ['--data', `fer2013=${join(folder, 'fer2013.csv')}`];
      const { result, stdout, stderr } = await captureOutput(() =>
        main(['evaluate', join(folder, 'model.onnx'), ...data, ...args]),
      );
      expect([result, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: [^\n]*\n$/);
      expect(stderr).toContain(message);
    });
  });

  test.each([
    ['corrupt', MODEL.slice(0, MODEL.length / 2)],
    ['empty', new Uint8Array()],
    ['no model at all', new TextEncoder().encode('not a model')],
  ])('a model file that is %s: one line with its name', async (_, bytes) => {
    await withFiles({ ...FILES, 'model.onnx': bytes }, async (folder) => {
      const { result, stderr } = await captureOutput(() =>
        main(['evaluate', join(folder, 'model.onnx'), '--data', `ferplus=${folder}`]),
      );
      expect(result).toBe(1);
      expect(stderr).toMatch(/^mien: [^\n]*model\.onnx: [^\n]*\n$/);
    });
  });

  test('an unknown model', async () => {
    const { result, stderr } = await captureOutput(() => main(['evaluate', 'nobody', '--data', 'fer2013=x']));
    expect([result, stderr]).toEqual([1, expect.stringMatching(/^mien: nobody: is not a model[^\n]*\n$/)]);
  });

  test.each([
    [['--data', 'fer2013=x', '--data', 'ferplus=y'], 'mien: --data: expected one dataset, got several'],
    [['--data', 'fer2013=x', '--ensemble', 'mean'], 'mien: --ensemble: expected two models or more, as a,b'],
    [['--data', 'fer2013=x', '--weights-split', 'PublicTest'], "mien: --weights-split needs '--ensemble weighted'"],
    [['--data', 'fer2013=x', '--ensemble', 'stack'], 'Allowed choices are mean, weighted, vote.'],
    [['--data', 'fer2013=x', '--robustness-images', '9'], "--robustness-images needs option '--robustness'"],
    [
      ['--data', 'jaffe=x', '--protocol', 'jaffe.loso.7', '--robustness-images', '9'],
      "option '--robustness-images' cannot be used with option '--protocol'",
    ],
    [[], "required option '--data <name=path>' not specified"],
    [['--data', 'fer2013=x', '--folds', '3'], "unknown option '--folds'"],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await captureOutput(() => main(['evaluate', 'default', ...args]));
    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});
