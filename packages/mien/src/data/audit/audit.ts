/**
 * Identical and near-identical images within and across the splits of data. Images are identical when their pixels are,
 * near-identical when their perceptual hashes differ in few bits (see image/perceptual-hash.ts). An image that a model
 * was trained on and is measured on makes its figures too good; copies with different labels make them too bad.
 *
 * Each image is read once and let go; memory holds some 200 bytes for it.
 */
import { createHash } from 'node:crypto';
import { InputError } from '../../errors.ts';
import { HASH_WORDS, NEAR_IDENTICAL, perceptualHash, type RawImage } from '../../image/index.ts';
import { CopyGroups, type Content } from './groups.ts';
import { findNearPairs } from './near-pairs.ts';
import type { AuditSource } from './source.ts';
import { summarize, type AuditFigures, type CopyGroup } from './summary.ts';

export interface AuditOptions {
  /**
   * Bits of 255 that the hashes of near-identical images may differ in. Default `NEAR_IDENTICAL`; 0 finds images that
   * only the hash takes for equal.
   */
  readonly threshold?: number;
  readonly onProgress?: (stage: 'read' | 'compare', done: number, total: number) => void;
  /** Called with each image that cannot be read; it is left out. */
  readonly onUnreadable?: (id: string, error: InputError) => void;
}

export interface DataAudit extends AuditFigures {
  readonly dataset: string;
  /** Images that could not be read. */
  readonly unreadable: number;
  readonly threshold: number;
  /** Groups of copies: those with different labels first, then the largest. */
  readonly examples: readonly CopyGroup[];
}

/** Images that are read at a time. */
const CONCURRENT = 8;

/** Reads all images of a source and compares each with every other. */
export async function auditData(source: AuditSource, options: AuditOptions = {}): Promise<DataAudit> {
  const { threshold = NEAR_IDENTICAL, onProgress } = options;
  const { contents, hashes, unreadable } = await readContents(source, options);
  const groups = new CopyGroups(source.items, contents);
  await findNearPairs(
    hashes,
    threshold,
    (a, b) => groups.join(a, b),
    (done, total) => onProgress?.('compare', done, total),
  );
  const { figures, examples } = summarize(source.items, contents, groups);
  return { dataset: source.name, unreadable, threshold, ...figures, examples };
}

/** The different contents of the images, each with the images that have it, and their hashes one after another. */
async function readContents(
  { items, read }: AuditSource,
  { onProgress, onUnreadable }: AuditOptions,
): Promise<{ contents: Content[]; hashes: Uint32Array; unreadable: number }> {
  const places = new Map<string, number>();
  const contents: Content[] = [];
  let hashes = new Uint32Array(HASH_WORDS * 1024);
  let unreadable = 0;
  for (let start = 0; start < items.length; start += CONCURRENT) {
    const part = items.slice(start, start + CONCURRENT);
    const images = await Promise.all(
      part.map(async ({ id }, k) => {
        try {
          return await read(start + k);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          unreadable++;
          onUnreadable?.(id, error);
          return undefined;
        }
      }),
    );
    images.forEach((image, k) => {
      if (!image) return;
      const key = pixelKey(image);
      const known = places.get(key);
      if (known !== undefined) return contents[known]!.push(start + k);
      const place = contents.push([start + k]) - 1;
      places.set(key, place);
      if (hashes.length < (place + 1) * HASH_WORDS) hashes = grown(hashes);
      hashes.set(perceptualHash(image), place * HASH_WORDS);
    });
    onProgress?.('read', start + part.length, items.length);
  }
  return { contents, hashes: hashes.subarray(0, contents.length * HASH_WORDS), unreadable };
}

/** Equal for equal pixels of one size. */
function pixelKey({ width, height, channels, data }: RawImage): string {
  return createHash('sha1').update(`${width}×${height}×${channels}`).update(data).digest('base64');
}

function grown(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * words.length);
  larger.set(words);
  return larger;
}
