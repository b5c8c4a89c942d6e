/**
 * The datasets that exist, databases of the literature included. To add a dataset: write its file, and put its definition into
 * this list; a database goes into the list of `databases/`.
 */
import { InputError } from '../errors.ts';
import { DATABASES } from './databases/index.ts';
import type { CheckReport, Dataset, DatasetDefinition } from './dataset.ts';
import { fer2013 } from './fer2013.ts';
import { ferplus } from './ferplus.ts';
import { ferplusPlurality } from './ferplus-plurality.ts';
import { ferplusVotes } from './ferplus-votes.ts';
import { manifest } from './manifest.ts';
import type { ImageFormat } from './preprocess.ts';
import { databaseAsDataset } from './record-dataset.ts';

const TABLES: readonly DatasetDefinition[] = [fer2013, ferplus, ferplusVotes, ...ferplusPlurality, manifest];

/** A name that both have is the table's: it knows which images training, and which evaluation, takes. */
export const DATASETS: readonly DatasetDefinition[] = [
  ...TABLES, ...DATABASES.filter(({ name }) => TABLES.every((table) => table.name !== name)).map(databaseAsDataset),
];

/** @throws {InputError} naming the datasets that exist */
export function findDataset(name: string): DatasetDefinition {
  const found = DATASETS.find((definition) => definition.name === name);
  if (!found) throw new InputError(name, `is no dataset, expected one of ${DATASETS.map((d) => d.name).join(', ')}`);
  return found;
}

/** @throws {InputError} when the dataset is unknown, missing or damaged; names file and line */
export async function loadDataset(name: string, path: string, format?: ImageFormat): Promise<Dataset> {
  return findDataset(name).load(path, format);
}

/** @throws {InputError} when the dataset is unknown; what is wrong with the data is in the report */
export async function checkDataset(name: string, path: string): Promise<CheckReport> {
  return findDataset(name).check(path);
}
