/**
 * FER2013 and FER+ as databases: the readers of data/fer2013-csv.ts and data/ferplus-csv.ts, given out as records, so that protocols
 * and studies over several databases treat them like the others. The pixels of a CSV file are kept as one table of bytes (80 MB).
 *
 * FER+: label = majority of the votes, distribution = that of the "probability" scheme, both absent where the rules leave an image
 * out; the ten votes themselves are attributes. An image that most found to be no face (NF) is unlabelled.
 */
import { basename, relative, sep } from 'node:path';
import { InputError } from '../../errors.ts';
import { rawImage, type RawImage } from '../../image/index.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8, FER2013_CODES, FERPLUS_CATEGORIES } from '../../labels/index.ts';
import { FER2013_PIXELS, FER2013_SIDE, fer2013Id, type Fer2013Usage, readFer2013Csv } from '../fer2013-csv.ts';
import { locateFer2013, locateFerPlus } from '../fer2013-files.ts';
import { listFer2013Images } from '../fer2013-folders.ts';
import { fer2013 as fer2013Dataset } from '../fer2013.ts';
import { findMisalignment, readFerPlusCsv } from '../ferplus-csv.ts';
import { distributionTarget, majorityLabel } from '../ferplus-targets.ts';
import { ferplus as ferplusDataset } from '../ferplus.ts';
import { ImageTableBuilder } from '../image-table.ts';
import { type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink, throwProblem } from './database.ts';

interface CsvRecord extends FaceRecord {
  /** From 0, over the rows below the header. */
  readonly row: number;
}

/** The sound rows, and the Usage of every row: '' where it is damaged. */
async function readCsv(file: string, problem: ProblemSink): Promise<{ records: CsvRecord[]; usages: string[] }> {
  const builder = new ImageTableBuilder(FER2013_SIDE, FER2013_SIDE, 1);
  const rows: { index: number; code: number; usage: Fer2013Usage }[] = [];
  const count = await readFer2013Csv(file, {
    row({ index, code, usage, pixels }) {
      builder.push(pixels);
      rows.push({ index, code, usage });
    },
    problem: (_kind, line, message) => problem(`${file}:${line}`, message),
  });
  const { pixels } = builder.build();
  const read = (at: number): Promise<RawImage> => Promise.resolve(rawImage(FER2013_SIDE, FER2013_SIDE, 1, pixels.slice(at * FER2013_PIXELS, (at + 1) * FER2013_PIXELS)));
  const usages = new Array<string>(count).fill('');
  const records = rows.map(({ index, code, usage }, at) => {
    usages[index] = usage;
    return {
      id: `${basename(file)}#${index}`, image: { read: () => read(at) }, split: usage, label: FER2013_CODES[code]!, attributes: { name: fer2013Id(index) }, row: index,
    };
  });
  return { records, usages };
}

const withoutRow = ({ row: _, ...record }: CsvRecord): FaceRecord => record;

async function indexFer2013(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const source = await locateFer2013(root);
  const records = source.kind === 'csv' ? (await readCsv(source.file, problem)).records.map(withoutRow) : await indexFolders(root, problem);
  if (records.length === 0) throw new InputError(root, 'holds no sound image of FER2013');
  return { name: fer2013Database.name, root, classes: EXPRESSIONS_7, records };
}

async function indexFolders(root: string, problem: ProblemSink): Promise<FaceRecord[]> {
  const images = await listFer2013Images(root, problem);
  return images.map(({ split, expression, file }) => ({ id: relative(root, file).split(sep).join('/'), image: { file }, split, label: expression }));
}

async function indexFerPlus(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const files = await locateFerPlus(root);
  const votes = await readFerPlusCsv(files.votes, (line, message) => problem(`${files.votes}:${line}`, message));
  const { records, usages } = await readCsv(files.images, problem);
  const misaligned = findMisalignment(usages, votes);
  // Votes of other rows than the images' would label every face wrongly: nothing can be kept.
  if (misaligned) throw new InputError(`${files.votes}:${misaligned.line}`, misaligned.message);
  const present = new Set(usages);
  const voteRows = [...votes.usages.keys()].filter((row) => votes.usages[row] === '' || present.has(votes.usages[row]!));
  const categories = FERPLUS_CATEGORIES.length;
  const labelled = records.flatMap((record) => {
    const row = voteRows[record.row]!;
    const counts = votes.votes.subarray(row * categories, (row + 1) * categories);
    return votes.usages[row] === '' ? [] : [applyVotes(record, counts)];
  });
  return { name: ferPlusDatabase.name, root, classes: EXPRESSIONS_8, records: labelled };
}

function applyVotes(record: CsvRecord, counts: Uint8Array): FaceRecord {
  const { label: _, attributes, ...rest } = withoutRow(record);
  const label = EXPRESSIONS_8[majorityLabel(counts)];
  const target = distributionTarget(counts);
  const distribution = target && EXPRESSIONS_8.flatMap((name, k) => (target[k]! > 0 ? [[name, target[k]!] as const] : []));
  return {
    ...rest,
    ...(label === undefined ? {} : { label }),
    ...(distribution ? { labelDistribution: Object.fromEntries(distribution) } : {}),
    attributes: { ...attributes, ...Object.fromEntries(FERPLUS_CATEGORIES.map((name, k) => [name, counts[k]!])) },
  };
}

const byClass = (classes: readonly string[], counts: readonly number[]): Record<string, number> => Object.fromEntries(classes.map((label, i) => [label, counts[i]!]));

export const fer2013Database: DatabaseDefinition = {
  name: fer2013Dataset.name,
  title: 'FER2013: 48×48 grey faces from the web, 7 expressions',
  layout: fer2013Dataset.layout,
  licence: 'released for the ICML 2013 challenge; on Kaggle under the Database Contents License',
  citation: 'Goodfellow et al. 2013, Challenges in representation learning: a report on three machine learning contests, arXiv:1307.0414',
  classes: EXPRESSIONS_7,
  published: {
    images: 35_887,
    splits: {
      Training: byClass(FER2013_CODES, [3995, 436, 4097, 7215, 4830, 3171, 4965]),
      PublicTest: byClass(FER2013_CODES, [467, 56, 496, 895, 653, 415, 607]),
      PrivateTest: byClass(FER2013_CODES, [491, 55, 528, 879, 594, 416, 626]),
    },
    source: 'fer2013.csv; Goodfellow et al. 2013',
  },
  index: indexFer2013,
};

export const ferPlusDatabase: DatabaseDefinition = {
  name: ferplusDataset.name,
  title: "FER+: FER2013's images with ten votes each, 8 expressions",
  layout: ferplusDataset.layout,
  licence: 'votes: MIT; images: FER2013',
  citation: 'Barsoum, Zhang, Canton Ferrer & Zhang 2016, Training deep networks for facial expression recognition with crowd-sourced label distribution, ICMI, arXiv:1608.01041',
  classes: EXPRESSIONS_8,
  published: {
    images: 35_887,
    splits: {
      Training: byClass(EXPRESSIONS_8, [8740, 7287, 3149, 3014, 2100, 119, 532, 119]),
      PublicTest: byClass(EXPRESSIONS_8, [1182, 865, 415, 351, 287, 24, 62, 13]),
      PrivateTest: 3589,
    },
    source: 'fer2013new.csv: images with a majority',
  },
  index: indexFerPlus,
};
