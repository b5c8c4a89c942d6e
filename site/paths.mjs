// Where the site's parts are, and which Markdown files of the repository are pages of it.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Pages that programs write: the API, the commands, files that pages point to. */
export const GENERATED = 'site/generated';
export const BUILT = 'site/dist';

/** The Markdown files outside docs/ that are pages, and their addresses. */
const FURTHER_PAGES = {
  'README.md': 'overview.md',
  'ARCHITECTURE.md': 'architecture.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'bench/README.md': 'bench.md',
  'packages/mien/README.md': 'library.md',
  'packages/cli/README.md': 'cli.md',
};

/** Page of the site ← file of the repository, both relative: `guides/browser.md` ← `docs/guides/browser.md`. */
export function pagesOfSite() {
  const below = (folder, at = '') =>
    readdirSync(ROOT + folder, { recursive: true })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => [`${folder}/${file}`, at + file]);
  return new Map([
    ...Object.entries(FURTHER_PAGES),
    ...below('packages/mien/models', 'models/'),
    ...below('docs'),
    ...below(GENERATED),
  ]);
}

/** The first heading of a Markdown file. @throws when it has none */
export function titleOf(file) {
  const title = /^# (.+)$/m.exec(readFileSync(ROOT + file, 'utf8'))?.[1];
  if (title === undefined) throw new Error(`${file}: has no heading, expected a line "# …"`);
  return title;
}
