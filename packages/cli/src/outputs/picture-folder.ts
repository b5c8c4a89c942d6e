/** What verbs share that make pictures of photos into a folder, with a list by which an earlier run's folder is known. */
import { basename, extname } from 'node:path';
import { exists, STANDARD_STREAM, writeWhole, type ExpandedFile } from 'mienjs/files';
import { logError, messageOf, Progress } from '../output.ts';

export const writeList = (list: string, document: object): Promise<void> =>
  writeWhole(list, `${JSON.stringify(document, null, 2)}\n`);

/**
 * Writes the list before there is anything to be listed, so that the folder of a run that was stopped is taken again; that of an
 * earlier run stays.
 */
export async function markFolder(list: string, document: object): Promise<void> {
  if (!(await exists(list))) await writeList(list, document);
}

/** NAME.png, NAME.face-2.png: of the photo's name and the face, from 0. @param suffix before the extension */
export function pictureName(file: string, face: number, suffix = ''): string {
  const stem = file === STANDARD_STREAM ? 'stdin' : basename(file, extname(file));
  return `${stem}${face > 0 ? `.face-${face + 1}` : ''}${suffix}.png`;
}

/**
 * Shows the progress over photos; one that cannot be done is said, and the others go on.
 * @param after each photo, also one that could not be done   @returns how many could not
 */
export async function eachPhoto(
  files: readonly ExpandedFile[],
  work: (file: string, index: number) => Promise<void>,
  after: () => void = () => undefined,
): Promise<number> {
  const progress = new Progress('photos', files.length);
  let failed = 0;
  try {
    for (const [i, { file, error }] of files.entries()) {
      try {
        if (error) throw error;
        await work(file, i);
      } catch (cause) {
        failed++;
        logError(messageOf(cause));
      }
      after();
      progress.update(i + 1);
    }
  } finally {
    progress.finish();
  }
  return failed;
}
