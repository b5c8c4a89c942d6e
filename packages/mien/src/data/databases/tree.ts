/** The folders and text files of a database, in an order that no file system decides. */
import { join, relative, sep } from 'node:path';
import { forEachLine } from '../csv-lines.ts';
import { findEntry, listFolder } from '../locate.ts';
import { isImageName, listIfThere } from './files.ts';

/** Order of names with the numbers in them compared as numbers: `a_2` before `a_10`. Code units otherwise, so the same on every machine. */
export function byName(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = i % 2 === 1 ? Number(left[i]) - Number(right[i]) : compareCodeUnits(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareCodeUnits(a, b);
}

/** By code units, which no locale changes. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export interface Folder {
  readonly folders: readonly string[];
  /** Images included. */
  readonly files: readonly string[];
  readonly images: readonly string[];
}

/** Names in a folder by `byName`. A folder that is not there is empty. */
export async function listByName(folder: string): Promise<Folder> {
  const listing = await listIfThere(folder);
  const files = [...listing.files].sort(byName);
  return { folders: [...listing.folders].sort(byName), files, images: files.filter(isImageName) };
}

/** The folder or file of one of these names in `folder`, in whatever case; undefined where there is none. */
export async function findIn(folder: string, ...names: string[]): Promise<string | undefined> {
  const entries = await listFolder(folder).catch(() => undefined);
  return entries && findEntry(folder, entries, names);
}

/** Calls `row` with each line that is not blank; lines count from 1. Plain or gzipped. */
export async function forEachRow(file: string, row: (text: string, line: number) => void): Promise<void> {
  await forEachLine(file, (bytes, start, end, line) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8').trim();
    if (text !== '') row(text, line);
  });
}

/** The path from the database's root, as ids have it. */
export function idOf(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** Paths of all images below a folder, at any depth. */
export async function listImagesBelow(folder: string): Promise<string[]> {
  const { folders, images } = await listByName(folder);
  const deeper = [];
  for (const name of folders) deeper.push(...(await listImagesBelow(join(folder, name))));
  return [...images.map((name) => join(folder, name)), ...deeper];
}
