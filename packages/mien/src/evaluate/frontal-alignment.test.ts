/** Frontalization as alignment: a recipe is trained on frontalized records, and its model recognizes photos frontalized alike. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { speakingFaces } from 'mien-testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordDataset, RecordImages, type Framing } from '../data/node.ts';
import type { FaceRecord } from '../data/databases/index.ts';
import { rawImage, toGray, type RawImage } from '../image/index.ts';
import { flatten, linear } from '../nn/index.ts';
import { ExpressionClassifier, Recognizer, FaceInputs } from '../predict/index.ts';
import { RECENTRALIZED } from '../recipes/index.ts';
import { fit, headsLoss, imagesOf, labelHead, type Recipe } from '../train/index.ts';

const SIDE = 40;
const CLASSES = ['neutral', 'happiness'];
const heads = [labelHead('logits', CLASSES, 'manifest')];
const { template } = RECENTRALIZED.manifest().preprocess;

const recipe: Recipe = {
  ...RECENTRALIZED.manifest(),
  id: 'toy.frontal',
  network: {
    name: 'linear',
    input: { channels: 1, height: 24, width: 24 },
    build: (b, x) => ({ logits: linear(b, 'fc', flatten(b, x), { features: 2 }) }),
  },
  inputs: { x: { kind: 'image' } },
  heads,
  loss: headsLoss(heads),
  preprocess: {
    width: 24,
    height: 24,
    channels: 'grey',
    mean: [0.5],
    std: [0.25],
    framing: 'fer2013',
    template: template!,
    alignment: 'frontal',
  },
  epochs: 2,
  batchSize: 4,
};

/** Brighter to the right; a first pixel of 0 means that there is no face. */
const photo = (first: number, shade: number): RawImage =>
  rawImage(
    SIDE,
    SIDE,
    1,
    Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i === 0 ? first : shade + 2 * (i % SIDE))),
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-frontal-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('is the same in records and in photos, and stands in the model file', async () => {
  const recentering = await speakingFaces();
  const records = (count: number): FaceRecord[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `#${i}`,
      label: CLASSES[i % 2]!,
      image: { read: () => Promise.resolve(photo(1, 60 + 80 * (i % 2))) },
    }));
  const framings = new Set<Framing>();
  const images = new RecordImages(imagesOf(recipe), {
    faces: { recentering: () => Promise.resolve(recentering) },
    onImage: (_, framing) => framings.add(framing),
  });
  const dataset = recordDataset(
    'toys',
    { name: 'manifest', classes: CLASSES },
    { train: records(8), validation: records(4) },
    images,
  );
  const { modelPath } = await fit(recipe, { dataset, out: folder, threads: 1 });
  expect([...framings]).toEqual(['frontal']);
  const { alignment: _, ...usual } = recipe.preprocess;
  await expect(
    fit({ ...recipe, preprocess: usual }, { dataset, out: folder, threads: 1, resume: true }),
  ).rejects.toThrow('was made with frontal alignment, this run has the usual alignment');
  const classifier = await ExpressionClassifier.create(await readFile(modelPath), 'toy', { threads: 1 });
  expect(classifier.format).toMatchObject({ alignment: 'frontal' });

  const { pixels } = (await dataset.loadSplit('validation', 'evaluate')).images;
  const recognizer = new Recognizer({ ...recentering, canonicalFace: recentering.canonical, classifier });
  const [face] = await recognizer.findFaces(photo(1, 60));
  const { chip } = await new FaceInputs(classifier, { canonicalFace: recentering.canonical }).of(photo(1, 60), face!);
  expect(toGray(chip).data).toEqual(pixels.slice(0, 24 * 24));
  // Beyond the average face there is nothing
  expect(pixels[0]).toBe(0);
  await recognizer.release();

  framings.clear();
  await images.table([{ id: 'none', image: { read: () => Promise.resolve(photo(0, 60)) } }]);
  expect([...framings]).toEqual(['whole']);
});

it('needs a template', async () => {
  const { template: _, ...without } = recipe.preprocess;
  const dataset = recordDataset(
    'toys',
    { name: 'manifest', classes: CLASSES },
    Object.fromEntries(
      ['train', 'validation'].map((split) => [
        split,
        [0, 1, 2, 3].map((i) => ({
          id: `${split}#${i}`,
          label: CLASSES[i % 2]!,
          image: { read: () => Promise.resolve(photo(1, 60)) },
        })),
      ]),
    ),
    new RecordImages({ width: 24, height: 24, channels: 'grey' }),
  );
  await expect(
    fit({ ...recipe, preprocess: without }, { dataset, out: join(folder, 'without'), threads: 1, epochs: 1 }),
  ).rejects.toThrow('needs a template');
});
