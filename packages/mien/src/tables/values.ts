/** What cells mean, the same in every table: missing values, labels that are numbers, numbers. */

/**
 * What spreadsheets, databases, R, pandas and NumPy write where there is no value; in any case but for Python's None.
 */
const MISSING = new Set([
  '',
  'na',
  'n/a',
  '#n/a',
  '#na',
  '<na>',
  'nan',
  '-nan',
  'null',
  '\\n',
  'undefined',
  '#null!',
  '#value!',
  '#ref!',
  '#div/0!',
]);
/** Letters and signs that these begin with: nearly all cells do not, and are not compared. */
const FIRST_LETTERS = 'nNuU#<-\\';
const MAX_MISSING_LENGTH = Math.max(...[...MISSING].map((text) => text.length));

/**
 * Whether a cell has no value: it is empty, NA, NaN, null and the like. `none` in small letters is a value: databases
 * have such a class.
 */
export function isMissing(text: string): boolean {
  if (text.length > MAX_MISSING_LENGTH) return false;
  return (text === '' || FIRST_LETTERS.includes(text[0]!)) && (MISSING.has(text.toLowerCase()) || text === 'None');
}

/** A label as it counts: one that is a whole number without what spreadsheets and pandas append, `3.0` → `3`. */
export function labelOf(text: string): string {
  const code = text.charCodeAt(text.length - 1);
  if (code !== 48 && code !== 46) return text; // ends with neither 0 nor .
  const whole = /^([+-]?)(\d+)\.0*$/.exec(text);
  return whole ? (Number(whole[2]) === 0 ? '0' : `${whole[1] === '-' ? '-' : ''}${whole[2]}`) : text;
}

/** @returns the number; a comma may stand for the point; undefined where it is not a finite one */
export function numberOf(text: string): number | undefined {
  const number = Number(/^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : text);
  return text.trim() !== '' && Number.isFinite(number) ? number : undefined;
}

const YES = new Set(['1', 'true', 'yes', 'x', 'y', 't', '✓']);
const NO = new Set(['0', 'false', 'no', 'n', 'f', '-', '']);

/**
 * Whether a cell of a class's own column says that it is this class; undefined where it says neither. Missing is no.
 */
export function flagOf(text: string): boolean | undefined {
  const value = labelOf(text).toLowerCase();
  return YES.has(value) ? true : NO.has(value) || isMissing(text) ? false : undefined;
}
