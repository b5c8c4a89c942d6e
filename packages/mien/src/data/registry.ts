/** The datasets that exist. To add one: write its file, and put its definition into this list. */
import { InputError } from '../errors.ts';
import type { CheckReport, Dataset, DatasetDefinition } from './dataset.ts';
import { fer2013 } from './fer2013.ts';
import { ferplus } from './ferplus.ts';
import { manifest } from './manifest.ts';
import type { ImageFormat } from './preprocess.ts';

export const DATASETS: readonly DatasetDefinition[] = [fer2013, ferplus, manifest];

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
