/**
 * Re-centralized faces from records to predictions, with a detector and a mesh that are made up: train, stop and resume to
 * the same bits, export, evaluate, and recognize the same faces through the same preparation.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { speakingFaces } from 'mien-testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochBatches, frontalToTensor, type Dataset, type Samples } from '../data/index.ts';
import { recordDataset, RecordImages } from '../data/node.ts';
import type { FaceRecord } from '../data/databases/index.ts';
import { landmarks68, type Recentering } from '../face/index.ts';
import { rawImage, type RawImage } from '../image/index.ts';
import { recentralized } from '../nn/models/index.ts';
import { ExpressionClassifier, FaceInputs, Recognizer } from '../predict/index.ts';
import { RECENTRALIZED } from '../recipes/index.ts';
import { Random } from '../tensor/index.ts';
import { fit, imagesOf, readCheckpoint, type Recipe } from '../train/index.ts';
import { evaluateModel } from './evaluate.ts';
import { measureRobustness } from './robustness/index.ts';
import { trainModel } from './train-model.ts';

const SIDE = 48;
const CLASSES = ['neutral', 'happiness', 'surprise'];
const SHADING = 24;

/** A grey photo without a face in it: its first pixel alone says how wide the mouth is open. */
function photo(opening: number, seed: number): RawImage {
  const random = new Random(seed, 'photo');
  return rawImage(
    SIDE,
    SIDE,
    1,
    Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i === 0 ? opening : 80 + (i % SIDE) + random.int(8))),
  );
}

/** The recipe for people's own data, on a network that trains in a moment. */
function toy(loss: 'cross-entropy' | 'focal'): Recipe {
  const own = RECENTRALIZED.manifest({ loss });
  return {
    ...own,
    network: recentralized({
      classes: 3,
      size: SIDE,
      shadingSize: SHADING,
      widthMultiplier: 1 / 16,
      noise: 0.02,
      dropout: 0.02,
    }),
    inputs: { ...own.inputs, shading: { kind: 'frontal', view: 'shading', size: SHADING } },
    heads: [{ output: 'logits', classes: CLASSES, target: 'label', trainedOn: 'manifest' }],
    loss: RECENTRALIZED.manifest({ loss }).loss!,
    augment: { flip: 0.5 },
    epochs: 8,
    batchSize: 4,
    lr: 3e-3,
  };
}

let folder: string;
let recentering: Recentering;
let dataset: Dataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-recentralized-'));
  recentering = await speakingFaces();
  const random = new Random(1, 'records');
  const records = (split: string, count: number): FaceRecord[] =>
    Array.from({ length: count }, (_, i) => {
      const label = i % 3;
      const opening = 20 + 90 * label + random.int(20);
      const image = photo(opening, i + (split === 'train' ? 0 : 1000));
      return {
        id: `${split}/${i}`,
        label: CLASSES[label]!,
        image: { read: () => Promise.resolve(image) },
        landmarks: async () => {
          const mesh = await recentering.mesher.mesh(image, (await recentering.detector.detect(image))[0]!);
          return { 68: landmarks68(mesh.points) };
        },
      };
    });
  dataset = recordDataset(
    'toys',
    { name: 'manifest', classes: CLASSES },
    { train: records('train', 24), validation: records('validation', 12) },
    new RecordImages(imagesOf(toy('focal')), { faces: { recentering: () => Promise.resolve(recentering) } }),
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** Pixels of a sample's frontal view. */
function viewOf(samples: Samples, name: string, i: number): Uint8Array {
  const input = samples.inputs[name];
  if (input?.kind !== 'frontal') throw new Error(`${name} is not a frontal view`);
  const size = input.table.pixels.length / input.table.count;
  return input.table.pixels.slice(i * size, (i + 1) * size);
}

describe('faces that are found, meshed and turned when data are loaded', () => {
  it('are trained on, resumed to the same bits, exported, evaluated, and recognized as they were trained', async () => {
    const recipe = toy('focal');
    const out = join(folder, 'parts');
    const controller = new AbortController();
    const stopped = fit(recipe, {
      dataset,
      out,
      threads: 1,
      signal: controller.signal,
      onStep: ({ epoch, step }) => {
        if (epoch === 2 && step === 2) controller.abort(new Error('stopped'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    await fit(recipe, { dataset, out, threads: 1, resume: true });
    const whole = join(folder, 'model');
    const trained = await trainModel(recipe, { dataset, out: whole, licence: 'none', threads: 1 });
    const [one, other] = await Promise.all([out, whole].map((each) => readCheckpoint(join(each, 'last.safetensors'))));
    for (const [name, { data }] of one!.state) expect(other!.state.get(name)!.data, name).toEqual(data);
    expect(trained.card.metrics.map(({ views }) => views)).toEqual(['single', 'mirror']);
    const bytes = await readFile(trained.modelPath);
    const classifier = await ExpressionClassifier.create(bytes, 'toy', { threads: 1 });
    expect(classifier.format).toMatchObject({ mesh: { landmarks: true, views: { shading: SHADING } } });
    const { accuracy } = await evaluateModel(classifier, dataset, { split: 'validation' });
    await expect(measureRobustness(classifier, dataset, { split: 'validation' })).rejects.toThrow(
      'takes frontal as its input "shading", which would not change with the image',
    );
    expect(accuracy).toBeGreaterThan(0.85);

    // A photo goes the same way as a record
    const validation = await dataset.loadSplit('validation', 'evaluate');
    const recognizer = new Recognizer({
      detector: recentering.detector,
      mesher: recentering.mesher,
      canonicalFace: recentering.canonical,
      classifier,
    });
    const faceInputs = new FaceInputs(classifier, { canonicalFace: recentering.canonical });
    const [batch] = [
      ...epochBatches({
        samples: validation,
        inputs: classifier.inputs,
        batchSize: validation.count,
        seed: 0,
        epoch: 0,
        preprocess: classifier.preprocess,
      }),
    ];
    let right = 0;
    for (const i of [0, 1, 2]) {
      const image = photoOf(validation, i);
      const [face] = await recognizer.findFaces(image);
      const inputs = [await faceInputs.of(image, face!)];
      const [prediction] = await recognizer.predictFaces(image, [face!]);
      expect(inputs[0]!.frontal!.shading!.data).toEqual(viewOf(validation, 'shading', i));
      const made = classifier.toInputs(inputs);
      const size = SHADING * SHADING;
      expect(made['shading']!.data).toEqual(
        (batch!.inputs['shading']!.data as Float32Array).slice(i * size, (i + 1) * size),
      );
      right += Number(prediction!.top === CLASSES[validation.labels[i]!]);
    }
    expect(right).toBeGreaterThan(1);
    await expect(classifier.classify([rawImage(SIDE, SIDE, 1, new Uint8Array(SIDE * SIDE))])).rejects.toThrow(
      `takes the frontal shading of ${SHADING}×${SHADING} px beside each face, got none`,
    );
    await recognizer.release();
  }, 180_000);

  it('look at each stream alone, and at pairs: none of the others is asked of the data', async () => {
    const counts = await Promise.all(
      ([['landmarks'], ['shading'], ['appearance', 'shading']] as const).map(async (streams) => {
        const own = RECENTRALIZED.ferplus({ streams });
        expect(Object.keys(own.inputs!)).toEqual(['x', ...streams.filter((s) => s !== 'appearance')]);
        return imagesOf(own).mesh;
      }),
    );
    expect(counts).toEqual([
      { landmarks: true, views: {} },
      { landmarks: false, views: { shading: 48 } },
      { landmarks: false, views: { shading: 48 } },
    ]);
    expect(imagesOf(RECENTRALIZED.ferplus({ streams: ['appearance'] })).mesh).toBeUndefined();
  });

  it('take a face that is not found for black and one point, and mirror the shading with the image', () => {
    const pixels = Uint8Array.from([0, 51, 102, 255, 0, 0, 0, 0]);
    const table = { count: 2, width: 2, height: 2, channels: 1 as const, pixels };
    const points = Float32Array.from({ length: 272 }, (_, i) => (i < 136 ? 12 : NaN));
    const samples = {
      ids: ['a', 'b'],
      inputs: {
        shading: { kind: 'frontal', table },
        meshLandmarks: { kind: 'landmarks', table: { size: 136, values: points, width: SIDE, height: SIDE } },
      },
      count: 2,
    } as unknown as Samples;
    const made = (augment?: { flip: number }): Record<string, Float32Array> => {
      const [batch] = [
        ...epochBatches({
          samples,
          inputs: {
            shading: { kind: 'frontal', view: 'shading', size: 2 },
            landmarks: { kind: 'landmarks', points: 68, from: 'mesh' },
          },
          batchSize: 2,
          seed: 0,
          epoch: 0,
          preprocess: { width: SIDE, height: SIDE, channels: 'grey', mean: [0], std: [1] },
          ...(augment ? { augment } : {}),
        }),
      ];
      return Object.fromEntries(Object.entries(batch!.inputs).map(([name, t]) => [name, t.data as Float32Array]));
    };
    const plain = made();
    expect([...plain['shading']!].map((v) => Math.round(255 * v))).toEqual([...pixels]);
    expect([...made({ flip: 1 })['shading']!].map((v) => Math.round(255 * v))).toEqual([51, 0, 255, 102, 0, 0, 0, 0]);
    // Three channels come apart, and each is mirrored
    const colors = new Float32Array(12);
    frontalToTensor(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), 2, true, colors, 0);
    expect([...colors].map((v) => Math.round(255 * v))).toEqual([4, 1, 10, 7, 5, 2, 11, 8, 6, 3, 12, 9]);
    expect(plain['landmarks']![0]).toBeCloseTo(12 / SIDE - 0.5, 6);
    expect(plain['landmarks']!.subarray(136).every((v) => v === 0)).toBe(true);
  });
});

/** The photo that a sample was made of. */
function photoOf(samples: Samples, i: number): RawImage {
  const random = new Random(1, 'records');
  const openings = [24, 12].map((count) => Array.from({ length: count }, (_, k) => 20 + 90 * (k % 3) + random.int(20)));
  expect(samples.ids[i]).toBe(`validation/${i}`);
  return photo(openings[1]![i]!, i + 1000);
}
