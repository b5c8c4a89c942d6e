/** The header of a table of votes or truth. */
import { splitCsv } from '../tables/index.ts';
import { InputError } from '../errors.ts';

const SEPARATORS = { ';': 'semicolons', '\t': 'tabs' } as const;

/**
 * @param used names of columns that are read, each of which may stand there once
 * @returns the names, in lower case
 * @throws {InputError} naming file and line: broken quotes, fields that are separated by other than commas, a column given twice
 */
export function parseHeader(file: string, line: number, text: string, used: readonly string[]): string[] {
  const names = splitCsv(text)?.map((name) => name.toLowerCase());
  if (!names) throw new InputError(`${file}:${line}`, 'broken quotes');
  const separator = Object.entries(SEPARATORS).find(([character]) => names.length === 1 && text.includes(character));
  if (separator) throw new InputError(`${file}:${line}`, `fields seem to be separated by ${separator[1]}: expected commas`);
  const twice = used.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw new InputError(`${file}:${line}`, `two columns are called "${twice}"`);
  return names;
}

/** @throws {InputError} where a JSON file starts that is one array, and so cannot be read line by line */
export function refuseJsonArray(file: string, firstLine: string): void {
  if (firstLine.trimStart().startsWith('[')) throw new InputError(file, 'is a JSON array: expected JSON objects, one a line and without commas between them');
}
