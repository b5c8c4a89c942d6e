/** The page of --report. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, writeFailure } from 'mien';

/** @returns the path of the page   @throws {InputError} naming the path */
export async function writePage(folder: string, page: string): Promise<string> {
  const path = join(folder, 'report.html');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, page);
  } catch (cause) {
    throw new InputError(path, writeFailure(cause), { cause });
  }
  return path;
}
