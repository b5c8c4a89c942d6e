/** Whether something is there, and folders that are made where missing. */
import { access, constants, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { readFailure, writeFailure } from './failure.ts';
import { nativePath } from './paths.ts';

/** Whether there is a file or folder at the path, and not a link to nowhere. */
export function exists(path: string): Promise<boolean> {
  return access(nativePath(path)).then(
    () => true,
    () => false,
  );
}

/**
 * Whether a path is a folder's, rather than a file's. @throws {InputError} when there is nothing, or it cannot be read
 */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(nativePath(path))).isDirectory();
  } catch (cause) {
    throw new InputError(path, readFailure(cause, path, 'file or folder'), { cause });
  }
}

/**
 * Makes a folder that files will be written into, with those above it.
 * @returns the topmost folder that was made; undefined where all were there
 * @throws {InputError} when it cannot be made, or not be written into
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    const made = await mkdir(nativePath(path), { recursive: true });
    await access(nativePath(path), constants.W_OK);
    return made;
  } catch (cause) {
    throw new InputError(path, writeFailure(cause), { cause });
  }
}

/** Removes a folder and those above it up to `top`, as far as they are empty. */
export async function removeEmpty(path: string, top: string): Promise<void> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const isEmpty = await rmdir(nativePath(folder)).then(
      () => true,
      () => false,
    );
    if (!isEmpty || folder === resolve(top)) return;
  }
}
