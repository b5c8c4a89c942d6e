/** The one column of several that an export has for a field. */
import { InputError } from '../../errors.ts';
import type { Column, ColumnChoice, TableHeader } from '../../tables/index.ts';

/** What the name of a column of images has in it. */
export const IMAGE_NAMES = /image|img|picture|photo|face|file|url/i;

/**
 * @param field what is wanted, as the user may name it in `columns`   @param names of the columns that may hold it
 * @param preferred which of several to take
 * @returns undefined where there is none
 * @throws {InputError} when there are several, and nothing tells which
 */
export function chooseColumn(
  header: TableHeader,
  field: string,
  columns: ColumnChoice,
  names: readonly string[],
  preferred?: RegExp,
): Column | undefined {
  if (columns[field]) return header.find(...columns[field]);
  const matching = preferred && names.length > 1 ? names.filter((name) => preferred.test(name)) : names;
  if (matching.length === 1) return header.find(matching[0]!);
  if (names.length > 1)
    throw new InputError(
      header.file,
      `has several columns that may be the ${field}: ${names.join(', ')}. The option columns chooses, as in ${field}=${names[0]!}`,
    );
  return undefined;
}
