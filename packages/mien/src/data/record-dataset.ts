/** Records of a database as a dataset of images of one format: what training and evaluation take. */
import {
  checkDatabase,
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type FaceSource,
  type UnclearRecords,
} from './databases/index.ts';
import { type Dataset, type DatasetDefinition, type LabelledImages, type Labelling, missingSplit } from './dataset.ts';
import type { ImageFormat } from './preprocess.ts';
import { RecordImages, type RecordImagesOptions } from './record-images.ts';
import { inOrderOfRoles } from './splits.ts';
import { takeFrames } from './take-frames.ts';

/** What images become where nothing is said: the size that the compact network takes. */
const DEFAULT_FORMAT: ImageFormat = { width: 48, height: 48, channels: 'grey' };

type Named = Pick<Dataset, 'name' | 'classes' | 'splitNotes' | 'notes' | 'labelsOf'> & Pick<Database, 'alternatives'>;

/** What of the records counts, and under which labels: see `FaceSource`. */
export type Forms = Pick<FaceSource, 'sampleOf' | 'labelSets' | 'unclear'>;

/**
 * Splits of records as a dataset. Images are read when a split is asked for, and a split is kept once read.
 * Labels outside `classes` count as none. Where some of the records have label distributions, all get one (see
 * `distributionRows`); whether these or the labels are learned is the recipe's choice (`Head.target`).
 * @param source named when a split is missing
 */
export function recordDataset(
  source: string,
  { name, classes, alternatives, splitNotes, notes = [], labelsOf }: Named,
  splits: Readonly<Record<string, readonly FaceRecord[]>>,
  images: RecordImages,
  { sampleOf, labelSets, unclear }: Forms = {},
): Dataset {
  const names = Object.keys(splits);
  const recordsOf = (split: string): readonly FaceRecord[] => {
    const records = splits[split];
    if (!records) throw missingSplit(source, split, names);
    return records;
  };
  const loaded = new Map<string, Promise<LabelledImages>>();
  return {
    name,
    source,
    classes,
    splits: names,
    unlabelled: names.filter((split) => splits[split]!.every(({ label }) => label === undefined)),
    ...(splitNotes ? { splitNotes } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    ...(labelsOf === undefined ? {} : { labelsOf }),
    ...(labelSets
      ? {
          labelSets: labelSets.map((set) =>
            recordDataset(source, { ...set, ...(alternatives ? { alternatives } : {}) }, splits, images, set),
          ),
        }
      : {}),
    ...(unclear ? { loadUnclear: async (split) => loadUnclear(recordsOf(split), unclear, classes, images) } : {}),
    async loadSplit(split, use) {
      const records = recordsOf(split);
      const key = sampleOf ? `${use} ${split}` : split;
      const load =
        loaded.get(key) ??
        loadRecords(
          sampleOf ? records.flatMap((record) => sampleOf(record, use) ?? []) : records,
          { classes, alternatives },
          images,
        );
      loaded.set(key, load);
      return load;
    },
  };
}

/** The owners' splits: train, validation, test, then others; `all` where they published none. */
export function splitsOf({ records }: Database): Record<string, FaceRecord[]> {
  const splits: Record<string, FaceRecord[]> = {};
  for (const record of records) (splits[record.split ?? 'all'] ??= []).push(record);
  return Object.fromEntries(inOrderOfRoles(Object.keys(splits)).map((name) => [name, splits[name]!]));
}

/** A copy of a database as a dataset with its owners' splits. */
export function databaseDataset(
  database: Database,
  format: ImageFormat = DEFAULT_FORMAT,
  options: RecordImagesOptions = {},
  forms?: Forms,
): Dataset {
  return recordDataset(database.root, database, splitsOf(database), new RecordImages(format, options), forms);
}

/** Anything that can be indexed, for `--data NAME=PATH`: loading and checking read it by the same index. */
export function sourceAsDataset(
  source: FaceSource & Pick<DatasetDefinition, 'licence'> & Partial<Pick<DatabaseDefinition, 'published'>>,
): DatasetDefinition {
  return {
    name: source.name,
    layout: source.layout,
    licence: source.licence,
    takes: [...(source.takes ?? []), 'frames'],
    load: async (path, format, { frames, ...options } = {}) =>
      databaseDataset(takeFrames(await source.index(path, undefined, options), frames), format, {}, source),
    check: (path, options) => checkDatabase(source, path, options),
  };
}

/** A database for `--data NAME=DIR`. */
export function databaseAsDataset(definition: DatabaseDefinition): DatasetDefinition {
  return sourceAsDataset({ ...definition, licence: `${definition.licence}; cite ${definition.citation}` });
}

/** The label sets of a database, each for `--data NAME=DIR`. */
export function labelSetsAsDatasets(definition: DatabaseDefinition): DatasetDefinition[] {
  const whole = databaseAsDataset(definition);
  return (definition.labelSets ?? []).map(({ name, classes, labelsOf, sampleOf }) => ({
    ...whole,
    name,
    load: async (path, format, { frames, ...options } = {}) => {
      const database = takeFrames(await definition.index(path, undefined, options), frames);
      return recordDataset(
        database.root,
        { ...database, name, classes, labelsOf },
        splitsOf(database),
        new RecordImages(format ?? DEFAULT_FORMAT),
        { sampleOf },
      );
    },
  }));
}

/** Images that are left out as unclear, by the reason; without labels. */
async function loadUnclear(
  records: readonly FaceRecord[],
  { reasons, reasonOf, sampleOf }: UnclearRecords,
  classes: readonly string[],
  images: RecordImages,
): Promise<Record<string, LabelledImages>> {
  const entries = reasons.map(async (reason): Promise<[string, LabelledImages]> => {
    const chosen = records.filter((record) => reasonOf(record) === reason).map(sampleOf);
    return [reason, await loadRecords(chosen, { classes, alternatives: undefined }, images)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function loadRecords(
  records: readonly FaceRecord[],
  {
    classes,
    alternatives = {},
  }: Pick<Dataset, 'classes'> & { readonly alternatives: Database['alternatives'] | undefined },
  images: RecordImages,
): Promise<LabelledImages> {
  const labels = labelsOf(
    records.map(({ label }) => label),
    classes,
  );
  const hasDistributions = records.some(({ labelDistribution }) => labelDistribution);
  return {
    images: await images.table(records),
    classes,
    labels,
    ...(hasDistributions ? { labelDistribution: distributionRows(records, labels, classes) } : {}),
    ids: records.map(({ id }) => id),
    ...(records.some(({ subject }) => subject !== undefined)
      ? { subjects: records.map(({ subject = null }) => subject) }
      : {}),
    ...(records.some(({ landmarks }) => landmarks)
      ? { landmarks: (i: number) => records[i]!.landmarks?.() ?? Promise.resolve(undefined) }
      : {}),
    alternatives: Object.fromEntries(
      Object.entries(alternatives).map(([name, order]): [string, Labelling] => [
        name,
        {
          classes: order,
          labels: labelsOf(
            records.map((record) => record.alternatives?.[name]),
            order,
          ),
        },
      ]),
    ),
  };
}

/** [N] index into `classes`; −1 = none, or another class. */
const labelsOf = (labels: readonly (string | undefined)[], classes: readonly string[]): Int32Array =>
  Int32Array.from(labels, (label) => (label === undefined ? -1 : classes.indexOf(label)));

/** Sums that are this close to what they should be come from rounding alone, and dividing by them would round again. */
const ROUNDING = 1e-6;

/**
 * [N,K] rows that sum to 1, or to the record's weight in training: of the weights of `classes` alone; of the label
 * where there are none; all 0 where there is neither.
 */
function distributionRows(
  records: readonly FaceRecord[],
  labels: Int32Array,
  classes: readonly string[],
): Float32Array {
  const K = classes.length;
  const rows = new Float32Array(records.length * K);
  records.forEach(({ labelDistribution, trainingWeight = 1 }, i) => {
    const weights = classes.map((name) => labelDistribution?.[name] ?? 0);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const total = Math.abs(sum - trainingWeight) < ROUNDING ? 1 : sum / trainingWeight;
    if (sum > 0)
      weights.forEach((weight, k) => {
        rows[i * K + k] = weight / total;
      });
    else if (labels[i]! >= 0) rows[i * K + labels[i]!] = 1;
  });
  return rows;
}
