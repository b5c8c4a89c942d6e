/**
 * People's own data on the command line: folders of classes, manifests, and copies of databases whose splits stand in
 * another order.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeImage } from 'mienjs/image/node';
import { decodeModelMetadata } from 'mienjs/data';
import { constantOf } from 'mienjs/onnx';
import { loadClassifier } from 'mienjs/predict/node';
import { toNumbers } from 'mienjs/tensor';
import { readModelFile } from 'mienjs/onnx/node';
import { exportModel, parseModelCard, type ModelCard } from 'mienjs/train';
import { DATABASE_CASES, drawFace, runMain, tinyRecipe, withFiles, writeTree, type Run } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

const MODEL = { 'model.onnx': exportModel(tinyRecipe, new Map()) };
const png = (seed: number): Promise<Uint8Array> =>
  encodeImage(drawFace({ width: 48, height: 48, channels: 1, seed }), 'png');

/** Runs `use` in a folder that holds the model and an image at each path. */
async function withImages<T>(
  paths: readonly string[],
  use: (run: (...args: string[]) => Promise<Run>, folder: string) => Promise<T>,
): Promise<T> {
  return withFiles(MODEL, async (folder) => {
    for (const [i, path] of paths.entries()) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), await png(i));
    }
    return use(
      (...args) =>
        runMain(
          main,
          args.map((arg) => arg.replace('DIR', folder)),
        ),
      folder,
    );
  });
}

const TRAIN = ['angry', 'happy'].flatMap((name) => [0, 1, 2, 3].map((i) => `faces/train/${name}/${i}.png`));
const EVALUATE = ['evaluate', 'DIR/model.onnx', '--json', '--data'] as const;

describe('a folder of classes', () => {
  test('is evaluated on its test split, whatever the order, and whole where it has no splits', async () => {
    await withImages(
      [...TRAIN, 'faces/test/Anger/9.png', 'flat/0_sad/1.png', 'flat/1_fear/2.png', 'flat/2_bored/3.png'],
      async (run) => {
        const test = await run(...EVALUATE, 'folder=DIR/faces');
        expect([test.status, test.stderr, JSON.parse(test.stdout)]).toMatchObject([
          0,
          '',
          { dataset: 'folder', split: 'test', n: 1, withoutRepeats: { comparedWith: ['train'] } },
        ]);
        const flat = await run(...EVALUATE, 'folder=DIR/flat');
        expect([flat.status, JSON.parse(flat.stdout)]).toMatchObject([
          0,
          { split: 'all', n: 3, classes: ['sadness', 'fear', '2_bored'] },
        ]);
        expect(flat.stderr).toBe('votes has no class "2_bored": its 1 images count as errors\n');
        expect(JSON.parse((await run(...EVALUATE, 'folder=DIR/faces', '--split', 'Training')).stdout)).toMatchObject({
          split: 'train',
          n: 8,
        });
      },
    );
  });

  test('numbers for classes, by option and by file', async () => {
    await withImages(['faces/1/a.png', 'faces/2/b.png', 'faces/7/c.png'], async (run, folder) => {
      const bare = await run(...EVALUATE, 'folder=DIR/faces');
      expect([bare.status, bare.stderr]).toEqual([
        1,
        expect.stringContaining('faces: the classes are numbers (1, 2, 7): the option codes says what they mean'),
      ]);
      await writeFile(join(folder, 'codes.txt'), '1 surprise\n2 fear\n7 neutral\n');
      for (const codes of ['raf-db', '1=surprise,2=fear,7=neutral', 'DIR/codes.txt']) {
        const { status, stdout } = await run(...EVALUATE, 'folder=DIR/faces', '--codes', codes);
        expect([status, JSON.parse(stdout)]).toMatchObject([
          0,
          { n: 3, perClass: { surprise: { support: 1 }, fear: { support: 1 }, neutral: { support: 1 } } },
        ]);
      }
      expect(await run('data', 'check', 'folder', 'DIR/faces', '--codes', 'raf-db')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('all: 3 images (surprise 1, fear 1, neutral 1)') as string,
      });
      expect(await run(...EVALUATE, 'folder=DIR/faces', '--codes', 'fer')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('label codes: expected raf-db, fer2013') as string,
      });
    });
  });

  test('trains, holding out what validates, and its model is evaluated', async () => {
    const scenes = ['dusk', 'sea'].flatMap((name) => Array.from({ length: 20 }, (_, i) => `photos/${name}/${i}.png`));
    await withImages(scenes, async (run) => {
      const trained = await run(
        'train',
        'compact.folder',
        '--data',
        'folder=DIR/photos',
        '--out',
        'DIR/run',
        '--epochs',
        '1',
        '--seed',
        '5',
        '--threads',
        '1',
        '--json',
      );
      expect([trained.status, trained.stderr]).toEqual([
        0,
        expect.stringContaining(
          'folder has no split to validate on: 4 of the 40 images of all (one in ten of each class, drawn by seed 5) are held out for it\n',
        ),
      ]);
      const { card, metrics } = JSON.parse(trained.stdout) as { card: string; metrics: object[] };
      expect(metrics).toMatchObject(
        ['single', 'mirror'].map((views) => ({
          dataset: 'folder',
          split: 'held-out',
          role: 'validation',
          n: 4,
          views,
        })),
      );
      const { readFile } = await import('node:fs/promises');
      expect(JSON.parse(await readFile(card, 'utf8'))).toMatchObject({
        notes: expect.stringContaining('4 of the 40 images of all') as string,
        data: { trainSplit: 'all', trainImages: 36, validationSplit: 'held-out', validationImages: 4 },
      });
      const evaluated = await run('evaluate', 'DIR/run/compact.folder.onnx', '--data', 'folder=DIR/photos', '--json');
      expect([evaluated.status, JSON.parse(evaluated.stdout)]).toMatchObject([0, { classes: ['dusk', 'sea'], n: 40 }]);
      expect(evaluated.stderr).toMatch(
        /photos: all may hold the images that the model was trained on, which flatter it; its card has figures on others\n$/,
      );
    });
  });

  test('an image to test on that cannot be read stops training at its start', async () => {
    const tests = ['angry', 'happy'].map((name) => `faces/test/${name}/0.png`);
    await withImages([...TRAIN, ...tests], async (run, folder) => {
      const broken = join(folder, tests[1]!);
      await writeFile(broken, (await readFile(broken)).subarray(0, 200));
      const { status, stderr } = await run(
        ...['train', 'compact.folder', '--data', 'folder=DIR/faces', '--out', 'DIR/run', '--epochs', '1'],
      );
      expect([status, stderr]).toEqual([1, expect.stringMatching(/test\/happy\/0\.png: is truncated or damaged/)]);
      expect(stderr).not.toContain('epoch 1');
    });
  });

  test('features: trained on the training split, tested on the other; compare', async () => {
    await withImages([...TRAIN, 'faces/dev/happy/8.png', 'faces/dev/angry/9.png'], async (run) => {
      const fitted = await run(
        'features',
        'hog',
        '--data',
        'folder=DIR/faces',
        '--fit',
        'lda',
        '--folds',
        '2',
        '--json',
      );
      expect([fitted.status, JSON.parse(fitted.stdout)]).toMatchObject([
        0,
        { split: 'validation', n: 2, classifier: { fitSplit: 'train', fitSamples: 8 } },
      ]);
      const compared = await run(
        'compare',
        'DIR/model.onnx',
        '--data',
        'folder=DIR/faces',
        '--split',
        'folder=train',
        '--json',
      );
      expect([compared.status, JSON.parse(compared.stdout)]).toMatchObject([
        0,
        { tests: ['folder'], rows: [{ cells: [{ n: 8 }] }] },
      ]);
    });
    await withImages(['flat/sad/1.png', 'flat/happy/1.png'], async (run) => {
      expect(await run('features', 'hog', '--data', 'folder=DIR/flat', '--fit', 'lda')).toMatchObject({
        status: 1,
        stderr: 'mien: folder: --fit: would train and test on the same split, "all"\n',
      });
    });
  });

  test('what is passed over is said', async () => {
    await withImages(['faces/sad/1.png', 'faces/happy/1.png', 'faces/loose.png'], async (run, folder) => {
      await writeFile(join(folder, 'faces', 'sad', 'photo.cr2'), '');
      const { status, stderr } = await run(...EVALUATE, 'folder=DIR/faces');
      expect([status, stderr]).toEqual([
        0,
        `${folder}/faces: passed over: 1 image outside the folders of classes; 1 picture in a format that is not read (.cr2 1)\n`,
      ]);
      const checked = await run('data', 'check', 'folder', 'DIR/faces');
      expect([checked.status, checked.stdout]).toEqual([
        0,
        expect.stringMatching(/^warning: .*faces: passed over: 1 image outside/),
      ]);
      expect(await run('data', 'check', 'folder', 'DIR/faces', '--columns', 'image=x')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('--columns has no use here') as string,
      });
    });
  });
});

describe('a manifest', () => {
  test('with columns of its own names', async () => {
    await withImages(['a.png', 'b.png'], async (run, folder) => {
      await writeFile(join(folder, 'm.csv'), 'photo;when;felt;age\na.png;Train;happy;3\nb.png;Test;sad;4\n');
      expect(await run(...EVALUATE, 'manifest=DIR/m.csv')).toMatchObject({ status: 1 });
      const { status, stdout, stderr } = await run(
        ...EVALUATE,
        'manifest=DIR/m.csv',
        '--columns',
        'split=when,label=felt',
        '--columns',
        'image=photo',
      );
      expect([status, JSON.parse(stdout), stderr]).toMatchObject([
        0,
        { split: 'test', n: 1 },
        `${folder}/m.csv: columns that are not read: age\n`,
      ]);
    });
  });
});

describe('splits are what they are called, not where they stand', () => {
  test("Kaggle's folders of FER2013: test is measured, and said to be both tests", async () => {
    await withImages([...TRAIN, 'faces/test/fear/1.png', 'faces/test/sad/2.png'], async (run, folder) => {
      const { status, stdout, stderr } = await run(...EVALUATE, 'fer2013=DIR/faces');
      expect([status, JSON.parse(stdout), stderr]).toMatchObject([
        0,
        { split: 'test', n: 2, withoutRepeats: { comparedWith: ['Training'] } },
        `${folder}/faces: test is PublicTest and PrivateTest together\n`,
      ]);
      const fitted = await run(
        'features',
        'hog',
        '--data',
        'fer2013=DIR/faces',
        '--fit',
        'lda',
        '--folds',
        '2',
        '--json',
      );
      expect(JSON.parse(fitted.stdout)).toMatchObject({ split: 'test', classifier: { fitSplit: 'Training' } });
      const protocol = await run(
        'train',
        'deep-emotion.fer2013',
        '--protocol',
        'fer2013.official.7',
        '--data',
        'fer2013=DIR/faces',
        '--out',
        'DIR/run',
      );
      expect([protocol.status, protocol.stderr]).toEqual([
        1,
        expect.stringContaining(
          'as this copy lacks the split PublicTest; it has Training, test (PublicTest and PrivateTest together)',
        ),
      ]);
    });
  });

  test("RAF-DB's list with test rows first", async () => {
    const { tree } = DATABASE_CASES.find(({ name }) => name === 'raf-db')!;
    const list = Object.keys(tree).find((path) => path.endsWith('list_patition_label.txt'))!;
    await withFiles(MODEL, async (folder) => {
      await writeTree(folder, { ...tree, [list]: (tree[list] as string).trim().split('\n').sort().join('\n') });
      const { status, stdout } = await runMain(main, [
        'evaluate',
        join(folder, 'model.onnx'),
        '--data',
        `raf-db=${folder}`,
        '--json',
      ]);
      expect([status, JSON.parse(stdout)]).toMatchObject([0, { split: 'test' }]);
    });
  });

  test.each(['sfew', 'afew'])('%s: Test has no labels, so Val is measured; Test is refused', async (name) => {
    const { tree } = DATABASE_CASES.find((each) => each.name === name && each.expected.labels.includes(undefined))!;
    await withFiles(MODEL, async (folder) => {
      await writeTree(folder, tree);
      const frames = name === 'afew' ? ['--frames', 'all'] : [];
      const run = (...more: string[]): Promise<Run> =>
        runMain(main, [
          'evaluate',
          join(folder, 'model.onnx'),
          '--data',
          `${name}=${folder}`,
          '--json',
          ...frames,
          ...more,
        ]);
      const { status, stdout, stderr } = await run();
      expect([status, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ split: 'Val' });
      expect(await run('--split', 'Test')).toMatchObject({
        status: 1,
        stdout: '',
        stderr: `mien: ${folder}: its split "Test" has no labels, so there is nothing to measure; Train and Val have some\n`,
      });
    });
  });

  test('FER2013 without PublicTest trains on what is left of Training', async () => {
    await withImages(TRAIN, async (run) => {
      const { status, stderr } = await run(
        'train',
        'deep-emotion.fer2013',
        '--data',
        'fer2013=DIR/faces',
        '--out',
        'DIR/run',
        '--epochs',
        '1',
        '--threads',
        '1',
      );
      expect(stderr).toContain(
        'fer2013 has no split to validate on: 2 of the 8 images of Training (one in ten of each class, drawn by seed 1) are held out for it\n',
      );
      expect([status, stderr]).toEqual([1, expect.stringContaining('6 images do not fill a batch of')]);
    });
  });
});

describe('mien train on a folder, from what exists', () => {
  const IMAGES = ['bored', 'happy', 'angry'].flatMap((name) =>
    Array.from({ length: 12 }, (_, i) => `own/${name}/${i}.png`),
  );
  const args = ['--data', 'folder=DIR/own', '--epochs', '1', '--threads', '1', '--out'] as const;
  const cardOf = async (path: string): Promise<ModelCard> => parseModelCard(path, await readFile(path, 'utf8'));

  test('fast.folder: of the model fast it has all but the class that the model does not know', async () => {
    await withImages(IMAGES, async (run, folder) => {
      const { status, stderr } = await run('train', 'fast.folder', ...args, 'DIR/run');
      expect([status, stderr]).toEqual([
        0,
        expect.stringContaining(
          'fast: 37 of 37 tensors taken; not bored of logits (classes that ferplus lacks)\n',
        ) as string,
      ]);
      const card = await cardOf(join(folder, 'run', 'fast.folder.json'));
      expect(card.training.startedFrom).toMatchObject([{ name: 'fast', trainedOn: ['ferplus', 'fer2013'] }]);
      expect(card.heads[0]!.classes).toEqual(['happiness', 'anger', 'bored']);
    });
  });

  test('--join: one network answers the mean of what two answer, and its card names them', async () => {
    await withImages(IMAGES, async (run, folder) => {
      const paths = ['first', 'second', 'both'].map((name) => join(folder, name, 'compact.folder.onnx'));
      const [first, second, both] = paths as [string, string, string];
      const data = args.slice(0, 2);
      expect((await run('train', 'compact.folder', ...args, 'DIR/first')).status).toBe(0);
      expect((await run('train', 'compact.folder', '--seed', '9', ...args, 'DIR/second')).status).toBe(0);
      const train = ['train', 'compact.folder', ...data, '--out', 'DIR/both', '--join', first] as const;
      expect(await run(...train)).toMatchObject({ status: 2, stderr: expect.stringContaining('two models or more') });
      const joined = await run(...train, '--join', second, '--json');
      expect([joined.status, joined.stderr]).toEqual([
        0,
        expect.stringContaining('compact.folder: trained with another seed, which held out other images') as string,
      ]);
      expect(JSON.parse(joined.stdout)).toMatchObject({
        joined: [{ training: { epochs: 1 } }, { training: { seed: 9 } }],
      });
      expect((await cardOf(both.replace('.onnx', '.json'))).training).toMatchObject({ epochs: 2, bestEpoch: 2 });

      const chip = drawFace({ width: 48, height: 48, channels: 1, seed: 3 });
      const [z1, z2, z] = await Promise.all(
        paths.map(async (path) => {
          const classifier = await loadClassifier(path);
          const [logits] = await classifier.logits(classifier.toTensor([chip]));
          await classifier.release();
          return toNumbers(logits!).map((v) => v / (path === both ? 1 : classifier.model.heads[0]!.temperature));
        }),
      );
      z!.forEach((v, k) => expect(v).toBeCloseTo((z1![k]! + z2![k]!) / 2, 4));

      const other = await run(...train, '--join', 'deep-emotion.ferplus');
      expect([other.status, other.stderr]).toEqual([
        1,
        expect.stringContaining('deep-emotion.ferplus: its output logits has the classes neutral, ') as string,
      ]);
    });
  });

  test('--base: another network, cut, learns the classes of the folder with its own input', async () => {
    await withImages(IMAGES, async (run, folder) => {
      const base = fileURLToPath(new URL('../../../mien/src/train/golden/resnet18.onnx', import.meta.url));
      const train = ['train', 'compact.folder', '--base', base, '--cut', '/Flatten_output_0'] as const;
      const trained = await run(...train, '--size', '40', '--freeze', ...args, 'DIR/run');
      expect([trained.status, trained.stderr]).toEqual([0, expect.stringContaining('epoch 1: ') as string]);
      const card = await cardOf(join(folder, 'run', 'compact.folder.json'));
      expect(card).toMatchObject({
        title: expect.stringMatching(/; on resnet18, cut at \/Flatten_output_0$/) as string,
        input: { width: 40, height: 40, channels: 'grey' },
        training: { startedFrom: [{ name: 'resnet18', trainedOn: [] }] },
      });
      const [before, after] = await Promise.all(
        [base, join(folder, 'run', 'compact.folder.onnx')].map(async (path) =>
          constantOf(await readModelFile(path), 'conv1.weight'),
        ),
      );
      expect(after!.data).toEqual(before!.data);
      const evaluated = await run('evaluate', 'DIR/run/compact.folder.onnx', '--data', 'folder=DIR/own', '--json');
      expect(JSON.parse(evaluated.stdout)).toMatchObject({ n: 36 });
    });
  });

  test('--base of a model of Mien: its chain of models, and the normalization asked for or its own', async () => {
    await withImages(IMAGES, async (run, folder) => {
      const stepsOf = async (path: string): Promise<unknown> =>
        decodeModelMetadata(path, (await readModelFile(path)).metadata).preprocess.steps;
      const base = ['--base', 'fast', '--cut', 'ReduceMean_0', '--normalize', 'clahe'] as const;
      expect((await run('train', 'compact.folder', ...base, ...args, 'DIR/first')).status).toBe(0);
      const first = join(folder, 'first', 'compact.folder.onnx');
      expect(await stepsOf(first)).toEqual([{ name: 'clahe' }]);
      const again = ['--base', first, '--cut', 'ReduceMean_0'] as const;
      expect((await run('train', 'compact.folder', ...again, ...args, 'DIR/second')).status).toBe(0);
      expect(await stepsOf(join(folder, 'second', 'compact.folder.onnx'))).toEqual([{ name: 'clahe' }]);
      const { training } = await cardOf(join(folder, 'second', 'compact.folder.json'));
      expect(training.startedFrom?.map(({ name }) => name)).toEqual(['fast', 'compact.folder']);
    });
  });

  test('--normalize mapped-lbp: a recipe of grey images takes three channels, in training and in use', async () => {
    await withImages(IMAGES, async (run, folder) => {
      const steps = ['--normalize', 'mapped-lbp:radius=2:circle=1'] as const;
      expect((await run('train', 'compact.folder', ...steps, ...args, 'DIR/run')).status).toBe(0);
      const path = join(folder, 'run', 'compact.folder.onnx');
      const { preprocess } = decodeModelMetadata(path, (await readModelFile(path)).metadata);
      expect(preprocess).toMatchObject({
        channels: 'rgb',
        steps: [{ name: 'mapped-lbp', radius: 2, circle: 1 }],
        mean: [0.508, 0.508, 0.508],
      });
      const evaluated = await run('evaluate', path, '--data', 'folder=DIR/own', '--json');
      expect(JSON.parse(evaluated.stdout)).toMatchObject({ n: 36 });
      // One photo, whole: what the network is shown is the mapped image, grey or not
      const explained = await run(
        ...['explain', 'DIR/own/happy/0.png', '--crop', '--model', path, '--out', 'DIR/x.png', '--json'],
      );
      expect([explained.status, JSON.parse(explained.stdout)]).toMatchObject([0, { expression: expect.any(String) }]);
      const described = await run(...['features', 'hog', '--data', 'folder=DIR/own', ...steps, '--out', 'DIR/f']);
      expect([described.status, described.stderr]).toEqual([
        1,
        expect.stringContaining('mapped-lbp:radius=2:circle=1: makes the input of a network'),
      ]);
    });
  });

  test.each([
    [['--base', 'fast'], 2, "option '--base' needs option '--cut'"],
    [
      ['--base', 'fast', '--cut', 'ReduceMean_0', '--normalize', 'mapped-lbp'],
      1,
      'takes grey images, and mapped-lbp gives three channels',
    ],
    [['--cut', 'x'], 2, "option '--cut' needs option '--base'"],
    [['--freeze'], 2, "option '--freeze' needs option '--base'"],
    [['--base', 'fast', '--cut', 'x', '--init', 'fast'], 2, "cannot be used with option '--init"],
    [['--base', 'fast', '--cut', 'x', '--mean', 'a'], 2, 'Expected numbers'],
    [['--base', 'fast', '--cut', 'Relu_99'], 1, 'there is no value or node "Relu_99" to cut at'],
    [['--base', 'nope', '--cut', 'x'], 1, 'nope: is not a model'],
    [['--base', 'DIR/own/happy/0.png', '--cut', 'x'], 1, '0.png: '],
  ])('%j: exit status %i', async (more, status, message) => {
    await withImages(IMAGES, async (run) => {
      const found = await run('train', 'compact.folder', ...more, ...args, 'DIR/run');
      expect([found.status, found.stderr]).toEqual([status, expect.stringContaining(message) as string]);
    });
  });
});
