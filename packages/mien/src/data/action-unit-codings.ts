/** FACS codings of faces: those of a database's records, or of a CSV file of one's own. */
import { InputError } from '../errors.ts';
import { parseExpression } from '../labels/index.ts';
import { canonicalOrder } from '../labels/order.ts';
import { splitCsv } from '../tables/index.ts';
import { forEachLine } from './csv-lines.ts';
import type { Database } from './databases/database.ts';

/** A face with a label that a FACS coder has seen. */
export interface CodedFace {
  readonly label: string;
  /** FACS numbers of the units present, at whatever intensity. */
  readonly units: ReadonlySet<number>;
}

export interface CodedFaces {
  readonly name: string;
  /** In class order. */
  readonly classes: readonly string[];
  readonly faces: readonly CodedFace[];
}

/**
 * The coded faces of a database: its records with a label and a coding (an empty one counts: a coder saw no unit). A sequence counts as
 * one face with the units of all its coded frames, so that long sequences do not weigh more, and whether the peak is the last frame (CK+) or in
 * the middle (MMI) does not matter.
 * @throws {InputError} when the database holds no coding
 */
export function codedFacesOf({ name, root, classes, records }: Database): CodedFaces {
  const faces = new Map<string, { label: string; units: Set<number> }>();
  for (const { id, sequence, label, actionUnits } of records) {
    if (label === undefined || actionUnits === undefined) continue;
    const key = sequence === undefined ? `still ${id}` : `sequence ${sequence}`;
    const face = faces.get(key) ?? { label, units: new Set() };
    faces.set(key, face);
    for (const { unit } of actionUnits) face.units.add(unit);
  }
  if (faces.size === 0) throw new InputError(root, `holds no face with both a label and action units, as ${name} is indexed here`);
  return { name, classes, faces: [...faces.values()] };
}

/**
 * Reads codings from CSV with the columns `label` and `action_units`; others are passed over. Units stand as `1+2+25`, with the
 * letters of FACS where wanted (`L12`, `R14`, `25C`); an empty field is a face without units.
 * Expressions are named canonically (Fear, fearful …); other labels stay as they are and come after them, in order of appearance.
 * @throws {InputError} naming file and line
 */
export async function readCodings(file: string): Promise<CodedFaces> {
  let columns: { label: number; units: number; count: number } | undefined;
  const faces: CodedFace[] = [];
  await forEachLine(file, (bytes, start, end, line) => {
    const text = bytes.toString('utf8', start, end).trim();
    if (text === '') return;
    const where = `${file}:${line}`;
    const cells = splitCsv(text);
    if (!cells) throw new InputError(where, 'broken quotes');
    if (!columns) {
      const names = cells.map((name) => name.toLowerCase());
      columns = { label: names.indexOf('label'), units: names.indexOf('action_units'), count: names.length };
      if (columns.label < 0 || columns.units < 0) throw new InputError(where, `expected the columns label and action_units, got ${names.join(', ')}`);
      return;
    }
    if (cells.length !== columns.count) throw new InputError(where, `expected ${columns.count} fields, got ${cells.length}`);
    const label = cells[columns.label]!;
    if (label === '') throw new InputError(where, 'the label is empty');
    faces.push({ label: canonical(label), units: parseUnits(cells[columns.units]!, where) });
  });
  if (faces.length === 0) throw new InputError(file, 'holds no coding');
  return { name: file, classes: canonicalOrder(faces.map((face) => face.label)), faces };
}

function canonical(label: string): string {
  try {
    return parseExpression(label);
  } catch {
    return label;
  }
}

function parseUnits(text: string, where: string): Set<number> {
  const units = new Set<number>();
  for (const token of text.split(/[+;\s]+/).filter((part) => part !== '')) {
    const number = /^(?:AU)?[LR]?([1-9]\d?)[A-E]?$/i.exec(token)?.[1];
    if (number === undefined) throw new InputError(where, `"${token}" is no action unit: expected units such as 1+2+25C`);
    units.add(Number(number));
  }
  return units;
}
