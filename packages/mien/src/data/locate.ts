/** Finds a dataset's file when the user names the folder that holds it. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';

/**
 * @returns the entries of a folder, sorted; undefined when `path` is a file
 * @throws {InputError} when there is nothing at `path`
 */
export async function listFolder(path: string): Promise<string[] | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return undefined;
    return (await readdir(path)).sort();
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    throw new InputError(path, code === 'ENOENT' ? 'no such file or folder' : `cannot be read (${code})`, { cause });
  }
}

/** The first of `names` that the folder holds, in whatever case, as a path. */
export function findEntry(folder: string, entries: readonly string[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const entry = entries.find((e) => e.toLowerCase() === name.toLowerCase());
    if (entry !== undefined) return join(folder, entry);
  }
  return undefined;
}
