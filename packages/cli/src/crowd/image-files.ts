/** Finds the image file of each task in a folder. */
import { readdir } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { InputError } from 'mien';
import { listSome } from './votes-input.ts';

const IMAGE_NAME = /\.(png|jpe?g|webp|gif|tiff?|bmp|avif)$/i;

/**
 * A task's image has the task's name, with or without its extension, as its path below the folder.
 * @returns the path of each task's image
 * @throws {InputError} naming the folder and the tasks that have no image, or two
 */
export async function findImages(folder: string, tasks: readonly string[]): Promise<Map<string, string>> {
  let entries: string[];
  try {
    entries = (await readdir(folder, { recursive: true })).filter((name) => IMAGE_NAME.test(name)).map((name) => name.split(sep).join('/'));
  } catch (cause) {
    throw new InputError(folder, 'is no folder that can be read', { cause });
  }
  const byName = new Map<string, string[]>();
  for (const name of entries) {
    for (const key of [name, name.slice(0, -extname(name).length)]) byName.set(key, [...(byName.get(key) ?? []), name]);
  }
  const missing = tasks.filter((task) => !byName.has(task));
  if (missing.length > 0) throw new InputError(folder, `holds no image of ${listSome(missing, 'task')}`);
  return new Map(tasks.map((task) => {
    const [name, other] = byName.get(task)!;
    if (other !== undefined) throw new InputError(folder, `holds two images of task "${task}": ${name} and ${other}`);
    return [task, join(folder, name!)];
  }));
}
