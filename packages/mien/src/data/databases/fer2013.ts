/**
 * FER2013: grey faces of 48×48 px with one of 7 expressions, in its tables (fer2013-table.ts) or as folders of images
 * (fer2013-folders.ts). Source: Goodfellow et al. 2013, "Challenges in representation learning".
 */
import { dirname } from 'node:path';
import { EXPRESSIONS_7, FER2013_CODES } from '../../labels/index.ts';
import { databaseOf } from './by-name.ts';
import {
  countsByLabel,
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type ProblemSink,
  type PublishedCounts,
  throwProblem,
} from './database.ts';
import { locateFer2013 } from './fer2013-files.ts';
import { indexFer2013Folders, TEST_NOTE } from './fer2013-folders.ts';
import { readFer2013Table } from './fer2013-table.ts';

async function index(path: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const source = await locateFer2013(path);
  if (source.kind === 'folders') {
    const records = await indexFer2013Folders(path, problem);
    const hasBoth =
      records.some(({ split }) => split === 'test') &&
      !records.some(({ split }) => split === 'PublicTest' || split === 'PrivateTest');
    return {
      ...databaseOf(fer2013, path, records),
      ...(hasBoth ? { splitNotes: { test: TEST_NOTE }, published: PUBLISHED_TOGETHER } : {}),
    };
  }
  const { faces, labels } = await readFer2013Table(source.file, problem);
  return databaseOf(
    fer2013,
    dirname(source.file),
    faces.flatMap((face, row) => (face ? [{ ...face, label: labels[row]! }] : [])),
  );
}

/** The record of a row under the name that FER+ gives it, which tells it in every copy of the table. */
export function withFerName(record: FaceRecord): FaceRecord {
  const name = record.attributes?.['name'];
  return name === undefined ? record : { ...record, id: String(name) };
}

const byClass = (counts: readonly number[]): Record<string, number> => countsByLabel(FER2013_CODES, counts);

const COUNTS = {
  Training: [3995, 436, 4097, 7215, 4830, 3171, 4965],
  PublicTest: [467, 56, 496, 895, 653, 415, 607],
  PrivateTest: [491, 55, 528, 879, 594, 416, 626],
} as const;
const PUBLISHED: PublishedCounts = {
  images: 35_887,
  splits: {
    Training: byClass(COUNTS.Training),
    PublicTest: byClass(COUNTS.PublicTest),
    PrivateTest: byClass(COUNTS.PrivateTest),
  },
  source: 'fer2013.csv; Goodfellow et al. 2013',
};
const PUBLISHED_TOGETHER: PublishedCounts = {
  ...PUBLISHED,
  splits: {
    Training: byClass(COUNTS.Training),
    test: byClass(COUNTS.PublicTest.map((n, i) => n + COUNTS.PrivateTest[i]!)),
  },
};

export const fer2013: DatabaseDefinition = {
  name: 'fer2013',
  title: 'FER2013',
  summary: 'grey faces from the web, 48×48, 7 expressions',
  layout:
    'fer2013.csv, its gzip or icml_face_data.csv; the folder that holds one; or folders train|test|Training|PublicTest|PrivateTest/<expression>/<image>',
  licence: 'released for the ICML 2013 challenge; on Kaggle under the Database Contents License',
  access: 'https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge',
  citation:
    'Goodfellow et al. 2013, Challenges in representation learning: a report on three machine learning contests, arXiv:1307.0414',
  classes: EXPRESSIONS_7,
  published: PUBLISHED,
  index,
  sampleOf: (record) => withFerName(record),
};
