/** Folders of images by class: layouts, names of classes and splits, numbers, what is passed over; held-out parts. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawImage } from '../image/index.ts';
import { encodeImage } from '../image/node.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { readClassNames } from './class-names.ts';
import type { IndexOptions } from './databases/index.ts';
import type { Dataset } from './dataset.ts';
import { HELD_OUT, trainingData } from './hold-out.ts';
import { findDataset, loadDataset } from './registry.ts';
import { testSplit } from './splits.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mien-classes-'));
});
afterEach(() => rm(root, { recursive: true }));

const png = await encodeImage(rawImage(4, 4, 1, new Uint8Array(16).fill(9)), 'png');

/** Writes an image at each path. */
async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), png);
  }
}

/** Loads the folder, which the check must then find no error in; the labels of each split. */
async function load(options?: IndexOptions): Promise<{ data: Dataset; labels: Record<string, string[]> }> {
  const data = await loadDataset('folder', root, undefined, options);
  expect(await findDataset('folder').check(root, options)).toMatchObject({ ok: true });
  const labels = await Promise.all(
    data.splits.map(
      async (split) =>
        [split, [...(await data.loadSplit(split, 'train')).labels].map((k) => data.classes[k]!)] as const,
    ),
  );
  return { data, labels: Object.fromEntries(labels) };
}

describe('layouts', () => {
  it('one level: a folder for each class, measured whole', async () => {
    await put('happy/1.png', 'happy/2.jpg', 'Sad/1.png');
    const { data, labels } = await load();
    expect([data.classes, labels, testSplit(data)]).toEqual([
      EXPRESSIONS_7,
      { all: ['sadness', 'happiness', 'happiness'] },
      'all',
    ]);
    expect((await data.loadSplit('all', 'evaluate')).ids).toEqual(['Sad/1.png', 'happy/1.png', 'happy/2.jpg']);
  });

  it.each([
    ['train', 'val', 'test'],
    ['Training', 'Validation', 'Testing'],
    ['TRAIN', 'dev', 'Test'],
    ['train_set', 'valid', 'test_set'],
  ])('splits %s, %s, %s, in whatever order they are listed', async (train, validation, test) => {
    await put(`${train}/anger/1.png`, `${validation}/fear/1.png`, `${test}/Angry/1.png`, `${test}/Fear/2.png`);
    const { data, labels } = await load();
    expect([labels, testSplit(data)]).toEqual([
      { train: ['anger'], validation: ['fear'], test: ['anger', 'fear'] },
      'test',
    ]);
  });

  it('in a folder in a folder, as archives unpack, with images deeper down', async () => {
    await put(
      'archive/DATASET/train/happy/ann/1.png',
      'archive/DATASET/train/happy/bob/x/2.png',
      'archive/DATASET/test/sad/1.png',
    );
    expect((await load()).labels).toEqual({ train: ['happiness', 'happiness'], test: ['sadness'] });
  });

  it('says which folders beside the splits are not read', async () => {
    await put('train/happy/1.png', 'test/happy/1.png', 'unsorted/happy/1.png', 'unlabelled/1.png');
    expect((await load()).data.notes).toEqual(['passed over: 2 folders that are not a split (unlabelled, unsorted)']);
  });

  it('a class that is called like a split', async () => {
    await put('test/1.png', 'control/1.png');
    expect((await load()).data).toMatchObject({ classes: ['control', 'test'], splits: ['all'] });
  });
});

describe('classes', () => {
  it.each([
    [['Angry', 'disgusted', 'FEAR', 'joy', 'neutral', 'Sad', 'surprised'], EXPRESSIONS_7],
    [['0_angry', '1_disgust', '2_fear', '3_happy', '4_sad', '5_suprise', '6_neutral'], EXPRESSIONS_7],
    [['AF', 'AN', 'DI', 'HA', 'NE', 'SA', 'SU'], EXPRESSIONS_7],
    [['happy faces', 'contempt'], EXPRESSIONS_8],
    [
      ['dusk', 'sea', 'happy'],
      ['happiness', 'dusk', 'sea'],
    ],
    [
      ['Happily Surprised', 'Sadly Angry'],
      ['Happily Surprised', 'Sadly Angry'],
    ],
  ])('%j', async (names, classes) => {
    await put(...names.map((name) => `${name}/1.png`));
    expect((await load()).data.classes).toEqual(classes);
  });

  const NUMBERS = ['1/a.png', '2/a.png', '7/a.png'];

  it('are numbers, whose meaning an option gives', async () => {
    await put(...NUMBERS.map((path) => `train/${path}`), 'test/1/b.png');
    const { labels } = await load({ codes: { 1: 'surprise', 2: 'Fear', 7: 'neutral' } });
    expect(labels).toEqual({ train: ['surprise', 'fear', 'neutral'], test: ['surprise'] });
    expect((await load({ codes: { 1: 'dusk', 2: 'sea', 7: 'night' } })).data.classes).toEqual(['dusk', 'night', 'sea']);
  });

  it.each([
    ['classes.txt', '1 surprise\n2 fear\n# the rest\n7 neutral\n'],
    ['Classes.csv', 'id,name\n1,Surprise\n2,fear\n7,Neutral\n'],
    ['label_map.txt', '1: surprise\r\n2: fear\r\n7: neutral'],
    ['class_to_idx.json', '{"surprise": 1, "fear": 2, "neutral": 7}'],
    ['classes.json', '{"1": "surprise", "2": "fear", "7": "neutral"}'],
    ['classes.txt', 'none\nsurprise\nfear\na\nb\nc\nd\nneutral\n'],
  ])('are numbers, whose meaning %s gives', async (name, text) => {
    await put(...NUMBERS);
    await writeFile(join(root, name), text);
    expect((await load()).labels).toEqual({ all: ['surprise', 'fear', 'neutral'] });
  });

  it('are numbers, and nothing tells what they mean', async () => {
    await put(...NUMBERS);
    await expect(loadDataset('folder', root)).rejects.toThrow(
      'the classes are numbers (1, 2, 7): the option codes says what they mean, raf-db, fer2013, affectnet, ferplus or such as 1=surprise,…; so does a file classes.txt',
    );
    await expect(loadDataset('folder', root, undefined, { codes: { 1: 'fear' } })).rejects.toThrow(
      'the classes are numbers (2, 7)',
    );
    expect(await findDataset('folder').check(root)).toMatchObject({ ok: false });
    await writeFile(join(root, 'classes.txt'), '1 surprise\nfear of heights, 3, x\n');
    await expect(readClassNames(join(root, 'classes.txt'))).rejects.toThrow(
      'classes.txt:2: is "fear of heights, 3, x", expected a number and the name of its class',
    );
  });
});

describe('what is not an image of a class', () => {
  it('is passed over, and counted', async () => {
    await put('happy/1.png', 'sad/1.png', 'loose.png', 'sad/__MACOSX/._1.png', 'happy/.ipynb_checkpoints/1.png');
    await writeFile(join(root, 'happy', 'notes.txt'), '');
    await writeFile(join(root, 'happy', 'raw.cr2'), '');
    await mkdir(join(root, 'fear'));
    await symlink(join(root, 'nowhere'), join(root, 'sad', 'gone.png'));
    const { data, labels } = await load();
    expect(labels).toEqual({ all: ['happiness', 'sadness'] });
    expect(data.notes).toEqual([
      'without images: fear',
      expect.stringMatching(
        /^passed over: 1 image outside the folders of classes; 1 picture in a format that is not read \(\.cr2 1\); 1 file of another kind \(.*notes\.txt\); 1 link to nothing \(.*gone\.png\)$/,
      ),
    ]);
  });

  it.each([
    [[], 'holds no folder for a class: expected <class>/<image>, or train/<class>/<image>'],
    [['a.png', 'b.png'], 'holds images, but no folder for a class'],
  ])('%j', async (paths, message) => {
    await put(...paths);
    await expect(loadDataset('folder', root)).rejects.toThrow(message);
    expect(await findDataset('folder').check(root)).toMatchObject({ ok: false });
  });

  it('a damaged image is an error of the check and of loading alike', async () => {
    await put('happy/1.png', 'sad/1.png');
    await writeFile(join(root, 'sad', '2.png'), 'text');
    const report = await findDataset('folder').check(root);
    expect(report).toMatchObject({
      ok: false,
      findings: [{ severity: 'error', where: join(root, 'sad', '2.png') }, {}],
    });
    await expect(loadDataset('folder', root).then((data) => data.loadSplit('all', 'train'))).rejects.toThrow(
      /sad.2\.png/,
    );
    await expect(loadDataset('folder', join(root, 'sad', '1.png'))).rejects.toThrow('is a file, expected a folder');
    await expect(loadDataset('folder', join(root, 'absent'))).rejects.toThrow('absent: no such file or folder');
  });
});

describe('data without a split to validate on', () => {
  const SPLITS = { trainSplit: 'Training', validationSplit: 'PublicTest' };

  it('hold out a share of each class, the same for a seed, apart from what is trained on', async () => {
    for (let i = 0; i < 20; i++) await put(`happy/${i}.png`);
    for (let i = 0; i < 3; i++) await put(`sad/${i}.png`);
    const { dataset, note, ...splits } = await trainingData(await loadDataset('folder', root), SPLITS, { seed: 3 });
    expect([splits, dataset.splits]).toEqual([{ trainSplit: 'all', validationSplit: HELD_OUT }, ['all', HELD_OUT]]);
    expect(note).toBe(
      'folder has no split to validate on: 3 of the 23 images of all (one in ten of each class, drawn by seed 3) are held out for it',
    );
    const [train, held] = [await dataset.loadSplit('all', 'train'), await dataset.loadSplit(HELD_OUT, 'evaluate')];
    expect([train.images.count, held.images.count, [...held.labels].map((k) => held.classes[k])]).toEqual([
      20,
      3,
      ['happiness', 'happiness', 'sadness'],
    ]);
    expect(train.ids.filter((id) => held.ids.includes(id))).toEqual([]);
    const again = async (seed: number): Promise<readonly string[]> =>
      (
        await (
          await trainingData(await loadDataset('folder', root), SPLITS, { seed })
        ).dataset.loadSplit(HELD_OUT, 'train')
      ).ids;
    expect(await again(3)).toEqual(held.ids);
    expect(await again(4)).not.toEqual(held.ids);
  });

  it('leave the test split alone, and take what has the role of validation', async () => {
    await put('train/happy/1.png', 'train/happy/2.png', 'test/happy/1.png');
    const held = await trainingData(await loadDataset('folder', root), SPLITS);
    expect([held.trainSplit, held.validationSplit, held.dataset.splits]).toEqual([
      'train',
      HELD_OUT,
      ['train', HELD_OUT, 'test'],
    ]);
    await put('valid/happy/1.png');
    expect(await trainingData(await loadDataset('folder', root), SPLITS)).toMatchObject({
      trainSplit: 'train',
      validationSplit: 'validation',
    });
  });

  it('leaves the only image of a class to training, and needs two of some class', async () => {
    await put('happy/1.png', 'happy/2.png', 'sad/1.png');
    const { dataset, note } = await trainingData(await loadDataset('folder', root), SPLITS);
    expect(note).toMatch(
      /: 1 of the 3 images of all .* are held out for it; of sadness none, since there is one image only$/,
    );
    expect((await dataset.loadSplit('held-out', 'evaluate')).ids).toEqual([expect.stringMatching(/^happy/)]);
    expect((await dataset.loadSplit('all', 'train')).ids).toContain('sad/1.png');
    await rm(join(root, 'happy/2.png'));
    await expect(trainingData(await loadDataset('folder', root), SPLITS)).rejects.toThrow(
      /: no class has two images: one to train and one to validate$/,
    );
  });
});
