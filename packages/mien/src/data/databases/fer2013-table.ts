/**
 * FER2013's tables as records: `fer2013.csv` (`emotion,pixels,Usage`), Kaggle's later `icml_face_data.csv` (`emotion,
 * Usage, pixels`) and its `train.csv` without Usage; columns by name, in whatever order, others passed over. Pixels are
 * read along with the labels and kept as bytes (80 MB); whether they are damaged matters when the image is asked for.
 * Source: Goodfellow et al. 2013, "Challenges in representation learning".
 */
import { basename } from 'node:path';
import { InputError } from '../../errors.ts';
import { rawImage, type RawImage } from '../../image/index.ts';
import { asExpression, type Expression, FER2013_CODES } from '../../labels/index.ts';
import { findColumns, labelOf, type TableRow } from '../../tables/index.ts';
import { emptyTable, readTable } from '../../tables/node.ts';
import { roleOfSplit } from '../splits.ts';
import type { FaceRecord, ProblemSink } from './database.ts';
import { parsePixels } from './fer2013-pixels.ts';

export const FER2013_SIDE = 48;
export const FER2013_USAGES = ['Training', 'PublicTest', 'PrivateTest'] as const;

const FIELDS = {
  emotion: ['emotion', 'label'],
  pixels: ['pixels', 'pixel'],
  usage: ['Usage', 'split', 'set'],
} as const;

/** The name that FER+ gives to the image of a row, counted from 0. */
export function fer2013Name(index: number): string {
  return `fer${String(index).padStart(7, '0')}.png`;
}

export interface Fer2013Table {
  /** By row from 0, over those below the header; undefined where the row is damaged. The label is not part of it. */
  readonly faces: readonly (FaceRecord | undefined)[];
  /** FER2013's label and Usage of each row; '' where it is damaged, or there is no such column. */
  readonly labels: readonly (Expression | '')[];
  readonly usages: readonly string[];
}

/** @throws {InputError} when the file cannot be read, or has no columns emotion and pixels */
export async function readFer2013Table(file: string, problem: ProblemSink): Promise<Fer2013Table> {
  const [faces, labels, usages]: [(FaceRecord | undefined)[], (Expression | '')[], string[]] = [[], [], []];
  const images = new Fer2013Images(file);
  const add = (label: Expression | '', usage: string, line: number | undefined): void => {
    const index = faces.length;
    faces.push(
      line === undefined
        ? undefined
        : {
            id: `${basename(file)}#${index}`,
            image: { read: images.reader(line) },
            ...(usage === '' ? {} : { split: usage }),
            attributes: { name: fer2013Name(index) },
          },
    );
    labels.push(label);
    usages.push(usage);
  };
  const isRead = await readTable(
    file,
    (header) => {
      const columns = findColumns(header, FIELDS, ['emotion', 'pixels'], 'fixed');
      const usageOf = usageReader(file, columns.usage);
      return (row) => {
        const where = `${file}:${row.line}`;
        const [label, usage] = [labelOfRow(row.text(columns.emotion)), usageOf(row)];
        const damage = images.add(row.bytes(columns.pixels) ?? Buffer.from(row.text(columns.pixels)), row.line);
        if (label !== undefined && usage !== undefined) return add(label, usage, row.line);
        if (damage !== undefined) problem(where, damage);
        if (label === undefined)
          problem(
            where,
            `label is "${row.text(columns.emotion)}", expected a code 0 … 6 (${FER2013_CODES.join(', ')})`,
          );
        if (usage === undefined)
          problem(where, `Usage is "${row.text(columns.usage!)}", expected ${FER2013_USAGES.join(', ')}`);
        add('', '', undefined);
      };
    },
    {
      onProblem: (line, reason) => {
        problem(`${file}:${line}`, reason);
        add('', '', undefined);
      },
    },
  );
  if (!isRead) throw emptyTable(file);
  return { faces, labels, usages };
}

function labelOfRow(text: string): Expression | undefined {
  const code = labelOf(text);
  return /^[0-6]$/.test(code) ? FER2013_CODES[Number(code)] : FER2013_CODES.find((name) => name === asExpression(text));
}

/**
 * The Usage of a row; undefined where it is none. In a table without that column, what the file's name says: Training
 * of train.csv.
 */
function usageReader(file: string, column: number | undefined): (row: TableRow) => string | undefined {
  const names = new Map(FER2013_USAGES.map((usage) => [usage.toLowerCase(), usage]));
  if (column !== undefined) return (row) => names.get(row.text(column).toLowerCase());
  const usage = roleOfSplit(basename(file).replace(/\..*$/, '')) === 'train' ? FER2013_USAGES[0] : '';
  return () => usage;
}

const PIXELS = FER2013_SIDE * FER2013_SIDE;
/** Rows whose pixels are kept together: no block is ever copied to grow. */
const BLOCK_ROWS = 1024;

/** The pixels of all rows. */
class Fer2013Images {
  readonly #file: string;
  readonly #blocks: Uint8Array[] = [];
  #count = 0;
  /** Place of a row by its line, or what is wrong with its pixels. */
  readonly #places = new Map<number, number | string>();

  constructor(file: string) {
    this.#file = file;
  }

  /** @returns what is wrong with the pixels */
  add(text: Uint8Array, line: number): string | undefined {
    if (this.#count === this.#blocks.length * BLOCK_ROWS) this.#blocks.push(new Uint8Array(BLOCK_ROWS * PIXELS));
    const damage = parsePixels(text, this.#image(this.#count));
    this.#places.set(line, damage ?? this.#count);
    if (damage === undefined) this.#count++;
    return damage;
  }

  /** @returns what reads the image of a line; throws {InputError} naming file and line where its pixels are damaged */
  reader(line: number): () => Promise<RawImage> {
    return () => {
      const place = this.#places.get(line);
      if (typeof place !== 'number')
        return Promise.reject(new InputError(`${this.#file}:${line}`, place ?? 'has no pixels'));
      return Promise.resolve(rawImage(FER2013_SIDE, FER2013_SIDE, 1, this.#image(place).slice()));
    };
  }

  #image(place: number): Uint8Array {
    const at = (place % BLOCK_ROWS) * PIXELS;
    return this.#blocks[Math.floor(place / BLOCK_ROWS)]!.subarray(at, at + PIXELS);
  }
}
