/**
 * CK+: posed sequences from neutral to the peak, 640×490 or 640×480, most of them grey. Images in
 * `cohn-kanade-images/S005/001/S005_001_00000011.png`; beside that folder, with the same folders inside, `Landmarks`
 * (68 lines "x y" for each image), `FACS` (action units of the peak) and `Emotion` (one code for the sequence).
 * Label files are found by their folder: one name in the official ReadMe and some copies has a digit too many
 * (S0005_…). Codes 0 neutral, 1 anger, 2 contempt, 3 disgust, 4 fear, 5 happiness, 6 sadness, 7 surprise. Sequences
 * without a file are unlabelled. FACS was coded on the peak, so that action units stand on the last frame alone.
 * Source: Lucey et al. 2010, and the ReadMe that comes with it.
 */
import { join } from 'node:path';
import { EXPRESSIONS_8 } from '../../labels/index.ts';
import { attempt } from './attempt.ts';
import { databaseOf, nothingOf } from './by-name.ts';
import { readActionUnits, readEmotion, readLandmarks68 } from './ck-plus-files.ts';
import { throwProblem, type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink } from './database.ts';
import { findFolder, frameNumber, inOrderOfTime, joinId, walkFolders } from './files.ts';

/** Archives unpack to extended-cohn-kanade-images/cohn-kanade-images, Emotion_labels/Emotion and the like. */
const SEARCH_DEPTH = 2;
const SEQUENCE = /^(S\d+)\/(\d+)$/i;

export const ckPlus: DatabaseDefinition = {
  name: 'ck-plus',
  title: 'CK+',
  summary: 'acted sequences from neutral to peak, 8 expressions, action units',
  layout: 'cohn-kanade-images/S005/001/S005_001_00000011.png, with Emotion, FACS and Landmarks beside that folder',
  licence:
    'non-commercial research only, by agreement with the University of Pittsburgh; figures may show some subjects alone',
  access: 'http://www.consortium.ri.cmu.edu/ckagree/',
  citation:
    'Lucey, Cohn, Kanade, Saragih, Ambadar, Matthews 2010, The Extended Cohn-Kanade Dataset (CK+), CVPR Workshops, doi:10.1109/CVPRW.2010.5543262',
  classes: EXPRESSIONS_8,
  published: {
    sequences: 593,
    subjects: 123,
    labels: { happiness: 69, surprise: 83, sadness: 28, anger: 45, disgust: 59, fear: 25, contempt: 18 },
    source: 'totals: Li & Deng survey, section 3; by class: the 327 labelled sequences of Lucey et al. 2010',
  },
  index: indexCkPlus,
};

async function indexCkPlus(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const images = await findFolder(root, 'cohn-kanade-images', SEARCH_DEPTH);
  if (images === undefined) throw nothingOf(ckPlus, root);
  const [emotion, facs, landmarks] = await Promise.all(
    ['Emotion', 'FACS', 'Landmarks'].map((name) => sequenceFiles(root, name)),
  );
  const sequences = await sequenceFiles(root, 'cohn-kanade-images');
  const records: FaceRecord[] = [];
  for (const [path, { folder, files }] of sequences) {
    const frames = inOrderOfTime(files);
    if (frames.length === 0) problem(folder, 'holds no frames');
    const label = await readOne(emotion!.get(path), /_emotion\.txt$/i, readEmotion, problem);
    const actionUnits = await readOne(facs!.get(path), /_facs\.txt$/i, readActionUnits, problem);
    const landmarkFiles = byFrame(landmarks!.get(path));
    frames.forEach((name, frame) => {
      const points = landmarkFiles.get(frameNumber(name));
      records.push({
        id: joinId(images, path, name),
        image: { file: join(folder, name) },
        ...(label !== undefined && { label }),
        subject: path.split('/')[0]!.toUpperCase(),
        sequence: path,
        frame,
        ...(points !== undefined && { landmarks: () => readLandmarks68(points) }),
        ...(actionUnits !== undefined && frame === frames.length - 1 && { actionUnits }),
      });
    });
  }
  for (const [path, { folder, files }] of [...emotion!, ...facs!]) {
    if (files.length > 0 && !sequences.has(path))
      problem(join(folder, files[0]!), `is of sequence ${path}, which has no images`);
  }
  return databaseOf(ckPlus, root, records);
}

interface SequenceFiles {
  readonly folder: string;
  readonly files: readonly string[];
}

/** What each sequence has in one of the four folders, by `S005/001`; nothing where that folder is not there. */
async function sequenceFiles(root: string, name: string): Promise<ReadonlyMap<string, SequenceFiles>> {
  const found = await findFolder(root, name, SEARCH_DEPTH);
  const sequences = new Map<string, SequenceFiles>();
  if (found === undefined) return sequences;
  for await (const { path, files } of walkFolders(join(root, found))) {
    if (SEQUENCE.test(path)) sequences.set(path, { folder: join(root, found, path), files });
  }
  return sequences;
}

/** Reads a sequence's one label file; none is not damage, as most of these folders are empty. */
async function readOne<T>(
  of: SequenceFiles | undefined,
  pattern: RegExp,
  read: (file: string) => Promise<T>,
  problem: ProblemSink,
): Promise<T | undefined> {
  const files = (of?.files ?? []).filter((name) => pattern.test(name));
  if (files.length > 1) problem(of!.folder, `holds ${files.length} label files (${files.join(', ')}), expected one`);
  return files.length === 1 ? attempt(problem, () => read(join(of!.folder, files[0]!))) : undefined;
}

/** Landmark files by the number of their frame. */
const byFrame = (of: SequenceFiles | undefined): ReadonlyMap<number, string> =>
  new Map(
    (of?.files ?? [])
      .filter((name) => /_landmarks\.txt$/i.test(name))
      .map((name) => [frameNumber(name), join(of!.folder, name)]),
  );
