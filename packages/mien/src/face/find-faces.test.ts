import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawImage, type BoxXYWH, type Point3, type RawImage } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { Random } from '../tensor/index.ts';
import { findFaces } from './find-faces.ts';
import { loadFaceDetector, loadFaceMesher } from './node.ts';
import { boundingBox } from './roi.ts';
import type { Detection, FaceDetector, FaceMesher } from './types.ts';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

function detectionAt(box: BoxXYWH, score: number): Detection {
  const p = [box.x, box.y] as const;
  return { box, score, keypoints: [p, p, p, p, p, p] };
}

describe('findFaces', () => {
  const blank = rawImage(100, 100, 1, new Uint8Array(10_000));
  const detectorOf = (detections: Detection[]): FaceDetector => ({ detect: () => Promise.resolve(detections) });
  /** A mesh that fills the given box, or the detection's own. */
  const mesherOf = (scores: number[], boxes: (BoxXYWH | undefined)[]): FaceMesher => {
    const meshAll: FaceMesher['meshAll'] = (_, detections) =>
      Promise.resolve(
        detections.map((d, i) => {
          const box = boxes[i] ?? d.box;
          const points: Point3[] = [
            [box.x, box.y, 0],
            [box.x + box.width, box.y + box.height, 0],
          ];
          return { points, score: scores[i]!, roi: { center: [0, 0], size: 1, rotationRad: 0 } };
        }),
      );
    return { meshAll, mesh: async (image, d) => (await meshAll(image, [d]))[0]! };
  };
  const box = { x: 10, y: 10, width: 20, height: 20 };

  it('drops what the mesh does not take for a face', async () => {
    const faces = await findFaces(
      blank,
      detectorOf([detectionAt(box, 0.9), detectionAt({ ...box, x: 60 }, 0.8)]),
      mesherOf([0.4, 0.6], []),
    );
    expect(faces.map((f) => f.detection.box.x)).toEqual([60]);
  });
  it('drops a mesh that wandered off', async () => {
    expect(await findFaces(blank, detectorOf([detectionAt(box, 0.9)]), mesherOf([1], [{ ...box, x: 25 }]))).toEqual([]);
  });
  it('keeps the better of two detections whose meshes settle on one face', async () => {
    const near = { ...box, x: 20 };
    const faces = await findFaces(
      blank,
      detectorOf([detectionAt(box, 0.9), detectionAt(near, 0.8)]),
      mesherOf([1, 1], [box, { ...box, x: 12 }]),
    );
    expect(faces.map((f) => f.detection.score)).toEqual([0.9]);
  });
});

describe('the detector and mesh that Mien ships', () => {
  const photos = [
    { file: 'sample1.jpg', faces: 3 },
    { file: 'sample2.jpg', faces: 3 },
    { file: 'sample3.jpg', faces: 3 },
    { file: 'sample4.jpg', faces: 4 },
    { file: 'sample5.jpg', faces: 5 },
    { file: 'sample6.jpg', faces: 4 },
    { file: 'screenshot-webcam.png', faces: 1 },
    { file: 'facemesh.png', faces: 0 },
  ];
  it.each(photos)('finds $faces faces in $file', async ({ file, faces }) => {
    const image = await decodeImage(join(demo, file));
    const found = await findFaces(image, await loadFaceDetector(), await loadFaceMesher());
    expect(found).toHaveLength(faces);
    for (const { detection, mesh } of found) {
      expect(mesh.score).toBeGreaterThan(0.5); // the profile in sample2.jpg has the least, 0.7
      // The mesh's eyes are where the detector's are (both on one side in profile, so by the face's width).
      const distance = Math.hypot(
        mesh.points[4]![0] - detection.keypoints[2][0],
        mesh.points[4]![1] - detection.keypoints[2][1],
      );
      expect(distance / boundingBox(mesh.points).width).toBeLessThan(0.3);
    }
  });

  it('finds 30 faces in a contact sheet', async () => {
    const photo = await decodeImage(join(demo, 'sample3.jpg'));
    const found = await findFaces(tiled(photo, 5, 2, 480, 338), await loadFaceDetector(), await loadFaceMesher());
    expect(found).toHaveLength(30);
  });

  const random = new Random(7);
  const made: [string, RawImage][] = [
    ['one pixel', rawImage(1, 1, 3, Uint8Array.of(90, 120, 200))],
    ['plain grey', rawImage(640, 480, 1, new Uint8Array(640 * 480).fill(128))],
    [
      'a gradient',
      rawImage(
        640,
        480,
        1,
        Uint8Array.from({ length: 640 * 480 }, (_, i) => (i % 640) / 2.6),
      ),
    ],
    [
      'a chequerboard',
      rawImage(
        640,
        480,
        1,
        Uint8Array.from({ length: 640 * 480 }, (_, i) => ((((i % 640) >> 5) + (Math.floor(i / 640) >> 5)) % 2) * 255),
      ),
    ],
    [
      'noise',
      rawImage(
        640,
        480,
        3,
        Uint8Array.from({ length: 640 * 480 * 3 }, () => random.uniform() * 256),
      ),
    ],
  ];
  it.each(made)('finds no face in %s', async (_, image) => {
    expect(await findFaces(image, await loadFaceDetector(), await loadFaceMesher())).toEqual([]);
  });
});

/** The photo, shrunk by nearest pixel to cells of the given size, repeated. */
function tiled(photo: RawImage, columns: number, rows: number, cellWidth: number, cellHeight: number): RawImage {
  const [width, height] = [columns * cellWidth, rows * cellHeight];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sx = Math.floor((((x % cellWidth) + 0.5) * photo.width) / cellWidth);
      const sy = Math.floor((((y % cellHeight) + 0.5) * photo.height) / cellHeight);
      for (let c = 0; c < 3; c++) data[at++] = photo.data[(sy * photo.width + sx) * 3 + c]!;
    }
  }
  return rawImage(width, height, 3, data);
}
