/** The columns of a manifest, and what a row of them says. */
import { InputError } from '../errors.ts';
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
  subject: ['subject', 'subject_id', 'person', 'person_id', 'identity'],
  distribution: ['distribution'],
  task: ['task'],
  compound: ['compound'],
} as const;

/** What a row says of its image. */
export type ManifestEntry = Pick<FaceRecord, 'split' | 'label' | 'labelDistribution' | 'subject' | 'attributes'> & {
  readonly image: string;
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
  const isLabelled =
    header.has(...FIELDS.label, ...FIELDS.distribution) || choice?.['label'] !== undefined || classes.length > 0;
  if (!isLabelled)
    throw new InputError(
      `${header.file}:${header.line}`,
      `no column "label", nor one of an expression; its columns are ${header.names.join(', ')}`,
    );
  const used = new Set(
    [...Object.values(columns).map((column) => header.nameOf(column)), ...classes.map(({ name }) => name)].map((name) =>
      name.toLowerCase(),
    ),
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
      const [subject, task, compound] = [textOf(columns.subject), textOf(columns.task), textOf(columns.compound)];
      const positive = [...weights].filter(([, weight]) => weight > 0);
      const only = positive.length === 1 ? positive[0]![0] : undefined; // one class alone is a label too
      const known = label ?? only;
      return {
        image,
        ...(split === undefined ? {} : { split }),
        ...(known === undefined ? {} : { label: known }),
        ...(weights.size > 0 ? { labelDistribution: Object.fromEntries(weights) } : {}),
        ...(subject === '' ? {} : { subject }),
        ...(task === '' && compound === ''
          ? {}
          : { attributes: { ...(task === '' ? {} : { task }), ...(compound === '' ? {} : { compound }) } }),
      };
    },
  };
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
