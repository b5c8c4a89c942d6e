/** Generated datasets as files: readable as FERG and as a manifest, the same by seed, and replaced as a whole. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { ferg } from '../data/databases/ferg.ts';
import { manifestSource } from '../data/manifest.ts';
import { readNpy } from '../tables/npy.ts';
import { decodeImage } from '../image/node.ts';
import { characterNamed } from './characters/index.ts';
import { expressionsNamed, planFaces, type SynthSettings } from './dataset-plan.ts';
import { sequenceOf } from './sequence.ts';
import { sampleScene } from './sampling.ts';
import { writeSynthDataset } from './write-dataset.ts';

const PIM = [characterNamed('pim')];
const SETTINGS: SynthSettings = {
  characters: PIM,
  expressions: ['happiness', 'contempt', 'happily surprised'],
  count: 2,
  seed: 3,
};
const size = { width: 32, height: 32 };

const rowsOf = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

describe('a dataset', () => {
  it('is read as FERG and as a manifest, tells what it shows, and is replaced by the next', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'faces');
      const told: string[] = [];
      const written = await writeSynthDataset(out, SETTINGS, {
        size,
        maps: ['depth', 'positions'],
        onProgress: (done, total) => told.push(`${done}/${total}`),
      });
      expect(written).toMatchObject({
        images: 6,
        byCharacter: { pim: 6 },
        byExpression: { happiness: 2, contempt: 2 },
      });
      expect(told.at(-1)).toBe('6/6');
      const database = await ferg.index(out);
      expect(database.records.map(({ id, label, subject }) => [id, label, subject])).toEqual(
        [1, 2].map((n) => [`FERG_DB_256/pim/pim_joy/pim_joy_${n}.png`, 'happiness', 'pim']),
      );
      const points = await database.records[1]!.landmarks!();
      expect(points['68']).toHaveLength(68);
      const image = await decodeImage(join(out, 'FERG_DB_256/pim/pim_joy/pim_joy_1.png'));
      expect([image.width, image.height, image.channels]).toEqual([32, 32, 3]);

      const { records: entries, notes } = await manifestSource.index(join(out, 'manifest.jsonl'));
      expect(notes).toEqual([]);
      expect(entries.map(({ label }) => label)).toEqual([
        'happiness',
        'happiness',
        'contempt',
        'contempt',
        undefined,
        undefined,
      ]);
      expect(entries[4]!.labelDistribution).toEqual({ happiness: 0.5, surprise: 0.5 });
      expect(entries[0]!.landmarks).toBeDefined();
      expect(entries[0]!.actionUnits!.find(({ unit }) => unit === 12)!.intensity).toBeGreaterThan(1);
      const faces = await rowsOf(join(out, 'faces.jsonl'));
      expect(faces[4]).toMatchObject({
        character: 'pim',
        expression: 'happily surprised',
        parts: ['happiness', 'surprise'],
      });
      expect(Object.keys(faces[0]!['units'] as object)).toEqual(expect.arrayContaining(['6', '12']));

      expect((await readNpy(join(out, 'maps/FERG_DB_256/pim/pim_joy/pim_joy_1.depth.npy'))).dims).toEqual([32, 32]);
      expect((await readNpy(join(out, 'maps/more/pim/pim_contempt/pim_contempt_2.positions.npy'))).dims).toEqual([
        256, 256, 3,
      ]);

      // the next run takes its own files away, and nothing else
      await writeFile(join(out, 'FERG_DB_256/pim/notes.txt'), 'mine');
      const before = await readFile(join(out, 'FERG_DB_256/pim/pim_joy/pim_joy_1.png'));
      await writeSynthDataset(out, { ...SETTINGS, expressions: ['happiness'], count: 1 }, { size });
      expect(await filesOf(out)).toEqual(['faces.jsonl', 'manifest.jsonl', 'notes.txt', 'pim_joy_1.png', 'synth.json']);
      expect(await readFile(join(out, 'FERG_DB_256/pim/pim_joy/pim_joy_1.png'))).toEqual(before);
    });
  });

  it('of bad settings writes nothing', async () => {
    await withFiles({}, async (folder) => {
      const out = join(folder, 'faces');
      for (const [settings, options, message] of [
        [{ ...SETTINGS, count: 0 }, {}, /count: expected a whole number from 1, got 0/],
        [{ ...SETTINGS, characters: [] }, {}, /characters: expected at least one/],
        [SETTINGS, { size: { width: 5, height: 5 } }, /size: expected whole px from 16 to 4096, got 5×5/],
        [SETTINGS, { maps: ['albedo' as 'depth'] }, /maps: expected depth, normals, positions, got "albedo"/],
        [{ ...SETTINGS, variation: { wearShare: 3 } }, {}, /wearShare: expected 0 … 1, got 3/],
      ] as const)
        await expect(writeSynthDataset(out, settings, options)).rejects.toThrow(message);
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe('a plan', () => {
  it('splits each expression evenly, whole sequences together', () => {
    const faces = [...planFaces({ ...SETTINGS, expressions: ['fear'], count: 20 })];
    const count = (split: string): number => faces.filter((face) => face.split === split).length;
    expect([count('train'), count('validation'), count('test')]).toEqual([14, 2, 4]);
    const frames = [
      ...planFaces({ ...SETTINGS, expressions: ['fear'], count: 10, timing: { onset: 2, apex: 1, offset: 2 } }),
    ];
    expect(frames).toHaveLength(50);
    for (const name of new Set(frames.map(({ sequence }) => sequence)))
      expect(new Set(frames.filter(({ sequence }) => sequence === name).map(({ split }) => split)).size).toBe(1);
    expect(frames[0]!.image).toBe('sequences/pim/pim_fear_1/pim_fear_1_000.png');
  });

  it('takes names of expressions and of lists of them', () => {
    expect(expressionsNamed(['basic'])).toHaveLength(7);
    expect(expressionsNamed(['all'])).toHaveLength(20);
    expect(expressionsNamed(['joy', 'sadly-angry', 'happiness'])).toEqual(['happiness', 'sadly angry']);
    expect(() => expressionsNamed(['grin'])).toThrow(/expected basic, all8, compound, all, or some of .*, got "grin"/);
  });
});

it('lets an expression come and go', () => {
  const apex = sampleScene(1, 'pim/surprise/1', 'surprise');
  const frames = sequenceOf(apex, 1, 'pim/surprise/1', { onset: 5, apex: 3, offset: 4 });
  expect(frames.map(({ phase }) => phase).join(' ')).toBe(
    'onset onset onset onset onset apex apex apex offset offset offset offset',
  );
  expect([frames[0]!.scene.units, frames.at(-1)!.scene.units]).toEqual([{}, {}]);
  expect(frames[6]!.scene.units).toEqual(apex.scene.units);
  const rising = frames.slice(0, 6).map(({ intensity }) => intensity);
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  expect(() => sequenceOf(apex, 1, 'x', { onset: 0, apex: 1, offset: 1 })).toThrow(
    /timing: onset: expected a whole number/,
  );
});
