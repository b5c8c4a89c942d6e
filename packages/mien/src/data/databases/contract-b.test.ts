/** What every database must do, on its fixture: records in order, labels, people, frames, annotations; damages reported, the rest kept. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CASES_B, type DatabaseCase, type ExpectedRecord, type Tree, writeTree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import type { FaceRecord } from './database.ts';
import { DATABASES, readFaceImage } from './index.ts';

const definitionOf = (name: string) => DATABASES.find((definition) => definition.name === name)!;

async function withTree<T>(trees: readonly Tree[], removed: readonly string[], use: (root: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'mien-database-'));
  try {
    for (const tree of trees) await writeTree(root, tree);
    for (const path of removed) await rm(join(root, path), { recursive: true });
    return await use(root);
  } finally {
    await rm(root, { recursive: true });
  }
}

async function compare(record: FaceRecord, { image, landmarks, ...expected }: ExpectedRecord): Promise<void> {
  expect(record).toMatchObject(expected);
  if (landmarks) expect(Object.keys((await record.landmarks?.()) ?? {}).map(Number)).toEqual(landmarks);
  if (image) expect(await readFaceImage(record)).toMatchObject(image);
}

describe.each(DATABASE_CASES_B.map((c, i) => ({ title: `${c.name} (case ${i + 1})`, c })))('$title', ({ c }: { c: DatabaseCase }) => {
  const definition = definitionOf(c.name);

  it('indexes a sound copy', () => withTree([c.tree], [], async (root) => {
    const { classes, records, name } = await definition.index(root);
    expect(name).toBe(c.name);
    expect(records.map(({ id }) => id)).toEqual(c.expected.ids);
    expect(records.map(({ label }) => label)).toEqual(c.expected.labels);
    for (const { label, labelDistribution } of records) {
      for (const used of [...(label === undefined ? [] : [label]), ...Object.keys(labelDistribution ?? {})]) expect(classes).toContain(used);
    }
    expect(new Set(records.flatMap((r) => r.subject ?? [])).size).toBe(c.expected.subjects);
    expect(new Set(records.flatMap((r) => r.sequence ?? [])).size).toBe(c.expected.sequences);
    for (const record of records) await compare(record, { image: c.expected.image, ...c.expected.records[record.id] });
    for (const id of Object.keys(c.expected.records)) expect(c.expected.ids).toContain(id);
  }));

  it('reports every damage and keeps the rest', () => withTree([c.tree, c.damaged.changed], c.damaged.removed ?? [], async (root) => {
    const problems: { where: string; message: string }[] = [];
    const { records } = await definition.index(root, (where, message) => problems.push({ where: where.slice(root.length + 1), message }));
    expect(problems.map(({ where }) => where).sort()).toEqual(c.damaged.problems.map(({ where }) => where).sort());
    for (const { where, message } of c.damaged.problems) expect(problems.filter((p) => p.where === where).map((p) => p.message).join('\n')).toMatch(message);
    expect(records.map(({ id }) => id)).toEqual(c.damaged.ids);
    await expect(definition.index(root)).rejects.toThrow(root);
  }));

  it('reads no pixels', () => {
    const emptied = Object.fromEntries(Object.keys(c.tree).filter((path) => /\.(png|jpe?g|tiff?|bmp)$/i.test(path)).map((path) => [path, '']));
    return withTree([c.tree, c.unreadable ?? emptied], [], async (root) => {
      expect((await definition.index(root)).records.map(({ id }) => id)).toEqual(c.expected.ids);
    });
  });

  it('refuses another folder', () => withTree([{ 'other/readme.txt': 'nothing' }], [], async (root) => {
    await expect(definition.index(root)).rejects.toThrow(root);
    await expect(definition.index(join(root, 'absent'))).rejects.toThrow(join(root, 'absent'));
  }));
});
