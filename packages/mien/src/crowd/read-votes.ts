/**
 * Votes from a file: CSV with a header line, or JSON objects one a line, gzipped or not, streamed.
 */
import { splitCsv } from '../tables/index.ts';
import { forEachLine } from '../data/csv-lines.ts';
import { InputError } from '../errors.ts';
import { parseHeader, refuseJsonArray } from './csv-header.ts';
import { VotesBuilder, type Votes, type VotesOptions } from './votes.ts';

type Fields = [task: string, worker: string, label: string, time: string];
const FIELDS = ['task', 'worker', 'label', 'time'] as const;
const EXPECTED = 'task (or item), worker, label and possibly time';
/** Fields of a line; the array is used again for the next. */
type Parser = (text: string, line: number) => Fields;

export interface ReadVotesOptions extends VotesOptions {
  /** Told now and then how many bytes of the file have been read. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Reads votes. The columns are `task` (or `item`), `worker`, `label` and possibly `time`; others are passed over, as are blank
 * lines. A time is an ISO 8601 date or a number of seconds, or of milliseconds from 1e11 on; it may be empty.
 * @param file CSV, or JSONL when its first character but spaces is `{`; UTF-8
 * @throws {InputError} naming file and line: a missing column or field, a column given twice, broken quotes or JSON, a time that
 *   is none, and what {@link createVotes} throws
 */
export async function readVotes(file: string, { onProgress, ...options }: ReadVotesOptions = {}): Promise<Votes> {
  const passedOver: number[] = []; // the votes before each line that holds none
  const builder = new VotesBuilder(file, options, (n) => `line ${n + 1 + passedOver.filter((before) => before <= n).length}`);
  let parse: Parser | undefined;
  await forEachLine(file, (bytes, start, end, line) => {
    const text = bytes.toString('utf8', start, end);
    if (text.trim() === '') {
      passedOver.push(builder.count);
      return;
    }
    if (parse === undefined) {
      refuseJsonArray(file, text);
      const isJson = text.trimStart().startsWith('{');
      parse = isJson ? jsonParser(file) : csvParser(file, text, line);
      if (!isJson) {
        passedOver.push(0);
        return;
      }
    }
    const [task, worker, label, time] = parse(text, line);
    builder.add(task, worker, label, time === '' ? NaN : parseTime(time, file, line));
  }, onProgress);
  if (parse === undefined) throw new InputError(file, 'is empty');
  return builder.finish();
}

function csvParser(file: string, header: string, headerLine: number): Parser {
  const names = parseHeader(file, headerLine, header, [...FIELDS, 'item']);
  const columns = FIELDS.map((field) => {
    const found = names.indexOf(field);
    const index = found < 0 && field === 'task' ? names.indexOf('item') : found;
    if (index < 0 && field !== 'time') throw new InputError(file, `no column "${field}": expected ${EXPECTED}, got ${names.join(', ')}`);
    return index;
  });
  const fieldOf = names.map((_, c) => columns.indexOf(c)); // −1: passed over
  const last = names.length - 1;
  const row: Fields = ['', '', '', ''];
  return (text, line) => {
    if (text.includes('"')) {
      const cells = splitCsv(text);
      if (!cells) throw new InputError(`${file}:${line}`, 'broken quotes');
      if (cells.length !== names.length) throw wrongCount(cells.length, line);
      fieldOf.forEach((field, c) => { if (field >= 0) row[field] = cells[c]!; });
      return row;
    }
    let from = 0;
    for (let c = 0; c <= last; c++) {
      const comma = text.indexOf(',', from);
      if (c < last ? comma < 0 : comma >= 0) throw wrongCount(splitCsv(text)!.length, line);
      const field = fieldOf[c]!;
      if (field >= 0) row[field] = text.slice(from, c < last ? comma : undefined).trim();
      from = comma + 1;
    }
    return row;
  };

  function wrongCount(count: number, line: number): InputError {
    return new InputError(`${file}:${line}`, `expected ${names.length} fields, got ${count}`);
  }
}

function jsonParser(file: string): Parser {
  return (text, line) => {
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (cause) {
      throw new InputError(`${file}:${line}`, 'is not JSON', { cause });
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new InputError(`${file}:${line}`, `expected an object with ${EXPECTED}`);
    const values = row as Record<string, unknown>;
    return FIELDS.map((field) => {
      const value = values[field] ?? (field === 'task' ? values['item'] : undefined);
      if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
      if (value == null && field === 'time') return '';
      throw new InputError(`${file}:${line}`, value == null ? `no "${field}": expected ${EXPECTED}` : `${field}: expected a text or a number, got ${JSON.stringify(value)}`);
    }) as Fields;
  };
}

/** Numbers from this on are milliseconds: as seconds they would be after the year 5000. */
const MILLISECONDS_FROM = 1e11;

/** @returns seconds */
function parseTime(text: string, file: string, line: number): number {
  const number = Number(text);
  const dateMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  const seconds = Number.isFinite(number) ? (number >= MILLISECONDS_FROM ? number / 1000 : number) : dateMs / 1000;
  if (Number.isNaN(seconds)) throw new InputError(`${file}:${line}`, `time: expected seconds or an ISO 8601 date, got "${text}"`);
  if (seconds < 0) throw new InputError(`${file}:${line}`, `time: expected 0 seconds or more, or a date from 1970 on, got "${text}"`);
  return seconds;
}
