/** The models of `mien evaluate a,b`, each with the dataset in the format that it takes. */
import { access } from 'node:fs/promises';
import { ExpressionClassifier } from 'mienjs/predict';
import { readModelBytes } from 'mienjs/predict/node';
import type { Dataset } from 'mienjs/data';
import type { Device } from 'mienjs/runtime';
import { type DataInputOptions, loadData } from '../data/data-input.ts';
import { viewsOf, type DataOption, type ViewsOption } from '../options.ts';

export interface LoadedModel {
  readonly classifier: ExpressionClassifier;
  readonly dataset: Dataset;
  /** Size of its file. */
  readonly bytes: number;
}

export interface LoadModelOptions extends ViewsOption, DataInputOptions {
  readonly data: readonly DataOption[];
  readonly device: Device;
  readonly threads?: number;
}

/** `a,b` → a and b; a file whose own name has a comma is taken as it is. */
export async function modelNames(argument: string): Promise<string[]> {
  if (
    !argument.includes(',') ||
    (await access(argument).then(
      () => true,
      () => false,
    ))
  )
    return [argument];
  return argument
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * Loads models, and the data once in each format that they take; releases them all when `use` is done.
 * @throws {InputError} naming the model or the data that cannot be loaded
 */
export async function withModels<T>(
  names: readonly string[],
  { data, device, threads, ...views }: LoadModelOptions,
  use: (models: readonly LoadedModel[]) => Promise<T>,
): Promise<T> {
  const models: LoadedModel[] = [];
  const datasets = new Map<string, Promise<Dataset>>();
  const classifiers: ExpressionClassifier[] = [];
  try {
    for (const source of names) {
      const { bytes, label } = await readModelBytes(source);
      const classifier = await ExpressionClassifier.create(bytes, label, {
        device,
        views: viewsOf(views),
        ...(threads === undefined ? {} : { threads }),
      });
      classifiers.push(classifier);
      const format = classifier.format;
      const key = JSON.stringify(format);
      const dataset = datasets.get(key) ?? loadData(data[0]!, format, views);
      datasets.set(key, dataset);
      models.push({ classifier, dataset: await dataset, bytes: bytes.length });
    }
    return await use(models);
  } finally {
    for (const classifier of classifiers) await classifier.release();
  }
}
