/**
 * FER2013 as a database: its CSV forms and folders (data/fer2013.ts) as records, so that protocols and studies over several
 * databases treat it like the others.
 * Source: Goodfellow et al. 2013, "Challenges in representation learning".
 */
import { dirname } from 'node:path';
import { EXPRESSIONS_7, FER2013_CODES } from '../../labels/index.ts';
import { locateFer2013 } from '../fer2013-files.ts';
import { listFer2013Images } from '../fer2013-folders.ts';
import { fer2013 as dataset } from '../fer2013.ts';
import { databaseOf } from './by-name.ts';
import { type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink, throwProblem } from './database.ts';
import { readFer2013Records } from './fer2013-rows.ts';
import { idOf } from './files.ts';

async function index(path: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const source = await locateFer2013(path);
  if (source.kind === 'folders') return databaseOf(fer2013Database, path, await indexFolders(path, problem));
  const { faces, labels } = await readFer2013Records(source.file, problem);
  return databaseOf(fer2013Database, dirname(source.file), faces.flatMap((face, row) => (face ? [{ ...face, label: labels[row]! }] : [])));
}

async function indexFolders(root: string, problem: ProblemSink): Promise<FaceRecord[]> {
  const images = await listFer2013Images(root, problem);
  return images.map(({ split, expression, file }) => ({ id: idOf(root, file), image: { file }, split, label: expression }));
}

const byClass = (counts: readonly number[]): Record<string, number> => Object.fromEntries(FER2013_CODES.map((label, i) => [label, counts[i]!]));

export const fer2013Database: DatabaseDefinition = {
  name: dataset.name,
  title: 'FER2013',
  summary: 'grey faces from the web, 48×48, 7 expressions',
  layout: dataset.layout,
  licence: 'released for the ICML 2013 challenge; on Kaggle under the Database Contents License',
  citation: 'Goodfellow et al. 2013, Challenges in representation learning: a report on three machine learning contests, arXiv:1307.0414',
  classes: EXPRESSIONS_7,
  published: {
    images: 35_887,
    splits: {
      Training: byClass([3995, 436, 4097, 7215, 4830, 3171, 4965]),
      PublicTest: byClass([467, 56, 496, 895, 653, 415, 607]),
      PrivateTest: byClass([491, 55, 528, 879, 594, 416, 626]),
    },
    source: 'fer2013.csv; Goodfellow et al. 2013',
  },
  index,
};
