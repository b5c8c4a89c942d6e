/** Packages as npm installed them: where they lie and their versions, also of those whose exports hide package.json. */
import { MienError } from 'mienjs';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** @throws {MienError} when the package is not installed */
export function folderOf(name: string): string {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = places
    .map((place) => join(place, name))
    .find((candidate) => existsSync(join(candidate, 'package.json')));
  if (folder === undefined) throw new MienError(`${name}: the npm package is not installed`);
  return folder;
}

export function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')) as { version: string }).version;
}
