/**
 * Nothing that the user owns is overwritten or deleted, by any verb: each verb of the program's own list has a case
 * here, so that a new one without a case fails. A case has command lines that would destroy something (what is in the
 * folder must stay as it is), and ones that are given twice (an earlier output of the same kind is replaced).
 */
import { createHash } from 'node:crypto';
import { link, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { FacePrediction, RawImage } from 'mienjs';
import type { FaceMesh } from 'mienjs/face';
import { exportGenerator, exportModel } from 'mienjs/train';
import {
  officialCsv,
  runMain,
  tinyClassGenerator,
  tinyGenerator,
  tinyRecipe,
  type Run,
  unanimousVotesCsv,
  withFiles,
  writeTree,
} from 'mien-testkit';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { createProgram, loadVerbs, main } from '../main.ts';

const FACE: FacePrediction = {
  box: { x: 4, y: 3, width: 20, height: 22 },
  score: 0.9,
  landmarks: Array.from({ length: 68 }, (_, k) => [k / 4, k / 8] as const),
  pose: { yawDeg: 1, pitchDeg: 2, rollDeg: 3 },
  expressions: { neutral: 0.25, happiness: 0.75 },
  top: 'happiness',
  confidence: 0.75,
  uncertain: false,
  quality: { size: 21, sharpness: 0.5, yawDeg: 1, presence: 1, cut: 0 },
};

/** Of points that lie on no plane. */
const MESH: Pick<FaceMesh, 'points' | 'roi'> = {
  points: Array.from({ length: 468 }, (_, k) => [k % 22, Math.floor(k / 22), (k % 7) + (k % 3)] as const),
  roi: { center: [16, 16], size: 24, rotationRad: 0 },
};

vi.mock('mienjs', async (original) => ({
  ...(await original<typeof import('mienjs')>()),
  createRecognizer: () =>
    Promise.resolve({
      model: 'stub',
      classes: ['neutral', 'happiness'],
      recognize: ({ width }: RawImage) => Promise.resolve({ faces: width > 20 ? [FACE] : [] }),
      findFaces: ({ width }: RawImage) => Promise.resolve(width > 20 ? [{ mesh: MESH }] : []),
      predictFaces: (_: RawImage, faces: readonly unknown[]) => Promise.resolve(faces.map(() => FACE)),
      release: () => Promise.resolve(),
    }),
}));

interface VerbCase {
  /** Command lines without `mien VERB`; each word that begins with `./` is in the folder. */
  readonly attacks: readonly (readonly string[])[];
  /** Run twice, both times with success. */
  readonly twice?: readonly (readonly string[])[];
}

/** A verb that writes no file. */
const WRITES_NOTHING: VerbCase = { attacks: [] };
const DATA = ['--data', 'fer2013=./data/fer2013.csv'];
const MANY = ['./votes.csv', '--duplicates', 'last'];

const CASES: Readonly<Record<string, VerbCase>> = {
  recognize: {
    attacks: [
      ['./photo.jpg', '--format', 'csv', '--out', './photo.jpg'],
      ['./photo.jpg', '--out', './other.jpg'],
      ['./photo.jpg', '--out', './link.jpg'],
      ['./sub', '--out', './sub/../sub/photo.jpg'],
      ['.', '--out', './notes.txt'],
      ['./photo.jpg', '--annotated', './sub'],
      ['./sub', '--annotated', './sub'],
      ['./photo.jpg', '--annotated', './photo.jpg'],
      ['./photo.jpg', '--out', './run'],
      ['./sub/*.jpg', '--out', './sub/photo.jpg', '--force'],
      ['./photo.jpg', '--detector', 'haar', '--cascade', './notes.txt', '--out', './notes.txt', '--force'],
    ],
    twice: [
      ...['table', 'json', 'jsonl', 'csv', 'openface', 'pyfeat'].map((format) => [
        './photo.jpg',
        '--format',
        format,
        '--out',
        './new.out',
      ]),
      ['./photo.jpg', '--format', 'csv', '--action-units', '--out', './new.out'],
      ['./photo.jpg', './sub', '--annotated', './new'],
    ],
  },
  explain: {
    attacks: [
      ['./photo.jpg', '--out', './photo.jpg'],
      ['./photo.jpg', '--out', './other.jpg'],
      ['./photo.jpg', '--model', './model.onnx', '--out', './link.jpg'],
      ['./photo.jpg', '--out', './run/mine.png', '--json'],
      ['./hard.jpg', '--out', './photo.jpg', '--force'],
      [...DATA, '--out', './data/fer2013.csv'],
      ['./photo.jpg', '--copies', '3', '--out', './photo.jpg', '--force'],
      ['./photo.jpg', '--3d', '--out', './other.jpg'],
      ['./photo.jpg', '--3d', '--out', './new.png', '--glb', './notes.txt'],
      ['./photo.jpg', '--3d', '--out', './new.png', '--glb', './photo.jpg', '--force'],
    ],
    twice: [
      ['./photo.jpg', '--crop', '--model', './model.onnx', '--out', './new.png'],
      ['./photo.jpg', '--crop', '--model', './model.onnx', '--out', './new.jpg'],
      [...DATA, '--split', 'PublicTest', '--images', '1', '--model', './model.onnx', '--out', './new.png'],
    ],
  },
  animate: {
    attacks: [
      ['./photo.jpg', '--character', 'otto', '--out', './sub'],
      ['./photo.jpg', '--character', 'otto', '--out', '.'],
      ['./photo.jpg', '--character', 'otto', '--out', './run', '--json'],
      ['./photo.jpg', '--character', 'otto', '--out', './photo.jpg'],
      ['./photo.jpg', '--character', 'otto', '--out', './new', '--animation', './photo.jpg'],
      [
        './photo.jpg',
        '--character',
        'otto',
        '--out',
        './new',
        '--neutral',
        './photo.jpg',
        '--animation',
        './photo.jpg',
      ],
    ],
    twice: [['./photo.jpg', '--character', 'otto', '--size', '16', '--out', './new', '--animation', './new.webp']],
  },
  generate: {
    attacks: [
      ['./generator.onnx', './photo.jpg', '--crop', '--out', './sub'],
      ['./generator.onnx', './photo.jpg', '--crop', '--out', '.'],
      ['./generator.onnx', './photo.jpg', '--crop', '--out', './run', '--json'],
      ['./generator.onnx', './photo.jpg', '--crop', '--out', './photo.jpg'],
      ['./classes.onnx', '--class', 'fear', '--out', '.'],
      ['./classes.onnx', '--class', 'fear', '--out', './photo.jpg'],
    ],
    twice: [
      ['./generator.onnx', './photo.jpg', './sub', '--crop', '--variations', '2', '--out', './new'],
      ['./classes.onnx', '--between', 'fear,anger', '--count', '2', '--out', './drawn'],
    ],
  },
  train: {
    attacks: [
      ['default', '--data', 'ferplus=./data', '--out', './run'],
      ['default', '--data', 'ferplus=./data', '--out', './run', '--resume'],
      ['ha-gan.ferplus', '--data', 'ferplus=./data', '--data', 'ferg=./data', '--out', './gan'],
      ['default', '--data', 'ferplus=./data', '--init', './run/default.onnx', '--out', './run', '--force'],
      ['base-dcnn', '--protocol', 'jaffe.loso.7', '--data', 'jaffe=./data', '--out', './run'],
      ['default', '--data', 'ferplus=./data', '--teacher', './taught/default.onnx', '--out', './taught'],
      [
        'default',
        '--data',
        'ferplus=./data',
        '--teacher',
        './model.onnx',
        '--teacher',
        './taught/default.onnx',
        '--out',
        './taught',
        '--force',
      ],
    ],
  },
  sweep: {
    attacks: [
      ['lp-loss.ferplus', '--data', 'ferplus=./data', '--out', './run'],
      ['lp-loss.ferplus', '--data', 'ferplus=./data', '--out', './notes.txt'],
    ],
  },
  evaluate: {
    attacks: [
      ['./model.onnx', ...DATA, '--report', './run'],
      ['./model.onnx', '--data', 'jaffe=./data', '--protocol', 'jaffe.loso.7', '--out', './data/fer2013.csv'],
      ['./model.onnx', '--data', 'jaffe=./data', '--protocol', 'jaffe.loso.7', '--out', './model.onnx', '--force'],
    ],
    twice: [['./model.onnx', ...DATA, '--split', 'PublicTest', '--report', './new']],
  },
  compare: {
    attacks: [
      ['./model.onnx', ...DATA, '--out', './model.onnx'],
      ['./model.onnx', ...DATA, '--out', './data/fer2013.csv'],
      ['./features', './features', '--fit', 'lda', '--out', './features/manifest.jsonl'],
      ['./model.onnx', ...DATA, '--json', '--out', './notes.txt'],
    ],
    twice: ['text', 'markdown', 'latex']
      .map((format) => [
        './model.onnx',
        ...DATA,
        '--split',
        'fer2013=PublicTest',
        '--format',
        format,
        '--out',
        './new.txt',
      ])
      .concat([['./model.onnx', ...DATA, '--split', 'fer2013=PublicTest', '--json', '--out', './new.json']]),
  },
  features: {
    attacks: [
      ['hog', ...DATA, '--out', './data'],
      ['hog', '--data', 'manifest=./data', '--out', './data', '--force'],
      ['hog', ...DATA, '--fit', 'lda', '--out', './run'],
      ['./model.onnx', ...DATA, '--out', './run'],
      ['hog', '--data', 'jaffe=./data', '--fit', 'svm', '--protocol', 'jaffe.loso.7', '--out', './run'],
    ],
    twice: [['hog', ...DATA, '--split', 'PublicTest', '--fit', 'lda', '--fit-split', 'Training', '--out', './new']],
  },
  map: {
    attacks: [
      ['./features', '--out', './features/features.npy'],
      ['./features', '--out', './features/manifest.jsonl', '--force'],
      ['./features', '--out', './run/report.html'],
      ['./features', ...DATA, '--out', './data/fer2013.csv'],
    ],
    twice: [['./features', '--neighbours', '5', '--sample', '20', '--out', './new.html']],
  },
  'crowd infer': {
    attacks: [
      [...MANY, '--out', './votes.csv'],
      [...MANY, '--workers', './votes.csv'],
      [...MANY, '--out', './link.csv'],
      [...MANY, '--out', './run/../votes.csv', '--force'],
      [...MANY, '--truth', './truth.csv', '--out', './truth.csv'],
      [...MANY, '--out', './new.csv', '--workers', './new.csv'],
      [...MANY, '--out', './new.csv', '--workers', './NEW.csv'],
      [...MANY, '--report', './run'],
      [...MANY, '--workers', './other.jsonl'],
      [...MANY, '--out', './truth.csv'],
      [...MANY, '--out', '-', '--json'],
    ],
    twice: [
      [...MANY, '--out', './new.csv', '--workers', './new.jsonl', '--report', './new'],
      [...MANY, '--out', './labels.jsonl'],
    ],
  },
  'crowd partition': {
    attacks: [
      ['./other.jsonl', '--out', '.'],
      ['./other.jsonl', '--images', './sub', '--out', '.', '--force'],
      [...MANY, '--out', '.'],
      [...MANY, '--out', './run'],
    ],
    twice: [
      [...MANY, '--out', './new'],
      [...MANY, '--labels', 'hard', '--out', './new-hard'],
    ],
  },
  'crowd simulate': {
    attacks: [
      ['--out', './votes.csv'],
      ['--out', './new.csv', '--truth', './truth.csv'],
      ['--out', './new.csv', '--truth', './new.csv'],
      ['--out', './new.csv', '--annotators', './votes.csv'],
      ['--out', './other.jsonl'],
    ],
    twice: [['--out', './new.csv', '--truth', './new-truth.csv', '--annotators', './new-workers.csv', '--force']],
  },
  'data action-units': {
    attacks: [
      ['csv', './au.csv', '--out', './au.csv'],
      ['csv', './au.csv', '--out', './votes.csv'],
      ['csv', './au.csv', '--json', '--out', './link.csv'],
    ],
    twice: ['text', 'markdown', 'latex']
      .map((format) => ['csv', './au.csv', '--format', format, '--out', './new.txt'])
      .concat([['csv', './au.csv', '--json', '--out', './new.json']]),
  },
  assets: {
    attacks: [['./run'], ['.'], ['./photo.jpg'], ['./run', '--json']],
    twice: [['./new'], ['./new', '--model', './model.onnx', 'default']],
  },
  'data audit': {
    attacks: [['fer2013', './data/fer2013.csv', '--report', './run']],
    twice: [['fer2013', './data/fer2013.csv', '--report', './new']],
  },
  synth: {
    attacks: [
      ['./run'],
      ['.'],
      ['./photo.jpg'],
      ['./run', '--json'],
      ['--sheet', './photo.jpg'],
      ['--sheet', './run/mine.png', '--characters', 'otto'],
      ['./new', '--sheet', './link.jpg'],
    ],
    twice: [
      ['./new', '--characters', 'otto', '--expressions', 'fear', '--count', '1', '--size', '16'],
      ['--sheet', './new.png', '--characters', 'otto', '--expressions', 'fear', '--size', '16'],
    ],
  },
  surfaces: {
    attacks: [['./run'], ['.'], ['./photo.jpg'], ['./run', '--json'], ['./data', ...DATA]],
    twice: [['./new', '--people', '10', '--count', '10', '--size', '32']],
  },
  'annotate demo': {
    attacks: [
      ['--data', './run'],
      ['--data', './notes.txt'],
      ['--data', '.', '--json'],
    ],
  },
  // Nothing is asked for before the files are looked at
  'annotate export': {
    attacks: [
      ['project', '--out', './votes.csv'],
      ['project', '--out', './link.csv'],
      ['project', '--out', '-', '--json'],
      ['project', '--as', 'manifest', '--out', './other.jsonl'],
      ['project', '--as', 'events', '--out', './run/manifest.jsonl'],
      ['project', '--as', 'raf-db', '--out', './photo.jpg'],
      ['project', '--as', 'coco', '--out', './data/features.json'],
    ],
  },
  // Nothing is asked for: the list is of addresses on this machine, which it does not ask
  'annotate fetch': {
    attacks: [
      ['./urls.txt', '--out', './run'],
      ['./urls.txt', '--out', '.'],
      ['./urls.txt', '--out', './notes.txt'],
      ['./urls.txt', '--out', './run', '--json'],
    ],
  },
  // Its folder is a database that goes on: whoever starts it again goes on with it (commands/serve.test.ts)
  serve: {
    attacks: [
      ['--data', './run'],
      ['--data', './notes.txt'],
      ['--data', '.', '--json'],
    ],
  },
  'annotate create': WRITES_NOTHING,
  'annotate import': WRITES_NOTHING,
  'annotate keywords': WRITES_NOTHING,
  'annotate list': WRITES_NOTHING,
  'annotate state': WRITES_NOTHING,
  'crowd adaptive': WRITES_NOTHING,
  'crowd agreement': WRITES_NOTHING,
  'crowd compare': WRITES_NOTHING,
  'models list': WRITES_NOTHING,
  'models show': WRITES_NOTHING,
  'models verify': WRITES_NOTHING,
  'data list': WRITES_NOTHING,
  'data show': WRITES_NOTHING,
  'data check': WRITES_NOTHING,
  'data protocols': WRITES_NOTHING,
};

/** Every verb that acts, by its words. */
function verbsOf(command: Command, words: readonly string[] = []): { name: string; command: Command }[] {
  if (command.commands.length === 0) return [{ name: words.join(' '), command }];
  return command.commands.flatMap((child) => verbsOf(child, [...words, child.name()]));
}

const pixels = (i: number): string => Array.from({ length: 48 * 48 }, (_, p) => (p * 7 + i * 31) % 256).join(' ');
const ROWS = Array.from({ length: 30 }, (_, i) => ({
  emotion: i % 2 ? 3 : 0,
  usage: i < 24 ? 'Training' : 'PublicTest',
  pixels: pixels(i),
}));

/** A folder of a user: photos, votes, data, features, runs, and files with the names that Mien writes. */
async function withWorld(test: (folder: string) => Promise<void>): Promise<void> {
  const picture = (width: number): Promise<Buffer> =>
    sharp({ create: { width, height: 30, channels: 3, background: '#8090a0' } })
      .jpeg()
      .toBuffer();
  const votes = Array.from({ length: 30 }, (_, i) => ({
    task: `t${i % 10}`,
    worker: `w${i % 3}`,
    label: ['happiness', 'sadness'][i % 2]!,
  }));
  const jsonl = votes.map((vote) => `${JSON.stringify(vote)}\n`).join('');
  await withFiles({}, async (folder) => {
    await writeTree(folder, {
      'photo.jpg': await picture(48),
      'other.jpg': await picture(50),
      'sub/photo.jpg': await picture(40),
      'notes.txt': 'mine',
      'urls.txt': 'http://127.0.0.1:9/photo.jpg\n',
      'votes.csv': ['task,worker,label', ...votes.map((v) => Object.values(v).join(',')), ''].join('\n'),
      'truth.csv': 'task,truth\nt0,happiness\n',
      'other.jsonl': jsonl,
      'single-label.jsonl': jsonl,
      'au.csv': 'label,action_units\nfear,1+25\nsad,15\n',
      'model.onnx': exportModel(tinyRecipe, new Map()),
      'generator.onnx': exportGenerator(tinyGenerator, new Map(), ['aia']),
      'classes.onnx': exportGenerator(tinyClassGenerator, new Map(), []),
      'gan/samples/mine.png': 'mine',
      'taught/default.onnx': exportModel(tinyRecipe, new Map()),
      'data/fer2013.csv': officialCsv(ROWS),
      'data/fer2013new.csv': unanimousVotesCsv(ROWS),
      'data/manifest.jsonl': '{"image":"../photo.jpg","split":"train","label":"fear"}\n',
      'data/features.npy': 'mine',
      'data/features.json': '{"mine":true}',
      'run/default.onnx': 'mine',
      'run/last.safetensors': 'mine',
      'run/report.html': '<html>mine</html>',
      'run/report.md': '# mine\n',
      'run/mine.png': await sharp(await picture(30))
        .png()
        .toBuffer(),
      'run/classifier.json': '{}',
      'run/manifest.jsonl': '{"id":1}\n',
      'run/other.jsonl': jsonl,
    });
    await link(join(folder, 'photo.jpg'), join(folder, 'hard.jpg'));
    await symlink('other.jpg', join(folder, 'link.jpg'));
    await symlink('votes.csv', join(folder, 'link.csv'));
    await mien(folder, 'features', ['hog', ...DATA, '--split', 'Training', '--out', './features']);
    await test(folder);
  });
}

function mien(folder: string, verb: string, args: readonly string[]): Promise<Run> {
  return runMain(main, [
    ...verb.split(' '),
    ...args.map((arg) => (arg === '.' ? folder : arg.replace(/(^|=)\.\//, `$1${folder}/`))),
  ]);
}

/** Every file below, by its bytes. */
async function digest(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    if ((await stat(path)).isFile())
      digests[name] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
  }
  return digests;
}

const verbs = await loadVerbs();

it('has a case for each verb', () => {
  expect(
    verbsOf(createProgram(verbs))
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(CASES).sort());
});

it('takes verbs without an output for such as have no option or argument to name one', () => {
  for (const { name, command } of verbsOf(createProgram(verbs))) {
    const named = command.options
      .filter(({ flags }) => /--(out|report|workers|annotat|truth)(?!-columns)\S* <(?!n>)|--data <folder>/.test(flags))
      .map(({ long }) => long as string);
    named.push(
      ...command.registeredArguments.map((argument) => argument.name()).filter((argument) => argument === 'folder'),
    );
    if (CASES[name] === WRITES_NOTHING)
      expect([name, named.filter((option) => option !== '--truth')]).toEqual([name, []]);
    else expect([name, named.length > 0]).toEqual([name, true]);
  }
});

describe.each(Object.entries(CASES).filter(([, { attacks }]) => attacks.length > 0))(
  'mien %s',
  (verb, { attacks, twice = [] }) => {
    it("leaves what is the user's, says why, and makes nothing", async () => {
      await withWorld(async (folder) => {
        let before = await digest(folder);
        for (const args of attacks) {
          const { status, stdout, stderr } = await mien(folder, verb, args);
          const after = await digest(folder);
          for (const [name, bytes] of Object.entries(before))
            expect([args, name, after[name]]).toEqual([args, name, bytes]);
          if (args.includes('--annotated') && status === 0) {
            // Copies of photos find another name
            before = after;
            continue;
          }
          expect([args, after]).toEqual([args, before]);
          expect([args, status, stdout]).toEqual([args, 1, '']);
          expect(stderr).toMatch(
            /^mien: [^\n]*(cannot be written|exists, and is not|is not empty|is a folder of photos)[^\n]*\n$/,
          );
        }
      });
    });

    it.skipIf(twice.length === 0)('replaces its own earlier outputs', async () => {
      await withWorld(async (folder) => {
        const before = await digest(folder);
        for (const args of twice) {
          for (let run = 0; run < 2; run++)
            expect([args, await mien(folder, verb, args)]).toEqual([args, expect.objectContaining({ status: 0 })]);
        }
        const after = await digest(folder);
        for (const [name, bytes] of Object.entries(before)) expect([name, after[name]]).toEqual([name, bytes]);
      });
    });
  },
);

describe('--force', () => {
  it('replaces what is neither an input nor an earlier output', async () => {
    await withWorld(async (folder) => {
      for (const [verb, args, name] of [
        ['crowd infer', [...MANY, '--out', './notes.txt'], 'notes.txt'],
        ['recognize', ['./photo.jpg', '--format', 'csv', '--out', './other.jpg'], 'other.jpg'],
        ['data action-units', ['csv', './au.csv', '--out', './truth.csv'], 'truth.csv'],
      ] as const) {
        const before = await readFile(join(folder, name));
        expect((await mien(folder, verb, args)).stderr).toContain(`${join(folder, name)}: exists, and is not `);
        expect(await mien(folder, verb, [...args, '--force'])).toMatchObject({ status: 0 });
        expect(await readFile(join(folder, name))).not.toEqual(before);
      }
    });
  });

  it('stands in the help of every verb', async () => {
    for (const { name } of verbsOf(createProgram(verbs)))
      expect([name, (await runMain(main, [...name.split(' '), '--help'])).stdout]).toEqual([
        name,
        expect.stringContaining('--force'),
      ]);
  });
});
