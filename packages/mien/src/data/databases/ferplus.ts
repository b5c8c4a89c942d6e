/**
 * FER+ as a database: FER2013's images with ten votes each (data/ferplus.ts) as records. Label: the majority of the votes;
 * distribution: that of the "probability" scheme; both absent where the rules leave an image out, as where it is no face (NF).
 * The votes themselves are attributes.
 * Source: Barsoum et al. 2016 (arXiv:1608.01041).
 */
import { dirname } from 'node:path';
import { InputError } from '../../errors.ts';
import { EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../../labels/index.ts';
import { locateFerPlus } from '../fer2013-files.ts';
import { findMisalignment, readFerPlusCsv } from '../ferplus-csv.ts';
import { distributionTarget, majorityLabel } from '../ferplus-targets.ts';
import { ferplus as dataset } from '../ferplus.ts';
import { databaseOf } from './by-name.ts';
import { type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink, throwProblem } from './database.ts';
import { readFer2013Records } from './fer2013-rows.ts';

const CATEGORIES = FERPLUS_CATEGORIES.length;

/** @throws {InputError} also when the rows of votes are not those of the images: every label would be another image's */
async function index(path: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const files = await locateFerPlus(path);
  const votes = await readFerPlusCsv(files.votes, (line, message) => problem(`${files.votes}:${line}`, message));
  const { faces, usages } = await readFer2013Records(files.images, problem);
  const misaligned = findMisalignment(usages, votes);
  if (misaligned) throw new InputError(`${files.votes}:${misaligned.line}`, misaligned.message);
  // A file of images may hold one split only: votes of the others are passed over.
  const present = new Set(usages);
  const rows = [...votes.usages.keys()].filter((row) => votes.usages[row] === '' || present.has(votes.usages[row]!));
  const records = faces.flatMap((face, i) => {
    const row = rows[i]!;
    return face === undefined || votes.usages[row] === '' ? [] : [applyVotes(face, votes.votes.subarray(row * CATEGORIES, (row + 1) * CATEGORIES))];
  });
  return databaseOf(ferPlusDatabase, dirname(files.images), records);
}

/** @param counts [10] votes over `FERPLUS_CATEGORIES` */
function applyVotes(face: FaceRecord, counts: Uint8Array): FaceRecord {
  const label = EXPRESSIONS_8[majorityLabel(counts)];
  const target = distributionTarget(counts);
  const shares = target && EXPRESSIONS_8.flatMap((name, k) => (target[k]! > 0 ? [[name, target[k]!] as const] : []));
  return {
    ...face,
    ...(label === undefined ? {} : { label }),
    ...(shares ? { labelDistribution: Object.fromEntries(shares) } : {}),
    attributes: { ...face.attributes, ...Object.fromEntries(FERPLUS_CATEGORIES.map((name, k) => [name, counts[k]!])) },
  };
}

const byClass = (counts: readonly number[]): Record<string, number> => Object.fromEntries(EXPRESSIONS_8.map((label, i) => [label, counts[i]!]));

export const ferPlusDatabase: DatabaseDefinition = {
  name: dataset.name,
  title: 'FER+',
  summary: "FER2013's images with ten votes each, 8 expressions",
  layout: dataset.layout,
  licence: 'votes: MIT; images: FER2013',
  citation: 'Barsoum, Zhang, Canton Ferrer & Zhang 2016, Training deep networks for facial expression recognition with crowd-sourced label distribution, ICMI, arXiv:1608.01041',
  classes: EXPRESSIONS_8,
  published: {
    images: 35_887,
    splits: {
      Training: byClass([8740, 7287, 3149, 3014, 2100, 119, 532, 119]),
      PublicTest: byClass([1182, 865, 415, 351, 287, 24, 62, 13]),
      PrivateTest: 3589,
    },
    source: 'fer2013new.csv, images with a majority; PrivateTest: all images',
  },
  index,
};
