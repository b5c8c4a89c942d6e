/**
 * TFD: faces of many databases brought to 48×48 (or 96×96) with the eyes in one place, a few of them labelled. One
 * MATLAB file, `TFD_48x48.mat` or `TFD_96x96.mat`, holds images [N,H,W], labs_ex [N] (−1 = unlabelled, 1 anger, 2
 * disgust, 3 fear, 4 happiness, 5 sadness, 6 surprise, 7 neutral), labs_id [N] (−1 = unknown person) and folds [N,5] (0
 * unlabelled, 1 train, 2 validation, 3 test). The folds are the attributes fold1 to fold5. If a folder holds
 * both files, the small one is read; the path of a file names the other.
 * Source: Susskind, Anderson & Hinton 2010, "The Toronto Face Database"; use: Li & Deng's survey, section 3.
 */
import { basename, dirname } from 'node:path';
import { InputError } from '../../errors.ts';
import { findEntry, isFolder } from '../../files/index.ts';
import { rawImage, type RawImage } from '../../image/index.ts';
import { EXPRESSIONS_7, type Expression } from '../../labels/index.ts';
import { attempt } from './attempt.ts';
import { databaseOf, nothingOf } from './by-name.ts';
import { throwProblem, type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink } from './database.ts';
import { openMat, type MatArray, type MatVariable } from './mat.ts';

const FILES = ['TFD_48x48.mat', 'TFD_96x96.mat'];
/** By labs_ex from 1. */
const CODES = [
  'anger',
  'disgust',
  'fear',
  'happiness',
  'sadness',
  'surprise',
  'neutral',
] as const satisfies readonly Expression[];
const UNLABELLED = -1;
const FOLDS = 5;
const FOLD_CODES = ['unlabelled', 'train', 'validation', 'test'] as const;

export const tfd: DatabaseDefinition = {
  name: 'tfd',
  title: 'TFD',
  summary: 'grey faces of many sources, 48×48 or 96×96, 7 expressions',
  layout: 'TFD_48x48.mat or TFD_96x96.mat (images, labs_ex, labs_id, folds)',
  licence: 'research only, by request to its author; the licences of its sources hold',
  access: 'from its author; the address stands in table 2 of the survey, arXiv:1804.08348',
  citation:
    'Susskind, Anderson, Hinton 2010, The Toronto Face Database, technical report UTML TR 2010-001, University of Toronto',
  classes: EXPRESSIONS_7,
  published: {
    images: 112234,
    source:
      'Li & Deng survey, section 3, with 4,178 labelled; needs care: a public loader counts 98,058 unlabelled, which makes 102,236',
  },
  index: indexTfd,
};

async function indexTfd(path: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const file = await locate(path);
  const variables = await openMat(file);
  const images = variables.get('images');
  if (!images || images.dims.length !== 3 || images.dims[1] !== images.dims[2]) {
    throw new InputError(
      file,
      `expected "images" of N×48×48 or N×96×96, found ${images ? images.dims.join('×') : [...variables.keys()].join(', ') || 'nothing'}`,
    );
  }
  const count = images.dims[0]!;
  const columns = async (name: string, width: number): Promise<MatArray['data'] | undefined> =>
    attempt(problem, () => readColumns(file, variables, name, count, width));
  const [expressions, people, folds] = [
    await columns('labs_ex', 1),
    await columns('labs_id', 1),
    await columns('folds', FOLDS),
  ];
  let pixels: Promise<MatArray> | undefined;
  const read = async (row: number): Promise<RawImage> => imageAt(file, await (pixels ??= images.read()), row);
  const wrong = (name: string, row: number, value: number): void =>
    problem(file, `${name} of image ${row} is ${value}, which is not a code`);
  const records = Array.from({ length: count }, (_, row): FaceRecord => {
    const code = expressions?.[row] ?? UNLABELLED;
    const label = CODES[code - 1];
    if (label === undefined && code !== UNLABELLED) wrong('labs_ex', row, code);
    const person = people?.[row] ?? UNLABELLED;
    const attributes = folds && foldsOf(folds, count, row, wrong);
    return {
      id: `${basename(file)}#${row}`,
      image: { read: () => read(row) },
      ...(label !== undefined && { label }),
      ...(person !== UNLABELLED && { subject: String(person) }),
      ...(attributes && { attributes }),
    };
  });
  return databaseOf(tfd, dirname(file), records);
}

async function locate(path: string): Promise<string> {
  if (!(await isFolder(path))) return path;
  const found = await findEntry(path, ...FILES);
  if (found === undefined) throw nothingOf(tfd, path);
  return found;
}

/** [N,width], column-major. */
async function readColumns(
  file: string,
  variables: ReadonlyMap<string, MatVariable>,
  name: string,
  count: number,
  width: number,
): Promise<MatArray['data']> {
  const variable = variables.get(name);
  if (!variable) throw new InputError(file, `has no variable "${name}"`);
  // A vector may lie either way.
  const fits =
    width === 1
      ? Math.max(...variable.dims) === count && Math.min(...variable.dims) === 1
      : variable.dims.join() === `${count},${width}`;
  if (!fits) throw new InputError(file, `expected "${name}" of ${count}×${width}, found ${variable.dims.join('×')}`);
  return (await variable.read()).data;
}

function foldsOf(
  folds: MatArray['data'],
  count: number,
  row: number,
  wrong: (name: string, row: number, value: number) => void,
): Record<string, string> {
  const named: Record<string, string> = {};
  for (let f = 0; f < FOLDS; f++) {
    const code = folds[row + f * count]!;
    const name = FOLD_CODES[code];
    if (name === undefined) wrong(`fold ${f + 1}`, row, code);
    else named[`fold${f + 1}`] = name;
  }
  return named;
}

/** Image `row` of [N,H,W], column-major: pixel (y,x) stands at row + N·(y + H·x). */
function imageAt(file: string, { dims, data }: MatArray, row: number): RawImage {
  const [count, height, width] = dims as [number, number, number];
  const gray = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = data[row + count * (y + height * x)]!;
      if (!Number.isInteger(value) || value < 0 || value > 255)
        throw new InputError(file, `image ${row} has the grey level ${value}, expected a whole number from 0 to 255`);
      gray[y * width + x] = value;
    }
  }
  return rawImage(width, height, 1, gray);
}
