/** The page of --report: report.html in a folder. */
import { join } from 'node:path';
import { writeWhole, type PlannedOutput } from 'mienjs/files';
import { log } from '../output.ts';
import { outputFiles } from './guard.ts';
import { pageKind } from './kinds.ts';

const NAME = 'report.html';

/** None where the option is not given. */
export const reportPage = (folder: string | undefined): PlannedOutput[] =>
  outputFiles('--report', folder, { [NAME]: pageKind });

/** Writes the page and says where it is. @throws {InputError} naming the path */
export async function writeReportPage(folder: string, page: string): Promise<void> {
  const path = join(folder, NAME);
  await writeWhole(path, page);
  log(`report: ${path}`);
}
