/** A manifest file: CSV with a header line, or JSON objects one a line, gzipped or not. */
import { InputError } from '../errors.ts';
import { findEntry, isFolder } from '../files/index.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8, type Expression } from '../labels/index.ts';
import { splitCsv } from '../tables/index.ts';
import { forEachLine } from './csv-lines.ts';
import { type ManifestColumns, type ManifestRow, parseManifestCells, parseManifestHeader, parseManifestJson } from './manifest-row.ts';

const FILE_NAMES = ['manifest.jsonl', 'manifest.csv'];

/** @returns the file itself, or manifest.jsonl or manifest.csv of the folder   @throws {InputError} when there is none */
export async function locateManifest(path: string): Promise<string> {
  if (!(await isFolder(path))) return path;
  const file = await findEntry(path, ...FILE_NAMES);
  if (file === undefined) throw new InputError(path, `holds no ${FILE_NAMES.join(' or ')}`);
  return file;
}

/**
 * Reads every row; empty lines are passed over.
 * @param problem called with what is wrong with a row; may throw
 * @throws {InputError} when the file cannot be read or its header is wrong
 */
export async function readManifest(file: string, problem: (line: number, message: string) => void): Promise<{ row: ManifestRow; line: number }[]> {
  const rows: { row: ManifestRow; line: number }[] = [];
  let columns: ManifestColumns | 'json' | undefined;
  await forEachLine(file, (bytes, start, end, line) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    if (text.trim() === '') return;
    if (columns === undefined) {
      columns = text.trimStart().startsWith('{') ? 'json' : readHeader(file, line, text);
      if (columns !== 'json') return;
    }
    const row = columns === 'json' ? parseManifestJson(text) : parseCsv(text, columns);
    if (typeof row === 'string') problem(line, row);
    else rows.push({ row, line });
  });
  return rows;
}

function readHeader(file: string, line: number, text: string): ManifestColumns {
  const names = splitCsv(text);
  const columns = names ? parseManifestHeader(names) : 'broken quotes';
  if (typeof columns === 'string') throw new InputError(`${file}:${line}`, columns);
  return columns;
}

function parseCsv(text: string, columns: ManifestColumns): ManifestRow | string {
  const cells = splitCsv(text);
  return cells ? parseManifestCells(cells, columns) : 'broken quotes';
}

/** The class order that the rows state: 8 expressions where contempt occurs, otherwise the 7 basic ones. */
export function manifestClasses(rows: Iterable<ManifestRow>): readonly Expression[] {
  for (const { label, distribution } of rows) if (label === 'contempt' || distribution?.contempt !== undefined) return EXPRESSIONS_8;
  return EXPRESSIONS_7;
}
