/**
 * FER+'s votes, `fer2013new.csv`: `Usage,Image name,neutral,…,contempt,unknown,NF`, a row for each row of
 * fer2013.csv in the same order; the image name is empty where the image is no face.
 * Source: Barsoum et al. 2016 (arXiv:1608.01041).
 */
import { InputError } from '../errors.ts';
import { FERPLUS_CATEGORIES } from '../labels/index.ts';
import { forEachLine } from './csv-lines.ts';
import { FER2013_USAGES } from './fer2013-csv.ts';

const HEADER = ['Usage', 'Image name', ...FERPLUS_CATEGORIES];

export interface FerPlusVotes {
  /** By row; '' where the row is damaged. */
  readonly usages: readonly string[];
  /** Line of each row. */
  readonly lines: readonly number[];
  /** [rows, 10], over `FERPLUS_CATEGORIES`. */
  readonly votes: Uint8Array;
}

/**
 * @param problem called with what is wrong with a row; may throw
 * @throws {InputError} when the file cannot be read or its header is another one
 */
export async function readFerPlusCsv(file: string, problem: (line: number, message: string) => void): Promise<FerPlusVotes> {
  const usages: string[] = [];
  const lines: number[] = [];
  const votes: number[] = [];
  let headerSeen = false;

  await forEachLine(file, (bytes, start, end, line) => {
    const fields = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1').split(',').map((f) => f.trim());
    if (!headerSeen) {
      if (fields.join().toLowerCase() !== HEADER.join().toLowerCase()) {
        throw new InputError(`${file}:1`, `header is "${fields.join().slice(0, 60)}", expected ${HEADER.join()}`);
      }
      headerSeen = true;
      return;
    }
    if (fields.join('') === '') return; // blank lines carry no row
    const message = rowProblem(fields);
    if (message !== undefined) problem(line, message);
    usages.push(message === undefined ? fields[0]! : '');
    lines.push(line);
    votes.push(...FERPLUS_CATEGORIES.map((_, i) => (message === undefined ? Number(fields[i + 2]) : 0)));
  });
  if (!headerSeen) throw new InputError(file, `is empty, expected the header ${HEADER.join()}`);
  return { usages, lines, votes: Uint8Array.from(votes) };
}

function rowProblem(fields: readonly string[]): string | undefined {
  if (fields.length !== HEADER.length) return `has ${fields.length} columns, expected ${HEADER.length}`;
  if (!(FER2013_USAGES as readonly string[]).includes(fields[0]!)) {
    return `Usage is "${fields[0]}", expected ${FER2013_USAGES.join(', ')}`;
  }
  const bad = fields.slice(2).findIndex((vote) => !/^\d{1,2}$/.test(vote));
  return bad < 0 ? undefined : `votes for ${HEADER[bad + 2]} are "${fields[bad + 2]}", expected a whole number`;
}

/**
 * The first place where the votes do not correspond to the images. Votes of a split of which there is no image
 * are passed over: a file of images may hold one split only.
 * @param usages Usage of each row of the images; '' where the row is damaged and matches anything
 */
export function findMisalignment(usages: readonly string[], votes: FerPlusVotes): { line: number; message: string } | undefined {
  const present = new Set(usages);
  const rows = [...votes.usages.keys()].filter((row) => votes.usages[row] === '' || present.has(votes.usages[row]!));
  for (const [i, row] of rows.slice(0, usages.length).entries()) {
    const [wanted, got] = [usages[i]!, votes.usages[row]!];
    if (wanted !== got && wanted !== '' && got !== '') {
      return { line: votes.lines[row]!, message: `votes are for an image of ${got}, but row ${i + 1} of the images is ${wanted}` };
    }
  }
  if (usages.length === rows.length) return undefined;
  const line = rows.length > usages.length ? votes.lines[rows[usages.length]!]! : (votes.lines.at(-1) ?? 1);
  return { line, message: `there are ${rows.length} rows of votes for the ${usages.length} rows of images` };
}
