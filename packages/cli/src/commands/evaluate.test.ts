/** `mien evaluate` on synthetic data, with an untrained model. The trained chain is in train.test.ts. */
import { join } from 'node:path';
import { exportModel } from 'mien/train';
import { captureOutput, officialCsv, tinyRecipe, votesCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const MODEL = exportModel(tinyRecipe, new Map());
const PRIVATE = Array.from({ length: 5 }, (_, i) => ({ emotion: i, usage: 'PrivateTest' }));
const FILES = {
  'model.onnx': MODEL,
  'fer2013.csv': officialCsv(PRIVATE),
  // fear, happiness, happiness, then not a face, then no majority
  'fer2013new.csv': votesCsv([6, 1, 1, 9, -1].map((c) => ({ usage: 'PrivateTest', votes: Array.from({ length: 10 }, (_, k) => (c < 0 ? 1 : c === k ? 10 : 0)) }))),
};

describe('mien evaluate', () => {
  test('works on a file that holds one split only', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout, stderr } = await captureOutput(() => main(['evaluate', join(folder, 'model.onnx'), '--data', `fer2013=${join(folder, 'fer2013.csv')}`, '--split', 'PrivateTest', '--json']));
      expect([result, stderr]).toEqual([0, '']);
      const document = JSON.parse(stdout) as Record<string, unknown>;
      expect(Object.keys(document)).toEqual([
        'model', 'dataset', 'split', 'head', 'classes', 'n', 'accuracy', 'meanAccuracy', 'perClass', 'confusion', 'ece', 'reliability', 'withoutRepeats',
      ]);
      expect(document).toMatchObject({ split: 'PrivateTest', n: 5, withoutRepeats: null, perClass: { surprise: { recall: null, support: 0 } } });
    });
  });

  test('reads the folder that holds FER+, takes its only split, and prints a table', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stdout } = await captureOutput(() => main(['evaluate', join(folder, 'model.onnx'), '--data', `ferplus=${folder}`]));
      expect(result).toBe(0);
      expect(stdout).toMatch(/^tiny\.ferplus \(votes\) on ferplus PrivateTest: 3 images\naccuracy \d+\.\d\d %, .*\nclass +recall +precision +f1 +images\nneutral +– /);
    });
  });

  test.each([
    ['a split that the data lack', ['--split', 'PublicTest'], ': has no split "PublicTest": expected one of PrivateTest'],
    ['missing data', ['--data', 'ferplus=DIR/absent'], 'absent'],
    ['an unknown dataset', ['--data', 'casme=DIR'], 'casme: unknown dataset: expected one of manifest, folder, ck-plus'],
    ['an unwritable report', ['--report', 'DIR/model.onnx/report'], 'report.html: cannot be written'],
  ])('%s: one line, exit status 1', async (_, more, message) => {
    await withFiles(FILES, async (folder) => {
      const args = more.map((arg) => arg.replace('DIR', folder));
      const data = args.includes('--data') ? [] : ['--data', `fer2013=${join(folder, 'fer2013.csv')}`];
      const { result, stdout, stderr } = await captureOutput(() => main(['evaluate', join(folder, 'model.onnx'), ...data, ...args]));
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
      const { result, stderr } = await captureOutput(() => main(['evaluate', join(folder, 'model.onnx'), '--data', `ferplus=${folder}`]));
      expect(result).toBe(1);
      expect(stderr).toMatch(/^mien: [^\n]*model\.onnx: [^\n]*\n$/);
    });
  });

  test('an unknown model', async () => {
    const { result, stderr } = await captureOutput(() => main(['evaluate', 'nobody', '--data', 'fer2013=x']));
    expect([result, stderr]).toEqual([1, expect.stringMatching(/^mien: nobody: is no model[^\n]*\n$/)]);
  });

  test.each([
    [['--data', 'fer2013=x', '--data', 'ferplus=y'], 'mien: --data: expected one dataset, got several'],
    [[], "required option '--data <name=path>' not specified"],
    [['--data', 'fer2013=x', '--folds', '3'], "unknown option '--folds'"],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await captureOutput(() => main(['evaluate', 'default', ...args]));
    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});
