/** `mien train --protocol`, `mien evaluate --protocol` and `mien data protocols`, on drawn faces. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeModelMetadata } from 'mienjs/data';
import { PROTOCOLS } from 'mienjs/data/protocols';
import { EXPRESSIONS_7 } from 'mienjs/labels';
import { readModelFile } from 'mienjs/onnx/node';
import { RECIPES } from 'mienjs/recipes';
import { exportModel, type ModelCard } from 'mienjs/train';
import {
  captureOutput,
  stripesRecipe,
  SYNTHETIC,
  SYNTHETIC_PROTOCOL,
  syntheticDefinition,
  withFiles,
} from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { register as registerEvaluate } from '../commands/evaluate.ts';
import { register as registerFeatures } from '../commands/features.ts';
import { register as registerTrain } from '../commands/train.ts';
import { main } from '../main.ts';
import type { Known } from './known.ts';

const definition = syntheticDefinition(SYNTHETIC);
const CROSS = {
  ...SYNTHETIC_PROTOCOL,
  id: 'synthetic-to-other.2',
  databases: ['synthetic', 'other'],
  split: { rule: 'cross-database', train: 'synthetic', test: 'other', validation: { share: 0.2, seed: 1 } },
} as const;
const KNOWN: Known = {
  databases: [
    definition,
    syntheticDefinition({ ...SYNTHETIC, name: 'other', people: 3 }),
    syntheticDefinition({ ...SYNTHETIC, name: 'many', people: 18 }),
    {
      ...definition,
      name: 'damaged',
      index: async (root, problem) => {
        for (let line = 1; line <= 7; line++) problem?.(`${root}/labels.txt:${line}`, 'is cut off');
        return { ...(await definition.index(root)), name: 'damaged' };
      },
    },
  ],
  protocols: [
    SYNTHETIC_PROTOCOL,
    CROSS,
    { ...SYNTHETIC_PROTOCOL, id: 'damaged.3-fold.2', databases: ['damaged'] },
    { ...SYNTHETIC_PROTOCOL, id: 'many.3-fold.2', databases: ['many'], scored: 'sequences' },
  ],
};
const MODEL = { 'model.onnx': exportModel(stripesRecipe, new Map()) };
const SMALL = { ...stripesRecipe, epochs: 1 };
const OF_ANY_CLASSES = RECIPES.filter(({ id }) => ['compact.folder', 'c3d.manifest'].includes(id));

/** The verbs with drawn databases. */
const mien = (...args: string[]) =>
  captureOutput(() =>
    main(args, [
      (program) => registerTrain(program, [SMALL, ...OF_ANY_CLASSES], KNOWN),
      (program) => registerEvaluate(program, KNOWN),
      (program) => registerFeatures(program, KNOWN),
    ]),
  );

describe('mien train --protocol', () => {
  test('trains every fold, prints a table, writes it in three forms; --resume keeps finished folds', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'run');
      const args = [
        'train',
        'tiny.stripes',
        '--protocol',
        'synthetic.3-fold.2',
        '--data',
        `synthetic=${folder}`,
        '--out',
        out,
        '--threads',
        '1',
      ];
      const trained = await mien(...args);
      expect(trained.result).toBe(0);
      expect(trained.stderr).toMatch(
        /^fold 1\/3 \(1\)\nepoch 1: loss .*\nfold 2\/3 \(2\)\nepoch 1: .*\nfold 3\/3 \(3\)\nepoch 1: .*\nimages: 72 taken whole\nreport: .*report\.tex\n$/,
      );
      expect(trained.stdout).toMatch(
        /^tiny\.stripes on synthetic, protocol synthetic\.3-fold\.2: 3 folds of people;.*\n\n\| Fold \| Training images \| /,
      );
      expect(trained.stdout.match(/^\| [123] \| 24 \| 24 \| 24 \| \d+\.\d\d \| \d+\.\d\d \|$/gm)).toHaveLength(3);
      expect(trained.stdout).toMatch(
        /^\| Mean over folds \|  \|  \|  \| \d+\.\d\d ± \d+\.\d\d \| \d+\.\d\d ± \d+\.\d\d \|$/m,
      );
      expect(await readFile(join(out, 'report.md'), 'utf8')).toBe(trained.stdout);
      expect(await readFile(join(out, 'report.tex'), 'utf8')).toContain('\\toprule');
      const document = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as {
        folds: unknown[];
        pooled: { accuracy: number };
      };

      expect(await mien(...args)).toMatchObject({
        result: 1,
        stdout: '',
        stderr: `mien: ${out}: holds an earlier run; resume it, or choose another folder\n`,
      });
      await rm(join(out, 'fold-02'), { recursive: true });
      const resumed = await mien(...args, '--resume', '--json');
      expect(resumed.stderr).toMatch(
        /^fold 1\/3 \(1\): finished before\nfold 2\/3 \(2\)\nepoch 1: .*\nfold 3\/3 \(3\): finished before\n/,
      );
      expect(JSON.parse(resumed.stdout)).toEqual(document);
    });
  });

  test('compact.folder learns the classes of the protocol; another normalization is another run', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'run');
      const common = ['--protocol', 'synthetic.3-fold.2', '--data', `synthetic=${folder}`, '--threads', '1'];
      const args = ['train', 'compact.folder', ...common, '--epochs', '1', '--out', out];
      const trained = await mien(...args, '--normalize', 'mapped-lbp:radius=3');
      expect([trained.result, trained.stdout]).toEqual([
        0,
        expect.stringContaining('Images are normalized by mapped-lbp:radius=3.'),
      ]);
      const path = join(out, 'fold-01', 'compact.folder.onnx');
      const { preprocess } = decodeModelMetadata(path, (await readModelFile(path)).metadata);
      expect(preprocess).toMatchObject({ channels: 'rgb', classes: SYNTHETIC_PROTOCOL.classes });
      expect(await mien(...args, '--resume')).toMatchObject({
        result: 1,
        stderr: expect.stringContaining(
          'was made with the normalization mapped-lbp:radius=3, this run has none',
        ) as string,
      });
    });
  });

  test('c3d.manifest learns its classes from windows of frames, and answers once for each sequence', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'run');
      const common = ['--protocol', 'many.3-fold.2', '--data', `many=${folder}`, '--threads', '1'];
      const trained = await mien('train', 'c3d.manifest', ...common, '--epochs', '1', '--out', out);
      expect([trained.result, trained.stderr]).toEqual([0, expect.stringContaining('fold 3/3')]);
      // 6 people with 4 labelled sequences each, of 2 frames
      expect(trained.stdout).toMatch(/^\| Fold \| Training images \| Validation images \| Test sequences \|/m);
      expect(trained.stdout.match(/^\| [123] \| 48 \| 48 \| 24 \|/gm)).toHaveLength(3);
      const path = join(out, 'fold-03', 'c3d.manifest.onnx');
      expect(decodeModelMetadata(path, (await readModelFile(path)).metadata)).toMatchObject({
        preprocess: { classes: SYNTHETIC_PROTOCOL.classes },
        inputs: { x: { kind: 'clip', rule: { kind: 'windows', frames: 16, stride: 8 } } },
      });
    });
  });

  test('--init: every fold starts from the model, and a resumed run from the same', async () => {
    await withFiles(MODEL, async (folder) => {
      const out = join(folder, 'run');
      const common = ['--protocol', 'synthetic.3-fold.2', '--data', `synthetic=${folder}`, '--threads', '1'];
      const args = ['train', 'tiny.stripes', ...common, '--out', out];
      const init = ['--init', join(folder, 'model.onnx')];
      const trained = await mien(...args, ...init);
      expect(trained.result).toBe(0);
      expect(trained.stdout).toContain(
        'Every fold starts from tiny.stripes, which may have seen images of these people.',
      );
      for (const fold of ['fold-01', 'fold-03']) {
        const card = JSON.parse(await readFile(join(out, fold, 'tiny.stripes.json'), 'utf8')) as ModelCard;
        expect(card.training.startedFrom).toMatchObject([{ name: 'tiny.stripes' }]);
      }
      expect(await mien(...args, '--resume')).toMatchObject({
        result: 1,
        stderr: expect.stringMatching(
          /^mien: .*protocol\.json: was made with the starting model [0-9a-f]{64}, this run has none\n$/,
        ) as string,
      });
      expect((await mien(...args, ...init, '--resume')).result).toBe(0);
    });
  });
});

test('mien train: a recipe for a database without splits is trained in those of its paper', async () => {
  const drawn = syntheticDefinition({
    name: 'jaffe',
    people: 10,
    sequences: EXPRESSIONS_7.length + 1,
    frames: 3,
    classes: EXPRESSIONS_7,
  });
  // Stills, as JAFFE's images are
  const jaffe = {
    ...drawn,
    index: async (root: string) => {
      const { records, ...rest } = await drawn.index(root);
      return { ...rest, records: records.map(({ sequence: _, frame: _frame, ...still }) => still) };
    },
  };
  const known: Known = { databases: [jaffe], protocols: PROTOCOLS };
  const recipe = RECIPES.find(({ id }) => id === 'deep-emotion.jaffe')!;
  await withFiles({}, async (folder) => {
    const run = (...args: string[]): ReturnType<typeof captureOutput<number>> =>
      captureOutput(() =>
        main(
          ['train', recipe.id, '--data', `jaffe=${folder}`, ...args],
          [(program) => registerTrain(program, [{ ...recipe, epochs: 1 }], known)],
        ),
      );
    const { result, stdout, stderr } = await run('--out', join(folder, 'run'));
    expect([result, stderr]).toEqual([
      0,
      expect.stringContaining('deep-emotion.jaffe: under the protocol jaffe.images.7\n'),
    ]);
    expect(stdout).toMatch(/^\| seed 1 \| 117 \| 23 \| 70 \| /m);
    expect(stdout).toContain('| Deep-Emotion | Minaee & Abdolrashidi 2019, Table III | 92.80 |');
    expect(stdout).toContain('Report jaffe.loso.7 beside it.');
    expect(await run('--columns', 'label=x')).toMatchObject({
      result: 2,
      stderr: expect.stringContaining("'--columns' means nothing under the protocol jaffe.images.7") as string,
    });
  });
});

describe('mien features --protocol', () => {
  test('fits a classifier in every fold of several protocols, and writes a report of each', async () => {
    await withFiles({}, async (folder) => {
      const args = [
        'features',
        'lbp',
        '--fit',
        'lda',
        '--data',
        `synthetic=${folder}`,
        '--data',
        `other=${folder}`,
        '--protocol',
        'synthetic.3-fold.2,synthetic-to-other.2',
      ];
      const { result, stdout, stderr } = await mien(...args, '--out', join(folder, 'out'));
      expect(result).toBe(0);
      expect(stderr).toMatch(/^fold 1 \(1\/3\): lda \(shrinkage = 0\.1\)\n[^]*images: 72 taken whole\n/);
      expect(stdout).toMatch(/^lbp \+ lda on synthetic, protocol synthetic\.3-fold\.2: /);
      expect(stdout).toContain('\nlbp + lda on synthetic and other, protocol synthetic-to-other.2: ');
      for (const id of ['synthetic.3-fold.2', 'synthetic-to-other.2'])
        expect(stdout).toContain(await readFile(join(folder, 'out', `${id}.md`), 'utf8'));
      const { reports } = JSON.parse((await mien(...args, '--json')).stdout) as { reports: { protocol: string }[] };
      expect(reports.map(({ protocol }) => protocol)).toEqual(['synthetic.3-fold.2', 'synthetic-to-other.2']);
    });
  });

  test.each([
    [['--protocol', 'synthetic.3-fold.2'], "option '--protocol' needs option '--fit'"],
    [['--protocol', 'a,,b', '--fit', 'lda'], 'Expected an id, or several with commas between'],
    [['--protocol', 'synthetic.3-fold.2', '--fit', 'lda', '--frames', 'last'], "'--frames' cannot be used with"],
    [['--out', 'x', '--random-labels'], "option '--random-labels' needs option '--fit'"],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await mien('features', 'lbp', '--data', 'synthetic=x', ...args);
    expect([result, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('mien evaluate --protocol', () => {
  test.each([
    [[], /^tiny\.stripes on synthetic, .*\n\n\| Fold \| Test images \| Accuracy \| Mean accuracy \|\n/],
    [['--format', 'latex'], /^\\begin\{table\}\n\\centering\n\\caption\{tiny\.stripes on synthetic/],
    [['--json'], /^\{\n {2}"protocol": "synthetic\.3-fold\.2",\n/],
  ])('%j', async (more, text) => {
    await withFiles(MODEL, async (folder) => {
      const { result, stdout, stderr } = await mien(
        'evaluate',
        join(folder, 'model.onnx'),
        '--protocol',
        'synthetic.3-fold.2',
        '--data',
        `synthetic=${folder}`,
        ...more,
      );
      expect([result, stdout, stderr]).toEqual([0, expect.stringMatching(text), 'images: 72 taken whole\n']);
    });
  });

  test('into a file; of a protocol over two databases, the one that is tested on is enough', async () => {
    await withFiles(MODEL, async (folder) => {
      const file = join(folder, 'tables', 'cross.json');
      const { result, stdout, stderr } = await mien(
        'evaluate',
        join(folder, 'model.onnx'),
        '--protocol',
        'synthetic-to-other.2',
        '--data',
        `other=${folder}`,
        '--format',
        'json',
        '--out',
        file,
      );
      expect([result, stdout, stderr]).toEqual([0, '', `images: 24 taken whole\nreport: ${file}\n`]);
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
        protocol: 'synthetic-to-other.2',
        n: 24,
        accuracy: { std: null },
      });
    });
  });

  test('shows and notes what is wrong with the copy', async () => {
    await withFiles(MODEL, async (folder) => {
      const { result, stdout, stderr } = await mien(
        'evaluate',
        join(folder, 'model.onnx'),
        '--protocol',
        'damaged.3-fold.2',
        '--data',
        `damaged=${folder}`,
      );
      expect(result).toBe(0);
      expect(stderr.split('\n').slice(4, 6)).toEqual([
        `mien: ${folder}/labels.txt:5: is cut off`,
        `mien: ${folder}: 2 more problems; \`mien data check damaged ${folder}\` lists them`,
      ]);
      expect(stdout).toContain('This copy of damaged has 7 problems, and what they concern is left out.');
    });
  });
});

test.each([
  [
    1,
    ['evaluate', 'MODEL', '--protocol', 'synthetic.loso', '--data', 'synthetic=x'],
    'mien: synthetic.loso: is not a protocol, expected one of synthetic.3-fold.2, synthetic-to-other.2',
  ],
  [
    1,
    ['evaluate', 'MODEL', '--protocol', 'synthetic-to-other.2', '--data', 'synthetic=x'],
    'mien: synthetic-to-other.2: needs synthetic and other, but other is not given',
  ],
  [
    1,
    ['train', 'tiny.stripes', '--protocol', 'synthetic.3-fold.2'],
    'mien: synthetic.3-fold.2: needs synthetic, but synthetic is not given',
  ],
  [
    2,
    ['evaluate', 'MODEL', '--protocol', 'synthetic.3-fold.2', '--data', 'jaffe=x'],
    '--data jaffe: synthetic.3-fold.2 uses synthetic only',
  ],
  [
    2,
    ['evaluate', 'MODEL', '--protocol', 'synthetic.3-fold.2', '--data', 'synthetic=x', '--data', 'synthetic=y'],
    '--data synthetic: given twice',
  ],
  [
    2,
    ['evaluate', 'MODEL', '--protocol', 'synthetic.3-fold.2', '--data', 'synthetic=x', '--split', 'test'],
    "option '--split' cannot be used with option '--protocol'",
  ],
  [2, ['evaluate', 'MODEL', '--data', 'fer2013=x', '--format', 'latex'], "option '--format' needs option '--protocol'"],
  [
    2,
    ['evaluate', 'MODEL', '--data', 'fer2013=x', '--align', 'frontal'],
    'Allowed choices are landmarks, eyes-mouth, detect, none.',
  ],
  [
    2,
    ['evaluate', 'MODEL', '--protocol', 'synthetic.3-fold.2', '--data', 'synthetic=x', '--format', 'latex', '--json'],
    "cannot be used with option '--json'",
  ],
  [
    2,
    ['train', 'tiny.stripes', '--protocol', 'synthetic.3-fold.2', '--data', 'synthetic=x', '--frames', 'last'],
    "option '--frames' cannot be used with option '--protocol'",
  ],
  [
    1,
    ['train', 'tiny.stripes', '--data', 'manifest=x', '--align', 'frontal'],
    'tiny.stripes: has no face template, so its faces cannot be frontalized (--align frontal)',
  ],
])('exit status %i: %j', async (status, args, message) => {
  await withFiles(MODEL, async (folder) => {
    const { result, stdout, stderr } = await mien(
      ...args.map((arg) => (arg === 'MODEL' ? join(folder, 'model.onnx') : arg)),
    );
    expect([result, stdout]).toEqual([status, '']);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

test('mien data protocols: all, of one database, as JSON', async () => {
  const all = await captureOutput(() => main(['data', 'protocols']));
  expect(
    all.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(PROTOCOLS.map(({ id }) => id));
  const jaffe = await captureOutput(() => main(['data', 'protocols', 'jaffe']));
  expect(jaffe.stdout).toMatch(
    /^jaffe\.loso\.7 +leave one subject out; the next subject validates; all frames \(Li & Deng 2020.*\njaffe\.10-fold\.7 .*\njaffe\.images\.7 .*people on both sides/,
  );
  const json = await captureOutput(() => main(['data', 'protocols', 'tfd', '--json']));
  expect(JSON.parse(json.stdout)).toMatchObject({
    protocols: [
      {
        id: 'tfd.official.7',
        split: '5 folds given by the owners',
        personIndependent: true,
        digest: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      },
    ],
  });
  for (const more of [[], ['--json']]) {
    const { result, stdout, stderr } = await captureOutput(() => main(['data', 'protocols', 'casme', ...more]));
    expect([result, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/^mien: casme: has no protocol, expected one of ck-plus, mmi, .*\n$/),
    ]);
  }
});
