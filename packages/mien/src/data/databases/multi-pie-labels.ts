/** What Multi-PIE says of its images in other files: landmarks of some of them, and who the people are. */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import type { LandmarkSets, ProblemSink } from './database.ts';
import { findFolder, listIfThere, listNames, readLines } from './files.ts';
import { openMat } from './mat.ts';

/** Folders from the root to MPie_Labels, at most. */
const SEARCH_DEPTH = 2;

/**
 * Landmark files `MPie_Labels/labels/<camera>/001_01_01_051_07_lm.mat` by the name of their image, `001_01_01_051_07`.
 * Nothing where the folder is not there.
 */
export async function findLandmarkFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const found = await findFolder(root, 'MPie_Labels', SEARCH_DEPTH);
  const files = new Map<string, string>();
  if (found === undefined) return files;
  const labels = join(root, found, 'labels');
  for (const camera of (await listIfThere(labels)).folders) {
    for (const name of (await listNames(join(labels, camera))).files) {
      const match = /^(\d{3}_\d{2}_\d{2}_\d{3}_\d{2}).*\.mat$/i.exec(name);
      if (match) files.set(match[1]!, join(labels, camera, name));
    }
  }
  return files;
}

/**
 * `pts` [n,2] of x and y, px, as MATLAB counts them: n = 68 of frontal cameras, 39 of those at the side.
 * @throws {InputError} naming the file
 */
export async function readPts(file: string): Promise<LandmarkSets> {
  const pts = (await openMat(file)).get('pts');
  const [count, columns, ...more] = pts?.dims ?? [];
  if (!pts || columns !== 2 || more.length > 0)
    throw new InputError(file, `expected "pts" of n×2, found ${pts ? pts.dims.join('×') : 'none'}`);
  const { data } = await pts.read();
  return { [count!]: Array.from({ length: count! }, (_, i) => [data[i]!, data[count! + i]!] as const) };
}

/**
 * Gender by subject, from `meta/subject_list.txt`, whose lines are: number, year of birth, Male or Female, more.
 * People without a gender there have none here.
 */
export async function readGenders(root: string, problem: ProblemSink): Promise<ReadonlyMap<string, string>> {
  const genders = new Map<string, string>();
  const meta = await findFolder(root, 'meta', SEARCH_DEPTH);
  if (meta === undefined) return genders;
  const name = (await listNames(join(root, meta))).files.find((file) => file.toLowerCase() === 'subject_list.txt');
  if (name === undefined) return genders;
  const file = join(root, meta, name);
  (await readLines(file)).forEach((text, i) => {
    if (text.trim() === '') return;
    const [number, ...fields] = text.trim().split(/\s+/);
    if (!/^\d+$/.test(number!)) return problem(`${file}:${i + 1}`, `expected the number of a person, got "${number}"`);
    const gender = fields.find((field) => /^(fe)?male$/i.test(field));
    if (gender !== undefined) genders.set(number!.padStart(3, '0'), gender.toLowerCase());
  });
  return genders;
}
