/**
 * EmotioNet's tables, each row the URL of an image and what is known of it:
 * - `.txt`, without a header, fields between tabs (or commas): URL, the original URL, 60 columns for the action units 1
 *   … 60; or only URLs. Other text files are passed over.
 * - `.csv` and `.xlsx`, with a header: `URL`, then any of `AU 1` … `AU 60` and of the 16 categories
 *   (`angrily_disgusted` …).
 * A unit is 1 (active), 0 (not active) or 999 (not annotated); a category is 1 or 0.
 */
import { InputError } from '../../errors.ts';
import { readTable } from '../../tables/node.ts';
import type { ProblemSink } from './database.ts';
import { CATEGORY_OF_COLUMN, type LabelledCategory } from './emotionet-categories.ts';

const UNITS = 60;
const NOT_ANNOTATED = 999;
const URL = /^https?:\/\//i;

export interface EmotioNetRow {
  readonly url: string;
  /** `file:line` */
  readonly where: string;
  /** Activity by unit, the annotated ones. */
  readonly units: ReadonlyMap<number, boolean>;
  readonly categories: readonly LabelledCategory[];
}

/** What each column holds: a unit, a category, or nothing that is read. */
type Column = { readonly unit: number } | { readonly category: LabelledCategory } | undefined;

/** @returns rows in the order of the file; none where it is not a table of EmotioNet */
export async function readEmotioNetTable(file: string, problem: ProblemSink): Promise<EmotioNetRow[]> {
  const reader = new RowReader(file, problem);
  if (/\.xlsx$/i.test(file)) (await readWorkbook(file)).forEach((cells, i) => reader.read(cells, i + 1));
  else await readText(file, reader);
  return reader.rows;
}

/** A text that is not a table of EmotioNet may be anything, and nothing of it is reported. */
async function readText(file: string, reader: RowReader): Promise<void> {
  try {
    await readTable(
      file,
      ({ names, line }) => {
        if (!URL.test(names[0] ?? '')) reader.read(names, line);
        return (row) =>
          reader.read(
            names.map((_, i) => row.text(i)),
            row.line,
          );
      },
      {
        separators: ['\t', ','],
        namesWithoutHeader: (fields) => (URL.test(fields[0] ?? '') ? fields : undefined),
        onProblem: (line, reason) => reader.report(line, reason),
      },
    );
  } catch (error) {
    if (reader.isTable) throw error;
  }
}

/**
 * The first sheet. The library is loaded when a workbook is there, as nothing else needs it.
 * @throws {InputError} when it is not a workbook, such as one that still has its password
 */
async function readWorkbook(file: string): Promise<string[][]> {
  const { readSheet } = await import('read-excel-file/node');
  try {
    return (await readSheet(file)).map((row) => row.map((cell) => String(cell ?? '')));
  } catch (cause) {
    throw new InputError(file, 'cannot be read as an .xlsx file: if it has a password, save it without', { cause });
  }
}

class RowReader {
  readonly rows: EmotioNetRow[] = [];
  readonly #file: string;
  readonly #problem: ProblemSink;
  #columns: readonly Column[] | undefined;
  #isBegun = false;

  constructor(file: string, problem: ProblemSink) {
    this.#file = file;
    this.#problem = problem;
  }

  /** Whether the first line was a header or a row of EmotioNet. */
  get isTable(): boolean {
    return this.#columns !== undefined;
  }

  report(line: number, reason: string): void {
    if (this.isTable) this.#problem(`${this.#file}:${line}`, reason);
  }

  read(fields: readonly string[], line: number): void {
    const cells = fields.map((field) =>
      field
        .trim()
        .replace(/^(['"])(.*)\1$/, '$2')
        .trim(),
    );
    if (!this.#isBegun) {
      this.#isBegun = true;
      this.#columns = headerColumns(cells);
      if (/^url$/i.test(cells[0] ?? '')) return;
    }
    if (this.#columns === undefined) return; // its first line is neither a header nor a row: another kind of text
    const row = URL.test(cells[0] ?? '')
      ? parseCells(cells, this.#columns)
      : `starts with "${cells[0] ?? ''}", expected a URL`;
    if (typeof row === 'string') this.report(line, row);
    else this.rows.push({ ...row, url: cells[0]!, where: `${this.#file}:${line}` });
  }
}

/** @returns undefined where the first line is not a header and no row */
function headerColumns(cells: readonly string[]): readonly Column[] | undefined {
  if (URL.test(cells[0] ?? ''))
    return cells.length <= 2
      ? cells.map(() => undefined)
      : [undefined, undefined, ...Array.from({ length: UNITS }, (_, i) => ({ unit: i + 1 }))];
  if (!/^url$/i.test(cells[0] ?? '')) return undefined;
  return cells.map((name) => {
    const unit = /^AU\s*(\d+)$/i.exec(name)?.[1];
    const category = CATEGORY_OF_COLUMN[name.toLowerCase()];
    return unit !== undefined ? { unit: Number(unit) } : category === undefined ? undefined : { category };
  });
}

function parseCells(
  cells: readonly string[],
  columns: readonly Column[],
): Pick<EmotioNetRow, 'units' | 'categories'> | string {
  if (cells.length !== columns.length) return `has ${cells.length} columns, expected ${columns.length}`;
  const units = new Map<number, boolean>();
  const categories: LabelledCategory[] = [];
  for (const [i, column] of columns.entries()) {
    const text = cells[i]!;
    if (column === undefined || text === '') continue;
    const value = Number(text);
    if ('category' in column) {
      if (value !== 0 && value !== 1) return `${column.category} is "${text}", expected 0 or 1`;
      if (value === 1) categories.push(column.category);
    } else {
      if (value !== 0 && value !== 1 && value !== NOT_ANNOTATED)
        return `action unit ${column.unit} is "${text}", expected 0, 1 or ${NOT_ANNOTATED}`;
      if (value !== NOT_ANNOTATED) units.set(column.unit, value === 1);
    }
  }
  return { units, categories };
}
