/** Tiny synthetic FER2013 and FER+ files in the published forms. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FER2013_PIXELS = 48 * 48;

/** Runs `use` with a new folder that holds these files, and removes it afterwards. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-data-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Pixels that differ from row to row: pixel i of row `index` is (7·index + i) mod 256. */
export function syntheticPixels(index: number): number[] {
  return Array.from({ length: FER2013_PIXELS }, (_, i) => (7 * index + i) % 256);
}

export interface SyntheticRow {
  readonly emotion: number | string;
  readonly usage: string;
  readonly pixels?: string;
}

/** `fer2013.csv` as published. */
export function officialCsv(rows: readonly SyntheticRow[], lineEnd = '\n'): string {
  const lines = rows.map(
    ({ emotion, usage, pixels }, i) => `${emotion},${pixels ?? syntheticPixels(i).join(' ')},${usage}`,
  );
  return ['emotion,pixels,Usage', ...lines, ''].join(lineEnd);
}

/** `icml_face_data.csv` as published later, with its leading spaces. */
export function icmlCsv(rows: readonly SyntheticRow[]): string {
  const lines = rows.map(
    ({ emotion, usage, pixels }, i) => `${emotion},${usage},${pixels ?? syntheticPixels(i).join(' ')}`,
  );
  return ['emotion, Usage, pixels', ...lines, ''].join('\n');
}

export const FERPLUS_HEADER =
  'Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF';

/** `fer2013new.csv` as published: the image name is empty where NF has all votes. */
export function votesCsv(rows: readonly { usage: string; votes: readonly number[] }[]): string {
  const lines = rows.map(({ usage, votes }, i) => {
    const name = votes[9] === 10 ? '' : `fer${String(i).padStart(7, '0')}.png`;
    return [usage, name, ...votes].join(',');
  });
  return [FERPLUS_HEADER, ...lines, ''].join('\n');
}

/** `fer2013new.csv` of rows on which all ten votes agree: row i on category i mod 8, in FER+'s order. */
export const unanimousVotesCsv = (rows: readonly { readonly usage: string }[]): string =>
  votesCsv(
    rows.map(({ usage }, i) => ({ usage, votes: Array.from({ length: 10 }, (_, c) => (c === i % 8 ? 10 : 0)) })),
  );
