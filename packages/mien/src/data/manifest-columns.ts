/** The columns of a manifest, and what a row of them says. */
import { InputError } from '../errors.ts';
import type { Point2 } from '../image/index.ts';
import { asExpression, EXPRESSIONS_8, type Expression } from '../labels/index.ts';
import {
  type Column,
  findColumns,
  isMissing,
  labelOf,
  numberOf,
  type TableHeader,
  type TableRow,
} from '../tables/index.ts';
import type { FaceRecord, IndexOptions } from './databases/index.ts';
import { MANIFEST_SPLITS } from './manifest-row.ts';
import { MESH_NAMES } from './record-targets.ts';
import { roleOfSplit } from './splits.ts';

/** Names of the columns; the first of a field is the one that Mien writes. */
const FIELDS = {
  image: [
    'image',
    'image_path',
    'image_name',
    'image name',
    'img',
    'img_path',
    'file',
    'filename',
    'file_name',
    'filepath',
    'file_path',
    'path',
    'picture',
    'photo',
  ],
  split: ['split', 'usage', 'set', 'subset', 'partition'],
  label: ['label', 'emotion', 'expression', 'class', 'category', 'target'],
  valence: ['valence', 'valance'],
  arousal: ['arousal'],
  intensity: ['intensity'],
  landmarks: ['landmarks', 'landmark_file', 'points'],
  sequence: ['sequence', 'sequence_id', 'clip', 'clip_id', 'video', 'video_id'],
  frame: ['frame', 'frame_number', 'frame_id'],
  subject: ['subject', 'subject_id', 'person', 'person_id', 'identity'],
  distribution: ['distribution'],
  task: ['task'],
  compound: ['compound'],
  mesh: ['mesh'],
} as const;

/** What a row says of its image. */
export type ManifestEntry = Pick<
  FaceRecord,
  | 'split'
  | 'label'
  | 'labelDistribution'
  | 'subject'
  | 'attributes'
  | 'valence'
  | 'arousal'
  | 'actionUnits'
  | 'codedUnits'
  | 'sequence'
  | 'frame'
  | 'mesh'
> & {
  readonly image: string;
  /** The file that holds them, or they themselves, px of the image. */
  readonly landmarks?: string | readonly Point2[];
};

export interface ManifestReader {
  /** @returns what the row says, or what is wrong with it */
  read(row: TableRow): ManifestEntry | string;
  /** Columns that are passed over. */
  readonly unused: readonly string[];
}

/** @throws {InputError} when there is no column of images, or none of labels */
export function openManifest(header: TableHeader, { columns: choice, codes = {} }: IndexOptions): ManifestReader {
  const columns = findColumns(header, FIELDS, ['image'], choice);
  const classes = classColumns(header, choice);
  const units = unitColumns(header);
  const isLabelled =
    header.has(...FIELDS.label, ...FIELDS.distribution, ...FIELDS.valence, ...FIELDS.arousal, ...FIELDS.mesh) ||
    choice?.['label'] !== undefined ||
    classes.length > 0 ||
    units.length > 0;
  if (!isLabelled)
    throw new InputError(
      `${header.file}:${header.line}`,
      `no column "label", nor one of an expression, of an action unit such as AU01, or of valence or arousal; its columns are ${header.names.join(', ')}`,
    );
  const used = new Set(
    [
      ...Object.values(columns).map((column) => header.nameOf(column)),
      ...[...classes, ...units].map(({ name }) => name),
    ].map((name) => name.toLowerCase()),
  );
  const hasSplit = header.has(...(choice?.['split'] ?? FIELDS.split));
  return {
    unused: header.names.filter((name) => name !== '' && !used.has(name.toLowerCase())),
    read(row) {
      const textOf = (column: Column | undefined): string =>
        column === undefined || isMissing(row.text(column)) ? '' : row.text(column);
      const image = textOf(columns.image);
      if (image === '') return 'no image';
      const split = roleOfSplit(textOf(columns.split));
      if (hasSplit && split === undefined)
        return `split: expected ${MANIFEST_SPLITS.join(', ')}, got "${row.text(columns.split!)}"`;
      const written = labelOf(textOf(columns.label));
      const label = written === '' ? undefined : asExpression(codes[written] ?? written);
      if (written !== '' && label === undefined) return `label: ${notAnExpression(written)}`;
      const weights = weightsOf(row, columns.distribution, classes);
      if (typeof weights === 'string') return weights;
      // Without sequences a column `frame` may be anything
      const { frame, ...others } = columns;
      const numbers = numbersOf(row, others.sequence === undefined || frame === undefined ? others : columns);
      if (typeof numbers === 'string') return numbers;
      const coded = unitsOf(row, units);
      if (typeof coded === 'string') return coded;
      const points = landmarksOf(row, columns.landmarks);
      if (typeof points === 'object' && 'wrong' in points) return points.wrong;
      const mesh = meshOf(row, columns.mesh);
      if (typeof mesh === 'string') return mesh;
      const subject = textOf(columns.subject);
      const sequence = textOf(columns.sequence);
      const [task, compound] = [textOf(columns.task), textOf(columns.compound)];
      const positive = [...weights].filter(([, weight]) => weight > 0);
      const only = positive.length === 1 ? positive[0]![0] : undefined; // one class alone is a label too
      const known = label ?? only;
      return {
        image,
        ...(split === undefined ? {} : { split }),
        ...(known === undefined ? {} : { label: known }),
        ...(weights.size > 0 ? { labelDistribution: Object.fromEntries(weights) } : {}),
        ...(subject === '' ? {} : { subject }),
        ...(sequence === '' ? {} : { sequence }),
        ...(numbers.valence === undefined ? {} : { valence: numbers.valence }),
        ...(numbers.arousal === undefined ? {} : { arousal: numbers.arousal }),
        ...(numbers.frame === undefined ? {} : { frame: numbers.frame }),
        ...coded,
        ...(points === undefined ? {} : { landmarks: points }),
        ...(mesh === undefined ? {} : { mesh }),
        ...attributesOf({ task, compound, intensity: numbers.intensity }),
      };
    },
  };
}

/** Those that say something. */
function attributesOf(all: {
  readonly task: string;
  readonly compound: string;
  readonly intensity: number | undefined;
}): Pick<FaceRecord, 'attributes'> {
  const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? {} : { attributes: Object.fromEntries(given) as Record<string, string | number> };
}

/** Ranges of the columns of numbers. */
const RANGES = {
  valence: [-1, 1],
  arousal: [-1, 1],
  intensity: [0, Infinity],
  frame: [0, Infinity],
} as const;
/** How AffectNet says that valence and arousal are not known. */
const NOT_CODED = -2;
type NumberField = keyof typeof RANGES;

/** @returns the numbers that the row has, or what is wrong with one */
function numbersOf(
  row: TableRow,
  columns: Partial<Record<NumberField, Column>>,
): Partial<Record<NumberField, number>> | string {
  const numbers: Partial<Record<NumberField, number>> = {};
  for (const [field, [low, high]] of Object.entries(RANGES) as [NumberField, readonly [number, number]][]) {
    const column = columns[field];
    if (column === undefined || isMissing(row.text(column))) continue;
    const value = numberOf(row.text(column));
    if (value === NOT_CODED && low === -1) continue;
    if (value === undefined || !(value >= low && value <= high))
      return `${field}: expected a number ${high === Infinity ? `from ${low}` : `${low} … ${high}`}, got "${row.text(column)}"`;
    numbers[field] = value;
  }
  return numbers;
}

interface UnitColumn {
  readonly name: string;
  readonly unit: number;
  /** `AU12_r`: intensities from 0 to 5, as OpenFace writes them; otherwise (`AU12`, `AU12_c`) 1 or 0. */
  readonly isIntensity: boolean;
  readonly column: Column;
}

function unitColumns(header: TableHeader): UnitColumn[] {
  return header.names.flatMap((name) => {
    const [, number, suffix] = /^\s*AU\s?0*(\d{1,2})(_[cr])?\s*$/i.exec(name) ?? [];
    return number === undefined
      ? []
      : [{ name, unit: Number(number), isIntensity: suffix?.toLowerCase() === '_r', column: header.find(name)! }];
  });
}

/** The greatest intensity of an action unit: E. */
const MAX_INTENSITY = 5;

/** @returns the units that are there, and those that were looked for, or what is wrong with one */
function unitsOf(
  row: TableRow,
  columns: readonly UnitColumn[],
): Pick<FaceRecord, 'actionUnits' | 'codedUnits'> | string {
  const found = new Map<number, { present?: boolean; intensity?: number }>();
  for (const { name, unit, isIntensity, column } of columns) {
    if (isMissing(row.text(column))) continue;
    const value = numberOf(row.text(column));
    if (value === undefined || !(isIntensity ? value >= 0 && value <= MAX_INTENSITY : value === 0 || value === 1))
      return `${name}: expected ${isIntensity ? `an intensity 0 … ${MAX_INTENSITY}` : '0 or 1'}, got "${row.text(column)}"`;
    found.set(unit, { ...found.get(unit), ...(isIntensity ? { intensity: value } : { present: value === 1 }) });
  }
  if (found.size === 0) return {};
  return {
    codedUnits: [...found.keys()],
    actionUnits: [...found].flatMap(([unit, { present, intensity }]) =>
      (present ?? intensity! > 0) ? [{ unit, ...(intensity === undefined ? {} : { intensity }) }] : [],
    ),
  };
}

/** Landmarks [[x, y], …] in the table itself (JSON), or the name of their file. */
function landmarksOf(
  row: TableRow,
  column: Column | undefined,
): string | readonly Point2[] | { readonly wrong: string } | undefined {
  const value = column === undefined ? undefined : row.value(column);
  if (value == null || value === '' || (typeof value === 'string' && isMissing(value))) return undefined;
  const points: unknown = typeof value === 'string' && value.trimStart().startsWith('[') ? parseJson(value) : value;
  if (typeof points === 'string') return points;
  const isPoint = (point: unknown): point is Point2 =>
    Array.isArray(point) && point.length === 2 && point.every((v) => Number.isFinite(v));
  if (Array.isArray(points) && points.length > 0 && points.every(isPoint)) return points;
  return { wrong: 'landmarks: expected a file, or a list of [x, y]' };
}

/** Vertices of the face mesh [[x, y, z], …], in widths of the image (JSON), or what is wrong with them. */
function meshOf(row: TableRow, column: Column | undefined): Float32Array | string | undefined {
  const value = column === undefined ? undefined : row.value(column);
  if (value == null || value === '') return undefined;
  const points: unknown = typeof value === 'string' ? parseJson(value) : value;
  const numbers = Array.isArray(points) ? (points as unknown[]).flat() : [];
  return numbers.length === MESH_NAMES.length && numbers.every((v): v is number => Number.isFinite(v))
    ? Float32Array.from(numbers)
    : `mesh: expected ${MESH_NAMES.length / 3} of [x, y, z]`;
}

interface ClassColumn {
  readonly name: string;
  readonly expression: Expression;
  readonly column: Column;
}

/** A column for each of several expressions: weights, counts of votes, or 1 for one of them. */
function classColumns(header: TableHeader, choice: IndexOptions['columns']): ClassColumn[] {
  const others = Object.values(choice ?? {}).flat();
  return header.names.flatMap((name) => {
    const expression = name === '' || others.includes(name) ? undefined : asExpression(name);
    return expression === undefined ? [] : [{ name, expression, column: header.find(name)! }];
  });
}

/** @returns weights from 0 by expression, some above it, or what is wrong with them */
function weightsOf(
  row: TableRow,
  distribution: Column | undefined,
  classes: readonly ClassColumn[],
): Map<Expression, number> | string {
  const given: (readonly [name: string, weight: unknown])[] = classes
    .filter(({ column }) => !isMissing(row.text(column)))
    .map(({ name, column }) => [name, row.text(column)]);
  const value = distribution === undefined ? undefined : row.value(distribution);
  if (value != null && value !== '') {
    const object: unknown = typeof value === 'string' ? parseJson(value) : value;
    if (typeof object !== 'object' || object === null || Array.isArray(object))
      return 'distribution: expected an object of weights by expression';
    given.push(...Object.entries(object));
  }
  const weights = new Map<Expression, number>();
  for (const [name, weight] of given) {
    const expression = asExpression(name);
    if (expression === undefined) return `distribution: ${notAnExpression(name)}`;
    const number = typeof weight === 'string' ? numberOf(weight) : weight;
    if (typeof number !== 'number' || !(number >= 0 && number < Infinity))
      return `distribution: ${expression}: expected a weight from 0, got ${JSON.stringify(weight)}`;
    weights.set(expression, (weights.get(expression) ?? 0) + number);
  }
  return given.length > 0 && [...weights.values()].every((weight) => weight === 0)
    ? 'distribution: all weights are 0'
    : weights;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notAnExpression = (name: string): string =>
  `"${name}" is not an expression, expected one of ${EXPRESSIONS_8.join(', ')}${/^\d+$/.test(name) ? '; the option codes says what numbers mean' : ''}`;
