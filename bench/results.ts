/** Files under bench/results, which claims cite. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// The compiled file is in dist/
const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

/**
 * Writes `<date>-<commit>[-<name>].json`.
 * @param date of the start, ISO 8601   @param name of the part that was measured; empty for all
 * @returns its path
 */
export async function writeResult(
  text: string,
  { date, commit, name }: { readonly date: string; readonly commit: string; readonly name: string },
): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const path = `${RESULTS}/${date.slice(0, 10)}-${commit}${name && `-${name}`}.json`;
  await writeFile(path, text);
  return path;
}
