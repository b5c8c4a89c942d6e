/**
 * docs/guides/generative.md: its commands work one after another, on drawn faces, with the recipes at 8×8 px under their own names;
 * and its recipes are those that there are.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawFace, officialCsv, runMain, tinyGenerative, unanimousVotesCsv, withFiles, writeTree } from 'mien-testkit';
import { EXPRESSIONS_7 } from 'mienjs/labels';
import { RECIPES } from 'mienjs/recipes';
import { expect, test } from 'vitest';
import { register } from './commands/train.ts';
import { main } from './main.ts';

const guide = await readFile(new URL('../../../docs/guides/generative.md', import.meta.url), 'utf8');
const commands = [...guide.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'));

const ROWS = Array.from({ length: 64 }, (_, i) => ({ emotion: i % 7, usage: i < 48 ? 'Training' : 'PublicTest' }));
const FACES = {
  'fer2013.csv': officialCsv(ROWS),
  'fer2013new.csv': unanimousVotesCsv(ROWS),
};

/** The verb with the small recipes. */
const mienTrain = (args: string[]): Promise<number> => main(args, [(program) => register(program, tinyGenerative)]);

test('its commands work one after another', async () => {
  await withFiles(FACES, async (folder) => {
    await writeTree(folder, { 'framed-face.png': drawFace({ width: 48, height: 48, channels: 1, seed: 1 }) });
    const faces = ['image,split,label,landmarks'];
    for (let i = 0; i < 36; i++) {
      const points = Array.from({ length: 68 }, (_, p) => `${4 + ((p * 7) % 40)} ${4 + ((p * 5 + i) % 40)}`);
      await writeTree(folder, {
        [`${i}.png`]: drawFace({ width: 48, height: 48, channels: 1, seed: i }),
        [`${i}.pts`]: points.join('\n'),
      });
      faces.push(`${i}.png,${i % 3 < 2 ? 'train' : 'validation'},${EXPRESSIONS_7[i % 7]!},${i}.pts`);
    }
    await writeTree(folder, { 'faces.csv': faces.join('\n') });
    const at = (word: string): string =>
      word
        .replace('FOLDER', folder)
        .replace('=faces.csv', `=${folder}/faces.csv`)
        .replace(/^(runs\/|drawn\/|between$|rebuilt$|framed-face)/, `${folder}/$1`);
    for (const line of commands) {
      const [verb, ...args] = line
        .replace(/^npx mien-cli /, '')
        .split(' ')
        .map(at);
      const { status, stderr } = await (verb === 'train'
        ? runMain(mienTrain, ['train', ...args, '--threads', '1'])
        : runMain(main, [verb!, ...args]));
      expect([line, status, status === 0 ? '' : stderr]).toEqual([line, 0, '']);
    }
    expect(await readdir(join(folder, 'drawn/disgust'))).toHaveLength(11);
    expect(await readdir(join(folder, 'between'))).toHaveLength(22);
    const card = await readFile(join(folder, 'runs/encoder/encoder.dense.ferplus.md'), 'utf8');
    expect(card).toContain('autoencoder.sparse.ferplus');
  });
}, 120_000);

test('its recipes are those that there are', () => {
  const families = ['dbn', 'linear', 'autoencoder', 'encoder', 'conditional-vae', 'dsae'];
  const own = RECIPES.filter(({ id }) => families.includes(id.split('.')[0]!)).map(({ id }) => id);
  const named = guide.match(/\b[a-z-]+(\.[a-z]+)?\.ferplus\b|\bdsae\.(ck-plus(-7c)?|manifest)\b/g);
  expect([...new Set(named)].sort()).toEqual(own.sort());
  expect(tinyGenerative.map(({ id }) => id).sort()).toEqual(own.filter((id) => !id.includes('ck-plus')));
});
