/** Records of a database as a dataset of images of one format: what training and evaluation take. */
import {
  checkDatabase,
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type FaceSource,
  type UnclearRecords,
} from './databases/index.ts';
import { clipId, type ClipRule, clipsOf } from './clips.ts';
import { type Dataset, type DatasetDefinition, missingSplit } from './dataset.ts';
import type { ImageFormat } from './image-input.ts';
import type { RecordImagesOptions } from './framing.ts';
import { RecordImages, type RecordTables } from './record-images.ts';
import { describeTargets, intensityOf, isBare, targetsOf } from './record-targets.ts';
import {
  IMAGE,
  MESH_LANDMARKS,
  type SampleFields,
  type SampleInput,
  Samples,
  type TargetDescription,
} from './samples.ts';
import { inOrderOfRoles } from './splits.ts';
import { takeFrames } from './take-frames.ts';

/** What images become where nothing is said: the size that the compact network takes. */
const DEFAULT_FORMAT: ImageFormat = { width: 48, height: 48, channels: 'grey' };

type Named = Pick<Dataset, 'name' | 'classes' | 'splitNotes' | 'notes' | 'labelsOf'> & Pick<Database, 'alternatives'>;

/** A distribution alone is not a label that accuracy could be measured by. */
const isUnlabelled = ({ labelDistribution: _, ...record }: FaceRecord): boolean => isBare(record);

/** What the records of the data may be asked for. */
interface Targets {
  readonly classes: readonly string[];
  readonly further: Readonly<Record<string, TargetDescription>>;
}

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
  const loaded = new Map<string, Promise<Samples>>();
  const further = describeTargets(Object.values(splits).flat(), alternatives);
  return {
    name,
    source,
    classes,
    ...(Object.keys(further).length > 0 ? { furtherTargets: further } : {}),
    ...(Object.values(splits)
      .flat()
      .some(({ label, labelDistribution }) => label !== undefined || labelDistribution)
      ? {}
      : { withoutLabels: true as const }),
    splits: names,
    unlabelled: names.filter((split) => splits[split]!.every((record) => isUnlabelled(record))),
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
          { classes, further },
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
  isOfPeaks = false,
): DatasetDefinition {
  return {
    name: source.name,
    layout: source.layout,
    licence: source.licence,
    takes: [...(source.takes ?? []), ...(isOfPeaks ? (['frames'] as const) : []), 'images'],
    load: async (path, format, { frames, images, ...options } = {}) => {
      const found = await source.index(path, undefined, options);
      return databaseDataset(isOfPeaks ? takeFrames(found, frames) : found, format, images, source);
    },
    check: (path, options) => checkDatabase(source, path, options),
  };
}

/** A database for `--data NAME=DIR`. */
export function databaseAsDataset(definition: DatabaseDefinition): DatasetDefinition {
  return sourceAsDataset({ ...definition, licence: `${definition.licence}; cite ${definition.citation}` }, true);
}

/** The label sets of a database, each for `--data NAME=DIR`. */
export function labelSetsAsDatasets(definition: DatabaseDefinition): DatasetDefinition[] {
  const whole = databaseAsDataset(definition);
  return (definition.labelSets ?? []).map(({ name, classes, labelsOf, sampleOf }) => ({
    ...whole,
    name,
    load: async (path, format, { frames, images, ...options } = {}) => {
      const database = takeFrames(await definition.index(path, undefined, options), frames);
      return recordDataset(
        database.root,
        { ...database, name, classes, labelsOf },
        splitsOf(database),
        new RecordImages(format ?? DEFAULT_FORMAT, images),
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
): Promise<Record<string, Samples>> {
  const entries = reasons.map(async (reason): Promise<[string, Samples]> => {
    const chosen = records.filter((record) => reasonOf(record) === reason).map(sampleOf);
    return [reason, await loadRecords(chosen, { classes, further: {} }, images)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function loadRecords(
  records: readonly FaceRecord[],
  { classes, further }: Targets,
  images: RecordImages,
): Promise<Samples> {
  const { clips } = images.format;
  if (clips) return loadClips(records, clips, { classes, further }, images);
  const { images: table, points, mesh } = await images.tables(records);
  return new Samples({
    ...commonOf(records),
    inputs: {
      [IMAGE]: { kind: 'image', table },
      ...(points ? { landmarks: { kind: 'landmarks', table: points } } : {}),
      ...inputsOfMesh(mesh),
    },
    targets: targetsOf(records, classes, further),
  });
}

/** What the face mesh found, by the names that `Samples` have for it. */
function inputsOfMesh(mesh: RecordTables['mesh']): Record<string, SampleInput> {
  if (!mesh) return {};
  const views = Object.entries(mesh.views).map(([view, table]): [string, SampleInput] => [
    view,
    { kind: 'frontal', table },
  ]);
  return {
    ...Object.fromEntries(views),
    ...(mesh.points ? { [MESH_LANDMARKS]: { kind: 'landmarks', table: mesh.points } } : {}),
  };
}

/** What is told of each sample by its record. */
const commonOf = (records: readonly FaceRecord[]): Pick<SampleFields, 'ids' | 'subjects' | 'landmarks'> => ({
  ids: records.map(({ id }) => id),
  ...(records.some(({ subject }) => subject !== undefined)
    ? { subjects: records.map(({ subject = null }) => subject) }
    : {}),
  ...(records.some(({ landmarks }) => landmarks)
    ? { landmarks: (i: number) => records[i]!.landmarks?.() ?? Promise.resolve(undefined) }
    : {}),
});

/** Frames of a sequence with different labels are of different clips: a neutral onset is not part of the expression. */
function partedByLabel(
  sequences: ReadonlyMap<string, number[]>,
  records: readonly FaceRecord[],
): [id: string, rows: number[]][] {
  return [...sequences].flatMap(([id, rows]): [string, number[]][] => {
    const labels = [...new Set(rows.flatMap((row) => records[row]!.label ?? []))];
    return labels.length < 2
      ? [[id, rows]]
      : labels.map((label) => [`${id} ${label}`, rows.filter((row) => records[row]!.label === label)]);
  });
}

/**
 * Clips of the records' sequences; a still image is a sequence of one frame. What a clip shows is what its peak shows:
 * the frame of the greatest intensity where the records tell it, otherwise the last one.
 */
async function loadClips(
  records: readonly FaceRecord[],
  rule: ClipRule,
  { classes, further }: Targets,
  images: RecordImages,
): Promise<Samples> {
  const sequences = new Map<string, number[]>();
  records.forEach(({ sequence, id }, row) => {
    const key = sequence ?? id;
    const rows = sequences.get(key);
    if (rows) rows.push(row);
    else sequences.set(key, [row]);
  });
  const clips: { id: string; peak: FaceRecord; rows: Int32Array }[] = [];
  for (const [id, rows] of partedByLabel(sequences, records)) {
    rows.sort((a, b) => (records[a]!.frame ?? 0) - (records[b]!.frame ?? 0));
    const strengths = rows.map((row) => intensityOf(records[row]!));
    const most = Math.max(...strengths.map((s) => s ?? -Infinity));
    const peak = Number.isFinite(most) ? strengths.indexOf(most) : rows.length - 1;
    const own = clipsOf(rule, rows.length, peak);
    own.forEach((places, k) =>
      clips.push({
        id: own.length > 1 ? clipId(id, k) : id,
        peak: records[rows[peak]!]!,
        rows: places.map((place) => rows[place]!),
      }),
    );
  }
  // Only the frames that some clip shows are read
  const shown = [...new Set(clips.flatMap(({ rows }) => [...rows]))].sort((a, b) => a - b);
  const placeOf = new Map(shown.map((row, place) => [row, place]));
  const rows = clips.map((clip) => clip.rows.map((row) => placeOf.get(row)!));
  const { images: frames, points } = await images.tables(shown.map((row) => records[row]!));
  const peaks = clips.map(({ peak }) => peak);
  return new Samples({
    ...commonOf(peaks),
    ids: clips.map(({ id }) => id),
    inputs: {
      clip: { kind: 'clip', frames, rows },
      ...(points ? { track: { kind: 'track', steps: points, rows } } : {}),
    },
    targets: targetsOf(peaks, classes, further),
  });
}
