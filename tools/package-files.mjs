// What every published package takes from the repository's root when it is packed (`prepack` of each package): the licence, and, once the root's
// package.json has a `repository`, the addresses that follow from it. The root's field is the one place where the address stands. What `tsc -b`
// left in `dist` of sources that are gone is removed.
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = process.cwd();

/** @param repository `git+https://HOST/OWNER/NAME.git`   @param directory of the package in it */
export function addressesOf(repository, directory) {
  const home = repository.replace(/^git\+/, '').replace(/\.git$/, '');
  return {
    repository: { type: 'git', url: repository, directory },
    homepage: `${home}#readme`,
    bugs: `${home}/issues`,
  };
}

/** Removes from `dist` what no source of `src` is built into. */
export async function removeStale(folder) {
  for (const file of await readdir(join(folder, 'dist'), { recursive: true })) {
    const source = file.match(/^(.*?)\.(?:d\.ts|js)(?:\.map)?$/)?.[1];
    if (source !== undefined && !existsSync(join(folder, 'src', `${source}.ts`))) await rm(join(folder, 'dist', file));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await removeStale(folder);
  await copyFile(`${root}LICENSE`, `${folder}/LICENSE`);
  const { repository } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
  if (repository) {
    const path = `${folder}/package.json`;
    const described = {
      ...JSON.parse(await readFile(path, 'utf8')),
      ...addressesOf(repository.url ?? repository, relative(root, folder).replaceAll('\\', '/')),
    };
    await writeFile(path, `${JSON.stringify(described, null, 2)}\n`);
  }
}
