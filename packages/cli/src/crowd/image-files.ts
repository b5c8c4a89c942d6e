/** Finds the image file of each task in a folder. */
import { extname, join } from 'node:path';
import { InputError } from 'mienjs';
import { Walker } from 'mienjs/files';
import { listSome } from './votes-input.ts';

/**
 * A task's image has the task's name, with or without its extension, as its path below the folder. Tasks that are URLs
 * or paths elsewhere, as annotation tools export them, are found by as much of the end of the path as there is below
 * the folder.
 * @returns the path of each task's image
 * @throws {InputError} naming the folder and the tasks that have no image, or two, or one image for two tasks
 */
export async function findImages(folder: string, tasks: readonly string[]): Promise<Map<string, string>> {
  const entries: string[] = [];
  for await (const { path, files } of new Walker().folders(folder))
    entries.push(...files.map((name) => (path === '' ? name : `${path}/${name}`)));
  const byName = new Map<string, string[]>();
  for (const name of entries) {
    for (const key of [name, name.slice(0, -extname(name).length)].map(keyOf))
      byName.set(key, [...(byName.get(key) ?? []), name]);
  }
  const found = tasks.map((task) => ({
    task,
    names: namesOf(task)
      .map((name) => byName.get(name))
      .find((names) => names !== undefined),
  }));
  const missing = found.filter(({ names }) => names === undefined).map(({ task }) => task);
  if (missing.length > 0) throw new InputError(folder, `holds no image of ${listSome(missing, 'task')}`);
  const taskOf = new Map<string, string>();
  return new Map(
    found.map(({ task, names }) => {
      const [name, other] = names!;
      if (other !== undefined) throw new InputError(folder, `holds two images of task "${task}": ${name} and ${other}`);
      const twin = taskOf.get(name!);
      if (twin !== undefined)
        throw new InputError(folder, `holds one image, ${name}, for two tasks: "${twin}" and "${task}"`);
      taskOf.set(name!, task);
      return [task, join(folder, name!)];
    }),
  );
}

/** macOS decomposes the accents of names, votes have them composed. */
const keyOf = (name: string): string => name.normalize('NFC');

/**
 * Below what names a task's image may stand, the surest first: `https://host/a/b%20c.jpg?x` as `a/b c.jpg` and `b c.jpg`.
 */
function namesOf(task: string): string[] {
  const local = /[?&]d=([^&]+)/.exec(task)?.[1]; // Label Studio's local files: /data/local-files/?d=faces/a.jpg
  const path = decoded(local ?? task.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, ''));
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const ends = parts.map((_, i) => parts.slice(i).join('/'));
  const last = ends.at(-1) ?? '';
  // Label Studio puts eight digits before the name of an uploaded file
  return [task, ...ends, last.replace(/^[0-9a-f]{8}-/i, '')].map(keyOf);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
