/**
 * Against MediaPipe's own runtime: golden/face-mesh.golden.json, made by tools/golden/face-mesh.mjs in headless
 * Chromium, holds the points of the 15 faces that it finds in six photos.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { findFaces } from './find-faces.ts';
import { loadFaceDetector, loadFaceMesher, loadMediaPipeDetector } from './node.ts';
import { boundingBox } from './roi.ts';

interface GoldenFace {
  readonly points: readonly number[];
}
interface Golden {
  readonly images: readonly { readonly image: string; readonly faces: readonly GoldenFace[]; readonly settled: readonly GoldenFace[] }[];
}

const golden = JSON.parse(await readFile(new URL('./golden/face-mesh.golden.json', import.meta.url), 'utf8')) as Golden;
const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Mean distance of paired points, in 3-D, as a part of the golden face's width. */
function meanError(points: readonly Point3[], { points: reference }: GoldenFace): number {
  const expected = Array.from({ length: 468 }, (_, k): Point3 => [reference[3 * k]!, reference[3 * k + 1]!, reference[3 * k + 2]!]);
  const distances = expected.map((p, k) => Math.hypot(p[0] - points[k]![0], p[1] - points[k]![1], p[2] - points[k]![2]));
  return distances.reduce((a, b) => a + b, 0) / 468 / boundingBox(expected).width;
}

describe.each(golden.images)('$image', ({ image: file, faces }) => {
  it('in MediaPipe\'s own configuration, gives its faces and its points to 0.01 % of the face\'s width', async () => {
    const image = await decodeImage(join(demo, file));
    const mesher = await loadFaceMesher({ looks: 1 });
    const meshes = await mesher.meshAll(image, await (await loadMediaPipeDetector()).detect(image));
    const present = meshes.filter((m) => m.score >= 0.5);
    expect(present).toHaveLength(faces.length);
    for (const face of faces) expect(Math.min(...present.map((m) => meanError(m.points, face)))).toBeLessThan(1e-4);
  });
});

it('in Mien\'s configuration, comes to where MediaPipe settles on the same faces: to 1 % of the face\'s width on average, 2 % at worst', async () => {
  const errors: number[] = [];
  for (const { image: file, settled } of golden.images) {
    const found = await findFaces(await decodeImage(join(demo, file)), await loadFaceDetector(), await loadFaceMesher());
    errors.push(...settled.map((face) => Math.min(...found.map((f) => meanError(f.mesh.points, face)))));
  }
  expect(errors).toHaveLength(14);
  expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeLessThan(0.01);
  expect(Math.max(...errors)).toBeLessThan(0.02);
});
