/** The forms of votes, in the order in which they are tried. To add one: write its file, and put it into this list. */
import { InputError } from '../../errors.ts';
import { type ColumnChoice, describeColumns, type TableHeader } from '../../tables/index.ts';
import type { VotesFormat } from './format.ts';
import { labelStudioFormat } from './label-studio.ts';
import { countsFormat, wideFormat } from './matrix.ts';
import { mturkFormat } from './mturk.ts';
import { prodigyFormat } from './prodigy.ts';
import { rowsFormat } from './rows.ts';
import { tolokaFormat } from './toloka.ts';

const FORMATS: readonly VotesFormat[] = [
  labelStudioFormat,
  prodigyFormat,
  tolokaFormat,
  mturkFormat,
  rowsFormat,
  countsFormat,
  wideFormat,
];

/** Names of the forms of votes, with what each is. */
export const VOTES_FORMATS: readonly Pick<VotesFormat, 'name' | 'title'>[] = [
  rowsFormat,
  wideFormat,
  countsFormat,
  ...FORMATS.filter(({ isExport }) => isExport),
];

/**
 * The form that a table has.
 * @param columns those that the user names   @param forced the form's name, where the user gives it
 * @throws {InputError} for an unknown name; a table of no known form is taken for rows, whose errors say what is
 *   missing
 */
export function findFormat(header: TableHeader, columns: ColumnChoice = {}, forced?: string): VotesFormat {
  if (forced === undefined) {
    const tried = FORMATS.filter(({ isExport }) => isExport || !columns['worker']);
    return (
      tried.find((format) => format.recognizes(header)) ??
      ((columns['worker']?.length ?? 0) > 1 ? wideFormat : rowsFormat)
    );
  }
  const found = FORMATS.find(({ name }) => name === forced);
  if (!found)
    throw new InputError(
      header.file,
      `unknown format "${forced}": expected ${FORMATS.map(({ name }) => name).join(', ')}`,
    );
  if (found.isExport && !found.recognizes(header)) {
    throw new InputError(header.file, `is not ${found.title}: ${describeColumns(header)}`);
  }
  return found;
}
