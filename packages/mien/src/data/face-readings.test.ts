/** What is found in images, kept, and found again. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { speakingFaces } from 'mien-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recentering } from '../face/index.ts';
import { rawImage, type BoxXYWH, type RawImage } from '../image/index.ts';
import { FaceReadings, faceCacheFolder } from './face-readings.ts';

const SIZES = { shading: 24, texture: 16 } as const;
const SIDE = 40;
/** @param opening of the mouth, 0: no face */
const photo = (opening: number, shade = 120): RawImage =>
  rawImage(
    SIDE,
    SIDE,
    1,
    Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i === 0 ? opening : shade)),
  );

let folder: string;
let recentering: Recentering;
let looks = 0;
beforeAll(async () => {
  recentering = await speakingFaces(() => looks++);
  folder = await mkdtemp(join(tmpdir(), 'mien-readings-'));
});
afterAll(() => rm(folder, { recursive: true }));

const readings = (cache: string | false): FaceReadings =>
  new FaceReadings(SIZES, { recentering: () => Promise.resolve(recentering), cache });
/** How often faces were looked for meanwhile. */
async function looksOf(use: () => Promise<unknown>): Promise<number> {
  const before = looks;
  await use();
  return looks - before;
}

describe('readings of faces', () => {
  it('are landmarks and frontal views; black where there is no face', async () => {
    const faces = readings(false);
    const { landmarks, views } = await faces.read(photo(60));
    expect(landmarks).toHaveLength(68);
    expect([views.shading!.width, views.shading!.channels]).toEqual([24, 1]);
    expect([views.texture!.width, views.texture!.channels]).toEqual([16, 3]);
    expect(Math.max(...views.shading!.data)).toBeGreaterThan(200);
    expect(Math.max(...views.texture!.data)).toBe(120);
    const none = await faces.read(photo(0));
    expect(none.landmarks).toBeUndefined();
    expect([...none.views.shading!.data, ...none.views.texture!.data].every((v) => v === 0)).toBe(true);
  });

  it('are kept by the pixels, to the bit, and found anew where the file is damaged', async () => {
    const cache = join(folder, 'kept');
    const first = readings(cache);
    const read = (faces: FaceReadings) => async () => [await faces.read(photo(60)), await faces.read(photo(0))];
    const found = await read(first)();
    const again = readings(cache);
    expect(await looksOf(async () => expect(await read(again)()).toEqual(found))).toBe(0);
    // Another pixel anywhere is another image
    expect(await looksOf(() => again.read(photo(61)))).toBe(1);
    expect(await looksOf(() => again.read(photo(60, 121)))).toBe(1);
    for (const file of await readdir(cache, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      await writeFile(path, (await readFile(path)).subarray(0, 20));
    }
    expect(await looksOf(async () => expect(await again.read(photo(60))).toEqual(found[0]))).toBe(1);
  });

  it('are found where nothing can be kept', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const faces = readings(join(file, 'below'));
    expect((await faces.read(photo(60))).landmarks).toHaveLength(68);
  });

  it('of several faces are those of the one that the box is about', async () => {
    const one = recentering;
    const image = photo(60);
    const [detection] = await one.detector.detect(image);
    const { box } = detection!;
    // The same face once more, further right
    const shift = 2 * box.width;
    const other = { ...detection!, box: { ...box, x: box.x + shift }, score: 0.95 };
    const two: Recentering = {
      ...one,
      detector: { detect: () => Promise.resolve([other, detection!]) },
      mesher: {
        ...one.mesher,
        meshAll: async () => {
          const mesh = await one.mesher.mesh(image, detection!);
          return [{ ...mesh, points: mesh.points.map(([x, y, z]) => [x + shift, y, z] as const) }, mesh];
        },
      },
    };
    const faces = new FaceReadings({}, { recentering: () => Promise.resolve(two) });
    const noseAt = async (near?: BoxXYWH): Promise<number> => (await faces.read(image, near)).landmarks![30]![0];
    const [surest, chosen] = [await noseAt(), await noseAt({ ...box, x: box.x + 3 })];
    expect(surest - chosen).toBeCloseTo(shift, 3);
  });

  it('have a folder of the system, or the one that is asked for', () => {
    expect(faceCacheFolder({ MIEN_CACHE: join('a', 'b') })).toBe(join('a', 'b', 'faces'));
    expect(faceCacheFolder({})).toMatch(/mien[\\/]faces$/);
  });
});
