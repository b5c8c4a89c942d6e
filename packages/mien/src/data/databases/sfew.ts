/**
 * SFEW: frames of films with one of 7 expressions.
 * Layouts:
 * - 2.0: `Train/Train_Aligned_Faces/Angry/Airheads_000519240_00000005.png` = film, time and frame;
 *   `Val/Val_Aligned_Faces_new` (taken before the older `Val_Aligned_Faces`, whose faces the owners replaced); `Test/Test_Aligned_Faces`, flat and unlabelled.
 * - 1 (strictly person-independent): `SFEW-SPI-Release/Set1|Set2/Angry/<image>.jpg`, and five points of each image in
 *   `SFEW-SPI-Annotations/Set1|Set2/Angry/FaceFP_5.txt` (right and left pupil, tip of the nose, right and left corner of the mouth).
 * Source: Dhall et al. 2011, "Static facial expression analysis in tough conditions"; Dhall et al. 2015 (EmotiW).
 */
import { basename, join } from 'node:path';
import { InputError } from '../../errors.ts';
import { findEntry } from '../../files/index.ts';
import { EXPRESSIONS_7 } from '../../labels/index.ts';
import {
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type ProblemSink,
  type PublishedCounts,
  throwProblem,
} from './database.ts';
import { expressionFolders } from './emotiw-folders.ts';
import { readSfewPoints } from './sfew-points.ts';
import { idOf, listIfThere } from './files.ts';

/**
 * Where each split's aligned faces may be, from the folder of the split or from the root; the first that is there
 * counts.
 */
const FACES: Readonly<Record<string, readonly string[]>> = {
  Train: ['Train_Aligned_Faces'],
  Val: ['Val_Aligned_Faces_new', 'Val_Aligned_Faces'],
  Test: ['Test_Aligned_Faces'],
};

/** Source: Dhall et al. 2011: 700 images of 95 people in two sets. */
const PUBLISHED_V1: PublishedCounts = { images: 700, source: 'Dhall et al. 2011' };

async function index(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const release = await findEntry(root, 'SFEW-SPI-Release');
  const database = { name: sfew.name, root, classes: EXPRESSIONS_7 };
  if (release !== undefined)
    return { ...database, records: await indexV1(root, release, problem), published: PUBLISHED_V1 };
  const records: FaceRecord[] = [];
  for (const [split, names] of Object.entries(FACES)) {
    const faces = await findFaces(root, split, names);
    if (faces !== undefined) records.push(...(await indexSplit(root, split, faces, problem)));
  }
  if (records.length === 0)
    throw new InputError(
      root,
      'holds no SFEW: expected Train/Train_Aligned_Faces, Val/Val_Aligned_Faces_new or SFEW-SPI-Release',
    );
  return { ...database, records };
}

/** The archives of some years repeat a folder's name inside it: the innermost one counts. */
async function findFaces(root: string, split: string, names: readonly string[]): Promise<string | undefined> {
  const base = (await findEntry(root, split)) ?? root;
  for (const name of names) {
    const found = await findEntry(base, name);
    if (found !== undefined) return (await findEntry(found, ...names)) ?? found;
  }
  return undefined;
}

async function indexSplit(root: string, split: string, faces: string, problem: ProblemSink): Promise<FaceRecord[]> {
  if (split === 'Test')
    return (await listIfThere(faces)).images.map((image) => faceRecord(root, join(faces, image), split));
  const records: FaceRecord[] = [];
  for (const { folder, label } of await expressionFolders(faces, problem)) {
    records.push(
      ...(await listIfThere(folder)).images.map((image) => ({
        ...faceRecord(root, join(folder, image), split),
        label,
      })),
    );
  }
  return records;
}

/** Film, time and frame stand in the name, where it has that form. */
function faceRecord(root: string, file: string, split: string): FaceRecord {
  const parts = /^(.+)_(\d+)_(\d+)\.\w+$/.exec(basename(file));
  const attributes = parts ? { film: parts[1]!, time: parts[2]!, frame: Number(parts[3]) } : undefined;
  return { id: idOf(root, file), image: { file }, split, ...(attributes ? { attributes } : {}) };
}

async function indexV1(root: string, release: string, problem: ProblemSink): Promise<FaceRecord[]> {
  const annotations = join(root, 'SFEW-SPI-Annotations');
  const records: FaceRecord[] = [];
  for (const split of ['Set1', 'Set2']) {
    for (const { folder, label } of await expressionFolders(join(release, split), problem)) {
      const points = await readSfewPoints(join(annotations, split, basename(folder), 'FaceFP_5.txt'), problem);
      for (const image of (await listIfThere(folder)).images) {
        const landmarks = points?.get(image);
        if (points && !landmarks) problem(join(folder, image), 'has no points in FaceFP_5.txt');
        const record = { ...faceRecord(root, join(folder, image), split), label };
        records.push(landmarks ? { ...record, landmarks: () => Promise.resolve({ 5: landmarks }) } : record);
      }
    }
  }
  if (records.length === 0) throw new InputError(release, 'holds no SFEW: expected the folders Set1 and Set2');
  return records;
}

export const sfew: DatabaseDefinition = {
  name: 'sfew',
  title: 'SFEW',
  summary: 'frames of films (version 2.0, or 1), 7 expressions',
  layout:
    'Train/Train_Aligned_Faces/<Expression>/<film>_<time>_<frame>.png, Val/Val_Aligned_Faces_new, Test/Test_Aligned_Faces; or SFEW-SPI-Release and SFEW-SPI-Annotations',
  licence: 'given on request for research; not to be passed on',
  access: 'https://cs.anu.edu.au/few/emotiw2015.html',
  citation:
    'Dhall, Goecke, Lucey & Gedeon 2011, Static facial expression analysis in tough conditions, ICCV Workshops; 2.0: Dhall et al. 2015, EmotiW 2015, ICMI',
  classes: EXPRESSIONS_7,
  published: {
    images: 1766,
    splits: { Train: 958, Val: 436, Test: 372 },
    source: 'Dhall et al. 2015; Test has no labels',
  },
  index,
};
