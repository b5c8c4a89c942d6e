// Every link of the built site leads to a page that there is, and to a place on it: VitePress itself looks at pages only.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { BUILT, ROOT } from './paths.mjs';

/** @returns the number of links that were followed   @throws when any is dead */
export function checkLinks(folder = `${ROOT}${BUILT}/`) {
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  const pages = new Map(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file) => {
        const html = readFileSync(folder + file, 'utf8');
        return [file, { ids: idsOf(html), links: linksOf(html) }];
      }),
  );
  let followed = 0;
  const dead = [];
  for (const [file, { links }] of pages)
    for (const link of links) {
      if (/^[a-z]+:|^\/\//.test(link)) continue;
      followed++;
      const [path, hash] = link.split('#');
      const joined =
        path === '' ? file : posix.join('/', path.startsWith('/') ? '' : posix.dirname(file), decodeURI(path)).slice(1);
      const target = joined === '' || joined.endsWith('/') ? `${joined}index.html` : joined;
      const page = pages.get(target);
      if (!page && !existsSync(folder + target)) dead.push(`${file}: ${link} does not exist`);
      else if (page && hash && !page.ids.has(decodeURIComponent(hash))) dead.push(`${file}: ${link} has no such place`);
    }
  if (dead.length > 0) throw new Error(`${dead.length} dead links\n${[...new Set(dead)].slice(0, 50).join('\n')}`);
  if (followed === 0) throw new Error(`${folder}: no links found`);
  return { pages: pages.size, followed };
}

const idsOf = (html) => new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => unescape(id)));
const linksOf = (html) =>
  [...html.matchAll(/<(?:a|img)\b[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, link]) => unescape(link));
const unescape = (text) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
