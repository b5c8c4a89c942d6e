/**
 * One row of a manifest: an image file, its split, and a label, a label distribution or both. Rows are JSON objects, one a
 * line, or lines of CSV.
 */
import { EXPRESSIONS_8, type Expression, parseExpression } from '../labels/index.ts';

/** In the order in which a model meets them. */
export const MANIFEST_SPLITS = ['train', 'validation', 'test'] as const;
export type ManifestSplit = (typeof MANIFEST_SPLITS)[number];

export interface ManifestRow {
  /** Path, relative to the manifest's folder or absolute. */
  readonly image: string;
  readonly split: ManifestSplit;
  /** Absent where the image has no single label. */
  readonly label?: Expression;
  /** Weights ≥ 0 of the classes, some above 0. Absent: the label alone. */
  readonly distribution?: Readonly<Partial<Record<Expression, number>>>;
  /** What the image was called when votes were collected. Not used in training. */
  readonly task?: string;
  /** Name of a compound expression. Not used in training. */
  readonly compound?: string;
}

const FIELDS: readonly string[] = ['image', 'split', 'label', 'distribution', 'task', 'compound'] satisfies (keyof ManifestRow)[];

/** The row as a line of JSON, without line ending. */
export function formatManifestRow(row: ManifestRow): string {
  return JSON.stringify(row);
}

/** @returns the row, or what is wrong with the line */
export function parseManifestJson(text: string): ManifestRow | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a JSON object';
  const fields = value as Record<string, unknown>;
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return `unknown field "${unknown}": expected ${FIELDS.join(', ')}`;
  for (const name of FIELDS) {
    const given = fields[name];
    if (name !== 'distribution' && given != null && typeof given !== 'string') return `${name}: expected a text, got ${JSON.stringify(given)}`;
  }
  const { distribution } = fields;
  if (distribution != null && (typeof distribution !== 'object' || Array.isArray(distribution))) return 'distribution: expected an object of weights by expression';
  return buildRow(fields as Record<string, string | undefined>, Object.entries(distribution ?? {}));
}

/** How the header of a CSV manifest is read: each column is a field, or the weight of an expression. */
export interface ManifestColumns {
  readonly fields: readonly (string | Expression)[];
}

/** @returns the columns, or what is wrong with the header */
export function parseManifestHeader(names: readonly string[]): ManifestColumns | string {
  const fields: string[] = [];
  for (const given of names) {
    const name = FIELDS.includes(given.toLowerCase()) && given.toLowerCase() !== 'distribution' ? given.toLowerCase() : expressionOf(given);
    if (name === undefined) return `unknown column "${given}": expected image, split, label, task, compound, or an expression`;
    if (fields.includes(name)) return `two columns "${name}"`;
    fields.push(name);
  }
  for (const needed of ['image', 'split']) if (!fields.includes(needed)) return `no column "${needed}"`;
  if (fields.every((name) => name !== 'label' && !isExpression(name))) return 'no column "label", nor one of an expression';
  return { fields };
}

/** @param cells as many as columns   @returns the row, or what is wrong with it */
export function parseManifestCells(cells: readonly string[], { fields }: ManifestColumns): ManifestRow | string {
  if (cells.length !== fields.length) return `expected ${fields.length} fields, got ${cells.length}`;
  const texts: Record<string, string | undefined> = {};
  const weights: [string, unknown][] = [];
  fields.forEach((name, i) => {
    const cell = cells[i]!;
    if (!isExpression(name)) texts[name] = cell;
    else if (cell !== '') weights.push([name, Number.isNaN(Number(cell)) ? cell : Number(cell)]);
  });
  return buildRow(texts, weights);
}

function buildRow(fields: Readonly<Record<string, string | undefined>>, weights: readonly (readonly [string, unknown])[]): ManifestRow | string {
  const { image, split, label, task, compound } = fields;
  if (!image) return 'no image';
  if (!(MANIFEST_SPLITS as readonly (string | undefined)[]).includes(split)) return `split: expected ${MANIFEST_SPLITS.join(', ')}, got "${split ?? ''}"`;
  const expression = label ? expressionOf(label) : undefined;
  if (label && expression === undefined) return `label: "${label}" is no expression, expected one of ${EXPRESSIONS_8.join(', ')}`;
  const distribution: Partial<Record<Expression, number>> = {};
  let total = 0;
  for (const [name, weight] of weights) {
    const known = expressionOf(name);
    if (known === undefined) return `distribution: "${name}" is no expression, expected one of ${EXPRESSIONS_8.join(', ')}`;
    if (typeof weight !== 'number' || !(weight >= 0 && weight < Infinity)) return `distribution: ${known}: expected a weight from 0, got ${JSON.stringify(weight)}`;
    distribution[known] = (distribution[known] ?? 0) + weight;
    total += weight;
  }
  if (weights.length > 0 && total === 0) return 'distribution: all weights are 0';
  if (expression === undefined && weights.length === 0) return 'has neither label nor distribution';
  return {
    image,
    split: split as ManifestSplit,
    ...(expression === undefined ? {} : { label: expression }),
    ...(weights.length > 0 ? { distribution } : {}),
    ...(task ? { task } : {}),
    ...(compound ? { compound } : {}),
  };
}

function expressionOf(name: string): Expression | undefined {
  try {
    return parseExpression(name);
  } catch {
    return undefined;
  }
}

function isExpression(name: string): name is Expression {
  return (EXPRESSIONS_8 as readonly string[]).includes(name);
}
