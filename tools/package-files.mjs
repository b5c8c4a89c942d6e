// What every published package takes from the repository's root when it is packed (`prepack` of each package): the licence, and, once the root's
// package.json has a `repository`, the addresses that follow from it. The root's field is the one place where the address stands.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = process.cwd();

/** @param repository `git+https://HOST/OWNER/NAME.git`   @param directory of the package in it */
export function addressesOf(repository, directory) {
  const home = repository.replace(/^git\+/, '').replace(/\.git$/, '');
  return { repository: { type: 'git', url: repository, directory }, homepage: `${home}#readme`, bugs: `${home}/issues` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await copyFile(`${root}LICENSE`, `${folder}/LICENSE`);
  const { repository } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
  if (repository) {
    const path = `${folder}/package.json`;
    const described = { ...JSON.parse(await readFile(path, 'utf8')), ...addressesOf(repository.url ?? repository, relative(root, folder).replaceAll('\\', '/')) };
    await writeFile(path, `${JSON.stringify(described, null, 2)}\n`);
  }
}
