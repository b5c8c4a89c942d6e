/** Files that say what the numbers of classes mean. */
import { InputError } from '../errors.ts';
import { findEntry, readText } from '../files/index.ts';
import { readTextLines } from '../tables/node.ts';

const FILE_NAMES = [
  'classes.txt',
  'classes.csv',
  'classes.json',
  'class_names.txt',
  'label_map.txt',
  'label_map.json',
  'class_to_idx.json',
];

/**
 * What the file of class names in a folder says; nothing where there is none. @throws {InputError} when it cannot be
 * understood
 */
export async function findClassNames(folder: string): Promise<Readonly<Record<string, string>>> {
  const file = await findEntry(folder, ...FILE_NAMES);
  return file === undefined ? {} : readClassNames(file);
}

/**
 * Names by number: lines `1 surprise` (a comma, tab, colon or equals sign will do), lines of names alone, which count
 * from 0, or JSON: `{"1": "surprise"}`, `{"surprise": 1}` or `["surprise"]`.
 * @throws {InputError} naming file and line
 */
export async function readClassNames(file: string): Promise<Readonly<Record<string, string>>> {
  return /\.json$/i.test(file) ? fromJson(file, await readText(file)) : fromLines(file);
}

async function fromLines(file: string): Promise<Record<string, string>> {
  const lines = (await readTextLines(file)).filter(({ text }) => !text.startsWith('#'));
  if (lines.length > 0 && lines.every(({ text }) => !/\d/.test(text) && !/[,;=\t]/.test(text)))
    return Object.fromEntries(lines.map(({ text }, i) => [i, text]));
  const names: Record<string, string> = {};
  for (const [i, { text, line }] of lines.entries()) {
    const [, left, right] = /^"?([^\s,;:="]+)"?[\s,;:=]+"?([^"]+?)"?$/.exec(text) ?? [];
    const pair =
      left !== undefined && /^\d+$/.test(left)
        ? [left, right!]
        : right !== undefined && /^\d+$/.test(right)
          ? [right, left!]
          : undefined;
    if (pair) names[pair[0]!] = pair[1]!;
    else if (i > 0)
      throw new InputError(`${file}:${line}`, `is "${text}", expected a number and the name of its class`); // the first line may be a header
  }
  return names;
}

function fromJson(file: string, text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(file, 'is not JSON', { cause });
  }
  const names: Record<string, string> = {};
  for (const [key, other] of Object.entries(value ?? {}) as [string, unknown][]) {
    if (typeof other === 'string') names[key] = other;
    else if (typeof other === 'number') names[String(other)] = key;
    else throw new InputError(file, 'expected an object of names by number, or of numbers by name');
  }
  return names;
}
