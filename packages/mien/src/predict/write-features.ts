/**
 * Features of a split as files that other tools read: `features.npy` (float32 [N,D]), `manifest.jsonl` (a line for each
 * row: `row`, `id`, `label`, null without one, `split`, `subject` where the dataset tells it) and `features.json`
 * (where they are from).
 *
 * Shape legend: N images, D values of an image.
 */
import { join } from 'node:path';
import type { LabelledImages } from '../data/index.ts';
import { NpyWriter } from '../data/node.ts';
import { InputError } from '../errors.ts';
import { makeFolder, writeWhole } from '../files/index.ts';
import type { FeatureSource } from './feature-source.ts';

/** What features.json says. */
export interface FeatureFiles {
  readonly source: string;
  /** The tensor of a network; null of a descriptor. */
  readonly layer: string | null;
  /** Digest of the model file; null for a descriptor. */
  readonly sha256: string | null;
  readonly dataset: string;
  readonly split: string;
  /** How the images were normalized before, where they were. */
  readonly normalize?: string;
  readonly classes: readonly string[];
  /** N and D. */
  readonly count: number;
  readonly dimensions: number;
}

/** The NPY file of a folder of features. */
export const featuresPath = (folder: string): string => join(folder, 'features.npy');

/**
 * Writes batch by batch, so that memory does not grow with the number of images.
 * @param images of the split   @param folder made where missing
 * @throws {InputError} when there are no images, or a file cannot be written
 */
export async function writeFeatures(
  source: FeatureSource,
  {
    dataset,
    split,
    images,
    normalize,
  }: {
    readonly dataset: string;
    readonly split: string;
    readonly images: LabelledImages;
    readonly normalize?: string;
  },
  folder: string,
  onProgress?: (done: number, total: number) => void,
): Promise<FeatureFiles> {
  const N = images.count;
  await makeFolder(folder);
  let writer: NpyWriter | undefined;
  let [done, D] = [0, 0];
  try {
    for await (const { dims, data } of source.batches(images)) {
      D = dims[1]!;
      writer ??= await NpyWriter.create(featuresPath(folder), [N, D]);
      await writer.write(data);
      done += dims[0]!;
      onProgress?.(done, N);
    }
    if (!writer) throw new InputError(dataset, `its split "${split}" holds no images`);
    await writer.close();
  } catch (error) {
    await writer?.abort();
    throw error;
  }
  await writeWhole(join(folder, 'manifest.jsonl'), manifestLines(images, split));
  const files: FeatureFiles = {
    source: source.name,
    layer: source.layer,
    sha256: source.sha256,
    dataset,
    split,
    ...(normalize === undefined ? {} : { normalize }),
    classes: images.classes,
    count: N,
    dimensions: D,
  };
  await writeWhole(join(folder, 'features.json'), `${JSON.stringify(files, null, 2)}\n`);
  return files;
}

function* manifestLines({ ids, labels, classes, subjects }: LabelledImages, split: string): Generator<string> {
  for (const [row, id] of ids.entries()) {
    const subject = subjects?.[row] ?? null;
    yield `${JSON.stringify({ row, id, label: classes[labels[row]!] ?? null, split, ...(subject === null ? {} : { subject }) })}\n`;
  }
}
