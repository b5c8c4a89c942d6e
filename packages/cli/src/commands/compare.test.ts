/** Untrained networks on a handful of images: what is compared, not how well. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportModel } from 'mien/train';
import { captureOutput, officialCsv, tinyRecipe, votesCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const ROWS = Array.from({ length: 14 }, (_, i) => ({ emotion: i % 7, usage: i < 7 ? 'Training' : 'PublicTest' }));
const FILES = {
  'fer2013.csv': officialCsv(ROWS),
  'fer2013new.csv': votesCsv(ROWS.map(({ usage }, i) => ({ usage, votes: Array.from({ length: 10 }, (_, c) => (c === i % 8 ? 10 : 0)) }))),
};

const withModel = (use: (folder: string, model: string) => Promise<void>): Promise<void> => withFiles(FILES, async (folder) => {
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, exportModel(tinyRecipe, new Map()));
  await use(folder, model);
});

describe('mien compare', () => {
  test('tests models on datasets over the classes that all share', async () => {
    await withModel(async (folder, model) => {
      const data = ['--data', `ferplus=${folder}`, '--data', `fer2013=${join(folder, 'fer2013.csv')}`, '--threads', '1'];
      const json = await captureOutput(() => main(['compare', model, model, ...data, '--json', '--split', 'fer2013=Training']));
      expect(json.stderr).toBe('');
      const { classes, tests, rows } = JSON.parse(json.stdout) as { classes: string[]; tests: string[]; rows: { name: string; trainedOn: string[]; cells: { n: number; leftOut: number; within: boolean; confusion: number[][] }[] }[] };
      expect(classes).toEqual(['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear']);
      expect([json.result, tests, rows.map(({ name, trainedOn }) => [name, ...trainedOn])]).toEqual([0, ['ferplus', 'fer2013'], [['tiny.ferplus', 'ferplus', 'fer2013'], ['tiny.ferplus', 'ferplus', 'fer2013']]]);
      // rows 7 to 13 have the votes of classes 7 (contempt, which is not shared), 0, 1, … 5
      expect(rows[1]!.cells.map(({ n, leftOut, within }) => [n, leftOut, within])).toEqual([[6, 1, true], [7, 0, true]]);
      expect(rows[0]!.cells[1]!.confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([1, 1, 1, 1, 1, 1, 1]);
      const latex = await captureOutput(() => main(['compare', model, ...data, '--format', 'latex']));
      expect(latex.stdout).toMatch(/\\begin\{tabular\}\{llrrrr\}[^]*tiny\.ferplus & ferplus, fer2013 & \d+\.\d\d\$\^\\dagger\$ &/);
    });
  });

  test('says what is wrong with the call or the data', async () => {
    await withModel(async (folder, model) => {
      const data = ['--data', `ferplus=${folder}`];
      for (const [args, status, message] of [
        [[model], 2, "required option '--data <name=path>' not specified"],
        [[model, ...data, ...data], 2, '--data ferplus: given twice'],
        [[model, ...data, '--split', 'fer2013=Training'], 2, '--split fer2013: no such --data'],
        [[model, ...data, '--split', 'ferplus'], 2, 'Expected NAME=SPLIT'],
        [[model, ...data, '--split', 'ferplus=Test'], 1, 'has no split "Test"'],
        [[join(folder, 'none.onnx'), ...data], 1, 'none.onnx'],
      ] as const) {
        const { result, stderr } = await captureOutput(() => main(['compare', ...args]));
        expect([result, stderr]).toEqual([status, expect.stringContaining(message)]);
      }
    });
  });
});
