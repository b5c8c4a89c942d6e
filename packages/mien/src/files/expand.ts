/** From what a user names to files: files, folders with all below them, patterns, and standard input. */
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import picomatch from 'picomatch';
import { InputError } from '../errors.ts';
import { errorCode, readFailure } from './failure.ts';
import { IMAGE_EXTENSIONS } from './names.ts';
import { isUrl, nativePath, STANDARD_STREAM, userPath } from './paths.ts';
import { EVERY_NAME, Walker, type WalkOptions } from './walk.ts';

/** A file to read, or an argument or folder that gave none. */
export interface ExpandedFile {
  /** As the user would write it. */
  readonly file: string;
  readonly error?: InputError;
}

export interface Expansion {
  readonly files: readonly ExpandedFile[];
  /** What was not taken; undefined where nothing was left. */
  readonly passedOver: string | undefined;
}

/**
 * The images that arguments name, in the order of the arguments, those of a folder or pattern in the order of names;
 * each once, whatever links lead to it. A name that exists is itself, also where it reads like a pattern (`dir[1-3]`,
 * `!a`, `par (x)`). A file that is named is taken whatever its extension; of a folder, the images (`isImageName`). An
 * argument that gives none, and a folder below that cannot be read, become files with an error.
 */
export async function expandImages(
  args: readonly string[],
  options: Pick<WalkOptions, 'outputs'> = {},
): Promise<Expansion> {
  const files: ExpandedFile[] = [];
  const walker = new Walker({ ...options, onUnreadable: (error) => files.push({ file: error.input, error }) });
  for (const arg of args) {
    const path = userPath(arg);
    try {
      await expandOne(path, walker, options, files);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      files.push({ file: path, error });
    }
  }
  return { files, passedOver: walker.passedOver.describe() };
}

async function expandOne(path: string, walker: Walker, options: WalkOptions, files: ExpandedFile[]): Promise<void> {
  if (path === STANDARD_STREAM) {
    if (!files.some(({ file }) => file === path)) files.push({ file: path });
    return;
  }
  const status = await stat(nativePath(path)).catch((error: unknown) => error as Error);
  if (status instanceof Error) await expandPattern(path, status, walker, options, files);
  else if (status.isDirectory()) await expandFolder(path, walker, files);
  else if (!status.isFile() || (await walker.take(path))) files.push({ file: path });
}

async function expandFolder(path: string, walker: Walker, files: ExpandedFile[]): Promise<void> {
  const before = files.length;
  for await (const file of walker.files(path)) files.push({ file });
  if (files.length === before && walker.passedOver.count('repeated') === 0)
    throw new InputError(path, `holds no image (${IMAGE_EXTENSIONS.join(', ')})`);
}

/** @param missing why it is not itself the name of a file */
async function expandPattern(
  path: string,
  missing: Error,
  walker: Walker,
  options: WalkOptions,
  files: ExpandedFile[],
): Promise<void> {
  if (!isMissing(missing)) throw new InputError(path, readFailure(missing, path), { cause: missing });
  const base = await literalPart(path);
  const pattern = base === '' ? path : path.slice(base.length).replace(/^[\\/]+/, '');
  if (isUrl(path) || !picomatch.scan(pattern).isGlob)
    throw new InputError(path, readFailure(missing, path, 'file or folder'), { cause: missing });
  const matches = picomatch(pattern.normalize('NFC'), { dot: false });
  const depth = pattern.includes('**') ? Infinity : pattern.split(/[\\/]/).length - 1;
  let matched = 0;
  for await (const folder of new Walker({ ...options, accept: EVERY_NAME }).folders(base === '' ? '.' : base, depth)) {
    for (const name of folder.files) {
      const below = folder.path === '' ? name : `${folder.path}/${name}`;
      if (!matches(below.normalize('NFC'))) continue;
      matched++;
      if (await walker.take(join(base, below))) files.push({ file: join(base, below) });
    }
  }
  if (matched === 0) throw new InputError(path, 'matches no file');
}

const isMissing = (error: Error): boolean => ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '');

/**
 * The longest part of a pattern, from its beginning to the end of a name in it, that exists as a folder; '' where none
 * does.
 */
async function literalPart(path: string): Promise<string> {
  let part = dirname(path);
  while (part !== '.' && part !== dirname(part)) {
    const status = await stat(nativePath(part)).catch(() => undefined);
    if (status?.isDirectory()) return path.startsWith(part) ? part : '';
    part = dirname(part);
  }
  return isAbsolute(path) ? sep : '';
}
