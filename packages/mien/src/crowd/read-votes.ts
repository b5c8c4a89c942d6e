/**
 * Votes from a file: CSV with a header line, or JSON objects one a line, gzipped or not, streamed.
 */
import { splitCsv } from '../data/csv-fields.ts';
import { forEachLine } from '../data/csv-lines.ts';
import { InputError } from '../errors.ts';
import { VotesBuilder, type Votes, type VotesOptions } from './votes.ts';

interface Fields { task: string; worker: string; label: string; time: string }
type Field = keyof Fields;
const FIELDS: readonly Field[] = ['task', 'worker', 'label', 'time'];
const EXPECTED = 'task (or item), worker, label and possibly time';

/**
 * Reads votes. The columns are `task` (or `item`), `worker`, `label` and possibly `time`; others are passed over.
 * A time is a number of seconds or an ISO 8601 date; it may be empty.
 * @param file CSV, or JSONL when its first character is `{`; UTF-8
 * @throws {InputError} naming file and line: a missing column or field, broken quotes or JSON, an empty line between votes,
 *   and what {@link createVotes} throws
 */
export async function readVotes(file: string, options: VotesOptions = {}): Promise<Votes> {
  let builder: VotesBuilder | undefined;
  let parse: ((text: string, line: number) => Fields) | undefined;
  let emptyLine = 0;
  await forEachLine(file, (bytes, start, end, line) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    if (text.trim() === '') {
      emptyLine ||= line;
      return;
    }
    if (emptyLine > 0) throw new InputError(`${file}:${emptyLine}`, 'the line is empty');
    if (builder === undefined) {
      const isJson = text.startsWith('{');
      builder = new VotesBuilder(file, options, (n) => `line ${n + (isJson ? 1 : 2)}`);
      parse = isJson ? jsonParser(file) : csvParser(file, text);
      if (!isJson) return;
    }
    const { task, worker, label, time } = parse!(text, line);
    builder.add(task, worker, label, parseTime(time, file, line));
  });
  if (builder === undefined) throw new InputError(file, 'is empty');
  return builder.finish();
}

function csvParser(file: string, header: string): (text: string, line: number) => Fields {
  const names = fieldsOf(header, file, 1).map((name) => name.toLowerCase());
  const column = (field: Field): number => {
    const found = names.indexOf(field);
    return found < 0 && field === 'task' ? names.indexOf('item') : found;
  };
  const columns = FIELDS.map((field) => {
    const index = column(field);
    if (index < 0 && field !== 'time') throw new InputError(file, `no column "${field}": expected ${EXPECTED}, got ${names.join(', ')}`);
    return index;
  });
  return (text, line) => {
    const cells = fieldsOf(text, file, line);
    if (cells.length !== names.length) throw new InputError(`${file}:${line}`, `expected ${names.length} fields, got ${cells.length}`);
    const [task, worker, label, time] = columns.map((index) => cells[index] ?? '');
    return { task: task!, worker: worker!, label: label!, time: time! };
  };
}

function fieldsOf(text: string, file: string, line: number): string[] {
  const fields = splitCsv(text);
  if (!fields) throw new InputError(`${file}:${line}`, 'broken quotes');
  return fields;
}

function jsonParser(file: string): (text: string, line: number) => Fields {
  return (text, line) => {
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (cause) {
      throw new InputError(`${file}:${line}`, 'is not JSON', { cause });
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new InputError(`${file}:${line}`, `expected an object with ${EXPECTED}`);
    const values = row as Record<string, unknown>;
    const [task, worker, label, time] = FIELDS.map((field) => {
      const value = values[field] ?? (field === 'task' ? values['item'] : undefined);
      if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
      if (value == null && field === 'time') return '';
      throw new InputError(`${file}:${line}`, value == null ? `no "${field}": expected ${EXPECTED}` : `${field}: expected a text or a number, got ${JSON.stringify(value)}`);
    });
    return { task: task!, worker: worker!, label: label!, time: time! };
  };
}

/** @returns seconds; NaN for an empty field */
function parseTime(text: string, file: string, line: number): number {
  if (text === '') return NaN;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds;
  const dateMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(dateMs)) throw new InputError(`${file}:${line}`, `time: expected seconds or an ISO 8601 date, got "${text}"`);
  return dateMs / 1000;
}
