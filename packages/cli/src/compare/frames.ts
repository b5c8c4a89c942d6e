/** Datasets for `mien compare`: of databases of sequences, the frames that show the expression. */
import type { Dataset, ImageFormat } from 'mienjs/data';
import { databaseDataset } from 'mienjs/data/node';
import { DATABASES, type DatabaseDefinition } from 'mienjs/data/databases';
import { LAST, LAST_THREE, MIDDLE, MIDDLE_THREE, selectFrames, type FrameSelection } from 'mienjs/data/protocols';
import type { DataOption } from '../options.ts';

export const FRAMES = {
  last: LAST,
  'last-three': LAST_THREE,
  middle: MIDDLE,
  'middle-three': MIDDLE_THREE,
} as const satisfies Readonly<Record<string, FrameSelection>>;
export type FrameName = keyof typeof FRAMES;

/**
 * @param frames of sequences; all labelled ones without it   @param load loads the dataset whole   @returns what loads
 *   the dataset in a format
 * @throws {InputError} when the data are unknown, missing or damaged
 */
export async function datasetLoader(
  { name, path }: DataOption,
  frames: FrameName | undefined,
  load: (format?: ImageFormat) => Promise<Dataset>,
  databases: readonly DatabaseDefinition[] = DATABASES,
): Promise<(format?: ImageFormat) => Promise<Dataset>> {
  const definition = databases.find((database) => database.name === name);
  if (frames === undefined || !definition) return load;
  const database = await definition.index(path);
  if (!database.records.some(({ sequence }) => sequence !== undefined)) return load;
  const labelled = database.records
    .filter(({ label }) => label !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  const records = selectFrames(labelled, FRAMES[frames]);
  return (format) => Promise.resolve(databaseDataset({ ...database, records }, format));
}
