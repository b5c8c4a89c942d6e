/** `mien data`: the table, one entry, and the check of a database. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CASES, type Run, runMain, writeTree } from 'mien-testkit';
import { DATABASES } from 'mienjs/data/node';
import { describe, expect, it } from 'vitest';
import { main } from '../main.ts';

const mien = (...args: string[]): Promise<Run> => runMain(main, args);
const rafDb = DATABASE_CASES.find(({ name }) => name === 'raf-db')!;

async function withRafDb(use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'mien-data-'));
  try {
    await writeTree(root, rafDb.tree);
    await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

describe('list', () => {
  it('is a table with a line for each, columns aligned', async () => {
    const { status, stdout } = await mien('data', 'list');
    const [heading, ...rows] = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(heading).toMatch(/^name +images +sequences +subjects +classes +what it is +layout$/);
    expect(rows.map((row) => row.split(' ')[0])).toEqual([
      ...DATABASES.map(({ name }) => name),
      'manifest',
      'folder',
      'ferplus-votes',
      'ferplus-plurality',
      'ferplus-plurality-7',
    ]);
    const ferg = rows.find((row) => row.startsWith('ferg '))!;
    expect(ferg).toMatch(/^ferg +55767 +– +6 +7 +six rendered cartoon characters, 7 expressions +FERG_DB_256\//);
    const end = heading!.indexOf('images') + 'images'.length;
    for (const row of rows) expect(row.slice(end - 1, end + 1)).toMatch(/^[\d–] $/);
  });

  it('has the same as JSON', async () => {
    const { datasets } = JSON.parse((await mien('data', '--json')).stdout) as {
      datasets: { name: string; images: number | null; classes: string[] | null }[];
    };
    expect(datasets.find(({ name }) => name === 'ferg')).toMatchObject({
      images: 55_767,
      subjects: 6,
      classes: expect.arrayContaining(['neutral']) as string[],
    });
    expect(datasets.find(({ name }) => name === 'manifest')).toMatchObject({ images: null, classes: null });
  });
});

describe('show', () => {
  it('tells layout, counts, licence and citation', async () => {
    const { status, stdout } = await mien('data', 'show', 'raf-db');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^raf-db\n {2}what it is {2}RAF-DB \(basic, aligned images\): faces from the web/);
    for (const line of [
      /^ {2}published +15339 images \(/m,
      /^ {2}train +surprise 1290, fear 281/m,
      /^ {2}protocols +raf-db\.official\.7, /m,
      /^ {2}licence +given on request/m,
      /^ {2}ask for it +http:\/\/www\.whdeng\.cn\//m,
      /^ {2}cite +Li & Deng 2019/m,
    ])
      expect(stdout).toMatch(line);
    expect(JSON.parse((await mien('data', 'show', 'raf-db', '--json')).stdout)).toMatchObject({
      name: 'raf-db',
      published: { images: 15_339 },
    });
    expect((await mien('data', 'show', 'manifest')).stdout).not.toContain('published');
  });

  it('names an unknown one', async () => {
    expect(await mien('data', 'show', 'raf')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^mien: raf: unknown dataset: expected one of .*raf-db/) as string,
    });
  });
});

describe('check', () => {
  it('passes a sound part, and says what a full copy has more: status 0', () =>
    withRafDb(async (root) => {
      const { status, stdout } = await mien('data', 'check', 'raf-db', root);
      expect(status).toBe(0);
      expect(stdout).toContain(`warning: ${root}: images: 8 found, 15339 published: 15331 missing`);
      expect(stdout).toMatch(/^warning: .*: train: surprise 1289 missing, /m);
      expect(stdout).toContain('train: 7 images (surprise 1, fear 1');
      expect(stdout.endsWith(`raf-db: ${root} is sound\n`)).toBe(true);
    }));

  it('fails on a damaged image, which --no-images does not read', () =>
    withRafDb(async (root) => {
      const broken = join(root, rafDb.expected.ids[0]!);
      await writeFile(broken, 'no image');
      const whole = await mien('data', 'check', 'raf-db', root, '--json');
      expect(whole.status).toBe(1);
      const report = JSON.parse(whole.stdout) as {
        ok: boolean;
        findings: { severity: string; where: string }[];
        found: object;
      };
      expect(report).toMatchObject({ ok: false, found: { images: 8, sequences: 0, subjects: 0 } });
      expect(report.findings.filter(({ severity }) => severity === 'error').map(({ where }) => where)).toEqual([
        broken,
      ]);
      expect((await mien('data', 'check', 'raf-db', root, '--no-images')).status).toBe(0);
    }));

  it('fails on a listed image that is missing, naming file and line', () =>
    withRafDb(async (root) => {
      await rm(join(root, rafDb.expected.ids[1]!));
      const { status, stdout } = await mien('data', 'check', 'raf-db', root);
      expect(status).toBe(1);
      expect(stdout).toMatch(
        /^error: .*list_patition_label\.txt:2: lists train_00002\.jpg, but Image\/aligned\/train_00002_aligned\.jpg is missing$/m,
      );
      expect(stdout).toContain(`raf-db: ${root} has 1 error\n`);
    }));

  it('fails where nothing of the layout is there', async () => {
    const { status, stdout } = await mien('data', 'check', 'affectnet', tmpdir());
    expect(status).toBe(1);
    expect(stdout).toMatch(/^error: .*: holds no AffectNet: expected training\.csv/);
  });
});
