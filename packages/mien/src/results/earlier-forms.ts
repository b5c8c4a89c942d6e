/** The forms of results, read back: which photo a piece of text is about, and that text in its new place. */
import type { Columns } from './columns.ts';
import { joinRow, splitRow } from './csv-row.ts';

/** What a line of a file of results is. */
export type EarlierEntry =
  /** A result: the photo's name, and whether it was recognised. */
  | { readonly file: string; readonly ok: boolean }
  /** The model that a document names. */
  | { readonly model: string }
  /** Columns other than those of this version. */
  | { readonly columns: string };

export interface EarlierForm {
  /** Whether a record ends here, or goes on in the next line. */
  isWhole(text: string): boolean;
  /** @returns undefined for what holds no result, or is cut short */
  entry(text: string, line: number): EarlierEntry | undefined;
  /** The record of an earlier result where photo `index` stands now. */
  again(text: string, index: number): string;
}

interface JsonEntry {
  readonly file: string;
  readonly faces: readonly object[];
  readonly error?: string;
}

/**
 * The JSON forms: each entry stands on a line of its own.
 * @param again puts an entry in its place
 * @param units whether faces have action units; results that differ in this are of another form, to be made again
 */
export function jsonEntries(again: (entry: string, index: number) => string, units: boolean): EarlierForm {
  return {
    isWhole: () => true,
    entry: (text) => jsonEntry(text, units),
    again: (text, index) => again(text.trim().replace(/,$/, ''), index),
  };
}

function jsonEntry(text: string, units: boolean): EarlierEntry | undefined {
  const model = /^ {2}"model": ("(?:[^"\\]|\\.)*"),$/.exec(text);
  if (model) return { model: JSON.parse(model[1]!) as string };
  if (!/^ *\{"file":/.test(text)) return undefined;
  try {
    const { file, faces, error } = JSON.parse(text.trim().replace(/,$/, '')) as JsonEntry;
    const isOfForm = faces.every((face) => 'actionUnits' in face === units);
    return { file, ok: error === undefined && isOfForm };
  } catch {
    return undefined;
  }
}

/** Rows of a table: `file` or `input` names the photo, `frame` is its number. */
export function tableRows(columns: Columns): EarlierForm {
  const names = columns.map(([name]) => name);
  const [file, error, number] = [
    Math.max(names.indexOf('file'), names.indexOf('input')),
    names.indexOf('error'),
    names.indexOf('frame'),
  ];
  const numberOf = columns[number]?.[1];
  return {
    isWhole: (text) => splitRow(text) !== undefined,
    entry(text, line) {
      const cells = splitRow(text) ?? [];
      if (line === 1) return cells.join() === names.join() ? undefined : { columns: text };
      return cells.length === names.length ? { file: cells[file]!, ok: cells[error] === '' } : undefined;
    },
    again(text, imageIndex) {
      if (!numberOf) return `${text}\n`;
      const cells = splitRow(text)!;
      cells[number] = String(
        numberOf({
          image: { file: '', width: null, height: null, faces: [] },
          imageIndex,
          face: undefined,
          faceIndex: 0,
        }),
      );
      return `${joinRow(cells)}\n`;
    },
  };
}
