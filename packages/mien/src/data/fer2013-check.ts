/** `mien data check fer2013`: reads all of it and reports every damaged row or image. */
import { InputError } from '../errors.ts';
import { FER2013_CODES } from '../labels/index.ts';
import { CheckRecorder } from './check.ts';
import type { CheckReport } from './dataset.ts';
import { readFer2013Csv } from './fer2013-csv.ts';
import { locateFer2013 } from './fer2013-files.ts';
import { listFer2013Images, readFer2013Image } from './fer2013-folders.ts';

export async function checkFer2013(path: string): Promise<CheckReport> {
  const recorder = new CheckRecorder();
  await recorder.attempt(async () => {
    const source = await locateFer2013(path);
    if (source.kind === 'csv') await checkFer2013Csv(source.file, recorder);
    else await checkFolders(source.root, recorder);
  });
  return recorder.report(path);
}

/** @returns Usage of each row; '' where the row is damaged */
export async function checkFer2013Csv(file: string, recorder: CheckRecorder): Promise<string[]> {
  const usages: string[] = [];
  const rows = await readFer2013Csv(file, {
    row({ index, code, usage, pixels }) {
      while (usages.length < index) usages.push('');
      usages.push(usage);
      recorder.image(usage, FER2013_CODES[code]!, pixels);
    },
    problem(kind, line, message) {
      recorder.error(kind, `${file}:${line}`, message);
    },
  });
  while (usages.length < rows) usages.push('');
  return usages;
}

async function checkFolders(root: string, recorder: CheckRecorder): Promise<void> {
  const images = await listFer2013Images(root, (where, message) => recorder.error('folder', where, message));
  for (const { split, expression, file } of images) {
    try {
      recorder.image(split, expression, await readFer2013Image(file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      recorder.error('image', file, error.reason);
    }
  }
}
