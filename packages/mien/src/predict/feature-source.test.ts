/** Shape as a source of features: alignment, which landmarks, and Li & Deng's (2019) scaling. */
import { allclose } from 'mien-testkit';
import { expect, test } from 'vitest';
import { fitScaling, scaleRow } from '../classifiers/scaling.ts';
import { labelledImages, type LabelledImages } from '../data/index.ts';
import type { LandmarkSets } from '../data/node.ts';
import { RAF_ALIGNMENT } from '../face/index.ts';
import { SHAPE } from '../features/index.ts';
import {
  applyAffine,
  compose,
  rawImage,
  rotation,
  scaling,
  translation,
  type Affine2,
  type Point2,
} from '../image/index.ts';
import { float32, Random } from '../tensor/index.ts';
import { collectFeatures } from './collect-features.ts';
import { openFeatureSource } from './feature-source.ts';

const random = new Random(5, 'shape-source');
const cloud = (count: number): Point2[] =>
  Array.from({ length: count }, () => [100 * random.uniform(), 100 * random.uniform()]);
const { rightEye, leftEye, noseTip, mouthRight, mouthLeft } = RAF_ALIGNMENT.template;
const five = [rightEye, leftEye, noseTip, mouthRight, mouthLeft].map(([x, y]): Point2 => [100 * x, 100 * y]);
const photo: Affine2 = compose(translation(40, -7), rotation(0.3), scaling(2.5, 2.5));
const moved = (points: readonly Point2[]): Point2[] => points.map((point) => applyAffine(photo, point));

function facesWith(sets: readonly (LandmarkSets | undefined)[]): LabelledImages {
  const count = sets.length;
  return labelledImages({
    images: { count, height: 1, width: 1, channels: 1, pixels: rawImage(count, 1, 1, new Uint8Array(count)).data },
    classes: ['neutral'],
    labels: new Int32Array(count),
    ids: sets.map((_, i) => `face-${i}`),
    landmarks: (i) => Promise.resolve(sets[i]),
  });
}

test('shape is that of the landmarks in the aligned face, however the face lies in the photo', async () => {
  const points = cloud(37);
  const source = await openFeatureSource('shape');
  const { dims, data } = await collectFeatures(
    source,
    facesWith([
      { 5: five, 37: points },
      { 5: moved(five), 37: moved(points) },
    ]),
  );
  expect(dims).toEqual([2, 1332]);
  allclose(data.subarray(0, 1332), SHAPE.extract(points), { atol: 1e-4 });
  allclose(data.subarray(1332), SHAPE.extract(points), { atol: 1e-3 });
});

test('68 landmarks tell the five points too', async () => {
  const points = cloud(68);
  const { data } = await collectFeatures(
    await openFeatureSource('shape'),
    facesWith([{ 68: points }, { 68: moved(points) }]),
  );
  allclose(data.subarray(0, 1332), data.subarray(1332), { atol: 1e-3 });
});

test.each<[string, LandmarkSets | undefined]>([
  ['none', undefined],
  ['five', { 5: five }],
  ['37 alone', { 37: cloud(37) }],
])('%s are too few landmarks', async (_, sets) => {
  const source = await openFeatureSource('shape');
  await expect(collectFeatures(source, facesWith([{ 5: five, 37: cloud(37) }, sets]))).rejects.toThrow(
    'face-1: has no 37 or 68 landmarks with five',
  );
  const bare = facesWith([undefined]).with({ landmarks: undefined });
  await expect(collectFeatures(source, bare)).rejects.toThrow('face-0: has no 37');
});

test('a classifier scales it as eq. 6, by the rows that train', async () => {
  const [train, N, D] = [20, 30, 8];
  const rows = Array.from({ length: N }, () => Float32Array.from({ length: D }, () => 50 * random.normal()));
  const x = float32(
    [N, D],
    rows.flatMap((row) => [...row]),
  );
  const { scaling: kind } = await openFeatureSource('shape');
  const fitted = fitScaling(
    kind!,
    x,
    Int32Array.from({ length: train }, (_, i) => i),
  );
  // ½·((x − μ)/2σ + 1), cut to 0 … 1, with μ and σ of the rows that train
  const column = (j: number): number[] => rows.slice(0, train).map((row) => row[j]!);
  const expected = (row: Float32Array): number[] =>
    Array.from(row, (value, j) => {
      const mean = column(j).reduce((a, b) => a + b, 0) / train;
      const deviation = Math.sqrt(column(j).reduce((sum, v) => sum + (v - mean) ** 2, 0) / train);
      return Math.min(Math.max(0.5 * ((value - mean) / (2 * deviation) + 1), 0), 1);
    });
  const out = new Float32Array(D);
  let cut = 0;
  rows.forEach((row, i) => {
    scaleRow(fitted, x, i, out);
    allclose(out, expected(row), { atol: 1e-6 });
    cut += out.filter((v) => v === 0 || v === 1).length;
  });
  expect(cut).toBeGreaterThan(0);
});
