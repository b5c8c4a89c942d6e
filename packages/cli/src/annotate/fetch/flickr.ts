/** Saved answers of Flickr's flickr.photos.search: XML (`<rsp>`) and JSON (bare, or within `jsonFlickrApi(…)`). */
import type { Listed } from './listed.ts';

/** By number, as flickr.photos.licenses.getInfo names them. */
const LICENSES = [
  'All Rights Reserved',
  'CC BY-NC-SA 2.0',
  'CC BY-NC 2.0',
  'CC BY-NC-ND 2.0',
  'CC BY 2.0',
  'CC BY-SA 2.0',
  'CC BY-ND 2.0',
  'No known copyright restrictions',
  'United States Government Work',
  'CC0 1.0',
  'Public Domain Mark 1.0',
];

/** Addresses that a search may give (`extras=url_l,…`), from large to small; originals may be huge, and come last. */
const SIZES = ['l', 'c', 'z', 'm', 'n', 's', 'q', 'sq', 't', 'o'];

type Photo = Readonly<Record<string, unknown>>;

/** @returns undefined when the text is not such an answer */
export function parseFlickr(
  text: string,
  file: string,
  onProblem: (where: string, reason: string) => void,
): Listed[] | undefined {
  const photos = photosOf(text.trim());
  return photos?.flatMap((photo, i) => {
    const url = urlOf(photo);
    if (url === undefined) {
      onProblem(file, `photo ${i + 1} has neither an address (url_…) nor server, id and secret`);
      return [];
    }
    const license = valueOf(photo, 'license');
    const [owner, id] = [valueOf(photo, 'owner'), valueOf(photo, 'id')];
    return [
      {
        url,
        source: owner !== '' && id !== '' ? `https://www.flickr.com/photos/${owner}/${id}` : url,
        license: license === '' ? null : (LICENSES[Number(license)] ?? `Flickr licence ${license}`),
        keyword: null,
        about: ['title', 'tags', 'description'].map((name) => valueOf(photo, name)).join(' '),
      },
    ];
  });
}

function photosOf(text: string): Photo[] | undefined {
  if (text.startsWith('<')) {
    if (!/<photos[\s>]/.test(text)) return undefined;
    return [...text.matchAll(/<photo\s([^>]*?)\/?>/g)].map(([, attributes]) =>
      Object.fromEntries(
        [...attributes!.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [
          name!,
          unescape(a ?? b ?? ''),
        ]),
      ),
    );
  }
  const json = /^(?:\w+\()?(\{[^]*\})\)?;?$/.exec(text)?.[1];
  if (json === undefined || !json.includes('"photos"')) return undefined;
  try {
    const { photos } = JSON.parse(json) as { photos?: { photo?: unknown } };
    return Array.isArray(photos?.photo) ? (photos.photo as Photo[]) : undefined;
  } catch {
    return undefined;
  }
}

function urlOf(photo: Photo): string | undefined {
  const given = SIZES.map((size) => valueOf(photo, `url_${size}`)).find((url) => url !== '');
  if (given !== undefined) return given;
  const [server, id, secret, farm] = ['server', 'id', 'secret', 'farm'].map((name) => valueOf(photo, name));
  if (!server || !id || !secret) return undefined;
  const host = Number(farm) > 0 ? `farm${farm}` : 'live';
  return `https://${host}.staticflickr.com/${server}/${id}_${secret}.jpg`;
}

/** A text, a number, or Flickr's `{ "_content": text }`; '' where there is none. */
function valueOf(photo: Photo, name: string): string {
  const value = photo[name];
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  const content = (value as { _content?: unknown } | null | undefined)?._content;
  return typeof content === 'string' ? content : '';
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescape = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name)] ?? (whole as string);
    const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : (whole as string);
  });
