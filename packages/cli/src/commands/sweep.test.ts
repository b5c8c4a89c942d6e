/** A sweep of the tiny recipe's learning rate. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecipeFamily } from 'mienjs/train';
import { captureOutput, officialCsv, tinyRecipe, unanimousVotesCsv, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { register } from './sweep.ts';

const ROWS = Array.from({ length: 12 }, (_, i) => ({ emotion: i % 7, usage: i < 8 ? 'Training' : 'PublicTest' }));
const FILES = {
  'fer2013.csv': officialCsv(ROWS),
  'fer2013new.csv': unanimousVotesCsv(ROWS),
};
const family: RecipeFamily<{ rate: number; momentum: number }> = {
  id: 'tiny.ferplus',
  title: 'Tiny',
  parameters: { rate: 0.01, momentum: 0.9 },
  make: ({ rate }) => ({ ...tinyRecipe, lr: rate }),
};

const mienSweep = (...args: string[]): Promise<number> =>
  main(['sweep', ...args], [(program) => register(program, [family])]);

describe('mien sweep', () => {
  test('trains each setting, prints the table, and goes on with others', async () => {
    await withFiles(FILES, async (folder) => {
      const out = join(folder, 'out');
      const args = ['tiny.ferplus', '--data', `ferplus=${folder}`, '--out', out, '--threads', '1', '--epochs', '1'];
      const first = await captureOutput(() =>
        mienSweep(...args, '--set', 'rate=0.01', '--seeds', '1,2', '--format', 'markdown'),
      );
      expect([first.result, first.stderr]).toEqual([
        0,
        expect.stringMatching(
          /^1\/2 momentum=0\.9,rate=0\.01,seed=1\nepoch 1: loss .*\n2\/2 momentum=0\.9,rate=0\.01,seed=2\nepoch 1: loss .*\n$/,
        ),
      ]);
      expect(first.stdout).toMatch(
        /\| rate \| momentum \| data \| split \| seeds \| accuracy \| mean accuracy \|\n.*\n\| 0\.01 \| 0\.9 \| ferplus \| PublicTest \| 2 \| \d+\.\d\d ± \d+\.\d\d \|/,
      );
      const again = await captureOutput(() => mienSweep(...args, '--set', 'rate=1'));
      expect([again.result, again.stderr]).toEqual([
        1,
        `mien: ${out}: holds a sweep already; resume it, or choose another folder\n`,
      ]);
      const more = await captureOutput(() => mienSweep(...args, '--set', 'rate=0.01,1', '--resume', '--json'));
      expect(more.stderr).toContain(
        '1/2 momentum=0.9,rate=0.01,seed=1: finished before\n2/2 momentum=0.9,rate=1,seed=1\n',
      );
      expect((JSON.parse(more.stdout) as { runs: unknown[] }).runs).toHaveLength(3);
      expect(await readFile(join(out, 'sweep.html'), 'utf8')).toContain('accuracy, % against rate');
      await access(join(out, 'momentum=0.9,rate=1,seed=1', 'tiny.ferplus.onnx'));
    });
  });

  test.each([
    [['nothing'], 1, 'nothing: is not a recipe with parameters, expected one of tiny.ferplus'],
    [['tiny.ferplus', '--set', 'rate'], 2, 'expected NAME=NUMBER'],
    [['tiny.ferplus', '--set', 'rate=1', '--set', 'rate=2'], 2, 'rate is set twice'],
    [['tiny.ferplus', '--seeds', '1,x'], 2, 'Expected a whole number from 0.'],
    [['tiny.ferplus', '--set', 'rate=1'], 1, 'needs its data once, give --data ferplus=PATH'],
    [['tiny.ferplus', '--data', 'fer2013=x'], 1, 'fer2013: is not used by tiny.ferplus, which takes ferplus'],
  ] as const)('%j ends with status %i', async (args, status, message) => {
    const { result, stderr } = await captureOutput(() => mienSweep(...args));
    expect([result, stderr]).toEqual([status, expect.stringContaining(message)]);
  });

  test('names an unknown parameter before anything is trained', async () => {
    await withFiles(FILES, async (folder) => {
      const { result, stderr } = await captureOutput(() =>
        mienSweep('tiny.ferplus', '--data', `ferplus=${folder}`, '--out', join(folder, 'out'), '--set', 'alpha=1'),
      );
      expect([result, stderr]).toEqual([
        1,
        'mien: alpha: is not a parameter of tiny.ferplus, expected rate, momentum\n',
      ]);
      await expect(access(join(folder, 'out'))).rejects.toThrow();
    });
  });

  test('is a verb', async () => {
    expect((await captureOutput(() => main(['sweep', '--help']))).stdout).toContain('--seeds');
  });
});
