/** The template of a dataset, measured on crops whose template is known. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { applyAffine, rawImage } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { alignFace, measureTemplate } from './align.ts';
import { FER2013_TEMPLATE } from './fer2013-template.ts';
import { findFaces } from './find-faces.ts';
import { landmarks68 } from './landmarks.ts';
import { measureCrops, withMirrorImage } from './measure-template.ts';
import { loadFaceDetector, loadFaceMesher } from './node.ts';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

test('the mean place of the landmarks, found again in the framed faces', async () => {
  const mesher = await loadFaceMesher();
  const photo = await decodeImage(join(demo, 'sample1.jpg'));
  const faces = await findFaces(photo, await loadFaceDetector(), mesher);
  const size = { width: 100, height: 100 };
  const framed = faces.map(({ mesh }) =>
    alignFace(photo, landmarks68(mesh.points), { template: FER2013_TEMPLATE, size }),
  );
  const expected = measureTemplate(
    faces.map(({ mesh }, i) => landmarks68(mesh.points).map((p) => applyAffine(framed[i]!.transform, p))),
    size,
  );
  const chips = framed.map(({ image }) => image);
  const measured = (await measureCrops(chips, mesher))!;
  expect(measured.faces).toBe(faces.length);
  for (const group of ['rightEye', 'leftEye', 'noseTip', 'mouthRight', 'mouthLeft'] as const) {
    const [x, y] = measured.template[group];
    expect(Math.hypot(x - expected[group][0], y - expected[group][1])).toBeLessThan(0.02);
  }
  const blank = rawImage(100, 100, 1, new Uint8Array(10_000));
  expect(await measureCrops([chips[0]!, blank, blank], mesher)).toBeUndefined();
  expect(await measureCrops([], mesher)).toBeUndefined();
});

test('the mean with the mirror image is its own mirror image', () => {
  const mean = withMirrorImage(FER2013_TEMPLATE);
  expect(mean.leftEye[0] + mean.rightEye[0]).toBeCloseTo(1, 12);
  expect(mean.noseTip[0]).toBe(0.5);
  expect(mean.leftEye[1]).toBe((FER2013_TEMPLATE.leftEye[1] + FER2013_TEMPLATE.rightEye[1]) / 2);
});
