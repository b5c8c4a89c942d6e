/**
 * RAF-DB: faces from the web, labelled by about 40 people each. Basic: 15,339 images of 7 expressions. Compound: 3,954
 * images of 11. Layout of `basic/`; `compound/` is alike:
 * - `EmoLabel/list_patition_label.txt` (sic): `train_00001.jpg 5`, a space or a tab between
 * - `EmoLabel/distribution_basic.txt` (or beside `EmoLabel`): a name and 7 shares, in the order of the codes. Those of
 *   compound images are over the basic expressions too, which are not its classes, so they become attributes.
 * - `Image/aligned/train_00001_aligned.jpg` (100×100) and `Image/original/train_00001.jpg`
 * - `Annotation/boundingbox|manual|auto`: raf-db-annotation.ts
 *
 * Boxes and landmarks are in pixels of the original image, so only the databases of original images have them:
 * `raf-db-original` and `raf-db-compound-original`. The aligned ones name their original as an attribute.
 * Source: Li & Deng 2019.
 */
import { basename, join, parse } from 'node:path';
import { InputError } from '../../errors.ts';
import { findEntry } from '../../files/index.ts';
import { EXPRESSIONS_7, RAF_DB_CODES, RAF_DB_COMPOUND_CODES } from '../../labels/index.ts';
import {
  countsByLabel,
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type ProblemSink,
  type PublishedCounts,
  throwProblem,
} from './database.ts';
import { readAttributes, readBox, readRafLandmarks } from './raf-db-annotation.ts';
import { readDistributions, readLabels } from './raf-db-labels.ts';
import { idOf, listIfThere } from './files.ts';

type Subset = 'basic' | 'compound';
type Images = 'aligned' | 'original';

const CODES: Readonly<Record<Subset, readonly string[]>> = { basic: RAF_DB_CODES, compound: RAF_DB_COMPOUND_CODES };
const CLASSES: Readonly<Record<Subset, readonly string[]>> = { basic: EXPRESSIONS_7, compound: RAF_DB_COMPOUND_CODES };

/** @throws {InputError} when there is no label file */
async function indexSubset(
  name: string,
  root: string,
  subset: Subset,
  images: Images,
  problem: ProblemSink,
): Promise<Database> {
  const base = (await findEntry(root, subset)) ?? root;
  const labelFile = await findEntry(join(base, 'EmoLabel'), 'list_patition_label.txt', 'list_partition_label.txt');
  if (labelFile === undefined) throw new InputError(base, 'holds no EmoLabel/list_patition_label.txt');
  const labels = await readLabels(labelFile, CODES[subset], problem);
  const distributionFile =
    (await findEntry(join(base, 'EmoLabel'), `distribution_${subset}.txt`)) ??
    (await findEntry(base, `distribution_${subset}.txt`));
  const distributions =
    distributionFile === undefined ? undefined : await readDistributions(distributionFile, RAF_DB_CODES, problem);
  const folder = join(base, 'Image', images);
  const present = new Set((await listIfThere(folder)).images);

  const records: FaceRecord[] = [];
  for (const { name: listed, label, line } of labels) {
    const stem = parse(listed).name;
    const image = images === 'aligned' ? `${stem}_aligned${parse(listed).ext}` : listed;
    if (!present.delete(image)) {
      problem(`${labelFile}:${line}`, `lists ${listed}, but Image/${images}/${image} is missing`);
      continue;
    }
    const distribution = distributions?.get(listed);
    const annotations = await annotate(root, base, stem, images, problem);
    records.push({
      ...annotations,
      id: idOf(root, join(folder, image)),
      image: { file: join(folder, image) },
      split: stem.startsWith('train') ? 'train' : 'test',
      label,
      ...(distribution && subset === 'basic' ? { labelDistribution: distribution } : {}),
      ...(distribution && subset === 'compound' ? { attributes: { ...annotations.attributes, ...distribution } } : {}),
    });
  }
  for (const image of present) problem(join(folder, image), `is not listed in ${basename(labelFile)}`);
  return { name, root, classes: CLASSES[subset], records };
}

/** What the annotations tell of an image; in the database of aligned images, what does not depend on its pixels. */
async function annotate(
  root: string,
  base: string,
  stem: string,
  images: Images,
  problem: ProblemSink,
): Promise<Omit<FaceRecord, 'id' | 'image'>> {
  const folder = join(base, 'Annotation');
  const attributes = await readAttributes(join(folder, 'manual', `${stem}_manu_attri.txt`), problem);
  if (images === 'aligned')
    return { attributes: { ...attributes, original: idOf(root, join(base, 'Image', 'original', `${stem}.jpg`)) } };
  const box = await readBox(join(folder, 'boundingbox', `${stem}_boundingbox.txt`), problem);
  return {
    ...(attributes ? { attributes } : {}),
    ...(box ? { box } : {}),
    ...(attributes ? { landmarks: () => readRafLandmarks(folder, stem) } : {}),
  };
}

/** Source: the label files of the database; the test set agrees with Li & Deng 2019, table VII. */
const BASIC_COUNTS = { train: [1290, 281, 717, 4772, 1982, 705, 2524], test: [329, 74, 160, 1185, 478, 162, 680] };
const byClass = (counts: readonly number[]): Record<string, number> => countsByLabel(RAF_DB_CODES, counts);
const PUBLISHED: Readonly<Record<Subset, PublishedCounts>> = {
  basic: {
    images: 15_339,
    splits: { train: byClass(BASIC_COUNTS.train), test: byClass(BASIC_COUNTS.test) },
    source: 'the label file; Li & Deng 2019, table VII',
  },
  compound: { images: 3954, source: 'Li & Deng 2019, section V-A.2' },
};

function define(name: string, subset: Subset, images: Images): DatabaseDefinition {
  return {
    name,
    title: `RAF-DB (${subset}, ${images} images)`,
    summary: `faces from the web, ${subset === 'basic' ? '7 expressions' : '11 compound expressions'}, ${images === 'aligned' ? 'aligned' : 'with boxes and landmarks'}`,
    layout: `${subset}/EmoLabel/list_patition_label.txt, ${subset}/Image/${images}, ${subset}/Annotation/{manual,auto,boundingbox}`,
    licence: 'given on request for non-commercial research; not to be passed on',
    access: 'http://www.whdeng.cn/RAF/model1.html',
    citation:
      'Li & Deng 2019, Reliable crowdsourcing and deep locality-preserving learning for unconstrained facial expression recognition, IEEE TIP 28(1)',
    classes: CLASSES[subset],
    published: PUBLISHED[subset],
    index: (root, problem = throwProblem) => indexSubset(name, root, subset, images, problem),
  };
}

export const rafDb = define('raf-db', 'basic', 'aligned');
export const rafDbOriginal = define('raf-db-original', 'basic', 'original');
export const rafDbCompound = define('raf-db-compound', 'compound', 'aligned');
export const rafDbCompoundOriginal = define('raf-db-compound-original', 'compound', 'original');
