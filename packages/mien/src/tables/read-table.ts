/**
 * The one reader of tables: CSV with a header, whatever separates its fields, JSON lines, or a JSON array of objects;
 * plain or gzipped; UTF-8, or UTF-16 with a byte order mark. Row by row, in constant memory. Every error names file and
 * line.
 */
import { InputError } from '../errors.ts';
import { STANDARD_STREAM } from '../files/index.ts';
import { CsvReader, type CsvRecord } from './csv-records.ts';
import { JsonReader, type JsonObject } from './json-records.ts';
import type { Separator } from './separator.ts';
import { utf8Chunks } from './utf8-chunks.ts';

/** A column of a table that is being read: what `TableHeader.find` gives. */
export type Column = number;

export interface TableHeader {
  readonly file: string;
  /** Line of the header, or of the first object. */
  readonly line: number;
  /** Names as written: of the header, or of the first object. Unnamed columns are ''. */
  readonly names: readonly string[];
  /** Whether a column, or the first object, has one of the names, in whatever case. */
  has(...names: readonly string[]): boolean;
  /**
   * The column of the first of these names that there is, in whatever case; undefined where there is none. In JSON it
   * is found object by object, so that any may lack it.
   * @throws {InputError} when two columns have the name
   */
  find(...names: readonly string[]): Column | undefined;
  /** The name of a column, as written. */
  nameOf(column: Column): string;
}

/** One row; the object is reused for the next one. */
export interface TableRow {
  /** Line that it begins in, from 1. */
  readonly line: number;
  /**
   * A cell as text, without spaces at its ends; '' where it is empty, null or absent. In JSON, an object or an array is
   * its JSON text.
   */
  text(column: Column): string;
  /** A cell as JSON has it; of CSV its text. */
  value(column: Column): unknown;
  /** A cell's bytes; undefined of JSON. Valid until the next row. */
  bytes(column: Column): Uint8Array | undefined;
}

export interface ReadTableOptions {
  /** What may stand between fields: the first line tells which does. Default: a comma, a semicolon, a tab or a bar. */
  readonly separators?: readonly Separator[];
  /**
   * The names of the columns of a file that has none in its first line, given that line's fields; undefined: it is the
   * header.
   */
  readonly namesWithoutHeader?: (fields: readonly string[]) => readonly string[] | undefined;
  /** Called in place of a row that cannot be read. Default: throws. */
  readonly onProblem?: (line: number, reason: string) => void;
  /** Called now and then with the bytes of the file that have been read. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Reads a table. Rows all of whose fields are empty are passed over.
 * @param path of a file, or `-` for standard input
 * @param open given the header, returns what takes each row; an `InputError` that it throws ends the reading
 * @returns whether there was a header, or a first object: whether `open` was called
 * @throws {InputError} naming file and line: unreadable, not text, not UTF-8, and, without `problem`, broken quotes, a
 *   wrong number of fields, not JSON
 * @example
 * ```ts
 * import { findColumns } from 'mienjs/tables';
 * import { readTable } from 'mienjs/tables/node';
 *
 * const fields = { image: ['image', 'file', 'photo'], label: ['label', 'emotion'] };
 * await readTable('labels.csv', (header) => {
 *   const { image, label } = findColumns(header, fields, ['image', 'label']);
 *   return (row) => console.log(row.line, row.text(image), row.text(label));
 * });
 * ```
 */
export async function readTable(
  path: string,
  open: (header: TableHeader) => (row: TableRow) => void,
  options: ReadTableOptions = {},
): Promise<boolean> {
  const file = inputName(path);
  let reader: CsvReader | JsonReader | undefined;
  let isOpen = false;
  const opened = (header: TableHeader): ((row: TableRow) => void) => {
    isOpen = true;
    return open(header);
  };
  const problem =
    options.onProblem ??
    ((line: number, reason: string): void => {
      throw new InputError(`${file}:${line}`, reason);
    });
  const fatal = (line: number, reason: string): never => {
    throw new InputError(`${file}:${line}`, reason);
  };
  let head: Buffer = Buffer.alloc(0);
  const start = (isLast: boolean): void => {
    const first = /[^\s]/.exec(head.toString('latin1'))?.[0];
    if (first === undefined && !isLast) return;
    const isJson = options.separators === undefined && (first === '{' || first === '[');
    reader = isJson
      ? new JsonReader({ record: jsonRows(file, opened), onProblem: problem, fatal })
      : new CsvReader(
          { record: csvRows(file, opened, problem, options), onProblem: problem, fatal },
          options.separators,
        );
    reader.push(head);
  };
  for await (const chunk of utf8Chunks(path, {
    currentLine: () => reader?.line ?? 1,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  })) {
    if (reader) reader.push(chunk);
    else {
      head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
      start(false);
    }
  }
  if (!reader) start(true);
  reader!.end();
  return isOpen;
}

/** What errors call a file: `-` is standard input. */
export const inputName = (file: string): string => (file === STANDARD_STREAM ? 'standard input' : file);

/** The error for a file with nothing in it. */
export function emptyTable(file: string): InputError {
  return new InputError(inputName(file), 'is empty');
}

type Problem = (line: number, reason: string) => void;
type Open = (header: TableHeader) => (row: TableRow) => void;

/** Takes records of CSV: the first is the header. */
function csvRows(
  file: string,
  open: Open,
  onProblem: Problem,
  { namesWithoutHeader }: ReadTableOptions,
): (record: CsvRecord) => void {
  let handle: ((row: TableRow) => void) | undefined;
  let needed = 0; // fields that a row must have: those up to the last column with a name
  let most = 0;
  let current!: CsvRecord;
  const row: TableRow = {
    get line() {
      return current.line;
    },
    text: (column) => current.text(column),
    value: (column) => current.text(column),
    bytes: (column) => current.bytes.subarray(current.starts[column], current.ends[column]),
  };
  return (record) => {
    if (record.isBlank()) return;
    current = record;
    if (handle === undefined) {
      const fields = Array.from({ length: record.count }, (_, i) => record.text(i));
      const given = namesWithoutHeader?.(fields);
      const names = given ?? fields;
      most = names.length;
      needed = names.findLastIndex((name) => name !== '') + 1;
      handle = open(csvHeader(file, record.line, names));
      if (given === undefined) return;
    }
    if (record.count < needed || (record.count > most && !isEmptyFrom(record, most))) {
      onProblem(
        record.line,
        `expected ${most} fields, got ${record.count}${record.count > most ? ' (a field that contains the separator needs quotes)' : ''}`,
      );
    } else {
      handle(row);
    }
  };
}

function isEmptyFrom(record: CsvRecord, from: number): boolean {
  for (let i = from; i < record.count; i++) if (record.ends[i]! > record.starts[i]!) return false;
  return true;
}

function csvHeader(file: string, line: number, names: readonly string[]): TableHeader {
  const lower = names.map((name) => name.toLowerCase());
  return {
    file,
    line,
    names,
    has: (...wanted) => wanted.some((name) => lower.includes(name.toLowerCase())),
    find: (...wanted) => {
      const name = wanted.map((each) => each.toLowerCase()).find((each) => lower.includes(each));
      if (name === undefined) return undefined;
      if (lower.indexOf(name) !== lower.lastIndexOf(name))
        throw new InputError(`${file}:${line}`, `two columns are called "${name}"`);
      return lower.indexOf(name);
    },
    nameOf: (column) => names[column] ?? '',
  };
}

/** Takes objects: the first one is the header too. */
function jsonRows(file: string, open: Open): (value: JsonObject, line: number) => void {
  let handle: ((row: TableRow) => void) | undefined;
  const keysOf: string[][] = []; // of each column, the keys under which objects may have it
  const current = { value: {} as JsonObject, line: 0 };
  const cell = (column: Column): unknown => {
    for (const key of keysOf[column]!) if (current.value[key] != null) return current.value[key];
    return undefined;
  };
  const row: TableRow = {
    get line() {
      return current.line;
    },
    value: cell,
    text(column) {
      const value = cell(column);
      if (typeof value === 'string') return value.trim();
      return value === undefined
        ? ''
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value as number | boolean);
    },
    bytes: () => undefined,
  };
  return (value, line) => {
    const keys = Object.keys(value);
    if (keys.length === 0) return;
    if (handle === undefined) {
      if (keys.length > 1 && keys.every((key) => isColumnOfValues(value[key]))) {
        throw new InputError(
          `${file}:${line}`,
          'is a JSON object of columns: expected rows, an object for each (of pandas: orient="records")',
        );
      }
      handle = open(jsonHeader(file, line, keys, keysOf));
    }
    Object.assign(current, { value, line });
    handle(row);
  };

  function isColumnOfValues(value: unknown): boolean {
    return (
      typeof value === 'object' &&
      value !== null &&
      (Array.isArray(value) ? value.length > 1 : Object.hasOwn(value, '0'))
    );
  }
}

function jsonHeader(file: string, line: number, names: readonly string[], keysOf: string[][]): TableHeader {
  const spellings = (wanted: readonly string[]): string[] =>
    wanted.flatMap((name) => names.filter((key) => key.toLowerCase() === name.toLowerCase()));
  return {
    file,
    line,
    names,
    has: (...wanted) => spellings(wanted).length > 0,
    find: (...wanted) => keysOf.push([...new Set([...spellings(wanted), ...wanted])]) - 1,
    nameOf: (column) => keysOf[column]?.[0] ?? '',
  };
}
