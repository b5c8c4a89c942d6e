/**
 * Against MediaPipe's own runtime: the files in golden/, made by tools/golden/face-mesh.mjs in headless Chromium, hold
 * the points of the faces that it finds in six photos: 15 with the plain mesh, 10 with the attention mesh.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { findFaces } from './find-faces.ts';
import { loadAttentionMesher, loadFaceDetector, loadFaceMesher, loadMediaPipeDetector } from './node.ts';
import { boundingBox } from './roi.ts';

interface GoldenFace {
  readonly points: readonly number[];
}
interface Golden {
  readonly images: readonly {
    readonly image: string;
    readonly faces: readonly GoldenFace[];
    readonly settled: readonly GoldenFace[];
  }[];
}

async function readGolden(name: string): Promise<Golden> {
  return JSON.parse(await readFile(new URL(`./golden/${name}.golden.json`, import.meta.url), 'utf8')) as Golden;
}
const golden = await readGolden('face-mesh');
const attentionGolden = await readGolden('face-mesh-attention');
const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Mean distance of paired points, in 3-D, as a part of the golden face's width. */
function meanError(points: readonly Point3[], { points: reference }: GoldenFace): number {
  const expected = Array.from({ length: reference.length / 3 }, (_, k): Point3 => [
    reference[3 * k]!,
    reference[3 * k + 1]!,
    reference[3 * k + 2]!,
  ]);
  expect(points).toHaveLength(expected.length);
  const distances = expected.map((p, k) =>
    Math.hypot(p[0] - points[k]![0], p[1] - points[k]![1], p[2] - points[k]![2]),
  );
  return distances.reduce((a, b) => a + b, 0) / expected.length / boundingBox(expected).width;
}

describe.each([
  { mesh: 'plain', load: loadFaceMesher, images: golden.images },
  { mesh: 'attention', load: loadAttentionMesher, images: attentionGolden.images },
])("the $mesh mesh in MediaPipe's own configuration", ({ load, images }) => {
  it.each(images)(
    "finds its faces in $image, with its points to 0.01 % of the face's width",
    async ({ image: file, faces }) => {
      const image = await decodeImage(join(demo, file));
      const mesher = await load({ looks: 1 });
      const meshes = await mesher.meshAll(image, await (await loadMediaPipeDetector()).detect(image));
      const present = meshes.filter((m) => m.score >= 0.5);
      expect(present).toHaveLength(faces.length);
      for (const face of faces) expect(Math.min(...present.map((m) => meanError(m.points, face)))).toBeLessThan(1e-4);
    },
  );
});

it.each([
  { mesh: 'plain', load: loadFaceMesher, images: golden.images, count: 14 },
  { mesh: 'attention', load: loadAttentionMesher, images: attentionGolden.images, count: 10 },
])(
  "in Mien's configuration the $mesh mesh comes to where MediaPipe settles: to 1 % of the face's width on average, 2.5 % at worst",
  async ({ load, images, count }) => {
    const errors: number[] = [];
    for (const { image: file, settled } of images) {
      const found = await findFaces(await decodeImage(join(demo, file)), await loadFaceDetector(), await load());
      errors.push(...settled.map((face) => Math.min(...found.map((f) => meanError(f.mesh.points, face)))));
    }
    expect(errors).toHaveLength(count);
    expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeLessThan(0.01);
    expect(Math.max(...errors)).toBeLessThan(0.025);
  },
);
