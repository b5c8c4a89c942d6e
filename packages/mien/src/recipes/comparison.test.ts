/**
 * The recipes that re-centralization is compared with, on faces that are drawn by their landmarks: they train as their papers
 * say, and what they export answers.
 */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../data/index.ts';
import { MESH_LANDMARKS, Samples } from '../data/samples.ts';
import { landmarks68 } from '../face/index.ts';
import { loadCanonicalFace } from '../face/node.ts';
import { EXPRESSIONS_7 } from '../labels/index.ts';
import { NetworkBuilder } from '../nn/index.ts';
import { faceInception, phrnnMscnn, shapeShading } from '../nn/models/index.ts';
import { latentTruth, transitionMatrix } from '../nn/models/latent-truth.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { FeatureExtractor } from '../predict/node.ts';
import { float32, Random, toNumbers } from '../tensor/index.ts';
import { fit, readCheckpoint, type FitOptions, type FitResult, type Recipe } from '../train/index.ts';
import { COMPARISON_RECIPES } from './comparison.ts';

const SIDE = 48;
const face = landmarks68((await loadCanonicalFace()).vertices);

/** The lower lip tells the class, in the landmarks and as a dark spot in the image. */
function make(count: number, seed: number): Samples {
  const random = new Random(seed, 'faces');
  const labels = Int32Array.from({ length: count }, (_, i) => i % EXPRESSIONS_7.length);
  const points = new Float32Array(count * 136);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  labels.forEach((label, n) => {
    face.forEach(([x, y], i) => {
      const lip = (i >= 55 && i <= 59) || i >= 65 ? label : 0;
      points[n * 136 + 2 * i] = 24 + 2 * x + random.range(-0.1, 0.1);
      points[n * 136 + 2 * i + 1] = 24 + 2 * y + 0.7 * lip + random.range(-0.1, 0.1);
    });
    for (let i = 0; i < SIDE * SIDE; i++)
      pixels[n * SIDE * SIDE + i] = 120 + random.int(20) - (Math.floor(i / SIDE / 6) === label ? 60 : 0);
  });
  return new Samples({
    ids: Array.from(labels, (_, i) => `#${i}`),
    inputs: {
      image: { kind: 'image', table: { count, width: SIDE, height: SIDE, channels: 1, pixels } },
      [MESH_LANDMARKS]: { kind: 'landmarks', table: { size: 136, values: points, width: SIDE, height: SIDE } },
    },
    targets: { label: { classes: EXPRESSIONS_7, labels } },
  });
}
const dataset: Dataset = {
  name: 'manifest',
  classes: EXPRESSIONS_7,
  splits: ['train', 'validation'],
  loadSplit: (split) => Promise.resolve(split === 'train' ? make(70, 1) : make(21, 2)),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-comparison-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipeOf = (id: string): Recipe => COMPARISON_RECIPES.find((recipe) => recipe.id === id)!;
const run = (recipe: Recipe, more: Partial<FitOptions> = {}): Promise<FitResult> =>
  fit(recipe, { dataset, out: join(folder, recipe.id), threads: 1, ...more });

describe('recipes', () => {
  const narrow = { classes: 7, size: SIDE, widthMultiplier: 1 / 16 };
  const labellings = { manifest: EXPRESSIONS_7 };
  it.each([
    ['phrnn-mscnn', phrnnMscnn(narrow)],
    ['face-inception', faceInception(narrow)],
    ['ltnet', latentTruth({ ...narrow, classes: EXPRESSIONS_7, labellings })],
  ])('%s learns, and is exported', async (id, network) => {
    const { history, modelPath } = await run({ ...recipeOf(`${id}.manifest`), network }, { epochs: 4 });
    expect(history.at(-1)!.trainLoss).toBeLessThan(history[0]!.trainLoss);
    await access(modelPath);
  });

  it('shape-shading finds its components, learns by landmarks, and gives its kernel features to classifiers', async () => {
    const { history, modelPath } = await run(
      {
        ...recipeOf('shape-shading.manifest'),
        network: shapeShading({ classes: 7, size: SIDE, eyeDistance: 20, components: 20, kernelFeatures: 128 }),
        lr: 0.03,
      },
      { epochs: 4 },
    );
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
    const extractor = await FeatureExtractor.create(modelPath, { threads: 1 });
    const { dims, data } = await extractor.extract(make(21, 2));
    await extractor.release();
    expect(dims).toEqual([21, 128]);
    // √2·cos of anything
    expect((data as Float32Array).every((v) => Math.abs(v) <= Math.SQRT2 + 1e-6)).toBe(true);
  });

  it('dtagn trains both networks apart, and then their upper layers together', async () => {
    const recipe = recipeOf('dtagn.manifest');
    const losses: string[] = [];
    await run(recipe, {
      epochs: 4,
      onStep: ({ step, parts }) => {
        if (step === 1) losses.push(Object.keys(parts).join());
      },
    });
    const apart = 'apart.appearance,apart.geometry';
    expect(losses).toEqual([apart, apart, apart, 'joint.appearance,joint.geometry,joint.joint']);
    const { state, judgedFrom } = await readCheckpoint(join(folder, recipe.id, 'last.safetensors'));
    expect(judgedFrom).toBe(3);
    expect(['apart', 'joint'].map((name) => state.get(`${name}:count`)!.data[0])).toEqual([12, 4]);
    // The optimiser of the joint step holds what it trains
    const tuned = [...state.keys()].flatMap((name) => (name.endsWith(':joint.m') ? [name.split(':')[0]!] : []));
    expect(tuned).toEqual(
      ['appearance', 'geometry'].flatMap((part) =>
        ['fc2.weight', 'fc2.bias', 'logits.weight', 'logits.bias'].map((name) => `${part}.${name}`),
      ),
    );
  });
});

describe('a labelling of a latent truth', () => {
  const rows = (classes: readonly string[], answers: readonly string[]): number[] => {
    const b = new NetworkBuilder('transition');
    b.output(transitionMatrix(b, 'm', classes, answers), 't');
    return toNumbers(Object.values(evaluateGraph(b.graph, {}))[0]!);
  };
  it('starts by calling nine of ten by their name, and has no opinion on a class that it does not have', () => {
    const expected = [0.9, 0.05, 0.05, 0.05, 0.9, 0.05, 1 / 3, 1 / 3, 1 / 3];
    rows(['a', 'b', 'contempt'], ['a', 'b', 'c']).forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 5));
  });

  it('says what the truth says, through its matrix', () => {
    const network = latentTruth({
      classes: ['a', 'b'],
      labellings: { m: ['a', 'b'] },
      size: 32,
      widthMultiplier: 1 / 16,
    });
    const b = new NetworkBuilder('latent', {
      weights: new Map([
        ['transition.m', float32([2, 2], [Math.log(3), 0, 0, 0])],
        ['fc.weight', float32([2, 32], new Array<number>(64).fill(0))],
        ['fc.bias', float32([2], [Math.log(4), 0])],
      ]),
    });
    b.output(network.build(b, b.input('x', 'float32', [1, 1, 32, 32]))['m']!, 'm');
    const x = float32([1, 1, 32, 32], new Array<number>(1024).fill(0));
    const [first, second] = toNumbers(Object.values(evaluateGraph(b.graph, { x }))[0]!).map(Math.exp);
    // The truth is a with 0.8: 0.8·¾ + 0.2·½ and 0.8·¼ + 0.2·½
    expect(first).toBeCloseTo(0.7, 5);
    expect(second).toBeCloseTo(0.3, 5);
  });

  it('needs one, under a name of its own', () => {
    expect(() => latentTruth({ classes: ['a', 'b'], labellings: {} })).toThrow('expected at least one labelling');
    const b = new NetworkBuilder('taken');
    const taken = latentTruth({ classes: ['a', 'b'], labellings: { logits: ['a', 'b'] }, size: 32 });
    expect(() => taken.build(b, b.input('x', 'float32', [1, 1, 32, 32]))).toThrow('"logits" is named as an output');
  });
});
