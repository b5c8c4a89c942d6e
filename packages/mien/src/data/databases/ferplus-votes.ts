/**
 * FER+'s votes, `fer2013new.csv`: `Usage,Image name,neutral,…,contempt,unknown,NF`, a row for each row of fer2013.csv
 * in the same order; the image name is empty where the image is not a face.
 * Source: Barsoum et al. 2016 (arXiv:1608.01041).
 */
import { FERPLUS_CATEGORIES } from '../../labels/index.ts';
import { findColumns, numberOf } from '../../tables/index.ts';
import { emptyTable, readTable } from '../../tables/node.ts';
import type { ProblemSink } from './database.ts';
import { FER2013_USAGES } from './fer2013-table.ts';

const FIELDS = {
  Usage: ['Usage'],
  ...Object.fromEntries(FERPLUS_CATEGORIES.map((name) => [name, [name]])),
} as Readonly<Record<string, readonly string[]>>;
/** One byte each. */
const MAX_VOTES = 99;

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
 * @throws {InputError} when the file cannot be read or lacks a column
 */
export async function readFerPlusVotes(file: string, problem: ProblemSink): Promise<FerPlusVotes> {
  const usages: string[] = [];
  const lines: number[] = [];
  const votes: number[] = [];
  const add = (line: number, usage: string, counts: readonly (number | undefined)[]): void => {
    usages.push(usage);
    lines.push(line);
    for (let k = 0; k < FERPLUS_CATEGORIES.length; k++) votes.push(usage === '' ? 0 : counts[k]!);
  };
  const isRead = await readTable(
    file,
    (header) => {
      const columns = findColumns(header, FIELDS, Object.keys(FIELDS), 'fixed');
      const categories = FERPLUS_CATEGORIES.map((name) => columns[name]!);
      return (row) => {
        const where = `${file}:${row.line}`;
        const usage = row.text(columns['Usage']!);
        const counts = categories.map((column) => voteOf(row.text(column)));
        const bad = counts.indexOf(undefined);
        const isUsage = (FER2013_USAGES as readonly string[]).includes(usage);
        if (!isUsage) problem(where, `Usage is "${usage}", expected ${FER2013_USAGES.join(', ')}`);
        else if (bad >= 0)
          problem(
            where,
            `votes for ${FERPLUS_CATEGORIES[bad]!} are "${row.text(categories[bad]!)}", expected a whole number`,
          );
        add(row.line, isUsage && bad < 0 ? usage : '', counts);
      };
    },
    {
      onProblem: (line, reason) => {
        problem(`${file}:${line}`, reason);
        add(line, '', []);
      },
    },
  );
  if (!isRead) throw emptyTable(file);
  return { usages, lines, votes: Uint8Array.from(votes) };
}

function voteOf(text: string): number | undefined {
  const count = numberOf(text);
  return count !== undefined && Number.isInteger(count) && count >= 0 && count <= MAX_VOTES ? count : undefined;
}

/**
 * The first place where the votes do not correspond to the images. Votes of a split of which there is no image
 * are passed over: a file of images may hold one split only.
 * @param usages Usage of each row of the images; '' where the row is damaged and matches anything
 */
export function findMisalignment(
  usages: readonly string[],
  votes: FerPlusVotes,
): { line: number; message: string } | undefined {
  const present = new Set(usages);
  const rows = [...votes.usages.keys()].filter((row) => votes.usages[row] === '' || present.has(votes.usages[row]!));
  for (const [i, row] of rows.slice(0, usages.length).entries()) {
    const [wanted, got] = [usages[i]!, votes.usages[row]!];
    if (wanted !== got && wanted !== '' && got !== '') {
      return {
        line: votes.lines[row]!,
        message: `votes are for an image of ${got}, but row ${i + 1} of the images is ${wanted}`,
      };
    }
  }
  if (usages.length === rows.length) return undefined;
  const line = rows.length > usages.length ? votes.lines[rows[usages.length]!]! : (votes.lines.at(-1) ?? 1);
  return { line, message: `there are ${rows.length} rows of votes for the ${usages.length} rows of images` };
}
