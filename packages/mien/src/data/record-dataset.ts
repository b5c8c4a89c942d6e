/** Records of a database as a dataset of images of one format: what training and evaluation take. */
import { checkDatabase, type Database, type DatabaseDefinition, type FaceRecord } from './databases/index.ts';
import { type Dataset, type DatasetDefinition, type LabelledImages, missingSplit } from './dataset.ts';
import type { ImageFormat } from './preprocess.ts';
import { RecordImages, type RecordImagesOptions } from './record-images.ts';

/** What images become where nothing is said: the size that the compact network takes. */
const DEFAULT_FORMAT: ImageFormat = { width: 48, height: 48, channels: 'grey' };

/**
 * Splits of records as a dataset. Images are read when a split is asked for, and a split is kept once read.
 * Labels outside `classes` count as none. Where some of the records have label distributions, all get one (see `distributionRows`);
 * whether these or the labels are learned is the recipe's choice (`Head.target`).
 * @param source named when a split is missing
 */
export function recordDataset(
  source: string, { name, classes }: Pick<Dataset, 'name' | 'classes'>, splits: Readonly<Record<string, readonly FaceRecord[]>>, images: RecordImages,
): Dataset {
  const names = Object.keys(splits);
  const loaded = new Map<string, Promise<LabelledImages>>();
  return {
    name,
    classes,
    splits: names,
    async loadSplit(split) {
      const records = splits[split];
      if (!records) throw missingSplit(source, split, names);
      const load = loaded.get(split) ?? loadRecords(records, classes, images);
      loaded.set(split, load);
      return load;
    },
  };
}

/** The owners' splits, in the order of the records; `all` where they published none. */
export function splitsOf({ records }: Database): Record<string, FaceRecord[]> {
  const splits: Record<string, FaceRecord[]> = {};
  for (const record of records) (splits[record.split ?? 'all'] ??= []).push(record);
  return splits;
}

/** A copy of a database as a dataset with its owners' splits. */
export function databaseDataset(database: Database, format: ImageFormat = DEFAULT_FORMAT, options: RecordImagesOptions = {}): Dataset {
  return recordDataset(database.root, database, splitsOf(database), new RecordImages(format, options));
}

/** A database for `--data NAME=DIR`. */
export function databaseAsDataset(definition: DatabaseDefinition): DatasetDefinition {
  return {
    name: definition.name,
    layout: definition.layout,
    licence: `${definition.licence}; cite ${definition.citation}`,
    load: async (path, format) => databaseDataset(await definition.index(path), format),
    check: (path) => checkDatabase(definition, path),
  };
}

async function loadRecords(records: readonly FaceRecord[], classes: readonly string[], images: RecordImages): Promise<LabelledImages> {
  const labels = Int32Array.from(records, ({ label }) => (label === undefined ? -1 : classes.indexOf(label)));
  const hasDistributions = records.some(({ labelDistribution }) => labelDistribution);
  return {
    images: await images.table(records),
    classes,
    labels,
    ...(hasDistributions ? { labelDistribution: distributionRows(records, labels, classes) } : {}),
    ids: records.map(({ id }) => id),
    ...(records.some(({ subject }) => subject !== undefined) ? { subjects: records.map(({ subject = null }) => subject) } : {}),
    ...(records.some(({ landmarks }) => landmarks) ? { landmarks: (i: number) => records[i]!.landmarks?.() ?? Promise.resolve(undefined) } : {}),
    alternatives: {},
  };
}

/** [N,K] rows that sum to 1: of the weights of `classes` alone; of the label where there are none; all 0 where there is neither. */
function distributionRows(records: readonly FaceRecord[], labels: Int32Array, classes: readonly string[]): Float32Array {
  const K = classes.length;
  const rows = new Float32Array(records.length * K);
  records.forEach(({ labelDistribution }, i) => {
    const weights = classes.map((name) => labelDistribution?.[name] ?? 0);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total > 0) weights.forEach((weight, k) => { rows[i * K + k] = weight / total; });
    else if (labels[i]! >= 0) rows[i * K + labels[i]!] = 1;
  });
  return rows;
}
