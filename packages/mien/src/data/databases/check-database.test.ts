/** The check of a whole database, on FERG's fixture and on one that a test makes up. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CASES, drawFace, writeTree } from 'mien-testkit';
import { expect, it } from 'vitest';
import { InputError } from '../../errors.ts';
import { rawImage } from '../../image/index.ts';
import { checkDatabase } from './check-database.ts';
import type { DatabaseDefinition, FaceRecord } from './database.ts';
import { DATABASES } from './index.ts';

const definition = DATABASES.find(({ name }) => name === 'ferg')!;
const { tree, expected } = DATABASE_CASES.find(({ name }) => name === 'ferg')!;

async function withFerg(use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'mien-check-'));
  try {
    await writeTree(root, tree);
    await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

it('passes a sound part, with a warning for each thing that a full copy has more', () =>
  withFerg(async (root) => {
    const progress: number[][] = [];
    const report = await checkDatabase(definition, root, { onProgress: (...at) => progress.push(at) });
    expect(report.ok).toBe(true);
    expect(report.found).toEqual({ images: 13, sequences: 0, subjects: 6 });
    expect(progress).toEqual([
      [8, 13],
      [13, 13],
    ]);
    expect(report.summary.counts).toEqual({
      all: { anger: 1, disgust: 1, fear: 1, happiness: 2, neutral: 1, sadness: 6, surprise: 1 },
    });
    expect(report.findings.map(({ severity }) => severity)).toEqual(Array.from({ length: 8 }, () => 'warning'));
    expect(report.findings[0]).toEqual({
      severity: 'warning',
      where: root,
      message: "images: 13 found, 55767 published: 55754 missing (the database's README)",
    });
    expect(report.findings.at(-1)!.message).toMatch(/^ray: anger 1459 missing, .*sadness 1097 missing/);
  }));

it('finds damaged images and repeated ones', () =>
  withFerg(async (root) => {
    await writeFile(join(root, expected.ids[0]!), 'no image');
    await writeTree(root, {
      'FERG_DB_256/ray/ray_sadness/ray_sadness_2.png': drawFace({ width: 256, height: 256, channels: 3, seed: 12 }),
    });
    const { ok, findings, summary } = await checkDatabase(definition, root);
    expect(ok).toBe(false);
    expect(findings.filter(({ severity }) => severity === 'error').map(({ where }) => where)).toEqual([
      join(root, expected.ids[0]!),
    ]);
    expect(summary.duplicatesWithinSplits).toBe(1);
    expect(findings.at(-1)!.message).toContain('1 images repeat one of their own split');
  }));

it('reads no image where that is not wanted, and counts all the same', () =>
  withFerg(async (root) => {
    for (const id of expected.ids) await writeFile(join(root, id), '');
    const { ok, summary } = await checkDatabase(definition, root, { readImages: false });
    expect(ok).toBe(true);
    expect(summary.counts['all']!['sadness']).toBe(6);
    expect((await checkDatabase(definition, root)).ok).toBe(false);
  }));

it('reports a folder that holds nothing of the layout', async () => {
  const { ok, findings, found } = await checkDatabase(definition, join(tmpdir(), 'mien-no-such-folder'));
  expect(ok).toBe(false);
  expect(findings).toEqual([
    {
      severity: 'error',
      where: join(tmpdir(), 'mien-no-such-folder'),
      message: expect.stringContaining('holds no FERG') as string,
    },
  ]);
  expect(found.images).toBe(0);
});

it('lists twenty findings of a kind, and reads landmarks', async () => {
  const record = (i: number): FaceRecord => ({
    id: String(i),
    image: { read: () => Promise.resolve(rawImage(1, 1, 1, Uint8Array.of(i))) },
    landmarks: () => Promise.reject(new InputError(`/x/${i}.txt`, `line ${i} is damaged`)),
  });
  const made: DatabaseDefinition = {
    ...definition,
    published: { source: 's' },
    index(root, problem) {
      for (let i = 0; i < 25; i++) problem!(`/x/list:${i}`, `lists "${i}.png", which is missing`);
      return Promise.resolve({
        name: 'x',
        root,
        classes: [],
        records: Array.from({ length: 30 }, (_, i) => record(i)),
        published: { images: 31, source: 'its own release' },
      });
    },
  };
  const { findings, summary } = await checkDatabase(made, '/x');
  expect(findings).toHaveLength(20 + 20 + 2 + 1);
  expect(findings.slice(-3).map(({ message }) => message)).toEqual([
    'images: 30 found, 31 published: 1 missing (its own release)',
    '5 more of the kind "lists …, which is missing"',
    '10 more of the kind "line … is damaged"',
  ]);
  expect(summary.counts).toEqual({ all: { unlabelled: 30 } });
});
