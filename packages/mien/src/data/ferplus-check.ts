/** `mien data check ferplus`: FER2013's check, the votes, and whether their rows correspond. */
import { CheckRecorder } from './check.ts';
import type { CheckReport } from './dataset.ts';
import { checkFer2013Csv } from './fer2013-check.ts';
import { locateFerPlus } from './fer2013-files.ts';
import { findMisalignment, readFerPlusCsv } from './ferplus-csv.ts';

export async function checkFerPlus(path: string): Promise<CheckReport> {
  const recorder = new CheckRecorder();
  await recorder.attempt(async () => {
    const files = await locateFerPlus(path);
    const votes = await recorder.attempt(() =>
      readFerPlusCsv(files.votes, (line, message) => recorder.error('votes', `${files.votes}:${line}`, message)),
    );
    const usages = await checkFer2013Csv(files.images, recorder);
    const misaligned = votes && findMisalignment(usages, votes);
    if (misaligned) recorder.error('alignment', `${files.votes}:${misaligned.line}`, misaligned.message);
  });
  return recorder.report(path);
}
