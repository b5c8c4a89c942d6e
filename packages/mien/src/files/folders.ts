/** Whether something is there, and folders that are made where missing. */
import { access, constants, mkdir } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { folderFailure } from './failure.ts';
import { nativePath } from './paths.ts';

/** Whether there is a file or folder at the path, and not a link to nowhere. */
export function exists(path: string): Promise<boolean> {
  return access(nativePath(path)).then(() => true, () => false);
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
    throw new InputError(path, folderFailure(cause), { cause });
  }
}
