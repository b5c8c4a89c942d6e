/** Whether something is there, and folders that are made where missing. */
import { access, constants, mkdir, stat } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { readFailure, writeFailure } from './failure.ts';
import { nativePath } from './paths.ts';

/** Whether there is a file or folder at the path, and not a link to nowhere. */
export function exists(path: string): Promise<boolean> {
  return access(nativePath(path)).then(() => true, () => false);
}

/** Whether a path is a folder's, rather than a file's. @throws {InputError} when there is nothing, or it cannot be read */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(nativePath(path))).isDirectory();
  } catch (cause) {
    throw new InputError(path, readFailure(cause, path, 'file or folder'), { cause });
  }
}

/**
 * Makes a folder that files will be written into, with those above it.
 * @throws {InputError} when it cannot be made, or not be written into
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(nativePath(path), { recursive: true });
    await access(nativePath(path), constants.W_OK);
  } catch (cause) {
    throw new InputError(path, writeFailure(cause), { cause });
  }
}
