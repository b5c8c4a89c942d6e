/** What `mien data list` and `mien data show` print of datasets and databases. */
import { InputError } from 'mienjs';
import type { DatasetDefinition } from 'mienjs/data';
import type { DatabaseDefinition, PublishedCounts } from 'mienjs/data/node';
import { PROTOCOLS } from 'mienjs/data/protocols';

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string | null;
  /** What it is, in a few words. */
  readonly summary: string | null;
  readonly images: number | null;
  readonly sequences: number | null;
  readonly subjects: number | null;
  readonly classes: readonly string[] | null;
  readonly layout: string;
  readonly licence: string;
  /** Where to ask for a copy. */
  readonly access: string | null;
  readonly citation: string | null;
  readonly published: PublishedCounts | null;
  /** Ids of the protocols that use it. */
  readonly protocols: readonly string[];
}

/** Databases first; then the datasets that are none, such as a manifest of one's own images. */
export function catalogue(
  databases: readonly DatabaseDefinition[],
  datasets: readonly DatasetDefinition[],
): CatalogueEntry[] {
  const others = datasets.filter(({ name }) => !databases.some((database) => database.name === name));
  return [
    ...databases.map(({ name, title, summary, layout, licence, access, citation, classes, published }) => ({
      name,
      title,
      summary,
      images: published.images ?? null,
      sequences: published.sequences ?? null,
      subjects: published.subjects ?? null,
      classes,
      layout,
      licence,
      access,
      citation,
      published,
      protocols: PROTOCOLS.filter((protocol) => protocol.databases.includes(name)).map(({ id }) => id),
    })),
    ...others.map(({ name, layout, licence }) => ({
      name,
      title: null,
      summary: null,
      images: null,
      sequences: null,
      subjects: null,
      classes: null,
      layout,
      licence,
      access: null,
      citation: null,
      published: null,
      protocols: [],
    })),
  ];
}

/** @throws {InputError} naming those that exist */
export function findEntry(entries: readonly CatalogueEntry[], name: string): CatalogueEntry {
  const found = entries.find((entry) => entry.name === name);
  if (!found)
    throw new InputError(name, `unknown dataset: expected one of ${entries.map((entry) => entry.name).join(', ')}`);
  return found;
}

const COLUMNS = ['name', 'images', 'sequences', 'subjects', 'classes', 'what it is', 'layout'];
const isNumeric = (column: number): boolean => column > 0 && column < 5;

/** One line each, columns aligned, numbers to the right. */
export function formatTable(entries: readonly CatalogueEntry[]): string {
  const rows = entries.map(({ name, images, sequences, subjects, classes, summary, layout }) => [
    name,
    ...[images, sequences, subjects, classes?.length ?? null].map((n) => (n === null ? '–' : String(n))),
    summary ?? '–',
    layout,
  ]);
  const widths = COLUMNS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const pad = (text: string, i: number): string => (isNumeric(i) ? text.padStart(widths[i]!) : text.padEnd(widths[i]!));
  return [COLUMNS, ...rows].map((row) => `${row.map(pad).join('  ').trimEnd()}\n`).join('');
}

/** A line for each thing that is known. */
export function describeEntry(entry: CatalogueEntry): string {
  const lines = [
    ['what it is', entry.title === null ? null : `${entry.title}: ${entry.summary}`],
    ['layout', entry.layout],
    ['classes', entry.classes?.join(', ')],
    ...(entry.published ? describeCounts(entry.published) : []),
    ['protocols', entry.protocols.join(', ') || null],
    ['licence', entry.licence],
    ['ask for it', entry.access],
    ['cite', entry.citation],
  ] as const;
  return [
    `${entry.name}\n`,
    ...lines.flatMap(([name, text]) => (text == null ? [] : [`  ${name.padEnd(12)}${text}\n`])),
  ].join('');
}

function describeCounts(published: PublishedCounts): [string, string | undefined][] {
  const totals = (['images', 'sequences', 'subjects'] as const).flatMap((what) =>
    published[what] === undefined ? [] : [`${published[what]} ${what}`],
  );
  const byClass = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([label, n]) => `${label} ${n}`)
      .join(', ');
  return [
    ['published', `${totals.join(', ') || 'counts by split'} (${published.source})`],
    ['by class', published.labels && byClass(published.labels)],
    ...Object.entries(published.splits ?? {}).map(([split, counts]): [string, string] => [
      split,
      typeof counts === 'number' ? String(counts) : byClass(counts),
    ]),
    ...Object.entries(published.bySubject ?? {}).map(([subject, counts]): [string, string] => [
      subject,
      byClass(counts),
    ]),
  ];
}
