/** Labelled images as a manifest, which `mien train` reads where the images lie under the names of their import. */
import { manifestRows } from 'mienjs/crowd';
import type { Collected } from '../collected.ts';
import type { Truth } from './truth.ts';

/**
 * Images of one expression with its label, and such of two that have a name with their distribution alone, as `mien crowd partition` tells
 * them apart.
 * @returns lines of JSON without their ends
 */
export function* manifestLines({ tasks }: Collected, { votes, weighted, subsets }: Truth): Generator<string> {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const rows = manifestRows(votes, weighted, subsets, ({ kind }) => kind === 'single' || kind === 'compound');
  for (const row of rows) {
    const { source, license } = byName.get(row.image)!;
    yield JSON.stringify({ ...row, ...(source === null ? {} : { source }), ...(license === null ? {} : { license }) });
  }
}
