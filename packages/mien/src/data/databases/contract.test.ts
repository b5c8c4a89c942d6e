/** What every database must do on its fixture. The fixtures stand in `testkit/database-fixtures`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CASES, writeTree, type DatabaseCase, type ExpectedRecord, type Tree } from 'mien-testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../errors.ts';
import { isImageName } from '../../files/index.ts';
import { DATABASES, type Database, type DatabaseDefinition, type FaceRecord } from './index.ts';
import { readFaceImage } from './read-image.ts';

/** Turns the order in which folders are listed. */
const order = vi.hoisted(() => ({ reversed: false }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const listed = async (...args: Parameters<typeof real.readdir>): Promise<unknown> => {
    const entries = await real.readdir(...args);
    return order.reversed ? [...entries].reverse() : entries;
  };
  return { ...real, readdir: listed };
});
afterEach(() => {
  order.reversed = false;
});

async function withTrees(trees: readonly Tree[], use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'mien-database-'));
  try {
    for (const tree of trees) await writeTree(root, tree);
    await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

const definitionOf = (name: string): DatabaseDefinition =>
  DATABASES.find((d) => d.name === name) ?? expect.fail(`no database ${name}`);
const distinct = (values: readonly (string | undefined)[]): number =>
  new Set(values.filter((v) => v !== undefined)).size;

/** Everything of a record but its functions. */
const plain = ({ records }: Database): unknown[] =>
  records.map((record) => JSON.parse(JSON.stringify(record)) as unknown);

async function asExpected(record: FaceRecord, expected: ExpectedRecord): Promise<void> {
  const { landmarks } = expected;
  const { subject, sequence, frame, split, labelDistribution, box, actionUnits, valence, arousal } = expected;
  const parts = { subject, sequence, frame, split, labelDistribution, box, actionUnits, valence, arousal };
  for (const [part, value] of Object.entries(parts))
    if (value !== undefined) expect(record[part as keyof FaceRecord], `${part} of ${record.id}`).toEqual(value);
  for (const [name, value] of Object.entries(expected.attributes ?? {}))
    expect(record.attributes?.[name], `${name} of ${record.id}`).toBe(value);
  if (landmarks) expect(record.landmarks !== undefined, `landmarks of ${record.id}`).toBe(landmarks.length > 0);
  if (landmarks?.length) {
    const sets = Object.entries(await record.landmarks!());
    expect(sets.map(([count, points]) => [Number(count), points.length])).toEqual(landmarks.map((n) => [n, n]));
    expect(sets.flatMap(([, points]) => points.flat()).every(Number.isFinite)).toBe(true);
  }
}

describe('the list of databases', () => {
  it('has a fixture or more for each, and each once', () => {
    expect([...new Set(DATABASE_CASES.map(({ name }) => name))].sort()).toEqual(
      DATABASES.map(({ name }) => name).sort(),
    );
    expect(new Set(DATABASES.map(({ name }) => name)).size).toBe(DATABASES.length);
  });

  it.each(DATABASES.map((d) => [d.name, d] as const))(
    '%s tells what it is, with counts of its own classes',
    (_name, definition) => {
      for (const text of [
        definition.title,
        definition.summary,
        definition.layout,
        definition.licence,
        definition.citation,
        definition.published.source,
      ]) {
        expect(text).toMatch(/^\S[^\n]*\S$/);
      }
      const { labels = {}, images, sequences } = definition.published;
      for (const label of Object.keys(labels)) expect(definition.classes).toContain(label);
      const labelled = Object.values(labels).reduce((sum, n) => sum + n, 0);
      expect(labelled).toBeLessThanOrEqual(sequences ?? images ?? Infinity);
    },
  );
});

const titled = DATABASE_CASES.map((c, i) => {
  const form = DATABASE_CASES.slice(0, i).filter(({ name }) => name === c.name).length + 1;
  return [form === 1 ? c.name : `${c.name}, fixture ${form}`, c] as const;
});

describe.each(titled)('%s', (_title, testCase: DatabaseCase) => {
  const { name } = testCase;
  const definition = definitionOf(name);
  const { tree, expected, damaged } = testCase;

  it('indexes its fixture: counts, labels, people, frames, order', async () => {
    await withTrees([tree], async (root) => {
      const database = await definition.index(root);
      expect(database.name).toBe(name);
      expect(database.classes).toEqual(definition.classes);
      expect(database.records.map(({ id }) => id)).toEqual(expected.ids);
      expect(new Set(expected.ids).size).toBe(expected.ids.length);
      expect(database.records.map(({ label }) => label)).toEqual(expected.labels);
      for (const label of expected.labels) if (label !== undefined) expect(definition.classes).toContain(label);
      expect(distinct(database.records.map(({ subject }) => subject))).toBe(expected.subjects);
      expect(distinct(database.records.map(({ sequence }) => sequence))).toBe(expected.sequences);
      for (const [id, parts] of Object.entries(expected.records)) {
        await asExpected(database.records.find((record) => record.id === id) ?? expect.fail(`no record ${id}`), parts);
      }
    });
  });

  it('counts the frames of each sequence from 0', async () => {
    await withTrees([tree], async (root) => {
      const next = new Map<string, number>();
      for (const { id, sequence, frame } of (await definition.index(root)).records) {
        expect(frame, id).toBe(sequence === undefined ? undefined : (next.get(sequence) ?? 0));
        if (sequence !== undefined) next.set(sequence, frame! + 1);
      }
    });
  });

  it('reads every image', async () => {
    await withTrees([tree], async (root) => {
      for (const record of (await definition.index(root)).records) {
        const { width, height } = await readFaceImage(record);
        expect({ width, height }, record.id).toEqual(expected.records[record.id]?.image ?? expected.image);
      }
    });
  });

  it('is the same in whatever order folders are listed', async () => {
    await withTrees([tree], async (root) => {
      const usual = plain(await definition.index(root));
      order.reversed = true;
      expect(plain(await definition.index(root))).toEqual(usual);
    });
  });

  const imageFiles = Object.keys(tree).filter(isImageName);
  // Pixels inside a label file are read with it.
  it.skipIf(imageFiles.length === 0 && !testCase.unreadable)('reads no pixels to index', async () => {
    await withTrees(
      [tree, testCase.unreadable ?? Object.fromEntries(imageFiles.map((path) => [path, '']))],
      async (root) => {
        const database = await definition.index(root);
        expect(database.records.map(({ id }) => id)).toEqual(expected.ids);
        await expect(readFaceImage(database.records[0]!)).rejects.toThrow(InputError);
      },
    );
  });

  it('reports each damage with file and line, and keeps the rest', async () => {
    await withTrees([tree, damaged.changed], async (root) => {
      for (const path of damaged.removed ?? []) await rm(join(root, path), { recursive: true });
      const problems: { where: string; message: string }[] = [];
      const database = await definition.index(root, (where, message) => problems.push({ where, message }));
      const rest = [...problems];
      for (const { where, message } of damaged.problems) {
        const at = rest.findIndex(
          (p) => p.where === join(root, where) && message.test(p.message) && !p.message.includes('\n'),
        );
        expect(at, `${where} ${String(message)} among ${JSON.stringify(rest)}`).toBeGreaterThanOrEqual(0);
        rest.splice(at, 1);
      }
      expect(rest).toEqual([]);
      expect(database.records.map(({ id }) => id)).toEqual(damaged.ids);
      const first = problems[0]!;
      await expect(definition.index(root)).rejects.toThrow(new InputError(first.where, first.message));
    });
  });

  it('refuses a folder that is absent, or of something else, in one line', async () => {
    await withTrees([{ 'notes.txt': 'nothing', 'a/b/photo.png': 'nothing' }], async (root) => {
      for (const folder of [root, join(root, 'absent')]) {
        const error: unknown = await definition
          .index(folder, () => undefined)
          .then(
            () => expect.fail('accepted'),
            (e: unknown) => e,
          );
        expect(error).toBeInstanceOf(InputError);
        expect((error as InputError).message).toMatch(/^[^\n]+$/);
        expect((error as InputError).message).toContain(folder);
      }
    });
  });
});
