/** The folder of `--annotated`: copies of the photos with faces, landmarks and expressions drawn on them. */
import { basename, extname, join, resolve } from 'node:path';
import { annotateFaces, writeImage, type FacePrediction, type RawImage } from 'mien';
import { makeFolder } from 'mien/files';
import { topExpressions } from './formats.ts';

export class AnnotatedFolder {
  readonly #folder: string;
  /** Paths that a copy must not take: those of the photos themselves, and of earlier copies. */
  readonly #taken: Set<string>;

  private constructor(folder: string, taken: Iterable<string>) {
    this.#folder = folder;
    this.#taken = new Set(taken);
  }

  /**
   * @param inputs files that must not be overwritten
   * @throws {InputError} when the folder cannot be made or written into
   */
  static async open(folder: string, inputs: readonly string[]): Promise<AnnotatedFolder> {
    await makeFolder(folder);
    return new AnnotatedFolder(folder, inputs.map((file) => comparable(file)));
  }

  /** @throws {InputError} when the copy cannot be written */
  async write(file: string, image: RawImage, faces: readonly FacePrediction[]): Promise<void> {
    const annotated = annotateFaces(image, faces.map(({ box, landmarks, expressions }) => ({
      box, landmarks, lines: topExpressions(expressions, 3).map(({ name, percent }) => `${name} ${percent}`),
    })));
    await writeImage(this.#pathFor(file), annotated);
  }

  /** The photo's own name, JPEG for a JPEG and otherwise PNG; numbered where that is taken. */
  #pathFor(file: string): string {
    const extension = extname(file);
    const stem = basename(file, extension);
    const copyExtension = /^\.jpe?g$/i.test(extension) ? extension : '.png';
    for (let n = 1; ; n++) {
      const path = join(this.#folder, `${stem}${n === 1 ? '' : `-${n}`}${copyExtension}`);
      if (this.#taken.has(comparable(path))) continue;
      this.#taken.add(comparable(path));
      return path;
    }
  }
}

/** Lower case, because some file systems do not tell case apart. */
function comparable(path: string): string {
  return resolve(path).toLowerCase();
}
