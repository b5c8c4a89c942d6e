/** Databases whose file names say all there is to know: every image below the root is a record, or a problem. */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { throwProblem, type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink } from './database.ts';
import { walkFiles } from './files.ts';

type Named = Pick<DatabaseDefinition, 'name' | 'title' | 'layout' | 'classes'>;

/**
 * @param describe what a file's path from the root says; a string says what is wrong with it, undefined that it is not
 *   an image of the database
 * @throws {InputError} when the folder is missing or has no such image
 */
export async function indexByName(
  definition: Named,
  root: string,
  describe: (path: string) => Omit<FaceRecord, 'id' | 'image'> | string | undefined,
  problem: ProblemSink = throwProblem,
): Promise<Database> {
  const records: FaceRecord[] = [];
  for await (const path of walkFiles(root)) {
    const described = describe(path);
    if (typeof described === 'string') problem(join(root, path), described);
    else if (described) records.push({ id: path, image: { file: join(root, path) }, ...described });
  }
  return databaseOf(definition, root, records);
}

/** @throws {InputError} when there are no records: the folder is another one */
export function databaseOf(definition: Named, root: string, records: readonly FaceRecord[]): Database {
  if (records.length === 0) throw nothingOf(definition, root);
  return { name: definition.name, root, classes: definition.classes, records };
}

export function nothingOf({ title, layout }: Named, root: string): InputError {
  return new InputError(root, `holds no images of ${title}: expected ${layout}`);
}

/** The part of a path after its last folder. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
