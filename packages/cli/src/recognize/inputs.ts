/** From the arguments of `mien recognize` to photos: files, folders (with all below them) and glob patterns. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';

/** What is taken from a folder; a file that is named itself is tried whatever its extension. */
const EXTENSIONS = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'bmp', 'avif'] as const;

/** A photo to recognise, or an argument that gave none. */
export interface Input {
  /** As the user would write it. */
  readonly file: string;
  readonly error?: string;
}

/**
 * The photos in the order of the arguments, those of a folder or pattern sorted by name; each photo once. An argument
 * that gives no photo becomes an input with an error.
 */
export async function expandInputs(args: readonly string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  const seen = new Set<string>();
  for (const arg of args) {
    for (const input of await expand(arg)) {
      const key = resolve(input.file);
      if (seen.has(key)) continue;
      seen.add(key);
      inputs.push(input);
    }
  }
  return inputs;
}

async function expand(arg: string): Promise<Input[]> {
  const status = await stat(arg).catch((error: NodeJS.ErrnoException) => error);
  if (status instanceof Error) {
    if (status.code !== 'ENOENT' && status.code !== 'ENOTDIR') return [{ file: arg }]; // decoding will say why
    if (!isDynamicPattern(arg)) return [{ file: arg, error: `${arg}: no such file or folder` }];
    const files = await glob(arg, { expandDirectories: false, dot: false });
    return files.length > 0 ? files.sort().map((file) => ({ file })) : [{ file: arg, error: `${arg}: matches no file` }];
  }
  if (!status.isDirectory()) return [{ file: arg }];
  const files = await glob(`**/*.{${EXTENSIONS.join(',')}}`, { cwd: arg, caseSensitiveMatch: false, dot: false });
  if (files.length === 0) return [{ file: arg, error: `${arg}: holds no image (${EXTENSIONS.join(', ')})` }];
  return files.sort().map((file) => ({ file: join(arg, file) }));
}
