/**
 * Assets over the network, for browsers: fetched from where the page serves them, checked, and kept in the browser's
 * cache.
 */
import { InputError } from '../errors.ts';
import type { UrlLike } from '../image/index.ts';
import { type Assets, ASSETS_LIST, type AssetsList, entryOf, modelsOf, parseAssetsList } from './assets.ts';

export interface FetchAssetsOptions {
  /** Called while files are downloaded: bytes so far, and of all files asked for so far. */
  readonly onProgress?: (loadedBytes: number, totalBytes: number) => void;
  /** Keeps the files in the browser's Cache API, where there is one (pages over HTTPS and localhost). Default true. */
  readonly cache?: boolean;
}

/** The part of the platform that TypeScript's library for Node lacks. */
interface Platform {
  readonly location?: { readonly href: string };
  readonly caches?: { open(name: string): Promise<AssetsCache> };
  fetch(url: string, settings: { readonly cache: 'default' | 'no-cache' }): Promise<Response>;
}

interface AssetsCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  keys(): Promise<readonly { readonly url: string }[]>;
  delete(url: string): Promise<boolean>;
}

const CACHE = 'mien-assets';

/**
 * Opens the assets that a page serves. A file is downloaded when it is first read, and again only when `assets.json`
 * lists another one under its name. Without a network, the list and the files that were fetched before are used.
 * @param base the folder's address, relative to the page   @throws {InputError} when there are no assets
 * @example
 * ```ts
 * import { createRecognizer, fetchAssets } from 'mienjs/browser';
 *
 * const assets = await fetchAssets('/mien/', { onProgress: (loaded, total) => console.log(loaded / total) });
 * const recognizer = await createRecognizer({ assets });
 * ```
 */
export async function fetchAssets(
  base: string | UrlLike,
  { onProgress, cache: keep = true }: FetchAssetsOptions = {},
): Promise<Assets> {
  const { location, caches } = globalThis as unknown as Platform;
  const text = typeof base === 'string' ? base : base.href;
  const folder = new URL(text.endsWith('/') ? text : `${text}/`, location?.href).href;
  const cache = keep ? await caches?.open(CACHE).catch(() => undefined) : undefined;
  const list = await fetchList(folder + ASSETS_LIST, cache);
  await forgetOthers(cache, folder, list);
  let [loaded, total] = [0, 0];
  return {
    location: folder,
    models: modelsOf(list),
    async read(file) {
      const { bytes: size, sha256 } = entryOf(list, file, folder);
      const url = addressOf(folder, file, sha256);
      const kept = await cache?.match(url);
      if (kept) return new Uint8Array(await kept.arrayBuffer());
      total += size;
      const bytes = await download(url, size, (count) => onProgress?.((loaded += count), total));
      await checkDigest(bytes, sha256, url);
      // A full disk is not a reason to fail
      await cache?.put(url, new Response(bytes)).catch(() => undefined);
      return bytes;
    },
  };
}

/** Another file has another address, so that no cache on the way gives an old one. */
const addressOf = (folder: string, file: string, sha256: string): string =>
  `${folder}${file}?sha256=${sha256.slice(0, 16)}`;

async function fetchList(url: string, cache: AssetsCache | undefined): Promise<AssetsList> {
  let response: Response;
  try {
    response = await get(url, 'no-cache');
  } catch (error) {
    const kept = await cache?.match(url);
    if (!kept) throw error;
    response = kept;
  }
  const text = await response.text();
  const list = parseAssetsList(text, url);
  await cache?.put(url, new Response(text)).catch(() => undefined);
  return list;
}

async function forgetOthers(cache: AssetsCache | undefined, folder: string, list: AssetsList): Promise<void> {
  const listed = new Set(Object.entries(list.files).map(([file, { sha256 }]) => addressOf(folder, file, sha256)));
  for (const { url } of (await cache?.keys()) ?? []) {
    if (url.startsWith(folder) && url !== folder + ASSETS_LIST && !listed.has(url)) await cache!.delete(url);
  }
}

async function download(url: string, size: number, onBytes: (count: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const reader = (await get(url, 'default')).body!.getReader();
  const bytes = new Uint8Array(size);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (filled + value.length <= size) bytes.set(value, filled);
    filled += value.length;
    onBytes(value.length);
  }
  if (filled !== size) throw new InputError(url, `has ${filled} bytes where ${ASSETS_LIST} says ${size}`);
  return bytes;
}

async function get(url: string, cache: 'default' | 'no-cache'): Promise<Response> {
  let response: Response;
  try {
    response = await (globalThis as unknown as Platform).fetch(url, { cache });
  } catch (cause) {
    throw new InputError(url, `cannot be fetched (${(cause as Error).message})`, { cause });
  }
  if (!response.ok) throw new InputError(url, `cannot be fetched: ${response.status} ${response.statusText}`);
  return response;
}

/** @throws {InputError} */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await get(url, 'no-cache')).arrayBuffer());
}

/** Where the platform has digests: pages over HTTPS and localhost. */
async function checkDigest(bytes: Uint8Array<ArrayBuffer>, expected: string, url: string): Promise<void> {
  const { subtle } = globalThis.crypto as { readonly subtle?: typeof crypto.subtle };
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  const actual = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (actual !== expected) throw new InputError(url, `has SHA-256 ${actual}, but ${ASSETS_LIST} says ${expected}`);
}
