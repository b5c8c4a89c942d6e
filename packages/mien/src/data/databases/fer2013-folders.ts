/**
 * FER2013 as folders of images: `<split>/<expression>/<image>`, the split named as in the CSV or as in the common
 * copies: `train` is Training; `val`, `valid` and `validation` are PublicTest. A folder `test` holds PublicTest and
 * PrivateTest together (7,178 images) in the copies that have no folder to validate on, so it stays a split of its own.
 */
import { join } from 'node:path';
import { Walker } from '../../files/index.ts';
import { EXPRESSIONS_7, expressionOfFolder } from '../../labels/index.ts';
import { roleOfSplit } from '../splits.ts';
import { type FaceRecord, type ProblemSink } from './database.ts';
import { FER2013_USAGES } from './fer2013-table.ts';
import { idOf } from './files.ts';

/** What `test` is where no folder holds PublicTest apart. */
export const TEST_NOTE = 'PublicTest and PrivateTest together';

/** The folders among `names` that are splits. */
export function fer2013FolderSplits(names: readonly string[]): { readonly folder: string; readonly split: string }[] {
  return names.flatMap((folder) => {
    const usage = FER2013_USAGES.find((name) => name.toLowerCase() === folder.toLowerCase());
    const role = roleOfSplit(folder);
    const split = usage ?? (role === 'train' ? 'Training' : role === 'validation' ? 'PublicTest' : role);
    return split === undefined ? [] : [{ folder, split }];
  });
}

/** Every image below the root, by split, expression and name. @throws {InputError} when the root cannot be read */
export async function indexFer2013Folders(root: string, problem: ProblemSink): Promise<FaceRecord[]> {
  const walker = new Walker();
  const records: FaceRecord[] = [];
  for (const { folder, split } of fer2013FolderSplits((await walker.list(root)).folders)) {
    for (const name of (await walker.list(join(root, folder))).folders) {
      const where = join(root, folder, name);
      const label = EXPRESSIONS_7.find((expression) => expression === expressionOfFolder(name));
      if (label === undefined)
        problem(where, `"${name}" is not an expression of FER2013, expected ${EXPRESSIONS_7.join(', ')}`);
      else
        records.push(
          ...(await walker.list(where)).files.map((image) => ({
            id: idOf(root, join(where, image)),
            image: { file: join(where, image) },
            split,
            label,
          })),
        );
    }
  }
  return records;
}
