/** Finds the image file of each task in a folder. */
import { extname, join } from 'node:path';
import { InputError } from 'mien';
import { Walker } from 'mien/files';
import { listSome } from './votes-input.ts';

/**
 * A task's image has the task's name, with or without its extension, as its path below the folder.
 * @returns the path of each task's image
 * @throws {InputError} naming the folder and the tasks that have no image, or two
 */
export async function findImages(folder: string, tasks: readonly string[]): Promise<Map<string, string>> {
  const entries: string[] = [];
  for await (const { path, files } of new Walker().folders(folder)) entries.push(...files.map((name) => (path === '' ? name : `${path}/${name}`)));
  const byName = new Map<string, string[]>();
  for (const name of entries) {
    for (const key of [name, name.slice(0, -extname(name).length)].map(keyOf)) byName.set(key, [...(byName.get(key) ?? []), name]);
  }
  const missing = tasks.filter((task) => !byName.has(keyOf(task)));
  if (missing.length > 0) throw new InputError(folder, `holds no image of ${listSome(missing, 'task')}`);
  return new Map(tasks.map((task) => {
    const [name, other] = byName.get(keyOf(task))!;
    if (other !== undefined) throw new InputError(folder, `holds two images of task "${task}": ${name} and ${other}`);
    return [task, join(folder, name!)];
  }));
}

/** macOS decomposes the accents of names, votes have them composed. */
const keyOf = (name: string): string => name.normalize('NFC');
