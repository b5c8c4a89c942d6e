/** FACS codings of faces: those of a database's records, or of a table of one's own. */
import { InputError } from '../errors.ts';
import { asExpression, canonicalOrder } from '../labels/index.ts';
import { type ColumnChoice, findColumns, isMissing, labelOf } from '../tables/index.ts';
import { readTable } from '../tables/node.ts';
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
 * The coded faces of a database: its records with a label and a coding (an empty one counts: a coder saw no unit). A
 * sequence counts as one face with the units of all its coded frames, so that long sequences do not weigh more, and
 * whether the peak is the last frame (CK+) or in the middle (MMI) does not matter.
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
  if (faces.size === 0)
    throw new InputError(root, `holds no face with both a label and action units, as ${name} is indexed here`);
  return { name, classes, faces: [...faces.values()] };
}

const FIELDS = {
  label: ['label', 'emotion', 'expression', 'class'],
  action_units: ['action_units', 'action units', 'aus', 'au', 'units', 'facs'],
} as const;

/**
 * Reads codings from a table with the columns `label` and `action_units`; others are passed over, as are rows without a
 * label. Units stand as `1+2+25`, `AU06, AU12`, `"6,12"` or a list of numbers, with the letters of FACS where wanted
 * (`L12`, `R14`, `25C`); an empty cell is a face without units. Expressions are named canonically (Fear, fearful …);
 * other labels stay as they are and come after them, in order of appearance.
 * @param columns those that the user names, by field
 * @throws {InputError} naming file and line
 */
export async function readCodings(file: string, columns?: ColumnChoice): Promise<CodedFaces> {
  const faces: CodedFace[] = [];
  await readTable(file, (header) => {
    const { label, action_units: units } = findColumns(header, FIELDS, ['label', 'action_units'], columns);
    return (row) => {
      const text = row.text(label);
      if (!isMissing(text))
        faces.push({
          label: asExpression(text) ?? labelOf(text),
          units: parseUnits(row.value(units), `${file}:${row.line}`),
        });
    };
  });
  if (faces.length === 0) throw new InputError(file, 'holds no coding');
  return { name: file, classes: canonicalOrder(faces.map((face) => face.label)), faces };
}

/** @param value text, or of JSON a list of units */
function parseUnits(value: unknown, where: string): Set<number> {
  const units = new Set<number>();
  const text = Array.isArray(value)
    ? value.join(' ')
    : typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : '';
  if (isMissing(text)) return units;
  for (const token of text
    .replace(/^\[(.*)\]$/, '$1')
    .split(/[+;,|\s]+/)
    .filter((part) => part !== '')) {
    const number = /^['"]?(?:AU[\s_]?)?[LRTB]?0*([1-9]\d?)[A-E]?(?:\.0+)?['"]?$/i.exec(token)?.[1];
    if (number === undefined)
      throw new InputError(where, `"${token}" is not an action unit: expected units such as 1+2+25C`);
    units.add(Number(number));
  }
  return units;
}
