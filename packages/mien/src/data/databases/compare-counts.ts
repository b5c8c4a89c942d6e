/** A copy of a database beside the published counts: by split, class and subject. */
import type { Database, FaceRecord, PublishedCounts } from './database.ts';

export interface FaceCounts {
  readonly images: number;
  readonly sequences: number;
  readonly subjects: number;
}

export function countFaces({ records }: Database): FaceCounts {
  return { images: records.length, sequences: distinct(records, 'sequence'), subjects: distinct(records, 'subject') };
}

function distinct(records: readonly FaceRecord[], key: 'sequence' | 'subject'): number {
  return new Set(records.flatMap((record) => record[key] ?? [])).size;
}

/**
 * @returns a line for each difference, in the order: images, sequences, subjects, classes, splits, subjects by class;
 *   none where all agree
 */
export function compareCounts(database: Database, published: PublishedCounts): string[] {
  const found = countFaces(database);
  const units = oneOfEachSequence(database.records);
  const lines = (['images', 'sequences', 'subjects'] as const).map((what) =>
    compareTotal(`${what}: `, found[what], published[what]),
  );
  if (published.labels) lines.push(compareClasses('classes: ', units, published.labels));
  for (const [split, expected] of Object.entries(published.splits ?? {})) {
    const own = units.filter((record) => record.split === split);
    lines.push(
      typeof expected === 'number'
        ? compareTotal(`${split}: `, own.length, expected)
        : compareClasses(`${split}: `, own, expected),
    );
  }
  for (const [subject, expected] of Object.entries(published.bySubject ?? {})) {
    lines.push(
      compareClasses(
        `${subject}: `,
        database.records.filter((record) => record.subject === subject),
        expected,
      ),
    );
  }
  return lines.filter((line) => line !== undefined);
}

/** Labels count sequences where the database has them. */
function oneOfEachSequence(records: readonly FaceRecord[]): readonly FaceRecord[] {
  const seen = new Set<string>();
  return records.filter(({ sequence }) => sequence === undefined || (!seen.has(sequence) && seen.add(sequence)));
}

function compareTotal(prefix: string, found: number, published: number | undefined): string | undefined {
  if (published === undefined || found === published) return undefined;
  return `${prefix}${found} found, ${published} published: ${difference(published - found)}`;
}

function compareClasses(
  prefix: string,
  records: readonly FaceRecord[],
  published: Readonly<Record<string, number>>,
): string | undefined {
  const found = new Map<string, number>();
  for (const { label } of records) if (label !== undefined) found.set(label, (found.get(label) ?? 0) + 1);
  if (found.size === 0)
    return `${prefix}none found, ${Object.values(published).reduce((sum, n) => sum + n, 0)} published`;
  const labels = [...Object.keys(published), ...[...found.keys()].filter((label) => !Object.hasOwn(published, label))];
  const parts = labels.flatMap((label) => {
    const missing = (published[label] ?? 0) - (found.get(label) ?? 0);
    return missing === 0 ? [] : [`${label} ${difference(missing)}`];
  });
  return parts.length === 0 ? undefined : `${prefix}${parts.join(', ')}`;
}

const difference = (missing: number): string =>
  missing > 0 ? `${missing} missing` : `${-missing} more than published`;
