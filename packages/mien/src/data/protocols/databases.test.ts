/** The protocols fit the databases: what they ask for exists in the fixture of each, in the owners' layout. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_CASES, writeTree } from 'mien-testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, DATABASES, type FaceRecord } from '../databases/index.ts';
import type { ImageFormat } from '../image-input.ts';
import type { Framing } from '../framing.ts';
import { RecordImages } from '../record-images.ts';
import { foldsOf } from './folds.ts';
import { findProtocol, PROTOCOLS } from './list.ts';
import { selectRecords } from './select.ts';

let folder: string;
/** Fixtures by database; some have several. */
const fixtures = new Map<string, Database[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-protocols-'));
  for (const [i, { name, tree }] of DATABASE_CASES.entries()) {
    const root = join(folder, String(i));
    await writeTree(root, tree);
    const database = await DATABASES.find((definition) => definition.name === name)!.index(root);
    fixtures.set(name, [...(fixtures.get(name) ?? []), database]);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The first fixture in which something holds. */
function fixtureWith(name: string, holds: (database: Database) => boolean): Database | undefined {
  return fixtures.get(name)?.find(holds);
}

test.each(PROTOCOLS.map((protocol) => [protocol.id, protocol] as const))('%s', (_, protocol) => {
  const { databases, classes, split } = protocol;
  for (const name of databases) {
    const database = fixtureWith(name, (d) => d.records.some((record) => record.label !== undefined));
    expect(database, name).toBeDefined();
    // the fixtures' sequences are shorter than seven frames
    const { records } = selectRecords(
      database!,
      protocol,
      protocol.frames.expression.rule === 'from-start' ? protocol.testFrames : protocol.frames,
    );
    expect(records.length, name).toBeGreaterThan(0);
    const known = new Set([...database!.classes, ...(protocol.frames.firstIsNeutral ? ['neutral'] : [])]);
    if (classes !== 'own')
      expect(
        classes.filter((label) => !known.has(label)),
        name,
      ).toEqual([]);
    if (['person-folds', 'leave-one-subject-out'].includes(split.rule))
      expect(
        records.every(({ subject }) => subject !== undefined),
        name,
      ).toBe(true);
    if (split.rule === 'official') {
      const splits = new Set(database!.records.map((record) => record.split));
      for (const wanted of [split.train, split.validation, split.test])
        if (typeof wanted === 'string') expect(splits, name).toContain(wanted);
    }
    if (split.rule === 'given-folds') {
      const values = new Set(
        split.attributes.flatMap((attribute) => records.map(({ attributes }) => attributes?.[attribute])),
      );
      for (const wanted of [split.train, split.validation, split.test]) expect(values).toContain(wanted);
    }
  }
});

test('views and conditions that a protocol asks for are told from the others', () => {
  for (const [id, name, attribute, values] of [
    ['oulu-casia.10-fold.6', 'oulu-casia', 'camera', ['VL']],
    ['mmi.10-fold.6', 'mmi', 'view', ['frontal']],
    ['rafd.10-fold.8', 'rafd', 'angle', [90]],
    ['bu-3dfe.10-fold.6-strong', 'bu-3dfe', 'level', [3, 4]],
  ] as const) {
    const database = fixtures.get(name)![0]!;
    const wanted: readonly (string | number)[] = values;
    const { records } = selectRecords(database, findProtocol(id));
    expect(
      records.every(({ attributes }) => wanted.includes(attributes![attribute]!)),
      id,
    ).toBe(true);
    expect(
      database.records.some(({ attributes }) => !wanted.includes(attributes![attribute]!)),
      id,
    ).toBe(true);
  }
});

describe('images of every database', () => {
  const format: ImageFormat = {
    width: 16,
    height: 16,
    channels: 'grey',
    template: {
      rightEye: [0.3, 0.4],
      leftEye: [0.7, 0.4],
      noseTip: [0.5, 0.6],
      mouthRight: [0.35, 0.75],
      mouthLeft: [0.65, 0.75],
    },
  };

  test('come in one format, by the surest way that the database allows', async () => {
    const framings: Record<string, Framing[]> = {};
    for (const [name, databases] of fixtures) {
      const seen = new Set<Framing>();
      for (const { records } of databases) {
        const images = new RecordImages(format, { onImage: (_: FaceRecord, framing) => seen.add(framing) });
        const table = await images.table(records);
        expect([table.count, table.pixels.length], name).toEqual([records.length, records.length * 256]);
      }
      framings[name] = [...seen].sort();
    }
    const byLandmarks = ['ck-plus', 'multi-pie', 'sfew', 'raf-db-original', 'raf-db-compound-original', 'affectnet'];
    for (const [name, seen] of Object.entries(framings))
      expect([name, seen.includes('landmarks')]).toEqual([name, byLandmarks.includes(name)]);
    // aligned copies, and images whose owners give no landmarks
    expect(Object.keys(framings).filter((name) => !framings[name]!.includes('whole'))).toEqual([
      'raf-db-original',
      'raf-db-compound-original',
      'affectnet',
    ]);
  });
});

test("RAF-DB's official split on its fixture: the test part is the owners'", () => {
  const database = fixtureWith('raf-db', (d) => d.records.length > 0)!;
  const [fold] = foldsOf(findProtocol('raf-db.official.7'), [database], { need: 'test' });
  expect(fold!.test.map(({ id }) => id)).toEqual(
    database.records
      .filter(({ split }) => split === 'test')
      .map(({ id }) => id)
      .sort(),
  );
});
