/** RAF-DB's label files: a name and a code, or a name and shares, on each line; a space or a tab between. */
import { forEachTextLine } from '../../tables/node.ts';
import type { ProblemSink } from './database.ts';

export interface RafLabel {
  readonly name: string;
  readonly label: string;
  readonly line: number;
}

/** @param codes label of code 1, 2, …   @returns in the order of the file */
export async function readLabels(file: string, codes: readonly string[], problem: ProblemSink): Promise<RafLabel[]> {
  const labels: RafLabel[] = [];
  const seen = new Set<string>();
  await forEachTextLine(file, (text, line) => {
    const [name, code, ...rest] = text.split(/\s+/);
    const label = /^\d+(\.0*)?$/.test(code ?? '') ? codes[Number(code) - 1] : undefined;
    if (rest.length > 0 || !/^(train|test)_\w+\.\w+$/.test(name!))
      problem(`${file}:${line}`, `is "${text.slice(0, 60)}", expected train_<n>.jpg or test_<n>.jpg and a code`);
    else if (label === undefined)
      problem(
        `${file}:${line}`,
        `label of ${name} is "${code ?? ''}", expected a code 1 … ${codes.length} (${codes.join(', ')})`,
      );
    else if (seen.has(name!)) problem(`${file}:${line}`, `lists ${name} again`);
    else labels.push({ name: name!, label, line });
    seen.add(name!);
  });
  return labels;
}

/** @returns shares by class, by the image's name */
export async function readDistributions(
  file: string,
  codes: readonly string[],
  problem: ProblemSink,
): Promise<Map<string, Record<string, number>>> {
  const distributions = new Map<string, Record<string, number>>();
  await forEachTextLine(file, (text, line) => {
    const [name, ...fields] = text.split(/\s+/);
    const shares = fields.map(Number);
    const sound =
      shares.length === codes.length && shares.every((share) => share >= 0) && shares.some((share) => share > 0);
    if (sound) distributions.set(name!, Object.fromEntries(codes.map((label, i) => [label, shares[i]!])));
    else
      problem(`${file}:${line}`, `has "${fields.join(' ').slice(0, 60)}", expected ${codes.length} shares, not all 0`);
  });
  return distributions;
}
