/**
 * The one walker of folders. It gives names in one order (`compareNames`) on every machine, follows links without going
 * in circles, takes a file once however many links lead to it, passes over what systems leave behind and what this run
 * writes, and counts what it passes over.
 */
import { readdir, stat } from 'node:fs/promises';
import { type Dirent } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { readFailure } from './failure.ts';
import { compareNames, isImageName, isOtherPictureName, isSystemName, nameKey } from './names.ts';
import { PassedOver } from './passed-over.ts';
import { decodeName, nativePath, realPath, realPathToBe } from './paths.ts';

export interface WalkOptions {
  /** Names of the files that are wanted. Default: those of images (`isImageName`). */
  readonly accept?: (name: string) => boolean;
  /** Files and folders that this run writes: they are never inputs, and may not exist yet. */
  readonly outputs?: readonly string[];
  /** Called with each folder below the first that cannot be read, which is passed over, unless this throws. */
  readonly onUnreadable?: (error: InputError) => void;
}

/** Names in one folder, in the order of `compareNames`. */
export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export interface WalkedFolder extends Listing {
  /** From where the walk began, with `/` between names; '' for that folder itself. */
  readonly path: string;
}

/** Every name is wanted. */
export const EVERY_NAME = (): boolean => true;

/**
 * Walks through folders. One walker is one reading: a file or folder that an earlier walk of the same walker gave is
 * not given again, and what all its walks pass over is in `passedOver`.
 */
export class Walker {
  readonly passedOver = new PassedOver();
  readonly #accept: (name: string) => boolean;
  readonly #onUnreadable: (error: InputError) => void;
  readonly #outputs: Promise<ReadonlySet<string>>;
  /** Real paths of files and folders that were given. */
  readonly #given = new Set<string>();

  constructor({ accept = isImageName, outputs = [], onUnreadable = () => undefined }: WalkOptions = {}) {
    this.#accept = accept;
    this.#onUnreadable = onUnreadable;
    this.#outputs = Promise.all(outputs.map(realPathToBe)).then((paths) => new Set(paths));
  }

  /**
   * What is in a folder itself. Links count as what they point to.
   * @throws {InputError} when there is no such folder, it is a file, or it cannot be read
   */
  async list(folder: string): Promise<Listing> {
    const { folders, files } = await this.#read(folder);
    return { folders: folders.map(({ name }) => name), files: files.map(({ name }) => name) };
  }

  /**
   * A folder and those below it, each before those in it. One below that cannot be read is passed over, and counted.
   * @param depth levels below the folder; those that are deeper are counted as nested
   * @throws {InputError} when the folder itself cannot be read
   */
  async *folders(folder: string, depth = Infinity): AsyncGenerator<WalkedFolder> {
    yield* this.#walk(folder, '', await this.#real(folder), depth);
  }

  /**
   * The wanted files of a folder and those below it, as paths that begin with the folder: those of a folder before
   * those of the folders in it.
   * @throws {InputError} when the folder itself cannot be read
   */
  async *files(folder: string, depth = Infinity): AsyncGenerator<string> {
    for await (const { path, files } of this.folders(folder, depth))
      for (const name of files) yield join(folder, path, name);
  }

  /** Whether a file that is named itself was not given before, and is not an output; it counts as given from now on. */
  async take(file: string): Promise<boolean> {
    const real = await realPathToBe(file);
    if (await this.#isOutput(real)) {
      this.passedOver.add('output', file);
      return false;
    }
    return this.#give(real);
  }

  async *#walk(root: string, path: string, real: string, depth: number): AsyncGenerator<WalkedFolder> {
    const here = join(root, path);
    if (await this.#isOutput(real)) return this.passedOver.add('output', here);
    if (!this.#give(real)) return this.passedOver.add('repeated', here);
    let entries: Entries;
    try {
      entries = await this.#read(here, real);
    } catch (error) {
      if (path === '' || !(error instanceof InputError)) throw error;
      this.passedOver.add('unreadable', here);
      return this.#onUnreadable(error);
    }
    const files = entries.files.filter((entry) => {
      const isNew = this.#give(entry.real);
      if (!isNew) this.passedOver.add('repeated', join(here, entry.name));
      return isNew;
    });
    if (depth === 0) for (const { name } of entries.folders) this.passedOver.add('nested', join(here, name));
    const folders = depth === 0 ? [] : entries.folders;
    yield { path, folders: folders.map(({ name }) => name), files: files.map(({ name }) => name) };
    for (const { name, real: below } of folders)
      yield* this.#walk(root, path === '' ? name : `${path}/${name}`, below, depth - 1);
  }

  /** @param real the folder's real path */
  async #read(folder: string, real?: string): Promise<Entries> {
    const base = real ?? (await this.#real(folder));
    const [folders, files]: [Entry[], Entry[]] = [[], []];
    for (const entry of await readNames(folder)) {
      const path = join(folder, entry.name);
      if (isSystemName(entry.name)) {
        this.passedOver.add('system', path);
        continue;
      }
      const kind = entry.isSymbolicLink ? await stat(nativePath(path)).catch(() => undefined) : entry.kind;
      const target = kind && (entry.isSymbolicLink ? await realPath(path) : join(base, entry.name));
      if (!target) this.passedOver.add('broken', path);
      else if (await this.#isOutput(target)) this.passedOver.add('output', path);
      else if (kind.isDirectory()) folders.push({ name: entry.name, real: target });
      else if (!kind.isFile()) this.passedOver.add('special', path);
      else if (!this.#accept(entry.name))
        this.passedOver.add(isOtherPictureName(entry.name) ? 'picture' : 'other', path);
      else files.push({ name: entry.name, real: target });
    }
    const byName = (a: Entry, b: Entry): number => compareNames(a.name, b.name);
    return { folders: folders.sort(byName), files: files.sort(byName) };
  }

  async #real(folder: string): Promise<string> {
    try {
      return await realPath(folder);
    } catch (cause) {
      throw new InputError(folder, readFailure(cause, folder, 'folder'), { cause });
    }
  }

  async #isOutput(real: string): Promise<boolean> {
    return (await this.#outputs).has(real);
  }

  #give(real: string): boolean {
    if (this.#given.has(real)) return false;
    this.#given.add(real);
    return true;
  }
}

interface Entry {
  readonly name: string;
  readonly real: string;
}
interface Entries {
  readonly folders: readonly Entry[];
  readonly files: readonly Entry[];
}

/** All names of a folder, whatever their bytes. */
async function readNames(
  folder: string,
): Promise<{ name: string; isSymbolicLink: boolean; kind: Pick<Dirent, 'isFile' | 'isDirectory'> }[]> {
  try {
    const entries = await readdir(nativePath(folder), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => ({
      name: decodeName(entry.name),
      isSymbolicLink: entry.isSymbolicLink(),
      kind: entry,
    }));
  } catch (cause) {
    throw new InputError(folder, readFailure(cause, folder, 'folder'), { cause });
  }
}

/**
 * The file or folder of one of these names in a folder, whatever their case and however their accents are composed; the
 * first name that there is. Undefined where there is none, or no such folder.
 */
export async function findEntry(folder: string, ...names: readonly string[]): Promise<string | undefined> {
  const present = await readNames(folder).then(
    (entries) => entries.map(({ name }) => name).sort(compareNames),
    (): string[] => [],
  );
  for (const name of names) {
    const found = present.includes(name) ? name : present.find((entry) => nameKey(entry) === nameKey(name));
    if (found !== undefined) return join(folder, found);
  }
  return undefined;
}
