/** Images on their way into a project: some at a time, so that progress is seen and a broken connection costs little. */
import { call, isUnreachable } from '../../state/account.ts';

export interface ImportReport {
  /** Files that were sent, of how many. */
  readonly sent: number;
  readonly all: number;
  readonly added: number;
  readonly duplicates: readonly { readonly file: string; readonly of: string }[];
  readonly refused: readonly { readonly file: string; readonly error: string }[];
}

const FILES = 20;
const BYTES = 24 * 2 ** 20;
/** Attempts, ms apart, at a part that the server does not answer. */
const TRIES_MS = [0, 1000, 4000];

const isHidden = (name: string): boolean => /(^|\/)(\.|__MACOSX\/)/.test(name);
const isArchive = (file: File): boolean => /\.zip$/i.test(file.name);
const nameOf = (file: File): string => file.webkitRelativePath || file.name;

/** Files in parts of at most `FILES` files and `BYTES` bytes; an archive or a larger file is a part by itself. */
export function partsOf(files: readonly File[]): File[][] {
  const parts: File[][] = [];
  let bytes = Infinity;
  for (const file of files.filter((one) => !isHidden(nameOf(one)))) {
    if (bytes + file.size > BYTES || (parts.at(-1)?.length ?? 0) >= FILES || isArchive(file)) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(file);
    bytes += isArchive(file) ? Infinity : file.size;
  }
  return parts;
}

/** What is said of all images that are sent together. */
export interface Provenance {
  readonly source: string;
  readonly license: string;
  readonly keyword: string;
}

/** Sends all files. What a part is refused for is said of its files; the others are sent all the same. */
export async function importFiles(
  project: string,
  files: readonly File[],
  { source, license, keyword }: Provenance,
  onProgress: (report: ImportReport) => void,
): Promise<void> {
  const told = Object.entries({ source, license, keyword }).flatMap(([key, value]) =>
    value.trim() === '' ? [] : [[key, value.trim()]],
  );
  const about = told.length > 0 ? JSON.stringify({ all: Object.fromEntries(told) as unknown }) : undefined;
  const parts = partsOf(files);
  let report: ImportReport = { sent: 0, all: parts.flat().length, added: 0, duplicates: [], refused: [] };
  onProgress(report);
  for (const part of parts) {
    const answer = await send(project, part, about).catch((error: Error) => ({
      added: 0,
      duplicates: [],
      refused: part.map((file) => ({ file: nameOf(file), error: error.message })),
    }));
    report = {
      ...report,
      sent: report.sent + part.length,
      added: report.added + answer.added,
      duplicates: [...report.duplicates, ...answer.duplicates],
      refused: [...report.refused, ...answer.refused],
    };
    onProgress(report);
  }
}

/** The same bytes are not added again, so that a part whose answer was lost can be sent once more. */
async function send(
  project: string,
  part: readonly File[],
  about: string | undefined,
): Promise<Pick<ImportReport, 'added' | 'duplicates' | 'refused'>> {
  let failure: unknown;
  for (const wait of TRIES_MS) {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const form = new FormData();
    // Before the files that it is about
    if (about !== undefined) form.append('about', about);
    for (const file of part) form.append('image', file, nameOf(file));
    try {
      return await call('POST', `api/projects/${project}/images`, form);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}
