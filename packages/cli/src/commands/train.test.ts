/** From recipe to model, card and evaluation, on a dozen synthetic images. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeModelMetadata } from 'mienjs/data';
import { EXPRESSIONS_7 } from 'mienjs/labels';
import { encodeNetwork } from 'mienjs/nn';
import { compact } from 'mienjs/nn/models';
import { decodeModel } from 'mienjs/onnx';
import { exportModel, parseModelCard } from 'mienjs/train';
import { captureOutput, officialCsv, tinyRecipe, unanimousVotesCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { register } from './train.ts';

/** 8 images to train on, 4 to validate; the last repeats the pixels of the first. */
const ROWS = Array.from({ length: 12 }, (_, i) => ({ emotion: i % 7, usage: i < 8 ? 'Training' : 'PublicTest' }));
const IMAGES = officialCsv(ROWS).split('\n');
IMAGES[12] = [IMAGES[12]!.split(',')[0], IMAGES[1]!.split(',')[1], 'PublicTest'].join(',');
const FILES = {
  'fer2013.csv': IMAGES.join('\n'),
  'fer2013new.csv': unanimousVotesCsv(ROWS),
};

/** The verb with the tiny recipe. */
const mienTrain = (...args: string[]): Promise<number> =>
  main(['train', ...args], [(program) => register(program, [tinyRecipe])]);

describe('mien train', () => {
  test('--normalize: the model carries the steps, its card says so, and a run goes on with the same only', async () => {
    await withFiles(FILES, async (folder) => {
      const out = join(folder, 'out');
      const data = ['--data', `ferplus=${folder}`, '--out', out, '--threads', '1'];
      const train = (...more: string[]) => captureOutput(() => mienTrain('tiny.ferplus', ...data, ...more));
      const trained = await train('--normalize', 'gamma:gamma=0.2,dog', '--json');
      expect(trained.result).toBe(0);
      const { model, card } = JSON.parse(trained.stdout) as { model: string; card: string };
      const { preprocess } = decodeModelMetadata(model, decodeModel(await readFile(model)).metadata);
      expect(preprocess.steps).toEqual([{ name: 'gamma', gamma: 0.2 }, { name: 'dog' }]);
      expect(parseModelCard(card, await readFile(card, 'utf8')).notes).toContain('normalized by gamma:gamma=0.2,dog');
      const other = await train('--normalize', 'clahe', '--resume');
      expect([other.result, other.stderr]).toEqual([
        1,
        expect.stringContaining('was made with normalization gamma:gamma=0.2,dog, this run has clahe'),
      ]);
      const unknown = await train('--normalize', 'sharpen');
      expect([unknown.result, unknown.stderr]).toEqual([
        2,
        expect.stringContaining('"sharpen" is not a normalization'),
      ]);
    });
  });

  test('trains, calibrates and writes a card; the model can be evaluated, and the run resumed', async () => {
    await withFiles(FILES, async (folder) => {
      const out = join(folder, 'out');
      const data = ['--data', `ferplus=${folder}`, '--data', `fer2013=${folder}`];
      const trained = await captureOutput(() =>
        mienTrain('tiny.ferplus', ...data, '--out', out, '--threads', '1', '--json'),
      );
      expect([trained.result, trained.stderr]).toEqual([0, expect.stringMatching(/^epoch 1: loss \d.*\nepoch 2: /)]);
      const document = JSON.parse(trained.stdout) as {
        model: string;
        card: string;
        history: unknown[];
        metrics: { accuracy: number }[];
      };
      expect(document).toMatchObject({ recipe: 'tiny.ferplus', seed: 1, model: join(out, 'tiny.ferplus.onnx') });
      expect(document.history).toHaveLength(2);

      const card = parseModelCard(document.card, await readFile(document.card, 'utf8'));
      const own = card.metrics.filter(({ dataset }) => dataset === 'ferplus' || dataset === 'fer2013');
      expect(own).toMatchObject(
        ['single', 'mirror'].flatMap((views) => [
          {
            dataset: 'ferplus',
            split: 'PublicTest',
            head: 'votes',
            views,
            role: 'validation',
            n: 4,
            withoutRepeats: { repeats: 1, n: 3 },
            intervals: { level: 0.95 },
          },
          {
            dataset: 'fer2013',
            split: 'PublicTest',
            head: 'labels',
            views,
            role: 'validation',
            n: 4,
            withoutRepeats: { repeats: 1, n: 3 },
            coverage: { points: expect.any(Array) as [] },
          },
        ]),
      );
      expect(card.robustness).toMatchObject({
        dataset: 'ferplus',
        split: 'PublicTest',
        head: 'votes',
        views: 'mirror',
        n: 4,
        of: 4,
        changes: expect.any(Array) as [],
        yaw: expect.any(Array) as [],
      });
      expect(card.audits).toMatchObject([
        { dataset: 'ferplus', images: 12, identical: { groups: 1, acrossSplits: 1 } },
        { dataset: 'fer2013', images: 12 },
      ]);
      expect(card.expected.map((e) => e.measured)).toEqual([
        own.find(({ dataset, views }) => dataset === 'ferplus' && views === 'mirror')!.accuracy,
        null,
      ]);
      expect(card.data).toMatchObject({
        trainImages: 8,
        validationImages: 4,
        licence: expect.stringContaining('Barsoum') as string,
      });
      // widths 2 and 2: stem 18 + 4, stage 36 + 4 and 36 + 4, heads 2·8 + 8 and 2·7 + 7
      expect(card.parameters).toBe(22 + 40 + 40 + 24 + 21);
      expect(card.heads.every((head) => head.temperature !== 1)).toBe(true);
      const markdown = await readFile(join(out, 'tiny.ferplus.md'), 'utf8');
      for (const heading of [
        '# tiny.ferplus',
        '## When not to answer',
        '## Under changes of the image',
        '## Copies in the data',
      ])
        expect(markdown).toContain(heading);
      expect(markdown).not.toMatch(/NaN|undefined|null/);

      const evaluated = await captureOutput(() =>
        main([
          'evaluate',
          document.model,
          '--data',
          `fer2013=${folder}`,
          '--split',
          'PublicTest',
          '--json',
          '--report',
          join(out, 'report'),
        ]),
      );
      expect(evaluated.result).toBe(0);
      expect(JSON.parse(evaluated.stdout)).toMatchObject({
        model: 'tiny.ferplus',
        dataset: 'fer2013',
        split: 'PublicTest',
        head: 'labels',
        classes: EXPRESSIONS_7,
        n: 4,
        accuracy: own.find(({ dataset, views }) => dataset === 'fer2013' && views === 'single')!.accuracy,
        perClass: { happiness: { support: expect.any(Number) as number } },
        ece: expect.any(Number) as number,
      });
      expect(await readFile(join(out, 'report', 'report.html'), 'utf8')).toContain(
        'tiny.ferplus on fer2013 PublicTest',
      );

      const again = await captureOutput(() => mienTrain('tiny.ferplus', ...data, '--out', out));
      expect([again.result, again.stderr]).toEqual([
        1,
        `mien: ${out}: holds the checkpoint of an earlier run; resume it, or choose another folder\n`,
      ]);
      const resumed = await captureOutput(() =>
        mienTrain('tiny.ferplus', ...data.slice(0, 2), '--out', out, '--resume'),
      );
      expect([resumed.result, resumed.stderr]).toEqual([0, '']);
      expect(resumed.stdout).toMatch(
        /^ferplus PublicTest \(votes\): accuracy \d+\.\d\d %, mean accuracy \d+\.\d\d %, 4 images\n[^]*tiny\.ferplus\.onnx\n.*tiny\.ferplus\.json\n$/,
      );
    });
  });

  test('starts from the weights of another model', async () => {
    await withFiles(FILES, async (folder) => {
      const model = join(folder, 'start.onnx');
      const start = encodeNetwork(compact({ widths: [2, 2], heads: { votes: 8, labels: 5 } }), new Map());
      await writeFile(model, start);
      const args = ['tiny.ferplus', '--data', `ferplus=${folder}`, '--epochs', '1', '--out', join(folder, 'out')];
      const trained = await captureOutput(() => mienTrain(...args, '--init', model));
      expect(trained.result).toBe(0);
      expect(trained.stderr).toMatch(
        /start\.onnx: 17 of 19 tensors taken; not head\.labels\.weight \(\[5,2\] there, \[7,2\] here\), head\.labels\.bias \(\[5\] there, \[7\] here\)\nepoch 1: /,
      );
      // A chain: the card of the second names both, and resuming keeps that
      const second = [...args.slice(0, -1), join(folder, 'second')];
      const chained = await captureOutput(() =>
        mienTrain(...second, '--init', join(folder, 'out', 'tiny.ferplus.onnx')),
      );
      expect(chained.stderr).toContain('tiny.ferplus.onnx: 19 of 19 tensors taken\n');
      const stages = async (): Promise<unknown> =>
        parseModelCard('card', await readFile(join(folder, 'second', 'tiny.ferplus.json'), 'utf8')).training
          .startedFrom;
      const expected = [
        { name: 'start', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, trainedOn: [] },
        {
          name: 'tiny.ferplus',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          trainedOn: ['ferplus', 'fer2013'],
        },
      ];
      expect(await stages()).toEqual(expected);
      expect((await captureOutput(() => mienTrain(...second, '--resume'))).result).toBe(0);
      expect(await stages()).toEqual(expected);
      expect(await readFile(join(folder, 'second', 'tiny.ferplus.md'), 'utf8')).toMatch(
        /\| started from \| start \(SHA-256 `[0-9a-f]{12}…`\), then tiny\.ferplus \(ferplus, fer2013; SHA-256 /,
      );

      const missing = await captureOutput(() => mienTrain(...args, '--init', join(folder, 'none.onnx')));
      expect([missing.result, missing.stderr]).toEqual([1, `mien: ${join(folder, 'none.onnx')}: no such file\n`]);
      const both = await captureOutput(() => mienTrain(...args, '--init', model, '--resume'));
      expect([both.result, both.stderr]).toEqual([
        2,
        expect.stringContaining("option '--init' cannot be used with option '--resume'"),
      ]);
    });
  });

  test('learns from teachers, keeps their answers, and says so in the card', async () => {
    await withFiles(FILES, async (folder) => {
      const teacher = join(folder, 'teacher.onnx');
      await writeFile(teacher, exportModel({ ...tinyRecipe, id: 'tiny.teacher', seed: 7 }, new Map()));
      const out = join(folder, 'out');
      const args = ['tiny.ferplus', '--data', `ferplus=${folder}`, '--epochs', '1', '--out', out, '--teacher', teacher];
      const trained = await captureOutput(() => mienTrain(...args, '--teacher-weight', '0.7'));
      expect([trained.result, trained.stderr]).toEqual([0, expect.stringMatching(/^epoch 1: loss \d/)]);
      await access(join(out, 'teachers.safetensors'));
      const card = parseModelCard('card', await readFile(join(out, 'tiny.ferplus.json'), 'utf8'));
      expect(card.training.distillation).toMatchObject({
        teachers: [{ name: 'tiny.teacher', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
        temperature: 2,
        weight: 0.7,
      });
      expect(await readFile(join(out, 'tiny.ferplus.md'), 'utf8')).toMatch(
        /\| teachers \| tiny\.teacher \(SHA-256 `[0-9a-f]{12}…`\); temperature 2, weight 0\.7 beside the labels \|/,
      );
      const other = await captureOutput(() =>
        mienTrain('tiny.ferplus', '--data', `ferplus=${folder}`, '--out', out, '--resume'),
      );
      expect([other.result, other.stderr]).toEqual([
        1,
        expect.stringContaining('last.safetensors: was made with teachers, this run has none'),
      ]);
      const missing = await captureOutput(() => mienTrain(...args.slice(0, -1), join(folder, 'none.onnx')));
      expect([missing.result, missing.stderr]).toEqual([
        1,
        expect.stringMatching(/^mien: .*none\.onnx: no such file\n$/),
      ]);
    });
  });

  test('says which data to give', async () => {
    const { result, stdout, stderr } = await captureOutput(() => main(['train', 'fast']));
    expect([result, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^mien: fast: needs its data, give --data ferplus=PATH, where PATH is the folder that holds fer2013\.csv .*\n$/,
    );
  });

  test('says which models the default model is joined of', async () => {
    const { result, stdout, stderr } = await captureOutput(() => main(['train', 'default', '--data', 'ferplus=x']));
    expect([result, stdout, stderr]).toEqual([
      1,
      '',
      'mien: default: is joined of finished models: train fast, default.wide, default.taught, and give each by --join\n',
    ]);
  });

  test('names the recipes', async () => {
    const { result, stderr } = await captureOutput(() => main(['train', 'nothing']));
    expect([result, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^mien: nothing: is not a recipe, expected one of default, .*compact\.manifest-8, compact\.folder, compact\.protocol-6, [^\n]*\n$/,
      ),
    ]);
  });

  test.each([
    [['--data', 'raf-db=x'], 'mien: --data raf-db: deep-emotion.fer2013 uses fer2013 only'],
    [['--data', 'fer2013=x', '--data', 'fer2013=y'], 'mien: --data fer2013: given twice'],
    [['--data', 'fer2013'], 'Expected NAME=PATH'],
    [['--epochs', '0'], 'Expected a whole number from 1.'],
    [['--seed', '1.5'], 'Expected a whole number from 0.'],
    [['--teacher-weight', '0.5'], "option '--teacher-weight' needs option '--teacher'"],
    [['--teacher', 'default', '--teacher-weight', '2'], 'Expected a number above 0 and at most 1.'],
    [['--device', 'tpu'], 'Allowed choices are cpu, webgpu, cuda.'],
    [['--join', 'a.onnx'], "option '--join' is given for each of two models or more"],
    [['--join', 'a.onnx', '--join', 'b.onnx', '--epochs', '2'], "cannot be used with option '--epochs"],
    [['--folds', '10'], "unknown option '--folds'"],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await captureOutput(() => main(['train', 'deep-emotion.fer2013', ...args]));
    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });

  test('names data that are missing or damaged, and writes nothing', async () => {
    await withFiles({ 'bad.csv': 'emotion,pixels,Usage\n0,1 2 3,Training\n' }, async (folder) => {
      const out = join(folder, 'out');
      for (const [path, message] of [
        ['absent.csv', 'absent.csv'],
        ['bad.csv', 'bad.csv:2'],
      ] as const) {
        const { result, stderr } = await captureOutput(() =>
          main(['train', 'deep-emotion.fer2013', '--data', `fer2013=${join(folder, path)}`, '--out', out]),
        );
        expect([result, stderr]).toEqual([1, expect.stringContaining(message)]);
        expect(stderr.trimEnd()).not.toContain('\n');
      }
      await expect(access(out)).rejects.toThrow();
      await writeFile(out, 'a file in the way');
      const good = join(folder, 'good.csv');
      await writeFile(good, FILES['fer2013.csv']);
      const { result, stderr } = await captureOutput(() =>
        main(['train', 'deep-emotion.fer2013', '--data', `fer2013=${good}`, '--out', out]),
      );
      expect([result, stderr]).toEqual([
        1,
        expect.stringContaining(`${out}: cannot be written: a file stands where a folder is expected`),
      ]);
    });
  });
});
