/** Where the files of FER2013 and FER+ are: the user names a file, or the folder that holds it. */
import { dirname, join } from 'node:path';
import { InputError } from '../../errors.ts';
import { EVERY_NAME, findEntry, isFolder, Walker } from '../../files/index.ts';
import { fer2013FolderSplits } from './fer2013-folders.ts';

const FILE_NAMES = ['fer2013.csv', 'fer2013.csv.gz', 'icml_face_data.csv', 'icml_face_data.csv.gz'];
const VOTES_NAMES = ['fer2013new.csv', 'fer2013new.csv.gz'];

export type Fer2013Source =
  { readonly kind: 'table'; readonly file: string } | { readonly kind: 'folders'; readonly root: string };

/**
 * What holds FER2013 at `path`: the table itself, the folder that holds it, or folders of images.
 * @throws {InputError} when there is none
 */
export async function locateFer2013(path: string): Promise<Fer2013Source> {
  const listing = await listIfFolder(path);
  if (!listing) return { kind: 'table', file: path };
  const file = (await findEntry(path, ...FILE_NAMES)) ?? onlyTable(path, listing.files);
  if (file !== undefined) return { kind: 'table', file };
  if (fer2013FolderSplits(listing.folders).length > 0) return { kind: 'folders', root: path };
  throw new InputError(
    path,
    `holds no FER2013: expected ${FILE_NAMES.join(', ')}, or folders train, test, Training, PublicTest, PrivateTest`,
  );
}

/** A renamed copy is taken when it is the only table beside FER+'s votes. */
function onlyTable(folder: string, files: readonly string[]): string | undefined {
  const tables = files.filter((name) => /\.(csv|gz)$/i.test(name) && !VOTES_NAMES.includes(name.toLowerCase()));
  return tables.length === 1 ? join(folder, tables[0]!) : undefined;
}

export interface FerPlusFiles {
  readonly images: string;
  readonly votes: string;
}

/**
 * The two files of FER+ in the folder at `path`; `path` may also be one of the two.
 * @throws {InputError} when one is missing
 */
export async function locateFerPlus(path: string): Promise<FerPlusFiles> {
  const folder = (await listIfFolder(path)) ? path : dirname(path);
  const votes = await findEntry(folder, ...VOTES_NAMES);
  if (votes === undefined) throw new InputError(folder, `holds no ${VOTES_NAMES[0]!}, the votes of FER+`);
  const source = await locateFer2013(folder);
  if (source.kind !== 'table')
    throw new InputError(folder, `holds no fer2013.csv: the votes in ${VOTES_NAMES[0]!} go by its rows`);
  return { images: source.file, votes };
}

/** What is in a folder; undefined of a file. @throws {InputError} when there is neither */
async function listIfFolder(
  path: string,
): Promise<{ folders: readonly string[]; files: readonly string[] } | undefined> {
  return (await isFolder(path)) ? new Walker({ accept: EVERY_NAME }).list(path) : undefined;
}
