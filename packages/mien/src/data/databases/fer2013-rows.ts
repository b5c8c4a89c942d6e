/**
 * FER2013's CSV as records: labels when it is indexed, pixels when the first image is asked for. They are then read all at once
 * and kept as bytes (80 MB).
 */
import { basename } from 'node:path';
import { InputError } from '../../errors.ts';
import { rawImage, type RawImage } from '../../image/index.ts';
import { FER2013_CODES } from '../../labels/index.ts';
import { FER2013_PIXELS, FER2013_SIDE, fer2013Id, readFer2013Csv } from '../fer2013-csv.ts';
import { ImageTableBuilder } from '../image-table.ts';
import type { FaceRecord, ProblemSink } from './database.ts';

export interface Fer2013Records {
  /** By row from 0, over those below the header; undefined where the row is damaged. The label is not part of it. */
  readonly faces: readonly (FaceRecord | undefined)[];
  /** FER2013's label and Usage of each row; '' where it is damaged. */
  readonly labels: readonly string[];
  readonly usages: readonly string[];
}

/** @throws {InputError} when the file cannot be read, or its header is another one */
export async function readFer2013Records(file: string, problem: ProblemSink): Promise<Fer2013Records> {
  const faces: (FaceRecord | undefined)[] = [];
  const labels: string[] = [];
  const usages: string[] = [];
  const readImage = imageReader(file);
  const count = await readFer2013Csv(file, {
    row({ index, line, code, usage }) {
      faces[index] = { id: `${basename(file)}#${index}`, image: { read: () => readImage(index, line) }, split: usage, attributes: { name: fer2013Id(index) } };
      labels[index] = FER2013_CODES[code]!;
      usages[index] = usage;
    },
    problem: (_kind, line, message) => problem(`${file}:${line}`, message),
  }, { withPixels: false });
  const rows = Array.from({ length: count }, (_, row) => row);
  return { faces: rows.map((row) => faces[row]), labels: rows.map((row) => labels[row] ?? ''), usages: rows.map((row) => usages[row] ?? '') };
}

interface Pixels {
  /** [rows,48·48], in the order of the file. */
  readonly bytes: Uint8Array;
  /** Place in `bytes` by row of the file; absent where the row is damaged. */
  readonly places: ReadonlyMap<number, number>;
  /** What is wrong, by line of the file. */
  readonly damages: ReadonlyMap<number, string>;
}

function imageReader(file: string): (row: number, line: number) => Promise<RawImage> {
  let pixels: Promise<Pixels> | undefined;
  return async (row, line) => {
    const { bytes, places, damages } = await (pixels ??= readPixels(file));
    const place = places.get(row);
    if (place === undefined) throw new InputError(`${file}:${line}`, damages.get(line) ?? 'has changed since it was indexed');
    return rawImage(FER2013_SIDE, FER2013_SIDE, 1, bytes.slice(place * FER2013_PIXELS, (place + 1) * FER2013_PIXELS));
  };
}

async function readPixels(file: string): Promise<Pixels> {
  const builder = new ImageTableBuilder(FER2013_SIDE, FER2013_SIDE, 1);
  const places = new Map<number, number>();
  const damages = new Map<number, string>();
  await readFer2013Csv(file, {
    row({ index, pixels }) {
      places.set(index, places.size);
      builder.push(pixels);
    },
    problem: (_kind, line, message) => damages.set(line, message),
  });
  return { bytes: builder.build().pixels, places, damages };
}
