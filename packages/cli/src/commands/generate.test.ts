/** From faces and characters to a generator, and from photos to pictures, by the commands. */
import { spawn } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { decodeImage, rawImage } from 'mienjs';
import {
  captureOutput,
  drawFace,
  officialCsv,
  runMain,
  tinyClassGenerator,
  tinyGenerative,
  tinyGenerator,
  votesCsv,
  withFiles,
  writeTree,
  type Tree,
} from 'mien-testkit';
import { exportGenerator, exportModel } from 'mienjs/train';
import { describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import { reportFailure } from '../output.ts';
import { register } from './train.ts';

/** Each of the eight expressions of FER+; 32 to train on, 16 to validate. */
const ROWS = Array.from({ length: 48 }, (_, i) => ({ emotion: i % 7, usage: i < 32 ? 'Training' : 'PublicTest' }));
const FACES = {
  'fer2013.csv': officialCsv(ROWS),
  'fer2013new.csv': votesCsv(
    ROWS.map(({ usage }, i) => ({ usage, votes: Array.from({ length: 10 }, (_, c) => (c === i % 8 ? 10 : 0)) })),
  ),
};
const CHARACTERS: Tree = Object.fromEntries(
  ['aia', 'ray'].flatMap((who, w) =>
    ['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise'].flatMap((expression, e) =>
      [1, 2].map((n) => [
        `FERG_DB_256/${who}/${who}_${expression}/${who}_${expression}_${n}.png`,
        drawFace({ width: 32, height: 32, channels: 3, seed: 20 * w + 2 * e + n }),
      ]),
    ),
  ),
);

async function withData(use: (folder: string, data: string[]) => Promise<void>): Promise<void> {
  await withFiles(FACES, async (folder) => {
    await writeTree(folder, CHARACTERS);
    await use(folder, ['--data', `ferplus=${folder}`, '--data', `ferg=${folder}`, '--threads', '1']);
  });
}

/** The verb with the tiny recipe; as `main` does with the real ones. */
async function mienTrain(...args: string[]): Promise<0 | 1 | 2> {
  const program = new Command('mien').exitOverride();
  register(program, [tinyGenerator]);
  try {
    await program.parseAsync(['train', ...args], { from: 'user' });
    return 0;
  } catch (error) {
    return error instanceof CommanderError ? 2 : reportFailure(error, false);
  }
}

describe('mien train of a generator', () => {
  it('takes faces and characters, and writes model, card, generator and sheets', async () => {
    await withData(async (folder, data) => {
      const out = join(folder, 'out');
      const { result, stdout } = await captureOutput(() =>
        mienTrain('ha-gan.ferplus', ...data, '--character', 'ray', '--out', out, '--json'),
      );
      expect(result).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ recipe: 'ha-gan.ferplus', bestEpoch: 2 });
      expect((await readdir(out)).sort()).toEqual([
        'best.safetensors',
        'ha-gan.ferplus.generator.onnx',
        'ha-gan.ferplus.json',
        'ha-gan.ferplus.md',
        'ha-gan.ferplus.onnx',
        'last.safetensors',
        'samples',
      ]);
      expect(await readdir(join(out, 'samples'))).toEqual(['epoch-001.png', 'epoch-002.png']);
      const card = await readFile(join(out, 'ha-gan.ferplus.md'), 'utf8');
      expect(card).toContain('the last of 2 epochs');
      expect(card).toContain('given on request for research'); // the terms of the characters, too

      // Faces that are framed already: pictures of the character, the same each time
      const generate = (...more: string[]) =>
        runMain(main, [
          'generate',
          join(out, 'ha-gan.ferplus.generator.onnx'),
          join(folder, 'FERG_DB_256/aia/aia_joy'),
          '--crop',
          ...more,
        ]);
      const made = await generate('--out', join(folder, 'new'), '--variations', '2', '--scale', '3', '--json');
      expect(made.status).toBe(0);
      const document = JSON.parse(made.stdout) as { pictures: { picture: string }[] };
      expect(document).toMatchObject({ model: 'ha-gan.ferplus.generator', character: 'ray' });
      expect(document.pictures).toHaveLength(4);
      expect(JSON.parse(await readFile(join(folder, 'new', 'pictures.json'), 'utf8'))).toEqual(document);
      const picture = await decodeImage(document.pictures[0]!.picture);
      expect([picture.width, picture.height, picture.channels]).toEqual([48, 48, 3]);
      const unknown = await generate('--out', join(folder, 'other'), '--character', 'aia');
      expect([unknown.status, unknown.stderr]).toEqual([
        1,
        expect.stringContaining('ha-gan.ferplus.generator: shows no "aia", expected one of ray'),
      ]);
      // The chain is an ordinary model, which photos can be recognised with; it says that it does not know neutral
      const recognized = await runMain(main, [
        'recognize',
        join(folder, 'FERG_DB_256/aia/aia_joy/aia_joy_1.png'),
        '--model',
        join(out, 'ha-gan.ferplus.onnx'),
      ]);
      expect(recognized.stderr).toContain(
        'ha-gan.ferplus does not know neutral: of a neutral face it says one of happiness, surprise, sadness, anger, disgust, fear\n',
      );
    });
  });

  it('says what is missing, or is none of its own', async () => {
    await withData(async (folder, data) => {
      const train = async (...args: string[]): Promise<[number, string]> => {
        const { result, stderr } = await captureOutput(() =>
          mienTrain('ha-gan.ferplus', '--out', join(folder, 'x'), ...args),
        );
        return [result, stderr];
      };
      expect(await train(...data.slice(0, 2))).toEqual([
        1,
        expect.stringContaining('ha-gan.ferplus: is shown characters beside its faces, give --data ferg=PATH'),
      ]);
      expect(await train(...data, '--character', 'bob')).toEqual([
        1,
        expect.stringContaining('ferg: has no "bob", expected some of aia, ray'),
      ]);
      expect(await train(...data, '--data', `jaffe=${folder}`)).toEqual([
        2,
        expect.stringContaining('--data jaffe: ha-gan.ferplus uses ferplus and ferg only'),
      ]);
      const none = await runMain(main, ['train', 'compact.manifest', '--data', 'manifest=x', '--character', 'ray']);
      expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('compact.manifest: --character: is of')]);
    });
  });

  it('goes on after a kill −9 to the same files', async () => {
    await withData(async (folder, data) => {
      const script = `
        import { Command } from 'commander';
        import { register } from ${JSON.stringify(new URL('../../dist/commands/train.js', import.meta.url).href)};
        import { tinyGenerator } from 'mien-testkit';
        const program = new Command('mien');
        register(program, [tinyGenerator]);
        await program.parseAsync(process.argv.slice(1), { from: 'user' });`;
      const train = (out: string, ...more: string[]): ReturnType<typeof spawn> =>
        spawn(
          process.execPath,
          [
            '--input-type=module',
            '-e',
            script,
            'train',
            'ha-gan.ferplus',
            ...data,
            '--epochs',
            '6',
            '--out',
            join(folder, out),
            ...more,
          ],
          { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: 'ignore' },
        );
      const ended = (child: ReturnType<typeof spawn>): Promise<number | null> =>
        new Promise((resolve) => child.once('close', resolve));
      expect(await ended(train('whole'))).toBe(0);
      const killed = train('parts');
      const end = ended(killed);
      const isThere = (path: string): Promise<boolean> =>
        access(join(folder, path)).then(
          () => true,
          () => false,
        );
      while (!(await isThere('parts/samples/epoch-002.png'))) await new Promise((resolve) => setTimeout(resolve, 5));
      killed.kill('SIGKILL');
      await end;
      // Wherever the kill fell, also after the end
      if (!(await isThere('parts/ha-gan.ferplus.onnx'))) expect(await ended(train('parts', '--resume'))).toBe(0);
      for (const file of ['ha-gan.ferplus.generator.onnx', 'samples/epoch-006.png', 'ha-gan.ferplus.onnx'])
        expect([
          file,
          (await readFile(join(folder, 'parts', file))).equals(await readFile(join(folder, 'whole', file))),
        ]).toEqual([file, true]);
    });
  }, 120_000);
});

describe('mien generate', () => {
  it('passes over photos without a face, and refuses what is not a generator', async () => {
    const files = {
      'generator.onnx': exportGenerator(tinyGenerator, new Map(), ['aia']),
      'chain.onnx': exportModel(tinyGenerator, new Map()),
    };
    await withFiles(files, async (folder) => {
      await writeTree(folder, {
        'wall.png': rawImage(64, 64, 3, new Uint8Array(64 * 64 * 3).fill(120)),
        'broken.png': 'x',
      });
      const generate = (model: string, file: string, out = 'out') =>
        runMain(main, ['generate', join(folder, model), join(folder, file), '--out', join(folder, out)]);
      const wall = await generate('generator.onnx', 'wall.png');
      expect([wall.status, wall.stdout, wall.stderr]).toEqual([
        0,
        '',
        expect.stringContaining('wall.png: shows no face'),
      ]);
      const broken = await generate('generator.onnx', 'broken.png');
      expect([broken.status, broken.stderr]).toEqual([1, expect.stringContaining('broken.png')]);
      // By its list the folder is known again, also after a run that was stopped
      expect(await readdir(join(folder, 'out'))).toEqual(['pictures.json']);
      const chain = await generate('chain.onnx', 'wall.png');
      expect([chain.status, chain.stderr]).toEqual([
        1,
        expect.stringContaining('has no "mien.generator" metadata, so it is not a generator'),
      ]);
      const stream = await runMain(main, [
        'generate',
        join(folder, 'generator.onnx'),
        join(folder, 'wall.png'),
        '--out',
        '-',
      ]);
      expect([stream.status, stream.stderr]).toEqual([
        1,
        'mien: -: expected a folder for --out, not standard output\n',
      ]);
    });
  });
});

describe('mien generate of classes', () => {
  const withGenerators = (
    use: (folder: string, generate: (...args: string[]) => ReturnType<typeof runMain>) => Promise<void>,
  ) =>
    withFiles(
      {
        'classes.onnx': exportGenerator(tinyClassGenerator, new Map(), []),
        'faces.onnx': exportGenerator(
          tinyGenerative.find(({ id }) => id === 'autoencoder.dense.ferplus')!,
          new Map(),
          [],
        ),
        'transfer.onnx': exportGenerator(tinyGenerator, new Map(), ['aia']),
      },
      async (folder) => {
        await writeTree(folder, { 'face.png': drawFace({ width: 32, height: 32, channels: 1, seed: 1 }) });
        await use(folder, (model, ...args) =>
          runMain(main, ['generate', join(folder, model!), ...args.map((a) => a.replace(/^\.\//, `${folder}/`))]),
        );
      },
    );

  it('draws faces of a class by seed, and from one class to another', async () => {
    await withGenerators(async (folder, generate) => {
      const one = await generate('classes.onnx', '--class', 'fear', '--count', '3', '--out', './a', '--json');
      expect([one.status, one.stderr]).toEqual([0, '']);
      const document = JSON.parse(one.stdout) as { pictures: { picture: string }[] };
      expect(document).toEqual({
        model: 'conditional-vae.ferplus.generator',
        pictures: [1, 2, 3].map((number) => ({
          shares: { fear: 1 },
          number,
          picture: join(folder, 'a', `fear-${number}.png`),
        })),
      });
      expect(JSON.parse(await readFile(join(folder, 'a', 'pictures.json'), 'utf8'))).toEqual(document);
      const pixels = async (path: string): Promise<number[]> => [...(await decodeImage(join(folder, path))).data];
      const way = await generate(
        'classes.onnx',
        '--between',
        'fear,anger',
        '--steps',
        '3',
        '--count',
        '2',
        '--out',
        './b',
      );
      expect(way.status).toBe(0);
      expect((await readdir(join(folder, 'b'))).sort()).toEqual([
        ...[1, 2].flatMap((n) => [1, 2, 3].map((step) => `fear-anger-${n}.${step}.png`)),
        'pictures.json',
      ]);
      // The first and the last are those of the classes; another seed draws others
      expect(await pixels('b/fear-anger-2.1.png')).toEqual(await pixels('a/fear-2.png'));
      expect(await pixels('b/fear-anger-2.3.png')).not.toEqual(await pixels('a/fear-2.png'));
      await generate('classes.onnx', '--class', 'fear', '--count', '3', '--out', './c', '--seed', '2', '--scale', '2');
      const large = await decodeImage(join(folder, 'c', 'fear-1.png'));
      expect([large.width, large.height]).toEqual([16, 16]);
      expect([...large.data]).not.toEqual(await pixels('a/fear-1.png'));
    });
  });

  it('exaggerates a class, away from the mean of all', async () => {
    await withGenerators(async (folder, generate) => {
      const drawn = async (...args: string[]): Promise<{ shares: Record<string, number> }> => {
        const run = await generate('classes.onnx', '--class', 'fear', '--out', `./s${args.length}`, '--json', ...args);
        expect([run.status, run.stderr]).toEqual([0, '']);
        return (JSON.parse(run.stdout) as { pictures: { shares: Record<string, number> }[] }).pictures[0]!;
      };
      const { shares } = await drawn('--strength', '3');
      expect(shares).toMatchObject({ fear: 2.75, anger: -0.25, contempt: -0.25 });
      expect(Object.values(shares).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      await drawn();
      const [strong, plain] = await Promise.all(
        ['s2', 's0'].map((out) => decodeImage(join(folder, out, 'fear-1.png'))),
      );
      expect([...strong!.data]).not.toEqual([...plain!.data]);
    });
  });

  it('makes a face of its code by an autoencoder', async () => {
    await withGenerators(async (folder, generate) => {
      const made = await generate('faces.onnx', './face.png', '--crop', '--out', './out', '--json');
      expect([made.status, made.stderr]).toEqual([0, '']);
      expect(JSON.parse(made.stdout)).toMatchObject({ character: null, pictures: [{ face: 0, variation: null }] });
      const picture = await decodeImage(join(folder, 'out', 'face.png'));
      expect([picture.width, picture.height]).toEqual([8, 8]);
    });
  });

  it.each<[string, string[], number, string]>([
    ['an unknown class', ['classes.onnx', '--class', 'joy'], 1, 'draws no "joy", expected one of neutral, happiness,'],
    ['an unknown second class', ['classes.onnx', '--between', 'fear,joy'], 1, 'draws no "joy"'],
    ['one class between', ['classes.onnx', '--between', 'fear'], 2, 'Expected two classes'],
    ['no class', ['classes.onnx'], 1, 'expected --class, one of neutral, happiness,'],
    ['images for it', ['classes.onnx', './face.png', '--crop'], 1, 'draws faces of a class, and takes no images'],
    ['classes of a transfer', ['transfer.onnx', '--class', 'fear'], 1, 'draws no faces of a class such as "fear"'],
    ['no images for it', ['transfer.onnx'], 1, 'expected images, whose faces it makes pictures of'],
    [
      'a character of an autoencoder',
      ['faces.onnx', './face.png', '--crop', '--character', 'aia'],
      1,
      'shows each face as itself',
    ],
    [
      'variations of an autoencoder',
      ['faces.onnx', './face.png', '--crop', '--variations', '3'],
      1,
      'makes one picture of each face, without noise, so that --variations has no meaning',
    ],
    [
      'an unknown character',
      ['transfer.onnx', './face.png', '--crop', '--character', 'bob'],
      1,
      'shows no "bob", expected one of aia',
    ],
    [
      'steps alone',
      ['classes.onnx', '--class', 'fear', '--steps', '3'],
      2,
      "option '--steps' needs option '--between'",
    ],
    ['count alone', ['transfer.onnx', './face.png', '--count', '3'], 2, "option '--count' needs option '--class'"],
    [
      'no strength',
      ['classes.onnx', '--class', 'fear', '--strength', '0'],
      2,
      'Expected a number above 0 and at most 10',
    ],
    ['strength of an unknown class', ['classes.onnx', '--class', 'joy', '--strength', '2'], 1, 'draws no "joy"'],
    ['a crop of a class', ['classes.onnx', '--class', 'fear', '--crop'], 2, "option '--crop' has no meaning"],
  ])('says what is wrong: %s', async (_, args, status, message) => {
    await withGenerators(async (folder, generate) => {
      const run = await generate(...args, '--out', './out');
      expect([run.status, run.stderr]).toEqual([status, expect.stringContaining(message)]);
      expect(await readdir(folder)).not.toContain('out');
    });
  });
});
