/** A student without labels learns what its teacher knows; what was answered is kept, and goes with the run. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  labelledImages,
  type Dataset,
  type LabelledImages,
  type ModelSpec,
  type PreprocessSpec,
} from '../data/index.ts';
import { flatten, linear, relu, type Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { adam, constant } from '../optim/index.ts';
import { ExpressionClassifier } from '../predict/index.ts';
import { float32, Random, type Tensor } from '../tensor/index.ts';
import { exportModel, fit, readCheckpoint, type FitResult, type Recipe } from '../train/index.ts';
import type { LogitsModel } from './model.ts';
import { teach, type Teacher, type TeachOptions } from './teach.ts';

const CLASSES = ['neutral', 'happiness', 'surprise'];
const SIDE = 6;

/** Images that are bright in one of three bands, by their class. */
function images(count: number, seed: number, labelled = true): LabelledImages {
  const random = new Random(seed, 'bands');
  const pixels = new Uint8Array(count * SIDE * SIDE);
  for (let i = 0; i < pixels.length; i++) {
    const band = Math.floor((i % (SIDE * SIDE)) / (2 * SIDE));
    pixels[i] = (band === Math.floor(i / (SIDE * SIDE)) % 3 ? 120 : 80) + random.int(60);
  }
  return labelledImages({
    images: { count, height: SIDE, width: SIDE, channels: 1, pixels },
    classes: CLASSES,
    ids: Array.from({ length: count }, (_, i) => `#${i}`),
    labels: Int32Array.from({ length: count }, (_, i) => (labelled ? i % 3 : -1)),
  });
}

const TRAIN = images(120, 1);
const datasetOf = (train: LabelledImages): Dataset => ({
  name: 'bands',
  classes: CLASSES,
  splits: ['train', 'test'],
  loadSplit: (split) => Promise.resolve(split === 'train' ? train : images(60, 2)),
});
const perceptron = (hidden: number): Network => ({
  name: `perceptron-${hidden}`,
  input: { channels: 1, height: SIDE, width: SIDE },
  build: (b, x) => ({
    logits: linear(b, 'out', relu(b, linear(b, 'hidden', flatten(b, x), { features: hidden })), { features: 3 }),
  }),
});
const PREPROCESS = {
  width: SIDE,
  height: SIDE,
  channels: 'grey',
  mean: [0.5],
  std: [0.25],
  framing: 'none',
} as const satisfies Omit<PreprocessSpec, 'classes' | 'mean' | 'std'> & { mean: number[]; std: number[] };
const recipe: Recipe = {
  id: 'bands',
  title: 'Bands',
  data: { dataset: 'bands', trainSplit: 'train', validationSplit: 'test' },
  network: perceptron(16),
  heads: [{ output: 'logits', classes: CLASSES, target: 'label', trainedOn: 'bands' }],
  loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
  preprocess: PREPROCESS,
  augment: { flip: 0.5 },
  optimizer: adam(),
  lr: 0.01,
  schedule: constant,
  epochs: 6,
  batchSize: 24,
  seed: 1,
  expected: [],
};
const student: Recipe = {
  ...recipe,
  id: 'student',
  network: perceptron(6),
  distil: { teachers: ['bands'], temperature: 2, weight: 0.8 },
};

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'mien-teach-'));
});
afterEach(() => rm(out, { recursive: true }));

async function teacherOf(fitted: FitResult): Promise<Teacher & { release(): Promise<void> }> {
  const bytes = exportModel(recipe, fitted.weights);
  const scored = await ExpressionClassifier.create(bytes, 'bands', { threads: 1 });
  return {
    name: 'bands',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    scored,
    images: TRAIN,
    release: () => scored.release(),
  };
}

it('brings a student without any label to what its teacher knows; kept answers are taken again', async () => {
  const fitted = await fit(recipe, { dataset: datasetOf(TRAIN), out: join(out, 'teacher'), threads: 1 });
  const teacher = await teacherOf(fitted);
  expect(fitted.history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);

  const shown: number[] = [];
  const options: TeachOptions = {
    temperature: 2,
    weight: 0.8,
    out: join(out, 'student'),
    onProgress: (_, done) => shown.push(done),
  };
  const teaching = await teach(student, [teacher], options);
  expect(teaching.teachers).toEqual([{ name: 'bands', sha256: teacher.sha256 }]);
  expect(shown).toEqual([120]);
  const p = teaching.targets.get('logits')!;
  expect(p.dims).toEqual([120, 3]);
  expect((p.data as Float32Array).subarray(0, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect((await stat(join(out, 'student', 'teachers.safetensors'))).size).toBeGreaterThan(120 * 3 * 4);
  expect(await teach(student, [teacher], options)).toEqual(teaching);
  expect(shown).toEqual([120]);

  const unlabelled = datasetOf(images(120, 1, false));
  const parts: string[] = [];
  const taught = await fit(student, {
    dataset: unlabelled,
    out: join(out, 'student'),
    threads: 1,
    teaching,
    onStep: (info) => parts.push(...Object.keys(info.parts)),
  });
  expect(taught.history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
  expect(new Set(parts)).toEqual(new Set(['labels', 'teacher.logits']));
  const alone = await fit(
    { ...recipe, network: perceptron(6) },
    { dataset: unlabelled, out: join(out, 'alone'), threads: 1 },
  );
  expect(alone.history.at(-1)!.accuracies[0]).toBeLessThan(0.7);

  // A run goes on with its own teachers only
  expect((await readCheckpoint(join(out, 'student', 'last.safetensors'))).teachers).toBe(teaching.digest);
  const resumed = (more: object) =>
    fit(
      { ...student, ...more },
      { dataset: unlabelled, out: join(out, 'student'), threads: 1, resume: true, epochs: 7 },
    );
  await expect(resumed({})).rejects.toThrow('student: learns from teachers (bands), whose answers are needed');
  await expect(
    fit(
      { ...recipe, id: 'student', network: perceptron(6) },
      { dataset: unlabelled, out: join(out, 'student'), threads: 1, resume: true },
    ),
  ).rejects.toThrow('was made with teachers, this run has none');
  await teacher.release();
}, 60_000);

describe('teach', () => {
  /** Logits 0, 1, 2 for whatever it sees. */
  const fixed = (
    name: string,
    heads: readonly (readonly [output: string, classes: readonly string[], trainedOn: string])[],
  ): Teacher => ({
    name,
    sha256: name,
    images: TRAIN,
    scored: {
      model: {
        name,
        recipe: name,
        heads: heads.map(([output, classes, trainedOn]): ModelSpec['heads'][number] => ({
          kind: 'classes',
          output,
          classes: [...classes],
          trainedOn,
          temperature: 1,
        })),
      },
      preprocess: { ...PREPROCESS, mean: [0.5], std: [0.25], classes: CLASSES },
      logits: (x: Tensor) =>
        Promise.resolve(
          heads.map(([, classes]) =>
            float32(
              [x.dims[0]!, classes.length],
              Array.from({ length: x.dims[0]! * classes.length }, (_, i) => i % classes.length),
            ),
          ),
        ),
    } satisfies LogitsModel,
  });
  const options: TeachOptions = { temperature: 2, weight: 0.5 };
  const soft = [0, 0.5, 1].map((z) => Math.exp(z) / (1 + Math.exp(0.5) + Math.E));

  it('takes the mean of the teachers, each in its own order of classes, and the head of the same labels', async () => {
    const { targets } = await teach(
      recipe,
      [
        fixed('same', [
          ['other', CLASSES, 'elsewhere'],
          ['own', CLASSES, 'bands'],
        ]),
        fixed('reversed', [['out', [...CLASSES].reverse(), 'bands']]),
      ],
      options,
    );
    const row = (targets.get('logits')!.data as Float32Array).subarray(0, 3);
    [0, 1, 2].forEach((k) => expect(row[k]).toBeCloseTo((soft[k]! + soft[2 - k]!) / 2, 6));
  });

  it('leaves heads that no teacher knows to their labels', async () => {
    const two = {
      ...recipe,
      heads: [...recipe.heads, { output: 'more', classes: ['yes', 'no'], target: 'more', trainedOn: 'more' }],
    };
    expect([...(await teach(two, [fixed('one', [['out', CLASSES, 'bands']])], options)).targets.keys()]).toEqual([
      'logits',
    ]);
  });

  it('refuses teachers of other classes or images, and settings out of range', async () => {
    await expect(teach(recipe, [fixed('other', [['out', ['a', 'b'], 'x']])], options)).rejects.toThrow(
      'other: has no output with the classes of logits',
    );
    await expect(
      teach(
        recipe,
        [fixed('one', [['out', CLASSES, 'x']]), { ...fixed('two', [['out', CLASSES, 'x']]), images: images(12, 1) }],
        options,
      ),
    ).rejects.toThrow('two: saw other images than one');
    await expect(teach(recipe, [], { ...options, temperature: 0 })).rejects.toThrow(
      'temperature: expected a number above 0, got 0',
    );
    await expect(teach(recipe, [], { ...options, weight: 1.2 })).rejects.toThrow(
      'weight: expected a number above 0 and at most 1, got 1.2',
    );
  });
});
