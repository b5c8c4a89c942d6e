/** Options that several verbs share. */
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Views } from 'mienjs/data';
import { userPath } from 'mienjs/files';
import { parseColumnChoice, type ColumnChoice } from 'mienjs/tables';

/** A dataset and where it is. */
export interface DataOption {
  readonly name: string;
  readonly path: string;
}

/** `--data NAME=PATH`, which may be given several times: gives `DataOption[]`. */
export function dataOption(description: string): Option {
  return new Option('--data <name=path>', description).argParser(
    (value: string, previous: DataOption[] | undefined) => {
      const at = value.indexOf('=');
      if (at < 1 || at === value.length - 1)
        throw new InvalidArgumentError('Expected NAME=PATH, such as fer2013=data/fer2013.csv.');
      return [...(previous ?? []), { name: value.slice(0, at), path: userPath(value.slice(at + 1)) }];
    },
  );
}

/** The parser of an option that is given once for each value: gives all of them. */
export const repeated = (value: string, previous: readonly string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

/** `--columns FIELD=COLUMN,…`, which may be given several times: gives a `ColumnChoice`. */
export function columnsOption(flag: '--columns' | '--truth-columns', description: string): Option {
  return new Option(`${flag} <field=column>`, description).argParser(
    (value: string, previous: ColumnChoice | undefined) => {
      try {
        const given = Object.entries(parseColumnChoice(value)).map(([field, columns]) => [
          field,
          [...(previous?.[field] ?? []), ...columns],
        ]);
        return { ...previous, ...(Object.fromEntries(given) as ColumnChoice) };
      } catch (error) {
        throw new InvalidArgumentError((error as Error).message);
      }
    },
  );
}

/** The folder of a run that has none given. */
export const defaultFolder = (name: string): string => join('runs', name);

export function deviceOption(): Option {
  return new Option('--device <device>', 'where the network runs').choices(['cpu', 'webgpu', 'cuda']).default('cpu');
}

/** `--accurate`: see `viewsOf`. */
export function accurateOption(): Option {
  return new Option(
    '--accurate',
    'average over each face and its mirror image: more accurate, twice the time of the expression network',
  );
}

export interface ViewsOption {
  readonly accurate?: true;
}

export const viewsOf = ({ accurate }: ViewsOption): Views => (accurate ? 'mirror' : 'single');

export function threadsOption(): Option {
  return new Option('--threads <n>', 'threads of the network (default: all cores)').argParser(wholeNumber(1));
}

/** A parser of whole numbers from `least`. */
export function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    return number;
  };
}

/** `from` and `to` belong to the range, `above` and `below` do not. */
export interface NumberRange {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
}

/** A parser of numbers in a range. @param what they are, for the message */
export function numberWithin({ from, above, to, below }: NumberRange, what = 'a number'): (value: string) => number {
  const limits = Object.entries({ from, above, 'at most': to, below });
  const range =
    from !== undefined && to !== undefined
      ? `from ${from} to ${to}`
      : limits.flatMap(([word, limit]) => (limit === undefined ? [] : [`${word} ${limit}`])).join(' and ');
  return (value) => {
    const number = Number(value);
    const isWithin =
      number >= (from ?? -Infinity) &&
      number > (above ?? -Infinity) &&
      number <= (to ?? Infinity) &&
      number < (below ?? Infinity);
    if (value.trim() === '' || !Number.isFinite(number) || !isWithin)
      throw new InvalidArgumentError(`Expected ${what} ${range}.`);
    return number;
  };
}
