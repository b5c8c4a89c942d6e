/**
 * The datasets that exist, databases of the literature included. To add a dataset: write its file, and put its
 * definition into this list; a database goes into the list of `databases/`.
 */
import { InputError } from '../errors.ts';
import { classFolders, classFoldersSource } from './class-folders.ts';
import { DATABASES, type FaceSource } from './databases/index.ts';
import { ferPlus } from './databases/ferplus.ts';
import { ferPlusDivided } from './databases/ferplus-divided.ts';
import type { Dataset, DatasetDefinition, LoadOptions } from './dataset.ts';
import { manifest, manifestSource } from './manifest.ts';
import type { ImageFormat } from './image-input.ts';
import { databaseAsDataset, labelSetsAsDatasets, sourceAsDataset } from './record-dataset.ts';

/** People's own data first. */
export const DATASETS: readonly DatasetDefinition[] = [
  manifest,
  classFolders,
  ...DATABASES.map(databaseAsDataset),
  sourceAsDataset(ferPlusDivided),
  ...labelSetsAsDatasets(ferPlus),
];

/** What has images of its own, which can be listed without being loaded; further rules of labels are datasets, no sources. */
export const SOURCES: readonly FaceSource[] = [manifestSource, classFoldersSource, ...DATABASES, ferPlusDivided];

/**
 * @throws {InputError} naming the datasets that exist
 * @example
 * ```ts
 * import { findDataset } from 'mienjs/data/node';
 *
 * const { ok, findings } = await findDataset('ferplus').check('databases/ferplus');
 * console.log(ok, findings);
 * ```
 */
export function findDataset(name: string): DatasetDefinition {
  const found = DATASETS.find((definition) => definition.name === name);
  if (!found) throw new InputError(name, `unknown dataset: expected one of ${DATASETS.map((d) => d.name).join(', ')}`);
  return found;
}

/**
 * @throws {InputError} when the dataset is unknown, missing or damaged; names file and line
 * @example
 * ```ts
 * import { loadDataset } from 'mienjs/data/node';
 *
 * // Any folder with a folder for each class; `ferplus`, `raf-db` and the other databases in the same way
 * const dataset = await loadDataset('folder', 'photos', { width: 48, height: 48, channels: 'grey' });
 * const { images, labels } = await dataset.loadSplit(dataset.splits[0]!, 'evaluate');
 * console.log(dataset.classes, images.count, labels);
 * ```
 */
export async function loadDataset(
  name: string,
  path: string,
  format?: ImageFormat,
  options?: LoadOptions,
): Promise<Dataset> {
  return findDataset(name).load(path, format, options);
}
