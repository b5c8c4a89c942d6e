/**
 * The deep belief network, the autoencoders and the conditional one on drawn data, through the whole path: train, stop and
 * resume to the same bits, export, features, start of a classifier, pictures.
 */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type Samples } from '../data/index.ts';
import { startFrom } from '../evaluate/index.ts';
import { NetworkBuilder } from '../nn/index.ts';
import { DESCRIPTOR_SIZE } from '../nn/layers/landmark-descriptors.ts';
import { contractiveLoss } from '../nn/losses/index.ts';
import { encodeFaces } from '../nn/models/index.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { FeatureExtractor, loadGenerator } from '../predict/node.ts';
import { float32, Random, toNumbers, type Tensor } from '../tensor/index.ts';
import { fit, readCheckpoint, type FitOptions, type FitResult, type Recipe } from '../train/index.ts';
import { AUTOENCODER_VARIANTS, autoencoderRecipe, encoderRecipe } from './autoencoder.ts';
import { conditionalVaeRecipe } from './conditional-vae.ts';
import { deepBeliefRecipe } from './deep-belief.ts';
import { landmarkAutoencoderRecipe } from './landmark-autoencoder.ts';

const SIDE = 8;
const CLASSES = ['neutral', 'happiness', 'surprise'];

/** A band tells the class; a bright or dark half, and noise, do not. */
function make(count: number, seed: number): Samples {
  const random = new Random(seed, 'bands');
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const halves = Int32Array.from({ length: count }, () => random.int(2));
  const pixels = Uint8Array.from({ length: count * SIDE * SIDE }, (_, p) => {
    const [i, x, y] = [Math.floor(p / (SIDE * SIDE)), p % SIDE, Math.floor((p % (SIDE * SIDE)) / SIDE)];
    const band = Math.floor(y / 3) === labels[i]! ? 110 : 0;
    return 40 + band + (x < 4 === (halves[i] === 1) ? 50 : 0) + random.int(25);
  });
  return labelledImages({
    images: { count, width: SIDE, height: SIDE, channels: 1, pixels },
    classes: CLASSES,
    labels,
    ids: Array.from(labels, (_, i) => `#${i}`),
  });
}
const dataset: Dataset = {
  name: 'bands',
  classes: CLASSES,
  splits: ['train', 'validation'],
  loadSplit: (split) => Promise.resolve(split === 'train' ? make(96, 1) : make(48, 2)),
};
const tiny = { dataset: 'bands', classes: CLASSES, size: SIDE, batchSize: 12 };
/** Faster than faces need. */
const quick = (recipe: Recipe): Recipe => ({ ...recipe, lr: 1e-2, augment: {} });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-generative-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (recipe: Recipe, out: string, more: Partial<FitOptions> = {}): Promise<FitResult> =>
  fit(recipe, { dataset, out: join(folder, recipe.id, out), threads: 1, ...more });

/** A run of six epochs that is stopped in the second, and resumed, has the same bits as the whole one. */
async function expectSameBits(recipe: Recipe, data = dataset): Promise<void> {
  const short = { epochs: 6, dataset: data };
  await run(recipe, 'short', short);
  const controller = new AbortController();
  const stopped = run(recipe, 'parts', {
    ...short,
    signal: controller.signal,
    onStep: ({ epoch, step }) => {
      if (epoch === 2 && step === 2) controller.abort(new Error('stopped'));
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  await run(recipe, 'parts', { resume: true, dataset: data });
  const [whole, parts] = await Promise.all(
    ['short', 'parts'].map((out) => readCheckpoint(join(folder, recipe.id, out, 'last.safetensors'))),
  );
  expect([...parts!.state.keys()]).toEqual([...whole!.state.keys()]);
  for (const [name, { data }] of whole!.state)
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(parts!.state.get(name)!.data.buffer)), name).toBe(0);
}

describe('a deep belief network', () => {
  const recipe: Recipe = {
    ...deepBeliefRecipe({ ...tiny, hidden: [32, 16], epochs: 30 }),
    augment: {},
    lr: 5e-3,
  };
  it('learns layer by layer, then by labels, and goes on to the same bits from within a machine', async () => {
    const losses: string[] = [];
    const { history } = await run(recipe, 'whole', {
      onStep: ({ step, parts }) => {
        if (step === 1) losses.push(Object.keys(parts)[0]!);
      },
    });
    expect(losses.map((name) => name.split('.')[0])).toEqual([
      ...Array.from({ length: 5 }, () => 'rbm1'),
      ...Array.from({ length: 5 }, () => 'rbm2'),
      ...Array.from({ length: 20 }, () => 'tune'),
    ]);
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
    const { state, judgedFrom } = await readCheckpoint(join(folder, recipe.id, 'whole', 'last.safetensors'));
    expect(judgedFrom).toBe(10);
    expect(['rbm1', 'rbm2', 'tune'].map((name) => state.get(`${name}:count`)!.data[0])).toEqual([40, 40, 160]);
    await expectSameBits(recipe);
  });
});

/** The codes of the validation faces, by the exported model. [N,D] */
async function codesOf(recipe: Recipe, out: string): Promise<Tensor> {
  const extractor = await FeatureExtractor.create(join(folder, recipe.id, out, `${recipe.id}.onnx`), { threads: 1 });
  const codes = await extractor.extract(make(48, 2));
  await extractor.release();
  return codes;
}

/** Mean of each unit over the samples. */
function unitMeans({ dims, data }: Tensor): number[] {
  const [N, D] = dims as [number, number];
  return Array.from({ length: D }, (_, d) => {
    let sum = 0;
    for (let n = 0; n < N; n++) sum += Number(data[n * D + d]);
    return sum / N;
  });
}
const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(AUTOENCODER_VARIANTS)('a %s autoencoder', (variant) => {
  const [code, epochs] = ['convolutional', 'variational', 'adversarial'].includes(variant) ? [6, 20] : [20, 10];
  const recipe = quick(autoencoderRecipe(variant, { ...tiny, code, epochs }));

  it('makes faces of codes, tells classes by them, and goes on to the same bits', async () => {
    const errors: number[] = [];
    const { history } = await run(recipe, 'whole', {
      onStep: ({ parts }) => errors.push(parts['reconstruct.reconstruction']!),
    });
    expect(meanOf(errors.slice(-16))).toBeLessThan(meanOf(errors.slice(0, 16)) * 0.6);
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.6);
    await expectSameBits(recipe);
    await access(join(folder, recipe.id, 'whole', 'samples', `epoch-0${epochs}.png`));
    const codes = await codesOf(recipe, 'whole');
    expect(codes.dims).toEqual([48, code]);

    const generator = await loadGenerator(join(folder, recipe.id, 'whole', `${recipe.id}.generator.onnx`), {
      threads: 1,
    });
    const faces = Array.from({ length: 3 }, (_, i) => {
      const { pixels } = make(3, 2).images;
      return { width: SIDE, height: SIDE, channels: 1 as const, data: pixels.subarray(64 * i, 64 * (i + 1)) };
    });
    const made = await generator.generate(faces);
    const distance = (i: number, j: number): number =>
      meanOf([...made[i]!.data].map((v, p) => Math.abs(v - faces[j]!.data[p]!)));
    // A face's picture is nearer to it than to the faces of other classes
    for (const [i, j] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const)
      expect(distance(i, i)).toBeLessThan(distance(i, j));
    await generator.release();
  });
});

it('a sparse code is as active as it should be, a plain one is not', async () => {
  const [sparse, plain] = await Promise.all(
    (['sparse', 'dense'] as const).map(async (variant) => {
      const recipe = quick(autoencoderRecipe(variant, { ...tiny, code: 20, epochs: 40, rho: 0.1, beta: 10 }));
      await run(recipe, 'long');
      return unitMeans(await codesOf(recipe, 'long'));
    }),
  );
  expect(Math.abs(meanOf(sparse!) - 0.1)).toBeLessThan(0.03);
  expect(Math.abs(meanOf(plain!) - 0.1)).toBeGreaterThan(0.2);
});

it('the contractive penalty is the norm of the Jacobian of the code, by finite differences', async () => {
  const options = { input: { channels: 1, height: 2, width: 3 }, body: 'dense' as const, code: 4 };
  const build = (n: number): NetworkBuilder => {
    const b = new NetworkBuilder('code', { seed: 7 });
    const code = encodeFaces(b, options, b.input('x', 'float32', [n, 1, 2, 3]));
    b.output(code, 'code');
    b.output(contractiveLoss(b, code, b.parameters.get('encoder.code.weight')!.value), 'penalty');
    return b;
  };
  const random = new Random(1, 'faces');
  const faces = [0, 1, 2].map(() => Array.from({ length: 6 }, () => random.normal()));
  const b = build(3);
  const penalty = toNumbers(evaluateGraph(b.graph, { x: float32([3, 1, 2, 3], faces.flat()) })['penalty']!)[0]!;
  const one = build(1);
  // float32 inputs hold these steps exactly enough, as the difference of what was fed is what is divided by
  const codeAt = (x: Float32Array): number[] =>
    toNumbers(evaluateGraph(one.graph, { x: float32([1, 1, 2, 3], x) })['code']!);
  let sum = 0;
  for (const face of faces)
    for (let k = 0; k < 6; k++) {
      const [up, down] = [1e-3, -1e-3].map((step) => Float32Array.from(face, (v, i) => (i === k ? v + step : v)));
      const [high, low] = [codeAt(up!), codeAt(down!)];
      const width = up![k]! - down![k]!;
      high.forEach((h, j) => (sum += ((h - low[j]!) / width) ** 2));
    }
  expect(penalty).toBeGreaterThan(0.1);
  expect(penalty / (sum / 3)).toBeCloseTo(1, 4);
});

it.each(['dense', 'convolutional'] as const)('a classifier starts from a %s autoencoder', async (body) => {
  const source = quick(autoencoderRecipe(body, { ...tiny, code: 20, epochs: 8 }));
  await run(source, 'start');
  const recipe = quick(encoderRecipe(body, { ...tiny, code: 20, epochs: 1 }));
  const start = await startFrom(recipe, join(folder, source.id, 'start', `${source.id}.onnx`));
  expect(start.left).toEqual([]);
  const { state } = await readCheckpoint(join(folder, source.id, 'start', 'last.safetensors'));
  expect(start.weights.get('encoder.code.weight')!.data).toEqual(state.get('encoder.code.weight')!.data);
  const begun = await run(recipe, 'begun', { weights: start.weights });
  const seeded = await run(recipe, 'seeded');
  expect(begun.history[0]!.validationLoss).toBeLessThan(seeded.history[0]!.validationLoss);
});

describe('a conditional variational autoencoder', () => {
  const recipe = quick(conditionalVaeRecipe({ ...tiny, code: 3, epochs: 40 }));
  it('explains faces by their class, and draws faces of a class and between classes', async () => {
    const { history } = await run(recipe, 'whole');
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
    await expectSameBits(recipe);
    await access(join(folder, recipe.id, 'whole', 'samples', 'epoch-040.png'));
    const path = join(folder, recipe.id, 'whole', `${recipe.id}.generator.onnx`);
    const generator = await loadGenerator(path, { threads: 1 });
    expect(generator.model).toMatchObject({ kind: 'class', expressions: CLASSES, people: [], noise: 3 });
    /** Where the bright band is: mean of rows 0–2, 3–5, 6–7. */
    const bands = (data: ArrayLike<number>): number[] =>
      [0, 1, 2].map((k) => meanOf(Array.from(data).filter((_, p) => Math.floor(Math.floor(p / SIDE) / 3) === k)));
    for (const [k, name] of CLASSES.entries()) {
      const drawn = await generator.draw({ [name]: 1 }, { count: 70, seed: 4 });
      expect(drawn).toHaveLength(70);
      const right = drawn.filter(({ data }) => {
        const means = bands(data);
        return means[k] === Math.max(...means);
      });
      expect(right.length / 70, name).toBeGreaterThan(0.8);
      // The seed decides, face by face
      const again = await generator.draw({ [name]: 1 }, { count: 2, seed: 4, from: 1 });
      expect(again.map(({ data }) => [...data])).toEqual(drawn.slice(1, 3).map(({ data }) => [...data]));
    }
    const [half] = await generator.draw({ neutral: 0.5, happiness: 0.5 }, { count: 1, seed: 4 });
    const [first, second, third] = bands(half!.data);
    expect(Math.min(first!, second!)).toBeGreaterThan(third!);
    await expect(generator.draw({ joy: 1 }, { count: 1, seed: 1 })).rejects.toThrow(
      'conditional-vae.bands.generator: draws no "joy", expected one of neutral, happiness, surprise',
    );
    await expect(generator.generate([])).rejects.toThrow('draws faces of a class');
    await generator.release();
  });
});

describe('the deep sparse autoencoder at landmarks', () => {
  const SIZE = 32;
  /** The mouth's 20 points lie on a bright bar, whose direction is the class; all other points on a plain background. */
  function faces(count: number, seed: number): Samples {
    const random = new Random(seed, 'mouths');
    const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
    const middles = Array.from(labels, () => [12 + random.int(8), 14 + random.int(8)] as const);
    const bar = (i: number, x: number, y: number): boolean => {
      const [dx, dy] = [x - middles[i]![0], y - middles[i]![1]];
      return Math.abs([dy, dx, dx - dy][labels[i]!]!) < 1.5 && Math.hypot(dx, dy) < 7;
    };
    const pixels = Uint8Array.from({ length: count * SIZE * SIZE }, (_, p) => {
      const [i, x, y] = [Math.floor(p / SIZE ** 2), p % SIZE, Math.floor((p % SIZE ** 2) / SIZE)];
      return 60 + (bar(i, x, y) ? 120 : 0) + random.int(20);
    });
    const values = Float32Array.from(
      middles.flatMap(([x, y]) => Array.from({ length: 68 }, (_, p) => (p < 48 ? [4, 4] : [x, y])).flat()),
    );
    return labelledImages({
      images: { count, width: SIZE, height: SIZE, channels: 1, pixels },
      classes: CLASSES,
      labels,
      ids: Array.from(labels, (_, i) => `#${i}`),
      inputs: { landmarks: { kind: 'landmarks', table: { size: 136, values, width: SIZE, height: SIZE } } },
    });
  }
  const own: Dataset = {
    ...dataset,
    loadSplit: (split) => Promise.resolve(split === 'train' ? faces(60, 1) : faces(24, 2)),
  };
  const recipe: Recipe = {
    ...landmarkAutoencoderRecipe({ ...tiny, size: SIZE, components: 12, hidden: [10, 8], epochs: 12 }),
    augment: {},
    lr: 1e-2,
  };

  it('finds components, trains layers one by one, then by labels, and goes on to the same bits', async () => {
    const { history } = await run(recipe, 'whole', { dataset: own });
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
    await expectSameBits(recipe, own);
    const { state, judgedFrom } = await readCheckpoint(join(folder, recipe.id, 'whole', 'last.safetensors'));
    expect(judgedFrom).toBe(6);
    // Components are not trained: orthogonal rows of one length
    const weight = state.get('principal.weight')!;
    const [k, D] = weight.dims as [number, number];
    const row = (c: number): number[] => toNumbers(weight).slice(c * D, (c + 1) * D);
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    expect([k, state.has('principal.weight:tune.m')]).toEqual([12, false]);
    const squared = dot(row(0), row(0));
    expect(dot(row(5), row(5)) / squared).toBeCloseTo(1, 4);
    expect(dot(row(0), row(5)) / squared).toBeCloseTo(0, 4);
  });

  it('says that there are too few samples for the components', async () => {
    const many = landmarkAutoencoderRecipe({ ...tiny, size: SIZE, components: 61, hidden: [4] });
    await expect(run(many, 'few', { dataset: own })).rejects.toThrow(
      'dsae.bands: 61 principal components need at least as many samples, got 60',
    );
    // They are not sought in vain
    const layer: [string, Tensor][] = [
      ['principal.weight', float32([61, DESCRIPTOR_SIZE], new Float32Array(61 * DESCRIPTOR_SIZE))],
      ['principal.bias', float32([61], new Float32Array(61))],
    ];
    await run(many, 'given', { dataset: own, epochs: 1, weights: new Map(layer) });
    await expect(run(many, 'given', { dataset: own })).rejects.toThrow('holds the checkpoint of an earlier run');
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(run(many, 'aborted', { dataset: own, signal })).rejects.toThrow('stopped');
  });
});
