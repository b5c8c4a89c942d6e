/** What is wrong with a copy of a database as far as names and label files tell; no image is read. */
import { InputError } from '../errors.ts';
import type { DatabaseDefinition } from './databases/index.ts';
import type { CheckReport, Finding } from './dataset.ts';

/** Indexes the copy, and counts what it has by split and label. */
export async function checkByIndex(definition: DatabaseDefinition, path: string): Promise<CheckReport> {
  const findings: Finding[] = [];
  const counts: Record<string, Record<string, number>> = {};
  try {
    const { records } = await definition.index(path, (where, message) => findings.push({ severity: 'error', where, message }));
    for (const { split = 'all', label = 'unlabelled' } of records) {
      const ofSplit = (counts[split] ??= {});
      ofSplit[label] = (ofSplit[label] ?? 0) + 1;
    }
    if (records.length === 0) findings.push({ severity: 'error', where: path, message: 'holds no images' });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    findings.push({ severity: 'error', where: error.input, message: error.message.slice(error.input.length + 2) });
  }
  return { ok: findings.length === 0, findings, summary: { counts, duplicatesWithinSplits: 0, duplicatesAcrossSplits: 0 } };
}
