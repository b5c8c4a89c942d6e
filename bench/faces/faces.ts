/**
 * Which faces are found, kind by kind of picture: crops, borders, turned heads, pictures without a face; with the time
 * of a search. With another build of Mien to compare with, both search each picture in turn.
 */
import { MienError } from 'mienjs';
import { findFaces, type FaceDetector, type FaceMesh, type FaceMesher } from 'mienjs/face';
import { loadFaceDetector, loadFaceMesher } from 'mienjs/face/node';
import type { RawImage } from 'mienjs/image';
import { judgeFaces, type FacePicture } from 'mien-testkit';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from '../timing.ts';
import { pictureSets, type PictureSet } from './pictures.ts';

/** Faces by what became of them; `ms` is the median time of a picture's search. */
interface Counts {
  readonly right: number;
  readonly misread: number;
  readonly false: number;
  readonly ms: number;
}

export interface FaceRow extends Counts {
  readonly bench: 'faces';
  readonly set: string;
  readonly pictures: number;
  readonly faces: number;
  /** As `right`, for the build that was compared with; null without one. */
  readonly rightBefore: number | null;
  readonly misreadBefore: number | null;
  readonly falseBefore: number | null;
  readonly msBefore: number | null;
}

type Search = (image: RawImage) => Promise<readonly { readonly mesh: FaceMesh }[]>;

export interface FaceBenchOptions {
  /** The folder of another checkout, built, whose search is the one before. */
  readonly against: string | undefined;
  /** Parts of the names of sets of pictures; all when undefined. */
  readonly sets: readonly string[] | undefined;
}

/** @throws {MienError} when there is no set of such a name, or no build to compare with */
export async function benchFaces({ against, sets }: FaceBenchOptions, log: (line: string) => void): Promise<FaceRow[]> {
  const [detector, mesher] = await Promise.all([loadFaceDetector(), loadFaceMesher()]);
  const searches: Search[] = [(image) => findFaces(image, detector, mesher)];
  if (against !== undefined) searches.push(await searchOf(against));
  const chosen = pictureSets(log).filter(({ set }) => !sets || sets.some((part) => set.includes(part)));
  if (chosen.length === 0)
    throw new MienError(`--set: expected a part of the name of a set of pictures, got ${sets?.join(', ')}`);
  const rows: FaceRow[] = [];
  for (const set of chosen) {
    const {
      pictures,
      faces,
      sides: [now, before],
    } = await searchAll(set, searches);
    rows.push({
      bench: 'faces',
      set: set.set,
      pictures,
      faces,
      ...now!,
      rightBefore: before?.right ?? null,
      misreadBefore: before?.misread ?? null,
      falseBefore: before?.false ?? null,
      msBefore: before?.ms ?? null,
    });
    log(`${set.set}: ${now!.right} of ${faces}`);
  }
  return rows;
}

async function searchAll(
  set: PictureSet,
  searches: readonly Search[],
): Promise<{ pictures: number; faces: number; sides: Counts[] }> {
  const sides = searches.map(() => ({ right: 0, misread: 0, false: 0, times: [] as number[] }));
  let [pictures, faces] = [0, 0];
  for await (const picture of set.pictures()) {
    faces += set.wholeFace ? 1 : picture.faces.length;
    for (const [i, search] of searches.entries()) {
      if (pictures === 0) await search(picture.image); // warms up
      const started = performance.now();
      const found = await search(picture.image);
      const side = sides[i]!;
      side.times.push(performance.now() - started);
      const { right, misread, false: wrong } = judge(set, found, picture);
      side.right += right;
      side.misread += misread;
      side.false += wrong;
    }
    pictures++;
  }
  return { pictures, faces, sides: sides.map(({ times, ...counts }) => ({ ...counts, ms: median(times) })) };
}

/** Where no place is known, one face is right and any further is false. */
function judge(
  { wholeFace }: PictureSet,
  found: Awaited<ReturnType<Search>>,
  picture: FacePicture,
): Omit<Counts, 'ms'> {
  return wholeFace
    ? { right: Math.min(found.length, 1), misread: 0, false: Math.max(found.length - 1, 0) }
    : judgeFaces(found, picture);
}

/** What the packages of a checkout export, as far as it is used here. */
interface Build {
  findFaces(image: RawImage, detector: FaceDetector, mesher: FaceMesher): ReturnType<Search>;
  loadFaceDetector(): Promise<FaceDetector>;
  loadFaceMesher(): Promise<FaceMesher>;
}

/** @throws {MienError} when there is no build */
async function searchOf(folder: string): Promise<Search> {
  const load = async (path: string): Promise<Partial<Build>> => {
    const url = pathToFileURL(join(resolve(folder), 'packages/mien/dist/face', path)).href;
    return (await import(url).catch(() => {
      throw new MienError(`--against ${folder}: expected a checkout of Mien that is built`);
    })) as Partial<Build>;
  };
  const {
    findFaces: find,
    loadFaceDetector: loadDetector,
    loadFaceMesher: loadMesher,
  } = { ...(await load('index.js')), ...(await load('node.js')) };
  if (!find || !loadDetector || !loadMesher) throw new MienError(`--against ${folder}: its library has no findFaces`);
  const [detector, mesher] = [await loadDetector(), await loadMesher()];
  return (image) => find(image, detector, mesher);
}
