import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawImage, resize, type BoxXYWH, type Point3, type RawImage } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { FaceTracker, type TrackedFace } from './face-tracker.ts';
import { findFaces } from './find-faces.ts';
import { loadFaceDetector, loadFaceMesher } from './node.ts';
import { boundingBox } from './roi.ts';
import type { Detection, FaceDetector, FaceMesh, FaceMesher, Roi } from './types.ts';

/** Where the faces of a frame are; a frame of a made-up video is a blank image with this beside it. */
type Scene = readonly BoxXYWH[];

const at = (x: number, y = 50, side = 40): BoxXYWH => ({ x, y, width: side, height: side });

/** A detector and a mesher that see the boxes of a scene: the mesh finds what lies about the middle of its square. */
function made(scenes: ReadonlyMap<RawImage, Scene>): { detector: FaceDetector; mesher: FaceMesher; looks: number[] } {
  const looks: number[] = [];
  const meshOf = (box: BoxXYWH, score: number, roi: Roi): FaceMesh => {
    const points: Point3[] = Array.from({ length: 468 }, () => [box.x, box.y, 0]);
    points[33] = [box.x + box.width * 0.25, box.y + box.height * 0.3, 0];
    points[263] = [box.x + box.width * 0.75, box.y + box.height * 0.3, 0];
    points[467] = [box.x + box.width, box.y + box.height, 0];
    return { points, score, roi };
  };
  const nearest = (image: RawImage, [x, y]: readonly [number, number], size: number): BoxXYWH | undefined =>
    scenes.get(image)!.find((box) => Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < size / 2);
  const mesher: FaceMesher = {
    mesh: (image, detection) => mesher.meshAll(image, [detection]).then(([mesh]) => mesh!),
    meshAll: (_, detections) =>
      Promise.resolve(detections.map(({ box }) => meshOf(box, 1, { center: [0, 0], size: 1, rotationRad: 0 }))),
    meshRois: (image, rois) => {
      looks.push(rois.length);
      return Promise.resolve(
        rois.map((roi) => {
          const box = nearest(image, roi.center, roi.size);
          return box ? meshOf(box, 1, roi) : meshOf(at(roi.center[0], roi.center[1]), 0.1, roi);
        }),
      );
    },
  };
  const detector: FaceDetector = {
    detect: (image) =>
      Promise.resolve(
        scenes.get(image)!.map((box): Detection => {
          const point = [box.x, box.y] as const;
          return { box, score: 0.9, keypoints: [point, point, point, point, point, point] };
        }),
      ),
  };
  return { detector, mesher, looks };
}

/** The faces of each frame as `id@x`, and how often the detector was asked by then. */
async function follow(scenes: readonly Scene[], options?: ConstructorParameters<typeof FaceTracker>[1]) {
  const frames = scenes.map(() => rawImage(4, 4, 1, new Uint8Array(16)));
  const { detector, mesher, looks } = made(new Map(frames.map((frame, i) => [frame, scenes[i]!])));
  const tracker = new FaceTracker({ detector, mesher }, options);
  const seen: string[][] = [];
  const searches: number[] = [];
  for (const frame of frames) {
    seen.push((await tracker.track(frame)).map(({ id, box }) => `${id}@${box.x}`));
    searches.push(tracker.searches);
  }
  return { seen, searches, looks };
}

describe('FaceTracker', () => {
  it('asks the detector once while the meshes stay', async () => {
    const { seen, searches, looks } = await follow([0, 6, 12, 18].map((x) => [at(x), at(200 + x)]));
    expect(seen).toEqual([
      ['0@0', '1@200'],
      ['0@6', '1@206'],
      ['0@12', '1@212'],
      ['0@18', '1@218'],
    ]);
    expect(searches).toEqual([1, 1, 1, 1]);
    expect(looks).toEqual([2, 2, 2]);
  });

  it('searches when a face is lost, and knows it again near where it was', async () => {
    const { seen, searches } = await follow([[at(0), at(200)], [at(200)], [at(200)], [at(10), at(200)]], {
      searchEvery: 2,
    });
    expect(seen).toEqual([['0@0', '1@200'], ['1@200'], ['1@200'], ['0@10', '1@200']]);
    expect(searches).toEqual([1, 2, 2, 3]);
  });

  it('gives a new number to a face that comes back elsewhere, or too late', async () => {
    const elsewhere = await follow([[at(0)], [], [at(300)]]);
    expect(elsewhere.seen).toEqual([['0@0'], [], ['1@300']]);
    expect(elsewhere.searches).toEqual([1, 2, 3]);
    expect((await follow([[at(0)], [], [], [], [at(0)]], { remember: 1 })).seen.at(-1)).toEqual(['1@0']);
    expect((await follow([[at(0)], [], [], [], [at(0)]], { remember: 9 })).seen.at(-1)).toEqual(['0@0']);
  });

  it('finds newcomers after so many frames, or never', async () => {
    const scenes = [[at(0)], [at(0), at(200)], [at(0), at(200)], [at(0), at(200)]];
    expect((await follow(scenes, { searchEvery: 3 })).seen.map((faces) => faces.length)).toEqual([1, 1, 1, 2]);
    expect((await follow(scenes, { searchEvery: Infinity })).seen.at(-1)).toEqual(['0@0']);
    expect((await follow(scenes, { searchEvery: 1 })).searches).toEqual([1, 2, 3, 4]);
  });

  it('lets a mesh go that jumps, and the younger of two that run into one another', async () => {
    // The square of a face reaches half a face beyond it: a face that far off is another one
    expect((await follow([[at(0)], [at(28)]])).seen).toEqual([['0@0'], ['1@28']]);
    const merged = await follow([[at(0), at(50)], [at(25)]], { searchEvery: Infinity });
    expect(merged.seen).toEqual([['0@0', '1@50'], ['0@25']]);
  });

  it('forgets a scene when it is told, and refuses options out of range', async () => {
    const frame = rawImage(4, 4, 1, new Uint8Array(16));
    const { detector, mesher } = made(new Map([[frame, [at(0)]]]));
    const tracker = new FaceTracker({ detector, mesher });
    const ids = async (): Promise<number[]> => (await tracker.track(frame)).map(({ id }) => id);
    expect([await ids(), await ids()]).toEqual([[0], [0]]);
    tracker.reset();
    expect([await ids(), tracker.searches]).toEqual([[1], 2]);
    expect(() => new FaceTracker({ detector, mesher }, { searchEvery: 0 })).toThrow(/searchEvery: expected at least 1/);
    expect(() => new FaceTracker({ detector, mesher }, { remember: -1 })).toThrow(/remember: expected 0/);
  });
});

it('follows the faces of a photo that moves, as well as the detector finds them anew', async () => {
  const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  const photo = await decodeImage(join(demo, 'sample4.jpg'));
  const small = resize(photo, { width: 640, height: Math.round((640 * photo.height) / photo.width) });
  const [detector, mesher] = [await loadFaceDetector(), await loadFaceMesher()];
  const tracker = new FaceTracker({ detector, mesher });
  let faces: TrackedFace[] = [];
  for (let shift = 0; shift <= 24; shift += 6) faces = await tracker.track(shifted(small, shift));
  expect(tracker.searches).toBe(1);
  const anew = await findFaces(shifted(small, 24), detector, mesher);
  expect(faces.length).toBeGreaterThanOrEqual(3);
  expect(anew).toHaveLength(faces.length);
  for (const { box, mesh } of faces) {
    expect(boundingBox(mesh.points)).toEqual(box);
    const other = anew.find((face) => Math.abs(face.box.x - box.x) < box.width / 2)!;
    const apart = mesh.points.map(([x, y], k) =>
      Math.hypot(x - other.mesh.points[k]![0], y - other.mesh.points[k]![1]),
    );
    // The mesh's own spread over jittered detections is 0.5 % of a face's width (mesher.ts)
    expect(apart.reduce((sum, d) => sum + d, 0) / apart.length / box.width).toBeLessThan(0.03);
  }
});

/** Moved to the right; the left edge repeats. */
function shifted({ width, height, data }: RawImage, by: number): RawImage {
  const moved = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) moved[3 * (y * width + x) + c] = data[3 * (y * width + Math.max(0, x - by)) + c]!;
  return rawImage(width, height, 3, moved);
}
