/**
 * docs/guides/raf-db-study.md: its commands are calls that mien understands (without the database, each must fail for
 * its absence alone), and the analyses work on small copies in the owners' layouts.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CASES, runMain, writeTree } from 'mien-testkit';
import { expect, test } from 'vitest';
import { main } from './main.ts';

const guide = await readFile(new URL('../../../docs/guides/raf-db-study.md', import.meta.url), 'utf8');
const commands = [...guide.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'));

test('has the commands of the study and those of the analyses', () => {
  expect(commands.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'mien data',
    'mien features',
    'mien features',
    'mien features',
    'mien train',
    'mien features',
    'mien sweep',
    'mien sweep',
    'mien sweep',
    'mien map',
    'mien features',
    'mien evaluate',
    'mien compare',
    'mien compare',
    'mien features',
    'mien data',
  ]);
});

test.each(commands)('%s', async (line) => {
  const absent = line.replace(/\b(RAF|CKPLUS|JAFFE|MMI|SFEW|runs\/|features\/|codings\.csv)/g, 'absent/$1');
  const { status, stdout, stderr } = await runMain(main, absent.split(' ').slice(1));
  expect([status, stderr + stdout]).toEqual([1, expect.stringContaining('absent/')]);
});

test('compares across copies of RAF-DB and CK+, and counts action units', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mien-study-'));
  try {
    const [raf, ck] = ['raf-db', 'ck-plus'].map((name) => join(folder, name)) as [string, string];
    for (const [name, root] of [
      ['raf-db', raf],
      ['ck-plus', ck],
    ] as const)
      await writeTree(root, DATABASE_CASES.find((each) => each.name === name)!.tree);
    const data = ['--data', `raf-db=${raf}`, '--data', `ck-plus=${ck}`];
    const all = await runMain(main, ['compare', 'default', ...data, '--frames', 'all', '--json']);
    const last = await runMain(main, ['compare', 'default', ...data, '--frames', 'last', '--json']);
    const sizes = ({ status, stdout }: typeof all): number[] => {
      const { rows } = JSON.parse(stdout) as { rows: { cells: { n: number; within: boolean }[] }[] };
      return [status, ...rows[0]!.cells.map(({ n }) => n)];
    };
    const [, rafFaces, ckFaces] = sizes(all);
    expect(sizes(last)[1]).toBe(rafFaces);
    expect(sizes(last)[2]).toBeLessThan(ckFaces!);
    const units = await runMain(main, ['data', 'action-units', 'ck-plus', ck, '--format', 'markdown']);
    expect([units.status, units.stderr, units.stdout]).toEqual([
      0,
      '',
      expect.stringMatching(/^Action units by expression in ck-plus\n\n\| % \| faces \| AU\d+ /),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
