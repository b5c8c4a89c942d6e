// Links between the repository's files, as links between the site's pages. Files that are no pages, such as sources, become pages below
// source/, so that the site is complete wherever it is served.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join, posix } from 'node:path';
import { GENERATED, pagesOfSite, ROOT } from './paths.mjs';

const LANGUAGES = { '.mjs': 'js', '.svg': 'xml' };
const isOutside = (target) => /^([a-z]+:|#|\/)/.test(target);
const isPicture = (file) => /\.(jpe?g|png|webp)$/.test(file);

/**
 * Where a link leads.
 * @param page file that has the link, relative to the repository   @param target as written in it
 * @returns `/guides/browser.md#bundlers`; undefined: it needs no change
 * @throws when there is no such file
 */
export function resolveLink(pages, page, target) {
  if (isOutside(target) || page.startsWith(`${GENERATED}/api/`)) return undefined;
  const [path, hash] = target.split('#');
  const file = posix.join(posix.dirname(page), decodeURI(path)).replace(/\/$/, '');
  if (!existsSync(ROOT + file)) throw new Error(`${page}: links to ${target}, which does not exist`);
  return `/${pages.get(file) ?? sourcePage(file)}${hash === undefined ? '' : `#${hash}`}`;
}

/** Without dots, by which a server would tell another type. */
const sourcePage = (file) => `source/${file.replaceAll('.', '-')}.md`;

/** Writes the pages of files that pages link to, and of the files of folders that they link to. */
export async function writeSources() {
  const pages = pagesOfSite();
  const written = new Set();
  for (const page of pages.keys())
    for (const target of linksOf(page)) {
      if (isOutside(target)) continue;
      const file = posix.join(posix.dirname(page), target.replace(/#.*$/, '')).replace(/\/$/, '');
      if (!pages.has(file) && existsSync(ROOT + file)) await writeSource(pages, file, written);
    }
}

async function writeSource(pages, file, written) {
  if (written.has(file)) return;
  written.add(file);
  const at = `${ROOT}${GENERATED}/${sourcePage(file)}`;
  await mkdir(dirname(at), { recursive: true });
  if (!statSync(ROOT + file).isDirectory()) {
    const language = LANGUAGES[extname(file)] ?? extname(file).slice(1);
    const up = '../'.repeat(sourcePage(file).split('/').length + 1);
    const body = isPicture(file)
      ? `![${file}](${up}${file})`
      : `\`\`\`\`${language}\n${readFileSync(ROOT + file, 'utf8')}\n\`\`\`\``;
    await writeFile(at, `---\nsearch: false\n---\n\n# ${posix.basename(file)}\n\n\`${file}\`\n\n${body}\n`);
    return;
  }
  const names = readdirSync(ROOT + file).filter((name) => name !== 'node_modules');
  for (const name of names) if (!pages.has(`${file}/${name}`)) await writeSource(pages, `${file}/${name}`, written);
  const rows = names.map((name) => `- [${name}](/${pages.get(`${file}/${name}`) ?? sourcePage(`${file}/${name}`)})`);
  await writeFile(at, `---\nsearch: false\n---\n\n# ${file}/\n\n${rows.join('\n')}\n`);
}

/** Targets of a page's links, code apart. */
function linksOf(page) {
  const prose = readFileSync(join(ROOT, page), 'utf8')
    .replace(/```[^]*?```/g, '')
    .replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** For VitePress's markdown-it: rewrites the links of every page. */
export function rewriteLinks(markdown) {
  const pages = pagesOfSite();
  markdown.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
    const page = posix.relative(ROOT.replaceAll('\\', '/'), (env.realPath ?? env.path).replaceAll('\\', '/'));
    for (const { children } of tokens)
      for (const token of children ?? []) {
        if (token.type !== 'link_open') continue;
        const href = token.attrGet('href');
        const resolved = resolveLink(pages, page, href);
        if (resolved !== undefined) token.attrSet('href', resolved);
      }
    // An image in HTML: Vite takes it up where its address is seen to be relative
    for (const token of tokens)
      if (token.type === 'html_block') token.content = token.content.replace(/src="(?=\w)(?!\w+:)/g, 'src="./');
  });
}
