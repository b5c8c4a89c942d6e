/**
 * AffectNet's second release: `train_set` and `val_set`, each with `images/0.jpg` … (224×224 crops) and, for each,
 * `annotations/0_exp.npy`, `_val.npy`, `_aro.npy` and `_lnd.npy` (68 points): scalars, numbers or numbers as text.
 */
import { basename, join, parse } from 'node:path';
import { InputError } from '../../errors.ts';
import { findEntry } from '../../files/index.ts';
import { AFFECTNET_POINTS, affectNetLabels, affectNetPoints } from './affectnet-labels.ts';
import type { FaceRecord, LandmarkSets, ProblemSink } from './database.ts';
import { readNpyNumbers } from '../../tables/npy.ts';
import { idOf, listIfThere } from './files.ts';

const SPLITS = { train: 'train_set', validation: 'val_set' } as const;
const VALUES = ['exp', 'val', 'aro'] as const;
/** Images whose files are read at a time. */
const AT_A_TIME = 32;

/** @returns undefined when neither folder is there */
export async function indexAffectNet2(root: string, problem: ProblemSink): Promise<FaceRecord[] | undefined> {
  const records: FaceRecord[] = [];
  let found = false;
  for (const [split, name] of Object.entries(SPLITS)) {
    const folder = await findEntry(root, name);
    if (folder === undefined) continue;
    found = true;
    const { images } = await listIfThere(join(folder, 'images'));
    for (let i = 0; i < images.length; i += AT_A_TIME) {
      const read = await Promise.all(
        images.slice(i, i + AT_A_TIME).map((image) => readRecord(root, folder, split, image)),
      );
      for (const result of read) {
        if (result instanceof InputError) problem(result.input, result.reason);
        else records.push(result);
      }
    }
    await reportMissingImages(folder, images, problem);
  }
  return found ? records : undefined;
}

async function readRecord(
  root: string,
  folder: string,
  split: string,
  image: string,
): Promise<FaceRecord | InputError> {
  const file = join(folder, 'images', image);
  const annotation = (name: string): string => join(folder, 'annotations', `${parse(image).name}_${name}.npy`);
  try {
    const values = await Promise.all(VALUES.map((name) => readNpyNumbers(annotation(name))));
    const wrong = values.findIndex((value) => value.length !== 1);
    if (wrong >= 0)
      throw new InputError(annotation(VALUES[wrong]!), `has ${values[wrong]!.length} elements, expected 1`);
    const [expression, valence, arousal] = values.flat();
    const labels = affectNetLabels(expression!, valence!, arousal!);
    if (typeof labels === 'string') throw new InputError(annotation('exp'), labels);
    return {
      ...labels,
      id: idOf(root, file),
      image: { file },
      split,
      landmarks: () => readLandmarks(annotation('lnd')),
    };
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

async function readLandmarks(file: string): Promise<LandmarkSets> {
  const points = affectNetPoints(await readNpyNumbers(file));
  if (!points) throw new InputError(file, `expected ${AFFECTNET_POINTS} points`);
  return { [AFFECTNET_POINTS]: points };
}

/** An annotation whose image is not there. */
async function reportMissingImages(folder: string, images: readonly string[], problem: ProblemSink): Promise<void> {
  const present = new Set(images.map((image) => parse(image).name));
  for (const name of (await listIfThere(join(folder, 'annotations'))).files) {
    const stem = /^(.+)_exp\.npy$/.exec(name)?.[1];
    if (stem !== undefined && !present.has(stem))
      problem(join(folder, 'annotations', name), `has no image ${basename(folder)}/images/${stem}.jpg`);
  }
}
