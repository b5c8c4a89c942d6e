/** `mien animate`: from drawn persons to characters that wear their expressions, and what it refuses. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMain, tinyRecipe, withFiles, type Run } from 'mien-testkit';
import { decodeImage } from 'mienjs';
import { writeImage } from 'mienjs/image/node';
import { compact } from 'mienjs/nn/models';
import { CharacterModel, peopleOf, render, unitsOfExpression, type UnitIntensities } from 'mienjs/synth';
import { exportModel } from 'mienjs/train';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const animate = (...args: string[]): Promise<Run> => runMain(main, ['animate', ...args]);
const person = new CharacterModel(peopleOf(60, 1).at(-1)!);

async function withPhotos(use: (folder: string) => Promise<void>): Promise<void> {
  await withFiles({}, async (folder) => {
    const photo = (name: string, units: UnitIntensities): Promise<void> =>
      writeImage(join(folder, name), render(person, { units }, { width: 200, height: 200 }).image);
    await photo('rest.png', {});
    await photo('smile.png', unitsOfExpression('happiness'));
    await photo('surprise.png', unitsOfExpression('surprise'));
    await writeFile(join(folder, 'damaged.png'), (await readFile(join(folder, 'smile.png'))).subarray(0, 400));
    await writeImage(join(folder, 'wall.png'), { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) });
    await use(folder);
  });
}

interface Document {
  readonly character: string;
  readonly pictures: readonly {
    readonly file: string;
    readonly top: string;
    readonly units: Record<string, number | { left: number; right: number }>;
    readonly pose: Record<string, number>;
    readonly picture: string;
  }[];
}

describe('mien animate', () => {
  it('lets a character wear the expressions of photos, frame by frame, and goes on after bad ones', async () => {
    await withPhotos(async (folder) => {
      const at = (...names: string[]): string[] => names.map((name) => join(folder, name));
      const out = join(folder, 'out');
      const { status, stdout, stderr } = await animate(
        ...at('rest.png', 'damaged.png', 'wall.png', 'smile.png', 'surprise.png'),
        ...['--character', 'otto', '--size', '48', '--beside', '--neutral', join(folder, 'rest.png')],
        ...['--animation', join(folder, 'film.webp'), '--fps', '5', '--out', out, '--json'],
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(/damaged\.png: is truncated or damaged/);
      expect(stderr).toContain('wall.png: shows no face');
      const document = JSON.parse(stdout) as Document;
      expect(JSON.parse(await readFile(join(out, 'animated.json'), 'utf8'))).toEqual(document);
      expect([document.character, document.pictures.map(({ file }) => file)]).toEqual([
        'otto',
        at('rest.png', 'smile.png', 'surprise.png'),
      ]);
      const strength = (i: number, unit: number): number => {
        const value = document.pictures[i]!.units[unit] ?? 0;
        return typeof value === 'number' ? value : (value.left + value.right) / 2;
      };
      expect(strength(1, 12)).toBeGreaterThan(strength(0, 12) + 0.4);
      expect(strength(2, 1)).toBeGreaterThan(strength(0, 1) + 0.4);
      expect((await readdir(out)).sort()).toEqual([
        'animated.csv',
        'animated.json',
        'rest.png',
        'smile.png',
        'surprise.png',
      ]);
      const [header, ...rows] = (await readFile(join(out, 'animated.csv'), 'utf8')).trim().split('\n');
      expect(header).toMatch(/^file,face,top,confidence,yaw,pitch,roll,gaze_yaw,gaze_pitch,AU01_left,AU01_right,/);
      expect(rows.map((row) => row.split(',').length)).toEqual([55, 55, 55]);
      const picture = await decodeImage(document.pictures[1]!.picture);
      expect([picture.width, picture.height]).toEqual([96, 48]);
      const film = await sharp(join(folder, 'film.webp')).metadata();
      // Five photos, whose second and third show what the first does: the encoder makes one frame of equal ones
      expect([film.width, film.height, film.delay]).toEqual([96, 48, [600, 200, 200]]);
      expect(stderr).toContain('2 of 5 frames repeat the one before, for want of a face\n');
    });
  });

  it('begins the film with the first face, and writes none where there is no face', async () => {
    await withPhotos(async (folder) => {
      const film = join(folder, 'film.webp');
      const run = (...names: string[]): Promise<Run> =>
        animate(
          ...names.map((name) => join(folder, name)),
          ...['--character', 'pim', '--size', '32', '--out', join(folder, 'out'), '--animation', film],
        );
      const none = await run('wall.png');
      expect([none.status, none.stdout]).toEqual([1, '']);
      expect(none.stderr).toContain('film.webp: not written: expected a face in at least one photo\n');
      expect(await readdir(folder)).not.toContain('film.webp');
      // By its list the folder is known again
      expect(await readdir(join(folder, 'out'))).toEqual(['animated.json']);
      const { status, stderr } = await run('wall.png', 'smile.png', 'surprise.png');
      expect([status, stderr.includes('repeat')]).toEqual([0, false]);
      expect((await sharp(film).metadata()).delay).toEqual([100, 100]);
    });
  });

  it('leaves it to the mesh with a model that tells no expression of characters, and says so', async () => {
    const model = exportModel(
      {
        ...tinyRecipe,
        network: compact({ widths: [2, 2], heads: { votes: 2 } }),
        heads: [{ output: 'votes', classes: ['smile', 'frown'], target: 'label', trainedOn: 'mine' }],
      },
      new Map(),
    );
    await withPhotos(async (folder) => {
      await writeFile(join(folder, 'mine.onnx'), model);
      const run = (...args: string[]): Promise<Run> =>
        animate(
          join(folder, 'smile.png'),
          ...['--character', 'pim', '--size', '32', '--out', join(folder, 'out'), '--json', ...args],
        );
      const { status, stdout, stderr } = await run('--model', join(folder, 'mine.onnx'));
      expect([status, stderr]).toEqual([
        0,
        'mien: tiny.ferplus tells smile, frown, and no expression that characters show: the mesh alone decides\n',
      ]);
      const alone = await run('--expression-weight', '0');
      const units = (text: string) => (JSON.parse(text) as Document).pictures.map((picture) => picture.units);
      expect(units(stdout)).toEqual(units(alone.stdout));
      const refused = await run('--model', join(folder, 'mine.onnx'), '--expression-weight', '1');
      expect([refused.status, refused.stderr]).toEqual([
        1,
        'mien: tiny.ferplus: tells smile, frown, and no expression that characters show: expected --expression-weight below 1\n',
      ]);
    });
  });

  it('says in one line what it cannot do', async () => {
    await withPhotos(async (folder) => {
      const [rest, wall, out] = ['rest.png', 'wall.png', 'out'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      for (const [args, message] of [
        [['--character', 'bart', '--out', out], /expected nora, otto, pim, vera, hugo, zuri, got "bart"\n$/],
        [
          ['--character', 'otto', '--out', out, '--neutral', wall],
          /wall\.png: shows no face, expected the person at rest\n$/,
        ],
        [
          ['--character', 'otto', '--out', out, '--animation', join(folder, 'film.gif')],
          /film\.gif: cannot be written as an animation: expected the extension \.webp\n$/,
        ],
        [
          [wall, ...['--character', 'otto', '--out', out, '--animation', join(folder, 'film.webp'), '--size', '12000']],
          /film\.webp: expected at most 0 frames of 12000×12000 px, got 2 photos: give fewer, or a smaller --size\n$/,
        ],
      ] as const) {
        const { status, stderr } = await animate(rest, ...args);
        expect([status, message.test(stderr), stderr]).toEqual([1, true, stderr]);
        expect(await readdir(folder)).not.toContain('out');
      }
    });
  });

  it('does what the guide shows', async () => {
    const guide = await readFile(new URL('../../../../docs/guides/characters.md', import.meta.url), 'utf8');
    const [, block] = /```sh\n(mien synth persons [^]*?)```/.exec(guide)!;
    await withFiles({}, async (folder) => {
      for (const line of block!.trim().split('\n')) {
        const words = line.replace(/ +#.*/, '').split(' ').slice(1);
        const args = words.map((word) => (/^(persons|worn)/.test(word) ? join(folder, word) : word));
        expect([line, (await runMain(main, args)).status]).toEqual([line, 0]);
      }
      const { pictures } = JSON.parse(await readFile(join(folder, 'worn', 'animated.json'), 'utf8')) as Document;
      expect(pictures.map(({ top }) => top).sort()).toEqual(['happiness', 'happiness', 'surprise', 'surprise']);
    });
  });

  it.each([
    [['--out', 'x'], /--character/],
    [['--out', 'x', '--character', 'otto', '--expression-weight', '2'], /Expected a number from 0 to 1/],
    [['--out', 'x', '--character', 'otto', '--exaggeration', '0'], /Expected a number from 0\.1 to 5/],
    [['--out', 'x', '--character', 'otto', '--fps', '0'], /--fps/],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await animate('photo.jpg', ...args);
    expect([status, message.test(stderr)]).toEqual([2, true]);
  });
});
