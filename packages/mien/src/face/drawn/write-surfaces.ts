/**
 * Pictures of faces with their surfaces, as files: what a position-map network learns from. In the folder:
 *   surfaces/000001.png …   the pictures
 *   manifest.jsonl          a line for each, as `mien train` reads it: image, split, mesh
 *   surfaces.json           the settings
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MienError } from '../../errors.ts';
import { makeFolder, removeEmpty, WholeFile, writeWhole } from '../../files/index.ts';
import { writeImage } from '../../image/node.ts';
import { Random } from '../../tensor/index.ts';
import type { FaceSurface } from '../reconstruct/face-surface.ts';
import { drawSubject } from './draw-subject.ts';
import { sampleSubjectScene } from './sample-scene.ts';
import { SubjectMixer, type FaceSubject } from './subject.ts';

export interface WriteSurfacesOptions {
  /** Pictures in all: of ten, eight are to train, one to validate and one to test. */
  readonly count: number;
  /** Side of the pictures, px. Default 128. */
  readonly size?: number;
  /** Default 1. */
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The file by which an earlier run's folder is known. */
export const SURFACES_MARKER = 'surfaces.json';
const ROOT = 'surfaces';
const PARTS = 10;
const SPLITS = ['test', 'validation'] as const;
/** Of the coordinates in the manifest, shares of the picture. */
const DIGITS = 1e5;

type Split = 'train' | (typeof SPLITS)[number];
const splitOf = (i: number): Split => SPLITS[i % PARTS] ?? 'train';

/**
 * Draws mixes of the subjects. The splits share no subjects: each mixes its own part of them.
 * @param surface that the subjects were read with
 * @returns the manifest
 * @throws {MienError} when there are fewer than ten subjects, too few for three splits
 */
export async function writeSurfaces(
  folder: string,
  subjects: readonly FaceSubject[],
  surface: FaceSurface,
  { count, size = 128, seed = 1, onProgress }: WriteSurfacesOptions,
): Promise<string> {
  if (subjects.length < PARTS)
    throw new MienError(`writeSurfaces: expected at least ${PARTS} faces to mix, got ${subjects.length}`);
  const mixers = Object.fromEntries(
    (['train', ...SPLITS] as const).map((split) => [
      split,
      new SubjectMixer(subjects.filter((_, i) => splitOf(i) === split)),
    ]),
  );
  await makeFolder(folder);
  const path = join(folder, 'manifest.jsonl');
  // An earlier list would name the new pictures, if this run is stopped
  await rm(path, { force: true });
  await removeEarlier(folder);
  await makeFolder(join(folder, ROOT));
  const settings = { generator: 'Mien', version: 1, count, size, seed, subjects: subjects.length };
  await writeWhole(join(folder, SURFACES_MARKER), `${JSON.stringify(settings, null, 2)}\n`);
  const manifest = await WholeFile.create(path);
  try {
    for (let i = 0; i < count; i++) {
      const split = splitOf(i);
      const random = new Random(seed, `surfaces/${i}`);
      const { subject, scene } = sampleSubjectScene(mixers[split]!.mix(random), size, random);
      const { image, points } = drawSubject(subject, surface, scene);
      const file = `${ROOT}/${String(i + 1).padStart(6, '0')}.png`;
      await writeImage(join(folder, file), image);
      const mesh = points.map((point) => point.map((v) => Math.round((DIGITS * v) / size) / DIGITS));
      await manifest.write(`${JSON.stringify({ image: file, split, mesh })}\n`);
      onProgress?.(i + 1, count);
    }
    await manifest.close();
  } catch (error) {
    await manifest.abort();
    throw error;
  }
  return path;
}

/** Pictures of an earlier run, known by their names; whatever else is there stays. */
async function removeEarlier(folder: string): Promise<void> {
  const root = join(folder, ROOT);
  for (const name of await readdir(root).catch(() => [])) if (/^\d{6,}\.png$/.test(name)) await rm(join(root, name));
  await removeEmpty(root, folder);
}
