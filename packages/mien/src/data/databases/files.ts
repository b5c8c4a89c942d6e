/**
 * What stands in the folders of a database: sorted, without the files that systems leave behind, the same on every machine.
 * Paths from the root have `/` between folders.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { readFailure } from '../../image/decode-node.ts';

export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** .DS_Store and ._name (macOS), Thumbs.db and desktop.ini (Windows), @eaDir (Synology), __MACOSX (archives). */
const STRAY = /^(\.|@eaDir$|__MACOSX$|thumbs\.db$|desktop\.ini$)/i;

/**
 * Names in a folder, in the order of their UTF-16 codes. Links count as what they point to; broken ones are left out.
 * @throws {InputError} when there is no such folder, or it is a file
 */
export async function listNames(folder: string): Promise<Listing> {
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of await readFolder(folder)) {
    if (STRAY.test(entry.name)) continue;
    const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
    if (kind?.isDirectory()) folders.push(entry.name);
    else if (kind?.isFile()) files.push(entry.name);
  }
  return { folders: folders.sort(), files: files.sort() };
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError(folder, code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'is a file, expected a folder' : readFailure(cause), { cause });
  }
}

/** As `listNames`; a folder that is not there has nothing in it. */
export async function listIfThere(folder: string): Promise<Listing> {
  const status = await stat(folder).catch(() => undefined);
  return status?.isDirectory() ? listNames(folder) : { folders: [], files: [] };
}

export interface Folder extends Listing {
  /** From the root; '' for the root itself. */
  readonly path: string;
}

/**
 * A folder and all below it, each before those in it.
 * @throws {InputError} when there is no such folder
 */
export async function* walkFolders(root: string, path = ''): AsyncGenerator<Folder> {
  const listing = await listNames(join(root, path));
  yield { path, ...listing };
  for (const name of listing.folders) yield* walkFolders(root, joinId(path, name));
}

/**
 * All files below a folder, as paths from it: those of a folder before those of its subfolders.
 * @throws {InputError} when there is no such folder
 */
export async function* walkFiles(root: string): AsyncGenerator<string> {
  for await (const { path, files } of walkFolders(root)) for (const name of files) yield joinId(path, name);
}

/**
 * The nearest folder of this name below the root, in whatever case: archives unpack to folders in folders. Where it holds
 * one of its own name, that one.
 * @param depth how many levels below the root it may stand
 * @returns its path from the root; undefined when there is none
 * @throws {InputError} when there is no folder `root`
 */
export async function findFolder(root: string, name: string, depth: number): Promise<string | undefined> {
  const isWanted = (path: string): boolean => path.slice(path.lastIndexOf('/') + 1).toLowerCase() === name.toLowerCase();
  const below = async (path: string): Promise<string[]> => (await listNames(join(root, path))).folders.map((folder) => joinId(path, folder));
  let level = [''];
  for (let d = 1; d <= depth; d++) {
    level = (await Promise.all(level.map(below))).flat();
    const found = level.find(isWanted);
    if (found !== undefined) return (await below(found)).find(isWanted) ?? found;
  }
  return undefined;
}

/** Parts of a path from the root, empty ones left out. */
export const joinId = (...parts: readonly string[]): string => parts.filter(Boolean).join('/');

const IMAGE_NAME = /\.(png|jpe?g|bmp|tiff?|gif|webp)$/i;

export const isImageName = (name: string): boolean => IMAGE_NAME.test(name);

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
  return names.filter(isImageName).sort((a, b) => (key(a) === key(b) ? (a < b ? -1 : 1) : key(a) - key(b)));
}

/**
 * Lines of a small text file, without their ends; a byte order mark is dropped.
 * @throws {InputError} when it cannot be read
 */
export async function readLines(file: string): Promise<string[]> {
  return (await readText(file)).split(/\r?\n/);
}

/** @throws {InputError} when it cannot be read */
export async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new InputError(file, readFailure(cause), { cause });
  }
}

/**
 * Lines of numbers between spaces, tabs or commas; empty lines are passed over.
 * @throws {InputError} naming file and line, when a line has anything else or not as many as it should
 */
export async function readNumberRows(file: string, columns: number): Promise<{ readonly line: number; readonly values: readonly number[] }[]> {
  return (await readLines(file)).flatMap((text, i) => {
    if (text.trim() === '') return [];
    const values = text.trim().split(/[\s,]+/).map(Number);
    if (values.length !== columns || !values.every(Number.isFinite)) {
      throw new InputError(`${file}:${i + 1}`, `expected ${columns === 1 ? 'a number' : `${columns} numbers`}, got "${text.trim().slice(0, 60)}"`);
    }
    return [{ line: i + 1, values }];
  });
}
