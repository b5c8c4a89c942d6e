/** Untrained networks on a handful of images: what is compared, not how well. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLASSIFIER_KINDS } from 'mienjs/classifiers';
import { NpyWriter } from 'mienjs/data/node';
import { exportModel } from 'mienjs/train';
import { captureOutput, officialCsv, tinyRecipe, unanimousVotesCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const ROWS = Array.from({ length: 14 }, (_, i) => ({ emotion: i % 7, usage: i < 7 ? 'Training' : 'PublicTest' }));
const FILES = {
  'fer2013.csv': officialCsv(ROWS),
  'fer2013new.csv': unanimousVotesCsv(ROWS),
};

const withModel = (use: (folder: string, model: string) => Promise<void>): Promise<void> =>
  withFiles(FILES, async (folder) => {
    const model = join(folder, 'tiny.onnx');
    await writeFile(model, exportModel(tinyRecipe, new Map()));
    await use(folder, model);
  });

describe('mien compare', () => {
  test('tests models on datasets over the classes that all share', async () => {
    await withModel(async (folder, model) => {
      const data = [
        '--data',
        `ferplus=${folder}`,
        '--data',
        `fer2013=${join(folder, 'fer2013.csv')}`,
        '--threads',
        '1',
      ];
      const json = await captureOutput(() =>
        main(['compare', model, model, ...data, '--json', '--split', 'fer2013=Training']),
      );
      expect(json.stderr).toBe('');
      const { classes, tests, rows } = JSON.parse(json.stdout) as {
        classes: string[];
        tests: string[];
        rows: {
          name: string;
          trainedOn: string[];
          cells: { n: number; leftOut: number; within: boolean; confusion: number[][] }[];
        }[];
      };
      expect(classes).toEqual(['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear']);
      expect([json.result, tests, rows.map(({ name, trainedOn }) => [name, ...trainedOn])]).toEqual([
        0,
        ['ferplus', 'fer2013'],
        [
          ['tiny.ferplus', 'ferplus', 'fer2013'],
          ['tiny.ferplus', 'ferplus', 'fer2013'],
        ],
      ]);
      // rows 7 to 13 have the votes of classes 7 (contempt, which is not shared), 0, 1, … 5
      expect(rows[1]!.cells.map(({ n, leftOut, within }) => [n, leftOut, within])).toEqual([
        [6, 1, true],
        [7, 0, true],
      ]);
      expect(rows[0]!.cells[1]!.confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([1, 1, 1, 1, 1, 1, 1]);
      const latex = await captureOutput(() => main(['compare', model, ...data, '--format', 'latex']));
      expect(latex.stdout).toMatch(
        /\\begin\{tabular\}\{llrrrr\}[^]*tiny\.ferplus & ferplus, fer2013 & \d+\.\d\d\$\^\\dagger\$ &/,
      );
    });
  });

  test('says what is wrong with the call or the data', async () => {
    await withModel(async (folder, model) => {
      const data = ['--data', `ferplus=${folder}`];
      for (const [args, status, message] of [
        [[model], 2, 'expected --data NAME=PATH to test models on, or --fit CLASSIFIER'],
        [[folder, '--fit', 'svm'], 2, 'expected two or more folders'],
        [
          [folder, folder, '--fit', 'svm', ...data],
          2,
          "option '--fit <classifier>' cannot be used with option '--data <name=path>'",
        ],
        [[folder, folder, '--fit', 'svm'], 1, 'features.npy'],
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

  test.each(CLASSIFIER_KINDS)(
    'trains %s on the features of each database, and tests it on the others',
    async (kind) => {
      await withFiles({}, async (folder) => {
        const folders = ['lab', 'wild', 'film'].map((name) => join(folder, name));
        // Classes lie apart in the same direction; in film anger and fear have changed places
        for (const [f, path] of folders.entries()) {
          const labels = Array.from({ length: 60 + 30 * f }, (_, i) => ['anger', 'fear', 'neutral'][i % 3]!);
          await writeFeatures(
            path,
            labels,
            (i, d) => 10 * ((f === 2 ? [1, 0, 2] : [0, 1, 2])[i % 3] === d ? 1 : 0) + Math.sin(31 * i + 17 * d + f),
          );
        }
        const { result, stdout, stderr } = await captureOutput(() =>
          main(['compare', ...folders, '--fit', kind, '--balance', '--json']),
        );
        expect([result, stderr]).toEqual([0, '']);
        const { rows } = JSON.parse(stdout) as {
          rows: { name: string; cells: ({ n: number; accuracy: number } | null)[] }[];
        };
        expect(
          rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell && Math.round(100 * cell.accuracy))]),
        ).toEqual([
          ['lab', null, 100, 33],
          ['wild', 100, null, 33],
          ['film', 33, 33, null],
        ]);
        expect(rows[2]!.cells.map((cell) => cell?.n)).toEqual([60, 90, undefined]);
      });
    },
  );
});

async function writeFeatures(
  folder: string,
  labels: readonly string[],
  values: (i: number, d: number) => number,
): Promise<void> {
  await mkdir(folder);
  const writer = await NpyWriter.create(join(folder, 'features.npy'), [labels.length, 4]);
  await writer.write(Float32Array.from({ length: labels.length * 4 }, (_, at) => values(Math.floor(at / 4), at % 4)));
  await writer.close();
  await writeFile(
    join(folder, 'manifest.jsonl'),
    labels.map((label, i) => `${JSON.stringify({ id: `${i}`, label })}\n`).join(''),
  );
}
