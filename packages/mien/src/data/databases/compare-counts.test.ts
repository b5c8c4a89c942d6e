/** Differences from the published counts, worked by hand. */
import { expect, it } from 'vitest';
import { compareCounts, countFaces } from './compare-counts.ts';
import type { Database, FaceRecord } from './database.ts';
import { DATABASES } from './index.ts';

const face = (id: string, rest: Partial<FaceRecord>): FaceRecord => ({ id, image: { file: id }, ...rest });
const databaseOf = (records: readonly FaceRecord[]): Database => ({
  name: 'x',
  root: '/x',
  classes: ['anger', 'fear'],
  records,
});

const STILLS = databaseOf([
  face('1', { split: 'train', label: 'anger', subject: 'ann' }),
  face('2', { split: 'train', label: 'anger', subject: 'bob' }),
  face('3', { split: 'test', label: 'fear', subject: 'ann' }),
  face('4', { split: 'test' }),
]);

it('is silent where all agree', () => {
  const published = {
    images: 4,
    subjects: 2,
    labels: { anger: 2, fear: 1 },
    splits: { train: { anger: 2 }, test: 2 },
    bySubject: { ann: { anger: 1, fear: 1 }, bob: { anger: 1 } },
    source: 's',
  };
  expect(compareCounts(STILLS, published)).toEqual([]);
});

it('names what is missing and what is more, by split, class and subject', () => {
  const published = {
    images: 6,
    sequences: 0,
    subjects: 1,
    labels: { anger: 1, fear: 4 },
    splits: { train: { anger: 2, fear: 1 }, test: 1, challenge: 2, extra: { anger: 7 } },
    bySubject: { bob: { fear: 1 }, cid: { anger: 3, fear: 2 } },
    source: 's',
  };
  expect(compareCounts(STILLS, published)).toEqual([
    'images: 4 found, 6 published: 2 missing',
    'subjects: 2 found, 1 published: 1 more than published',
    'classes: anger 1 more than published, fear 3 missing',
    'train: fear 1 missing',
    'test: 2 found, 1 published: 1 more than published',
    'challenge: 0 found, 2 published: 2 missing',
    'extra: none found, 7 published',
    'bob: fear 1 missing, anger 1 more than published',
    'cid: none found, 5 published',
  ]);
});

it('counts a sequence once', () => {
  const frames = databaseOf(
    [0, 1, 2].map((frame) => face(String(frame), { split: 'train', label: 'anger', sequence: 'a', frame })),
  );
  expect(countFaces(frames)).toEqual({ images: 3, sequences: 1, subjects: 0 });
  expect(
    compareCounts(frames, { sequences: 1, labels: { anger: 1 }, splits: { train: { anger: 1 } }, source: 's' }),
  ).toEqual([]);
});

it.each(DATABASES.map((definition) => [definition.name, definition] as const))(
  '%s: its published figures add up',
  (_, { published, classes }) => {
    for (const labels of [
      published.labels ?? {},
      ...Object.values(published.splits ?? {}),
      ...Object.values(published.bySubject ?? {}),
    ]) {
      if (typeof labels === 'object') for (const label of Object.keys(labels)) expect(classes).toContain(label);
    }
    const total = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((sum, n) => sum + n, 0);
    const bySubject = Object.values(published.bySubject ?? {});
    if (published.labels && bySubject.length > 0)
      expect(bySubject.map(total).reduce((sum, n) => sum + n)).toBe(total(published.labels));
    if (published.subjects !== undefined && bySubject.length > 0) expect(bySubject).toHaveLength(published.subjects);
    expect(published.source).not.toBe('');
  },
);

it.each([
  ['ferg', 55_767],
  ['fer2013', 35_887],
  ['raf-db', 15_339],
  ['afew', 1809],
  ['afew-6', 1749],
  ['afew-5', 1645],
  ['sfew', 1766],
])('%s: its classes and splits make up the published total', (name, expected) => {
  const { published } = DATABASES.find((definition) => definition.name === name)!;
  const counts = Object.values(published.splits ?? { all: published.labels! });
  expect(
    counts
      .flatMap((split) => (typeof split === 'number' ? [split] : Object.values(split)))
      .reduce((sum, n) => sum + n, 0),
  ).toBe(expected);
});
