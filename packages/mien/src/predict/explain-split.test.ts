/** The mean map of each class, with a classifier that looks at one pixel. */
import { describe, expect, it } from 'vitest';
import { labelledImages } from '../data/index.ts';
import { rawImage } from '../image/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import type { ExpressionClassifier, FaceInput } from './classifier.ts';
import { explainCopies } from './explain-face.ts';
import { explainSplit } from './explain-split.ts';

const CLASSES = ['neutral', 'happiness'];
/** 4×4 images; happiness where the first pixel is bright, by the logits 0 and 8·(pixel − ½). */
const classifier = {
  model: { name: 'pixel', heads: [{ output: 'logits', classes: CLASSES, trainedOn: 'drawn', temperature: 1 }] },
  preprocess: { width: 4, height: 4, channels: 'grey', mean: [0], std: [1], framing: 'none' },
  toInputs: (faces: readonly FaceInput[]) => ({
    x: float32(
      [faces.length, 1, 4, 4],
      faces.flatMap(({ chip }) => [...chip.data].map((v) => v / 255)),
    ),
  }),
  logits: ({ dims, data }: Tensor) =>
    Promise.resolve([
      float32(
        [dims[0]!, 2],
        Array.from({ length: dims[0]! }, (_, i) => [0, 8 * ((data as Float32Array)[i * 16]! - 0.5)]).flat(),
      ),
    ]),
} as unknown as ExpressionClassifier;

/** @param first pixels, one an image */
const samplesOf = (first: readonly number[], labels: readonly number[]): ReturnType<typeof labelledImages> =>
  labelledImages({
    images: {
      count: first.length,
      width: 4,
      height: 4,
      channels: 1,
      pixels: Uint8Array.from(first.flatMap((v) => [v, ...Array<number>(15).fill(100)])),
    },
    classes: CLASSES,
    labels: Int32Array.from(labels),
    ids: first.map((_, i) => `${i}`),
  });

describe('explainSplit', () => {
  it('averages the maps of the images that the model gets right', async () => {
    const told: number[] = [];
    const samples = samplesOf([255, 191, 10, 0], [1, 1, 1, 0]);
    const { width, window, classes } = await explainSplit(classifier, samples, {
      window: 1,
      stride: 1,
      onProgress: (done, total) => told.push(done, total),
    });
    expect([width, window, told.at(-2), told.at(-1)]).toEqual([4, 1, 4, 4]);
    expect(classes.map(({ expression, asked, right }) => [expression, asked, right])).toEqual([
      ['neutral', 1, 1],
      ['happiness', 3, 2],
    ]);
    const [neutral, happiness] = classes;
    // Covering the first pixel takes the happiness away; nothing else matters
    const p = (v: number): number => 1 / (1 + Math.exp(-8 * (v / 255 - 0.5)));
    expect(happiness!.maps.drop[0]).toBeCloseTo((p(255) + p(191)) / 2 - p(0), 5);
    expect([...happiness!.maps.flip]).toEqual([1, ...Array<number>(15).fill(0)]);
    expect(happiness!.sparsity.flip).toBeCloseTo(1, 12);
    expect([...happiness!.face!.data.slice(0, 2)]).toEqual([223, 100]);
    expect([...neutral!.maps.flip]).toEqual(Array<number>(16).fill(0));
    expect(neutral!.sparsity.flip).toBeNaN();
  });

  it('draws as many of each class as are asked for, and says where the model is never right', async () => {
    const { classes } = await explainSplit(classifier, samplesOf([0, 1, 2, 3, 4], [1, 1, 1, 1, 1]), {
      imagesPerClass: 2,
      window: 2,
    });
    expect(classes).toMatchObject([{ expression: 'happiness', asked: 2, right: 0, face: undefined }]);
    expect(classes[0]!.maps.drop.every(Number.isNaN)).toBe(true);
  });
});

describe('explainCopies', () => {
  it('tells what is decided on each copy', async () => {
    const chip = rawImage(
      4,
      4,
      1,
      Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 255 : 100)),
    );
    const { expression, window, copies } = await explainCopies(classifier, chip, { across: 2, window: 2 });
    expect([expression, window]).toEqual(['happiness', 2]);
    expect(copies.map(({ top, left, expression: e }) => [top, left, e])).toEqual([
      [0, 0, 'neutral'],
      [0, 2, 'happiness'],
      [2, 0, 'happiness'],
      [2, 2, 'happiness'],
    ]);
    await expect(explainCopies(classifier, chip, { window: 5 })).rejects.toThrow('window: expected 1 to 4, got 5');
  });
});
