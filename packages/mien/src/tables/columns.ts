/** Which column holds what: by the names that the field uses, or by those that the user gives. */
import { InputError, MienError } from '../errors.ts';
import { excerpt } from '../printable.ts';
import { splitCsv } from './csv-fields.ts';
import type { Column, TableHeader } from './read-table.ts';

/** What a table may hold: for each field its names, the one that Mien itself writes first. */
export type FieldNames = Readonly<Record<string, readonly string[]>>;

/** Columns that the user names, by field: `--columns task=photo,label=emotion`. */
export type ColumnChoice = Readonly<Record<string, readonly string[]>>;

/**
 * @param text `FIELD=COLUMN,…`; a field may be given several columns, and a column with a comma stands in quotes,
 *   `"label=a, b"`
 * @throws {MienError} when a part is not of this form
 */
export function parseColumnChoice(text: string): ColumnChoice {
  const choice: Record<string, string[]> = {};
  for (const part of splitCsv(text) ?? []) {
    const at = part.indexOf('=');
    if (at < 1 || at === part.length - 1)
      throw new MienError(`columns: expected FIELD=COLUMN,… such as task=photo,label=emotion, got "${text}"`);
    (choice[part.slice(0, at).trim()] ??= []).push(part.slice(at + 1).trim());
  }
  if (Object.keys(choice).length === 0)
    throw new MienError(`columns: expected FIELD=COLUMN,… such as task=photo,label=emotion, got "${text}"`);
  return choice;
}

/** @throws {InputError} for a field that the table cannot have, or a column that it lacks */
export function checkChoice(header: TableHeader, fields: readonly string[], choice: ColumnChoice): void {
  for (const [field, columns] of Object.entries(choice)) {
    if (!fields.includes(field))
      throw new InputError(header.file, `columns: there is no field "${field}" here, expected ${fields.join(', ')}`);
    for (const column of columns)
      if (!header.has(column))
        throw new InputError(header.file, `has no column "${column}": ${describeColumns(header)}`);
  }
}

/**
 * The columns of fields: those that the user names, otherwise the first of a field's names that the table has.
 * @param required fields without which the table cannot be read   @param choice columns that the user names; `fixed`
 *   where none can be named
 * @throws {InputError} when one of these is missing, a named column is, or a column that is read occurs twice
 */
export function findColumns<F extends FieldNames, R extends keyof F & string>(
  header: TableHeader,
  fields: F,
  required: readonly R[],
  choice: ColumnChoice | 'fixed' = {},
): Record<R, Column> & Partial<Record<keyof F & string, Column>> {
  const chosen = choice === 'fixed' ? {} : choice;
  checkChoice(header, Object.keys(fields), chosen);
  const found: Record<string, Column> = {};
  for (const [field, names] of Object.entries(fields)) {
    const wanted = chosen[field] ?? names;
    const isThere = header.has(...wanted);
    if (!isThere && (required as readonly string[]).includes(field))
      throw missingColumn(header, field, fields, required, choice !== 'fixed');
    const column = header.find(...wanted);
    if (column !== undefined) found[field] = column;
  }
  return found as Record<R, Column> & Partial<Record<keyof F & string, Column>>;
}

function missingColumn(
  header: TableHeader,
  field: string,
  fields: FieldNames,
  required: readonly string[],
  canChoose: boolean,
): InputError {
  const expected = Object.keys(fields).map((name) => (required.includes(name) ? name : `possibly ${name}`));
  return new InputError(
    header.file,
    `no column "${field}": expected ${expected.join(', ')}; ${describeColumns(header)}${canChoose ? `. The option columns can name it: ${field}=COLUMN` : ''}`,
  );
}

/** What the columns of the table are, for errors: at most 12 of them. */
export function describeColumns({ names }: TableHeader): string {
  const shown = names
    .filter((name) => name !== '')
    .slice(0, 12)
    .map(excerpt);
  return `its columns are ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
}
