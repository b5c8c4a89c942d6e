/**
 * What stands in the folders of a database, by the one walker of folders (files/): in one order, without what systems
 * leave behind. Paths from the root have `/` between folders.
 */
import { join, relative, sep } from 'node:path';
import { InputError } from '../../errors.ts';
import {
  compareNames,
  EVERY_NAME,
  isFolder,
  isImageName,
  nameKey,
  readText,
  Walker,
  type Listing,
  type WalkedFolder,
} from '../../files/index.ts';

export interface Folder extends Listing {
  /** Those of the files that are images. */
  readonly images: readonly string[];
}

const withImages = ({ folders, files }: Listing): Folder => ({ folders, files, images: files.filter(isImageName) });

/**
 * Names in a folder. Links count as what they point to; broken ones are left out.
 * @throws {InputError} when there is no such folder, or it is a file
 */
export async function listNames(folder: string): Promise<Folder> {
  return withImages(await new Walker({ accept: EVERY_NAME }).list(folder));
}

/** As `listNames`; a folder that is not there has nothing in it. */
export async function listIfThere(folder: string): Promise<Folder> {
  return (await isFolder(folder).catch(() => false)) ? listNames(folder) : withImages({ folders: [], files: [] });
}

/**
 * A folder and all below it, each before those in it.
 * @throws {InputError} when there is no such folder, or one of them cannot be read
 */
export function walkFolders(root: string): AsyncGenerator<WalkedFolder> {
  const onUnreadable = (error: InputError): never => {
    throw error;
  };
  return new Walker({ accept: EVERY_NAME, onUnreadable }).folders(root);
}

/**
 * All files below a folder, as paths from it: those of a folder before those of its subfolders.
 * @throws {InputError} when there is no such folder
 */
export async function* walkFiles(root: string): AsyncGenerator<string> {
  for await (const { path, files } of walkFolders(root)) for (const name of files) yield joinId(path, name);
}

/** Paths from a folder of all images below it. */
export async function imagesBelow(folder: string): Promise<string[]> {
  const images: string[] = [];
  if (await isFolder(folder).catch(() => false))
    for await (const path of walkFiles(folder)) if (isImageName(path)) images.push(path);
  return images;
}

/**
 * The nearest folder of this name below the root, in whatever case: archives unpack to folders in folders. Where it
 * holds one of its own name, that one.
 * @param depth how many levels below the root it may stand
 * @returns its path from the root; undefined when there is none
 * @throws {InputError} when there is no folder `root`
 */
export async function findFolder(root: string, name: string, depth: number): Promise<string | undefined> {
  const isWanted = (path: string): boolean => nameKey(path.slice(path.lastIndexOf('/') + 1)) === nameKey(name);
  const below = async (path: string): Promise<string[]> =>
    (await listNames(join(root, path))).folders.map((folder) => joinId(path, folder));
  let level = [''];
  for (let d = 1; d <= depth; d++) {
    level = (await Promise.all(level.map(below))).flat();
    const found = level.find(isWanted);
    if (found !== undefined) return (await below(found)).find(isWanted) ?? found;
  }
  return undefined;
}

/** The path from the database's root, as ids have it. */
export const idOf = (root: string, path: string): string => relative(root, path).split(sep).join('/');

/** Parts of a path from the root, empty ones left out. */
export const joinId = (...parts: readonly string[]): string => parts.filter(Boolean).join('/');

/** The last number in a file's name, its extension aside: that of a frame. NaN without one. */
export function frameNumber(name: string): number {
  const digits = /(\d+)\D*$/.exec(name.replace(/\.\w+$/, ''));
  return digits ? Number(digits[1]) : NaN;
}

/** Images in order of time: frame10 stands after frame9. Those without a number come last, by name. */
export function inOrderOfTime(names: readonly string[]): string[] {
  const key = (name: string): number => {
    const number = frameNumber(name);
    return Number.isNaN(number) ? Infinity : number;
  };
  return names.filter(isImageName).sort((a, b) => (key(a) === key(b) ? compareNames(a, b) : key(a) - key(b)));
}

/**
 * Lines of a small text file, without their ends; a byte order mark is dropped.
 * @throws {InputError} when it cannot be read
 */
export async function readLines(file: string): Promise<string[]> {
  return (await readText(file)).split(/\r\n|\n|\r/);
}

/**
 * Lines of numbers between spaces, tabs or commas; empty lines are passed over.
 * @throws {InputError} naming file and line, when a line has anything else or not as many as it should
 */
export async function readNumberRows(
  file: string,
  columns: number,
): Promise<{ readonly line: number; readonly values: readonly number[] }[]> {
  return (await readLines(file)).flatMap((text, i) => {
    if (text.trim() === '') return [];
    const values = text
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    if (values.length !== columns || !values.every(Number.isFinite)) {
      throw new InputError(
        `${file}:${i + 1}`,
        `expected ${columns === 1 ? 'a number' : `${columns} numbers`}, got "${text.trim().slice(0, 60)}"`,
      );
    }
    return [{ line: i + 1, values }];
  });
}
