/**
 * Folders that are named by expressions, as the EmotiW challenges have them (AFEW, SFEW): Angry, Disgust, Fear, Happy,
 * Neutral, Sad, Surprise.
 */
import { join } from 'node:path';
import type { Expression } from '../../labels/index.ts';
import type { ProblemSink } from './database.ts';
import { listIfThere } from './files.ts';

export const EMOTIW_FOLDERS: Readonly<Record<string, Expression>> = {
  Angry: 'anger',
  Disgust: 'disgust',
  Fear: 'fear',
  Happy: 'happiness',
  Neutral: 'neutral',
  Sad: 'sadness',
  Surprise: 'surprise',
};

/**
 * The folders of expressions in `parent`, sorted.
 * @param problem told of each expression without a folder, and of each folder without an expression
 * @param ignored folders that belong there and are not expressions
 */
export async function expressionFolders(
  parent: string,
  problem: ProblemSink,
  ignored = /^$/,
): Promise<{ folder: string; label: Expression }[]> {
  const { folders } = await listIfThere(parent);
  const labels = new Map(Object.entries(EMOTIW_FOLDERS).map(([name, label]) => [name.toLowerCase(), label]));
  const found = [];
  for (const name of folders) {
    const label = labels.get(name.toLowerCase());
    if (label !== undefined) found.push({ folder: join(parent, name), label });
    else if (!ignored.test(name))
      problem(join(parent, name), `is not an expression, expected ${Object.keys(EMOTIW_FOLDERS).join(', ')}`);
  }
  for (const name of Object.keys(EMOTIW_FOLDERS)) {
    if (!folders.some((folder) => folder.toLowerCase() === name.toLowerCase()))
      problem(join(parent, name), 'is missing');
  }
  return found;
}
