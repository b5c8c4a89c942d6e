/** Lists of images on the web: addresses, tables of them, saved answers of a photo search. */
import { InputError } from 'mienjs';
import { readText } from 'mienjs/files';
import { findColumns, isMissing } from 'mienjs/tables';
import { readTable } from 'mienjs/tables/node';
import { parseFlickr } from './flickr.ts';

export interface Listed {
  readonly url: string;
  /** Where it is shown, or who has it; the address where that is not told. */
  readonly source: string;
  readonly license: string | null;
  readonly keyword: string | null;
  /** Title, tags: what keywords are looked for in. */
  readonly about: string;
}

/** Names of columns; the first of a field is the one that stands in our own manifests. */
const FIELDS = {
  url: ['url', 'image_url', 'photo_url', 'address', 'link', 'src', 'image'],
  source: ['source', 'page', 'page_url', 'owner', 'author'],
  license: ['license', 'licence', 'rights'],
  keyword: ['keyword', 'query', 'search', 'tag'],
  about: ['title', 'tags', 'description'],
} as const;

/**
 * @param file addresses, one a line (`#` begins a comment); a table with a column `url`; or what flickr.photos.search answered, XML or
 *   JSON
 * @param onProblem is told what is passed over
 * @throws {InputError} when the file cannot be read, or is not one of these
 */
export async function readList(file: string, onProblem: (where: string, reason: string) => void): Promise<Listed[]> {
  const text = await readText(file);
  const photos = parseFlickr(text, file, onProblem);
  if (photos) return photos;
  const [first = ''] = text.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  if (
    /^\s*[[{]/.test(first) ||
    /(^|[,;\t|"'])\s*(url|image_url|photo_url|address|link|src|image)\s*($|[,;\t|"'])/i.test(first)
  )
    return readListTable(file, onProblem);
  return text.split('\n').flatMap((line, i) => {
    const [url] = line.trim().split(/\s+/);
    if (!url || url.startsWith('#')) return [];
    if (isWebAddress(url)) return [{ url, source: url, license: null, keyword: null, about: '' }];
    onProblem(`${file}:${i + 1}`, `is not an address: "${url.slice(0, 80)}", expected http:// or https://`);
    return [];
  });
}

async function readListTable(file: string, onProblem: (where: string, reason: string) => void): Promise<Listed[]> {
  const listed: Listed[] = [];
  await readTable(
    file,
    (header) => {
      const columns = findColumns(header, FIELDS, ['url']);
      return (row) => {
        const textOf = (column: number | undefined): string | null => {
          const text = column === undefined ? '' : row.text(column);
          return isMissing(text) ? null : text;
        };
        const url = textOf(columns.url);
        if (url === null || !isWebAddress(url))
          return onProblem(
            `${file}:${row.line}`,
            `is not an address: "${(url ?? '').slice(0, 80)}", expected http:// or https://`,
          );
        listed.push({
          url,
          source: textOf(columns.source) ?? url,
          license: textOf(columns.license),
          keyword: textOf(columns.keyword),
          about: textOf(columns.about) ?? '',
        });
      };
    },
    { onProblem: (line, reason) => onProblem(`${file}:${line}`, reason) },
  );
  if (listed.length === 0) throw new InputError(file, 'lists no addresses of images');
  return listed;
}

export function isWebAddress(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
