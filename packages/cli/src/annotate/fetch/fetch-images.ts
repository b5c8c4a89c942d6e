/**
 * Images of a list into a folder, a few at a time: `images/` and `manifest.jsonl`, a line for each as soon as it is there, so that a
 * run that was ended goes on where it was.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, readText, withFolderLock, writeLines, writeWhole } from 'mienjs/files';
import { download, type DownloadLimits } from './download.ts';
import type { Listed } from './listed.ts';

/** The file by which a folder of an earlier run is known. */
export const FETCH_MARKER = 'mien-fetch.json';
const MANIFEST = 'manifest.jsonl';

export interface FetchOptions extends DownloadLimits {
  /** Images in the folder, of earlier runs too. */
  readonly count: number;
  /** Bytes of all images in the folder. */
  readonly totalBytes: number;
  readonly parallel: number;
  readonly stop: AbortSignal;
  readonly onProgress: (done: number) => void;
  readonly onProblem: (error: unknown) => void;
}

export interface FetchReport {
  readonly manifest: string;
  readonly fetched: number;
  /** Fetched by earlier runs. */
  readonly present: number;
  /** The same bytes under another address. */
  readonly duplicates: number;
  readonly failed: number;
  /** Not tried, as the folder is full or the run was ended. */
  readonly left: number;
}

interface Row {
  readonly image: string;
  readonly url: string;
  readonly source: string;
  readonly license: string | null;
  readonly keyword: string | null;
  readonly sha256: string;
  readonly bytes: number;
}

/** @throws {InputError} when the folder cannot be written, or another run works in it */
export function fetchImages(listed: readonly Listed[], folder: string, options: FetchOptions): Promise<FetchReport> {
  return withFolderLock(folder, async () => {
    const manifest = join(folder, MANIFEST);
    await writeWhole(join(folder, FETCH_MARKER), `${JSON.stringify({ madeBy: 'mien annotate fetch' })}\n`);
    const rows = await rowsOf(folder, manifest);
    const hashes = new Set(rows.map(({ sha256 }) => sha256));
    const urls = new Set(rows.map(({ url }) => url));
    let total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
    const wanted = [...new Map(listed.map((one) => [one.url, one])).values()];
    const open = wanted.filter(({ url }) => !urls.has(url));
    const counts = { fetched: 0, present: wanted.length - open.length, duplicates: 0, failed: 0, left: 0 };
    let under = 0;
    const isFull = (): boolean => hashes.size + under >= options.count || total >= options.totalBytes;

    const one = async (entry: Listed): Promise<void> => {
      const { url, source, license, keyword } = entry;
      under++;
      try {
        const { bytes, extension, sha256 } = await download(url, options, options.stop);
        if (hashes.has(sha256)) {
          counts.duplicates++;
          return;
        }
        hashes.add(sha256);
        total += bytes.length;
        const image = `images/${sha256.slice(0, 16)}.${extension}`;
        await writeWhole(join(folder, image), bytes);
        const row: Row = { image, url, source, license, keyword, sha256, bytes: bytes.length };
        await appendFile(manifest, `${JSON.stringify(row)}\n`);
        counts.fetched++;
      } catch (error) {
        if (options.stop.aborted) {
          counts.left++;
          return;
        }
        counts.failed++;
        options.onProblem(error);
      } finally {
        under--;
      }
    };
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      while (next < open.length && !options.stop.aborted && !isFull()) {
        await one(open[next++]!);
        options.onProgress(++done);
      }
    };
    await Promise.all(Array.from({ length: options.parallel }, work));
    counts.left += open.length - next;
    return { manifest, ...counts };
  });
}

/** What earlier runs fetched and is still there; a line that was cut off is removed from the manifest. */
async function rowsOf(folder: string, manifest: string): Promise<Row[]> {
  if (!(await exists(manifest))) return [];
  const lines = (await readText(manifest)).split('\n').filter((line) => line !== '');
  const rows: Row[] = [];
  for (const line of lines) {
    const row = parse(line);
    if (row && (await exists(join(folder, row.image)))) rows.push(row);
  }
  if (rows.length < lines.length)
    await writeLines(
      manifest,
      rows.map((row) => JSON.stringify(row)),
    );
  return rows;
}

function parse(line: string): Row | undefined {
  try {
    return JSON.parse(line) as Row;
  } catch {
    return undefined;
  }
}
