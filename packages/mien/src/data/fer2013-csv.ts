/**
 * FER2013's CSV forms, parsed from bytes: `fer2013.csv` (`emotion,pixels,Usage`) and Kaggle's later
 * `icml_face_data.csv` (`emotion, Usage, pixels`, with leading spaces), each plain or gzipped.
 * Source: Goodfellow et al. 2013, "Challenges in representation learning".
 */
import { InputError } from '../errors.ts';
import { FER2013_CODES } from '../labels/index.ts';
import { forEachLine } from './csv-lines.ts';

export const FER2013_SIDE = 48;
export const FER2013_PIXELS = FER2013_SIDE * FER2013_SIDE;
export const FER2013_USAGES = ['Training', 'PublicTest', 'PrivateTest'] as const;
export type Fer2013Usage = (typeof FER2013_USAGES)[number];

export interface Fer2013Row {
  /** From 0, over the rows below the header. */
  readonly index: number;
  readonly line: number;
  /** Index into `FER2013_CODES`. */
  readonly code: number;
  readonly usage: Fer2013Usage;
  /** [48·48]; reused for the next row: copy what is kept. Without meaning where pixels are not read. */
  readonly pixels: Uint8Array;
}

export type ProblemKind = 'columns' | 'label' | 'usage' | 'pixel' | 'pixel-count';

export interface Fer2013Handler {
  row(row: Fer2013Row): void;
  /** Called instead of `row` for each thing wrong with a row; may throw to stop. */
  problem(kind: ProblemKind, line: number, message: string): void;
}

/** The name that FER+ gives to the image of a row, counted from 0. */
export function fer2013Id(index: number): string {
  return `fer${String(index).padStart(7, '0')}.png`;
}

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const COLUMNS = ['emotion', 'pixels', 'Usage'];

/**
 * Reads the whole file, row by row.
 * @param options withPixels false: labels only, whatever stands in place of the pixels. Default true
 * @returns the number of rows below the header, sound or not
 * @throws {InputError} when the file cannot be read, is empty, or its header is another one
 */
export async function readFer2013Csv(file: string, handler: Fer2013Handler, { withPixels = true }: { withPixels?: boolean } = {}): Promise<number> {
  const pixels = new Uint8Array(FER2013_PIXELS);
  let columns: { emotion: number; pixels: number; usage: number } | undefined;
  let index = 0;

  await forEachLine(file, (bytes, start, end, line) => {
    if (!columns) {
      columns = parseHeader(file, text(bytes, start, end));
      return;
    }
    if (trimStart(bytes, start, end) === end) return; // blank lines carry no row
    const fields = splitFields(bytes, start, end);
    const row = index++;
    if (fields.length !== COLUMNS.length) {
      handler.problem('columns', line, `has ${fields.length} columns, expected ${COLUMNS.length}`);
      return;
    }
    const problems = [
      withPixels ? parsePixels(bytes, fields[columns.pixels]!, pixels) : undefined,
      ...parseLabels(text(bytes, ...fields[columns.emotion]!), text(bytes, ...fields[columns.usage]!)),
    ].filter((problem) => problem !== undefined);
    for (const [kind, message] of problems) handler.problem(kind, line, message);
    if (problems.length > 0) return;
    handler.row({
      index: row,
      line,
      code: bytes[fields[columns.emotion]![0]]! - ZERO,
      usage: text(bytes, ...fields[columns.usage]!) as Fer2013Usage,
      pixels,
    });
  });
  if (!columns) throw new InputError(file, 'is empty, expected the header emotion,pixels,Usage');
  return index;
}

function parseHeader(file: string, header: string): { emotion: number; pixels: number; usage: number } {
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const [emotion, pixels, usage] = COLUMNS.map((name) => names.indexOf(name.toLowerCase()));
  if (names.length !== COLUMNS.length || emotion! < 0 || pixels! < 0 || usage! < 0) {
    const got = header.length > 60 ? `${header.slice(0, 60)}…` : header;
    throw new InputError(`${file}:1`, `header is "${got}", expected the columns ${COLUMNS.join(', ')}`);
  }
  return { emotion: emotion!, pixels: pixels!, usage: usage! };
}

type Range = readonly [start: number, end: number];
type Problem = readonly [kind: ProblemKind, message: string];

/** Byte ranges of the fields, without surrounding spaces and quotes. No field of these files holds a comma. */
function splitFields(bytes: Uint8Array, start: number, end: number): Range[] {
  const fields: Range[] = [];
  for (let from = start; from <= end; ) {
    const comma = bytes.indexOf(COMMA, from);
    const to = comma < 0 || comma > end ? end : comma;
    const first = trimStart(bytes, from, to);
    let last = to;
    while (last > first && isPadding(bytes[last - 1]!)) last--;
    fields.push([first, last]);
    from = to + 1;
  }
  return fields;
}

function isPadding(byte: number): boolean {
  return byte === SPACE || byte === QUOTE;
}

function trimStart(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && isPadding(bytes[from]!)) from++;
  return from;
}

/** Whole numbers 0 … 255 between spaces, 48·48 of them, into `pixels`. */
function parsePixels(bytes: Uint8Array, [start, end]: Range, pixels: Uint8Array): Problem | undefined {
  let count = 0;
  let value = 0;
  let digits = 0;
  for (let at = start; at <= end; at++) {
    const digit = (at < end ? bytes[at]! : SPACE) - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (digit !== SPACE - ZERO || value > 255) {
      return ['pixel', `pixel ${count + 1} is "${text(bytes, ...tokenAround(bytes, at, start, end))}", expected a whole number 0 … 255`];
    } else if (digits > 0) {
      pixels[count++] = value; // beyond the last pixel, a typed array drops it
      value = 0;
      digits = 0;
    }
  }
  if (count === FER2013_PIXELS) return undefined;
  return ['pixel-count', `has ${count} pixels, expected ${FER2013_PIXELS} (${FER2013_SIDE}×${FER2013_SIDE})`];
}

function parseLabels(emotion: string, usage: string): (Problem | undefined)[] {
  return [
    /^[0-6]$/.test(emotion)
      ? undefined
      : ['label', `label is "${emotion}", expected a code 0 … 6 (${FER2013_CODES.join(', ')})`],
    (FER2013_USAGES as readonly string[]).includes(usage)
      ? undefined
      : ['usage', `Usage is "${usage}", expected ${FER2013_USAGES.join(', ')}`],
  ];
}

/** The space-separated token at `at` or just before it, at most 20 bytes on. */
function tokenAround(bytes: Uint8Array, at: number, start: number, end: number): Range {
  let from = at;
  while (from > start && bytes[from - 1] !== SPACE) from--;
  let to = at;
  while (to < end && bytes[to] !== SPACE && to - from < 20) to++;
  return [from, to];
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
