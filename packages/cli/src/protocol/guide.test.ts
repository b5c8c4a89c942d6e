/** The guide docs/guides/protocols.md: its commands, on drawn faces in place of JAFFE's. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXPRESSIONS_7 } from 'mienjs/labels';
import { PROTOCOLS } from 'mienjs/data/protocols';
import { captureOutput, syntheticDefinition, withFiles } from 'mien-testkit';
import { RECIPES } from 'mienjs/recipes';
import { afterEach, expect, test } from 'vitest';
import { register as registerData } from '../commands/data.ts';
import { register as registerEvaluate } from '../commands/evaluate.ts';
import { register as registerFeatures } from '../commands/features.ts';
import { register as registerTrain } from '../commands/train.ts';
import { main } from '../main.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const home = process.cwd();
afterEach(() => process.chdir(home));

const guide = (): Promise<string> => readFile(join(ROOT, 'docs', 'guides', 'protocols.md'), 'utf8');
const blockOf = (text: string, language: string): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(text)![1]!;

test('its commands run, and give tables', async () => {
  const people = 3;
  const database = syntheticDefinition({
    name: 'jaffe',
    people,
    sequences: EXPRESSIONS_7.length + 1,
    frames: 2,
    classes: EXPRESSIONS_7,
  });
  const known = { databases: [database], protocols: PROTOCOLS };
  // the guide's recipe, for one epoch
  const recipes = RECIPES.map((recipe) => ({ ...recipe, epochs: 1, batchSize: 4 }));
  const commands = blockOf(await guide(), 'sh')
    .trim()
    .split('\n')
    .map((line) => /^mien ([^"'\\|>]+)$/.exec(line)![1]!.split(' '));
  const verbs: Parameters<typeof main>[1] = [
    registerData,
    (program) => registerEvaluate(program, known),
    (program) => registerTrain(program, recipes, known),
    (program) => registerFeatures(program, known),
  ];
  await withFiles({}, async (folder) => {
    process.chdir(folder);
    const outputs: string[] = [];
    for (const command of commands) {
      const { result, stdout, stderr } = await captureOutput(() => main(command, verbs));
      expect([command, result, result === 0 ? '' : stderr]).toEqual([command, 0, '']);
      outputs.push(stdout);
    }
    expect(outputs[0]).toMatch(/^jaffe\.loso\.7 /);
    expect(await readFile('default.md', 'utf8')).toMatch(/\n\| S000 \| 14 \| \d+\.\d\d \| \d+\.\d\d \|\n\| S001 /);
    expect(outputs[2]).toMatch(/\n\| S000 \| 14 \| 14 \| 14 \| \d+\.\d\d \| \d+\.\d\d \|\n/);
    expect(await readFile('runs/jaffe/report.md', 'utf8')).toBe(outputs[2]);
    expect(await readFile('runs/jaffe/fold-03/compact.manifest.md', 'utf8')).toContain('# compact.manifest');
    expect(outputs[3]).toMatch(
      /^hog \+ svm on jaffe, [^]*\n\| S000 \| 28 \| 0 \| 14 \| [^]*\n\| HOG, SVM \| Li & Deng 2019, Table V \| – \| 84\.76 \|/,
    );
    expect(await readFile('features/jaffe/report.md', 'utf8')).toBe(outputs[3]);
  });
});

test('it shows its example', async () => {
  expect(blockOf(await guide(), 'ts')).toBe(await readFile(join(ROOT, 'examples', 'protocols.ts'), 'utf8'));
});

test('every id and recipe that it names exists', async () => {
  const text = await guide();
  const ids = [...text.matchAll(/\b(?:ck-plus|jaffe)\.[\w-]+\.\w+/g)].map(([id]) => id);
  expect(ids.length).toBeGreaterThan(2);
  for (const id of ids) expect(PROTOCOLS.map((protocol) => protocol.id)).toContain(id);
  for (const [, id] of text.matchAll(/`(compact\.[\w-]+)`/g)) expect(RECIPES.map((recipe) => recipe.id)).toContain(id);
});
