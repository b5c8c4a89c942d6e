/**
 * What the face mesh finds in images of records: landmarks, and the face turned to the front. It takes a tenth of a second
 * an image and more, so that what was found is kept in a folder of the user's cache, by the image's pixels.
 *
 * Shape legend: P = 68 landmarks, S side of a view, C its channels.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { loadCanonicalFace, loadNpmRecentering } from '../face/node.ts';
import type { CanonicalFace } from '../face/canonical-face.ts';
import { findFaces, type Face } from '../face/find-faces.ts';
import { LANDMARK_COUNT, landmarks68 } from '../face/landmarks.ts';
import { blackViews, FRONTAL_VIEWS, type FrontalImages, type FrontalSizes } from '../face/reconstruct/frontal-kinds.ts';
import { frontalViews } from '../face/reconstruct/frontal-views.ts';
import type { Recentering } from '../face/reconstruct/recenter-faces.ts';
import { intersectionOverUnion } from '../face/suppression.ts';
import { cacheFolder } from '../files/cache.ts';
import { writeWhole } from '../files/index.ts';
import type { BoxXYWH, Point2, RawImage } from '../image/index.ts';

export interface FaceReading {
  /** The 68, px of the image; undefined where no face was found. */
  readonly landmarks: readonly Point2[] | undefined;
  /** Black where no face was found. */
  readonly views: FrontalImages;
}

export interface FaceReadingsOptions {
  /** Finds, meshes and turns faces. Default: with the networks that npm installed. */
  readonly recentering?: () => Promise<Recentering>;
  /**
   * Folder that keeps what was found; false: nothing is kept. Default: `faceCacheFolder()`, and nothing with a
   * `recentering` of one's own.
   */
  readonly cache?: string | false;
}

/** Raised when the same image would be read otherwise: what was kept before does not count then. */
const READING_VERSION = 1;

/** Where what was found in images is kept. It may be deleted at any time. */
export const faceCacheFolder = (environment?: Readonly<Record<string, string | undefined>>): string =>
  cacheFolder('faces', environment);

/** Reads faces in images, each image once. */
export class FaceReadings {
  readonly #sizes: FrontalSizes;
  readonly #own: (() => Promise<Recentering>) | undefined;
  readonly #folder: string | undefined;
  #recentering: Promise<Recentering> | undefined;

  /** @param sizes the views that are wanted */
  constructor(sizes: FrontalSizes, { recentering, cache }: FaceReadingsOptions = {}) {
    this.#sizes = sizes;
    this.#own = recentering;
    const chosen = cache ?? (recentering ? false : faceCacheFolder());
    this.#folder = chosen === false ? undefined : chosen;
  }

  /**
   * @param near the face's box where it is known: of several faces the one that overlaps it most is read, otherwise the
   *   surest
   * @throws {MienError} when the packages with the face networks are not installed
   */
  async read(image: RawImage, near?: BoxXYWH): Promise<FaceReading> {
    const file = this.#folder === undefined ? undefined : this.#fileOf(this.#folder, image, near);
    const kept = file === undefined ? undefined : await this.#kept(file);
    if (kept) return kept;
    const reading = await this.#find(image, near);
    // A cache that cannot be written (a full disk, a folder of another user) only costs time
    if (file !== undefined) await writeWhole(file, deflateRawSync(pack(reading), { level: 3 })).catch(() => undefined);
    return reading;
  }

  /** The average face. @throws as `read` */
  async canonical(): Promise<CanonicalFace> {
    return this.#own ? (await this.#parts()).canonical : loadCanonicalFace();
  }

  #parts(): Promise<Recentering> {
    return (this.#recentering ??= this.#own ? this.#own() : loadNpmRecentering());
  }

  async #find(image: RawImage, near: BoxXYWH | undefined): Promise<FaceReading> {
    const recentering = await this.#parts();
    const face = nearest(await findFaces(image, recentering.detector, recentering.mesher), near);
    if (!face) return { landmarks: undefined, views: blackViews(this.#sizes) };
    return {
      // As precise as they are kept, so that a run is the same from the cache
      landmarks: landmarks68(face.mesh.points).map(([x, y]): Point2 => [Math.fround(x), Math.fround(y)]),
      views: await frontalViews(image, face, recentering, this.#sizes),
    };
  }

  #fileOf(folder: string, { width, height, channels, data }: RawImage, near: BoxXYWH | undefined): string {
    const what = { version: READING_VERSION, sizes: this.#sizes, width, height, channels, near };
    const digest = createHash('sha256').update(JSON.stringify(what)).update(data).digest('hex');
    return join(folder, digest.slice(0, 2), digest.slice(2));
  }

  async #kept(file: string): Promise<FaceReading | undefined> {
    const bytes = await readFile(file).catch(() => undefined);
    if (!bytes) return undefined;
    try {
      return unpack(inflateRawSync(bytes), this.#sizes);
    } catch {
      return undefined; // damaged: found anew
    }
  }
}

function nearest(faces: readonly Face[], near: BoxXYWH | undefined): Face | undefined {
  if (!near) return faces[0];
  const overlap = (face: Face): number => intersectionOverUnion(face.box, near);
  return faces.reduce<Face | undefined>(
    (best, face) => (best === undefined || overlap(face) > overlap(best) ? face : best),
    undefined,
  );
}

/** One byte (was there a face), float32 [P,2] little-endian, then each view's pixels. */
function pack({ landmarks, views }: FaceReading): Uint8Array {
  const images = FRONTAL_VIEWS.flatMap((view) => views[view] ?? []);
  const start = 1 + 8 * LANDMARK_COUNT;
  const out = new Uint8Array(start + images.reduce((sum, { data }) => sum + data.length, 0));
  out[0] = landmarks ? 1 : 0;
  const numbers = new DataView(out.buffer);
  landmarks?.forEach(([x, y], p) => {
    numbers.setFloat32(1 + 8 * p, x, true);
    numbers.setFloat32(5 + 8 * p, y, true);
  });
  let at = start;
  for (const { data } of images) {
    out.set(data, at);
    at += data.length;
  }
  return out;
}

/** @returns undefined when it has another length than the views */
function unpack(bytes: Uint8Array, sizes: FrontalSizes): FaceReading | undefined {
  const views = blackViews(sizes);
  let at = 1 + 8 * LANDMARK_COUNT;
  if (bytes.length !== FRONTAL_VIEWS.reduce((sum, view) => sum + (views[view]?.data.length ?? 0), at)) return undefined;
  for (const view of FRONTAL_VIEWS) {
    const data = views[view]?.data;
    if (!data) continue;
    data.set(bytes.subarray(at, at + data.length));
    at += data.length;
  }
  const numbers = new DataView(bytes.buffer, bytes.byteOffset);
  const point = (p: number): Point2 => [numbers.getFloat32(1 + 8 * p, true), numbers.getFloat32(5 + 8 * p, true)];
  return {
    landmarks: bytes[0] === 1 ? Array.from({ length: LANDMARK_COUNT }, (_, p) => point(p)) : undefined,
    views,
  };
}
