/** The folder of `--annotated`: copies of the photos with faces, landmarks and expressions drawn on them. */
import { basename, extname, join } from 'node:path';
import { InputError, type FacePrediction, type RawImage } from 'mienjs';
import { annotateFaces } from 'mienjs/image';
import { isOwnImage, writeImage } from 'mienjs/image/node';
import { exists, makeFolder, nameKey, realPathToBe, STANDARD_STREAM } from 'mienjs/files';
import { topExpressions } from 'mienjs/results';

export interface AnnotatedFolderOptions {
  /** Files that are never written over. */
  readonly inputs: readonly string[];
  /** Write over files that are not earlier copies. */
  readonly force: boolean;
}

export class AnnotatedFolder {
  readonly #folder: string;
  readonly #force: boolean;
  /** What a copy must not take, comparable: the photos themselves, and earlier copies of this run. */
  readonly #taken: Set<string>;

  private constructor(folder: string, force: boolean, taken: Iterable<string>) {
    this.#folder = folder;
    this.#force = force;
    this.#taken = new Set(taken);
  }

  /** @throws {InputError} when the folder cannot be made or written into */
  static async open(folder: string, { inputs, force }: AnnotatedFolderOptions): Promise<AnnotatedFolder> {
    if (folder === STANDARD_STREAM)
      throw new InputError(folder, 'expected a folder for --annotated, not standard output');
    await makeFolder(folder);
    return new AnnotatedFolder(folder, force, await Promise.all(inputs.map(comparable)));
  }

  /** @throws {InputError} when the copy cannot be written */
  async write(file: string, image: RawImage, faces: readonly FacePrediction[]): Promise<void> {
    const annotated = annotateFaces(
      image,
      faces.map(({ box, landmarks, expressions }) => ({
        box,
        landmarks,
        lines: topExpressions(expressions, 3).map(({ name, percent }) => `${name} ${percent}`),
      })),
    );
    await writeImage(await this.reserve(file), annotated);
  }

  /**
   * Where the copy of a photo goes, from now on kept for it: the photo's own name, JPEG for a JPEG and otherwise PNG;
   * numbered where that is a photo's, an earlier copy's of this run, or something else than a copy of an earlier run.
   */
  async reserve(file: string): Promise<string> {
    const extension = extname(file);
    const stem = file === STANDARD_STREAM ? 'stdin' : basename(file, extension);
    const copyExtension = /^\.jpe?g$/i.test(extension) ? extension : '.png';
    for (let n = 1; ; n++) {
      const path = join(this.#folder, `${stem}${n === 1 ? '' : `-${n}`}${copyExtension}`);
      const key = await comparable(path);
      if (this.#taken.has(key) || (!this.#force && (await exists(path)) && !(await isOwnImage(path)))) continue;
      this.#taken.add(key);
      return path;
    }
  }
}

/** The real path in lower case, because some file systems do not tell case apart. */
async function comparable(path: string): Promise<string> {
  return nameKey(await realPathToBe(path));
}
