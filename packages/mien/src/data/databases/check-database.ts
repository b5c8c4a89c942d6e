/**
 * `mien data check` of a database: what its index reports, every image and landmark file read, and the counts beside
 * the published ones. What is damaged, or listed and missing, is an error; fewer or more images than published is a
 * warning, as a part of a database is of use too.
 */
import { CheckRecorder } from '../check.ts';
import type { CheckOptions, CheckReport } from '../dataset.ts';
import { attempt } from './attempt.ts';
import { compareCounts, countFaces, type FaceCounts } from './compare-counts.ts';
import type { DatabaseDefinition, FaceRecord, FaceSource, ProblemSink } from './database.ts';
import { readFaceImage } from './read-image.ts';

/** Records that are read at a time. */
const AT_A_TIME = 8;

export interface DatabaseReport extends CheckReport {
  readonly found: FaceCounts;
}

/** @param source what is checked; with the counts that its owners published, where there are any */
export async function checkDatabase(
  source: FaceSource & Partial<Pick<DatabaseDefinition, 'published'>>,
  root: string,
  options: CheckOptions = {},
): Promise<DatabaseReport> {
  const recorder = new CheckRecorder();
  const database = await recorder.attempt(() =>
    source.index(root, (where, message) => recorder.error(kindOf(message), where, message), options),
  );
  const records = database?.records ?? [];
  if (options.readImages ?? true) await readRecords(records, recorder, options.onProgress);
  else for (const record of records) recorder.count(splitOf(record), labelOf(record));
  const published = database?.published ?? source.published;
  if (database && published)
    for (const line of compareCounts(database, published)) recorder.warning(root, `${line} (${published.source})`);
  for (const note of database?.notes ?? []) recorder.warning(root, note);
  return {
    ...recorder.report(root),
    found: countFaces(database ?? { name: source.name, root, classes: [], records: [] }),
  };
}

async function readRecords(
  records: readonly FaceRecord[],
  recorder: CheckRecorder,
  onProgress: CheckOptions['onProgress'],
): Promise<void> {
  for (let start = 0; start < records.length; start += AT_A_TIME) {
    const part = records.slice(start, start + AT_A_TIME);
    const read = await Promise.all(part.map((record) => readRecord(record)));
    part.forEach((record, i) => {
      const { pixels, errors } = read[i]!;
      if (pixels) recorder.image(splitOf(record), labelOf(record), pixels);
      for (const { where, message } of errors) recorder.error(kindOf(message), where, message);
    });
    onProgress?.(start + part.length, records.length);
  }
}

interface Problem {
  readonly where: string;
  readonly message: string;
}

async function readRecord(record: FaceRecord): Promise<{ pixels?: Uint8Array; errors: readonly Problem[] }> {
  const errors: Problem[] = [];
  const problem: ProblemSink = (where, message) => errors.push({ where, message });
  const image = await attempt(problem, () => readFaceImage(record));
  if (record.landmarks) await attempt(problem, record.landmarks);
  return { ...(image ? { pixels: image.data } : {}), errors };
}

const splitOf = (record: FaceRecord): string => record.split ?? 'all';
const labelOf = (record: FaceRecord): string => record.label ?? 'unlabelled';

/** Problems that differ in names and numbers only are of one kind. */
function kindOf(message: string): string {
  return message
    .replace(/"[^"]*"/g, '…')
    .replace(/\S*\d\S*/g, '…')
    .slice(0, 80);
}
