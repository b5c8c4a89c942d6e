/**
 * Training beyond one image and one class, on generated data, through the whole path: train, stop and resume to the same
 * bits, export, evaluate, predict.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  classBatchSampler,
  epochBatches,
  labelledImages,
  pairSampler,
  Samples,
  tripletSampler,
  tupletSampler,
  type Dataset,
  type ImageTable,
  type Sampler,
} from '../data/index.ts';
import { rawImage } from '../image/index.ts';
import { softmaxRows } from '../metrics/index.ts';
import { batchNorm, conv2d, flatten, globalAveragePool, l2Normalize, linear, relu, type Network } from '../nn/index.ts';
import {
  contrastiveLoss,
  discriminatorLoss,
  generatorLoss,
  groupRows,
  hardTripletLoss,
  islandLoss,
  reconstructionLoss,
  sameRows,
  tripletLoss,
  tupletClustersLoss,
} from '../nn/losses/index.ts';
import { cnnLstm } from '../nn/models/index.ts';
import type { Value } from '../onnx/index.ts';
import { adam, constant } from '../optim/index.ts';
import { ExpressionClassifier } from '../predict/index.ts';
import { Random } from '../tensor/index.ts';
import {
  fit,
  headsLoss,
  labelHead,
  readCheckpoint,
  type Checkpoint,
  type FitOptions,
  type Head,
  type LossFunction,
  type Recipe,
} from '../train/index.ts';
import { evaluateModel } from './evaluate.ts';
import { trainModel } from './train-model.ts';

const SIDE = 8;
const AREA = SIDE * SIDE;
const CLASSES = ['neutral', 'happiness', 'surprise'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-toys-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Images under noise: `paint` says how bright a pixel of image i is. */
function paint(count: number, seed: number, shade: (i: number, x: number, y: number) => number): ImageTable {
  const random = new Random(seed, 'toys');
  const pixels = Uint8Array.from({ length: count * AREA }, (_, p) => {
    const [i, x, y] = [Math.floor(p / AREA), p % SIDE, Math.floor((p % AREA) / SIDE)];
    return shade(i, x, y) + random.int(30);
  });
  return { count, height: SIDE, width: SIDE, channels: 1, pixels };
}

/** Train and test splits of generated samples. */
const datasetOf = (
  make: (count: number, seed: number) => Samples,
  furtherTargets?: Dataset['furtherTargets'],
): Dataset => ({
  name: 'toys',
  classes: CLASSES,
  ...(furtherTargets ? { furtherTargets } : {}),
  splits: ['train', 'test'],
  loadSplit: (split) => Promise.resolve(split === 'train' ? make(96, 1) : make(48, 2)),
});

const convolved = (b: Parameters<Network['build']>[0], x: Value): Value =>
  relu(b, batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels: 8, kernel: 3, pad: 1, bias: false })));

const base: Omit<Recipe, 'id' | 'network' | 'heads'> = {
  title: 'A toy',
  data: { dataset: 'toys', trainSplit: 'train', validationSplit: 'test' },
  preprocess: { width: SIDE, height: SIDE, channels: 'grey', mean: [0.4], std: [0.3], framing: 'none' },
  augment: { brightness: 0.02 },
  optimizer: adam(),
  lr: 0.02,
  schedule: constant,
  epochs: 6,
  batchSize: 12,
  seed: 3,
  expected: [],
};

/** The whole run, and one that is stopped in its fourth epoch and resumed: the same bits. */
async function trainTwice(recipe: Recipe, dataset: Dataset): Promise<Checkpoint> {
  const run = (out: string, more: Partial<FitOptions> = {}): ReturnType<typeof fit> =>
    fit(recipe, { dataset, out: join(folder, recipe.id, out), threads: 1, ...more });
  await run('whole');
  const controller = new AbortController();
  const stopped = run('parts', {
    signal: controller.signal,
    onStep: ({ epoch, step }) => {
      if (epoch === 4 && step === 2) controller.abort(new Error('stopped'));
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  await run('parts', { resume: true });
  const [whole, parts] = await Promise.all(
    ['whole', 'parts'].map((out) => readCheckpoint(join(folder, recipe.id, out, 'last.safetensors'))),
  );
  expect(parts!.history.map(({ seconds: _, ...record }) => record)).toEqual(
    whole!.history.map(({ seconds: _, ...record }) => record),
  );
  expect([...parts!.state.keys()]).toEqual([...whole!.state.keys()]);
  for (const [name, { data }] of whole!.state)
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(parts!.state.get(name)!.data.buffer))).toBe(0);
  return whole!;
}

/** The model and its card, and the model loaded again. */
async function exported(recipe: Recipe, dataset: Dataset) {
  const trained = await trainModel(recipe, {
    dataset,
    out: join(folder, recipe.id, 'model'),
    licence: 'none',
    threads: 1,
  });
  const bytes = await readFile(trained.modelPath);
  return { ...trained, classifier: await ExpressionClassifier.create(bytes, recipe.id, { threads: 1 }) };
}

describe('an image with three heads, where targets are missing', () => {
  const UNITS = ['AU04', 'AU12'];
  /** A band tells the class, the left and the right edge a label each, the brightness of the whole a number. */
  function make(count: number, seed: number): Samples {
    const random = new Random(seed, 'targets');
    const labels = Int32Array.from({ length: count }, () => random.int(3));
    const units = Float32Array.from({ length: 2 * count }, () => random.int(2));
    const valence = Float32Array.from({ length: count }, () => random.range(-1, 1));
    const images = paint(count, seed, (i, x, y) => {
      const band = Math.floor(y / 3) === labels[i] ? 50 : 0;
      const edge = (x < 2 && units[2 * i]! > 0) || (x > 5 && units[2 * i + 1]! > 0) ? 75 : 0;
      return 20 + band + edge + 30 * (1 + valence[i]!);
    });
    const lost = (share: number): boolean => random.uniform() < share;
    return labelledImages({
      images,
      classes: CLASSES,
      labels: labels.map((label) => (lost(0.2) ? -1 : label)),
      ids: Array.from(labels, (_, i) => `#${i}`),
      targets: {
        actionUnits: { kind: 'multilabel', names: UNITS, values: units.map((u) => (lost(0.3) ? NaN : u)) },
        affect: { kind: 'regression', names: ['valence'], values: valence.map((v) => (lost(0.3) ? NaN : v)) },
      },
    });
  }
  const heads: Head[] = [
    labelHead('logits', CLASSES, 'toys'),
    { kind: 'multilabel', output: 'units', names: UNITS, target: 'actionUnits', trainedOn: 'toys' },
    { kind: 'regression', output: 'affect', names: ['valence'], target: 'affect', trainedOn: 'toys' },
  ];
  const recipe: Recipe = {
    ...base,
    id: 'toy.heads',
    network: {
      name: 'three-heads',
      input: { channels: 1, height: SIDE, width: SIDE },
      build(b, x) {
        const v = relu(b, linear(b, 'fc', flatten(b, convolved(b, x)), { features: 24 }));
        const head = (name: string, features: number): Value => linear(b, name, v, { features });
        return { logits: head('logits', 3), units: head('units', 2), affect: head('affect', 1) };
      },
    },
    heads,
    loss: headsLoss(heads, { affect: { loss: 'concordance' }, logits: { classWeights: 'balanced', smoothing: 0.05 } }),
    epochs: 14,
  };
  const dataset = datasetOf(make);

  it('trains, resumes to the same bits, and is measured by the kind of each head', async () => {
    const { history } = await trainTwice(recipe, dataset);
    const last = history.at(-1)!;
    expect(last.accuracies[0]).toBeGreaterThan(0.85);
    expect(last.figures!['units']!.mean['f1']).toBeGreaterThan(0.85);
    expect(last.figures!['units']!.mean['auc']).toBeGreaterThan(0.9);
    expect(last.figures!['affect']!.mean['ccc']).toBeGreaterThan(0.7);
    const { classifier, card, cardPath, fitted } = await exported(recipe, dataset);
    const e = await evaluateModel(classifier, dataset, { split: 'test' });
    // The model is that of the best epoch of the first head, and is measured as in training
    const best = fitted.history[fitted.bestEpoch - 1]!;
    expect(e.accuracy).toBe(best.accuracies[0]);
    const { units, affect } = e.outputs!;
    // Other sizes of batches round otherwise in the last bits
    for (const [output, { mean, n }] of Object.entries(best.figures!)) {
      expect(e.outputs![output]!.n).toBe(n);
      for (const [name, value] of Object.entries(mean)) expect(e.outputs![output]!.mean[name]).toBeCloseTo(value, 5);
    }
    // What is missing is not counted
    expect(units!.byName['AU04']!['n']).toBeLessThan(45);
    expect(e.n).toBeLessThan(48);
    expect(card.valueHeads).toMatchObject([{ output: 'units', names: UNITS }, { output: 'affect' }]);
    expect(card.valueMetrics).toMatchObject([
      { output: 'units', split: 'test', role: 'validation', mean: { f1: units!.mean['f1'] } },
      { output: 'affect', mean: { ccc: affect!.mean['ccc'] } },
    ]);
    expect(await readFile(cardPath.replace(/json$/, 'md'), 'utf8')).toContain('| toys | test | single | AU04 |');
    const face = make(1, 2);
    const { classes, values } = await classifier.answer([{ chip: rawImage(SIDE, SIDE, 1, face.images.pixels) }]);
    expect(classes[0]!.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(values.map(({ head, values: v }) => [head.output, v.length])).toEqual([
      ['units', 2],
      ['affect', 1],
    ]);
    expect(values[0]!.values.every((p) => p >= 0 && p <= 1)).toBe(true);
    await classifier.release();
  });

  it('says which target the data lack', async () => {
    const without = datasetOf((count, seed) => {
      const { targets, ...rest } = make(count, seed);
      return new Samples({ ...rest, targets: { label: targets['label']! } });
    });
    await expect(fit(recipe, { dataset: without, out: join(folder, 'lacking') })).rejects.toThrow(
      'toy.heads: toys: has no target "actionUnits", expected one of label',
    );
  });

  it('trains without any head of classes, by the mean F1 of its labels', async () => {
    const own = heads.slice(1);
    const { classifier, card, fitted } = await exported(
      { ...recipe, id: 'toy.values', heads: own, loss: headsLoss(own, { affect: { loss: 'smooth-l1' } }) },
      dataset,
    );
    const scores = fitted.history.map(({ score }) => score!);
    expect(scores[fitted.bestEpoch - 1]).toBe(Math.max(...scores));
    expect([card.heads, card.metrics]).toEqual([[], []]);
    const e = await evaluateModel(classifier, dataset, { split: 'test' });
    expect([e.n, e.accuracy]).toEqual([0, NaN]);
    expect(e.outputs!['units']!.mean['f1']).toBe(scores[fitted.bestEpoch - 1]);
    await classifier.release();
  });
});

describe('an image and its landmarks', () => {
  /** Bright or dark, and the mouth's corners above or below its place: three of the four combinations are classes. */
  function make(count: number, seed: number): Samples {
    const random = new Random(seed, 'mouths');
    const labels = Int32Array.from({ length: count }, () => random.int(3));
    const values = Float32Array.from(
      Array.from(labels, (label) => {
        const y = (label === 0 ? 7 : 5) + random.range(-0.5, 0.5);
        return [2, 3, 6, 3, 4, 4.5, 2.5, y, 5.5, y];
      }).flat(),
    );
    return labelledImages({
      images: paint(count, seed, (i) => (labels[i] === 2 ? 140 : 60)),
      classes: CLASSES,
      labels,
      ids: Array.from(labels, (_, i) => `#${i}`),
      inputs: { landmarks: { kind: 'landmarks', table: { size: 10, values, width: SIDE, height: SIDE } } },
    });
  }
  const heads = [labelHead('logits', CLASSES, 'toys')];
  const recipe: Recipe = {
    ...base,
    id: 'toy.landmarks',
    network: {
      name: 'image-and-landmarks',
      input: { channels: 1, height: SIDE, width: SIDE },
      furtherInputs: { landmarks: { dims: [10] } },
      build(b, x, further) {
        const both = b.op('Concat', [globalAveragePool(b, convolved(b, x)), further!['landmarks']!], { axis: 1 });
        return { logits: linear(b, 'out', relu(b, linear(b, 'fc', both, { features: 16 })), { features: 3 }) };
      },
    },
    inputs: { x: { kind: 'image' }, landmarks: { kind: 'landmarks', points: 5 } },
    augment: { flip: 0.5, shift: 0.02 },
    heads,
    loss: headsLoss(heads),
    lr: 0.05,
    epochs: 12,
  };
  const dataset = datasetOf(make);

  it('train together, resume to the same bits, and are asked for in prediction, mirrored too', async () => {
    await trainTwice(recipe, dataset);
    const { classifier, card } = await exported(recipe, dataset);
    expect(card.metrics.map(({ views }) => views)).toEqual(['single', 'mirror']);
    for (const { accuracy } of card.metrics) expect(accuracy).toBeGreaterThan(0.9);
    expect(classifier.format).toMatchObject({ landmarks: 5 });
    const face = make(1, 5);
    const chip = rawImage(SIDE, SIDE, 1, face.images.pixels);
    const points = (face.inputs['landmarks'] as { table: { values: Float32Array } }).table.values;
    const landmarks = [0, 1, 2, 3, 4].map((p) => [points[2 * p]!, points[2 * p + 1]!] as const);
    const { classes } = await classifier.answer([{ chip, landmarks }]);
    const [batch] = [
      ...epochBatches({
        samples: face,
        inputs: classifier.inputs,
        batchSize: 1,
        seed: 0,
        epoch: 0,
        preprocess: classifier.preprocess,
      }),
    ];
    // Training and prediction prepare a face alike
    const { x, ...others } = batch!.inputs;
    const logits = (await classifier.logits(x!, others))[0]!.data as Float32Array;
    const { probabilities, head } = classes[0]!;
    softmaxRows(logits, 3, head.temperature).forEach((p, k) => expect(probabilities[k]).toBeCloseTo(p, 6));
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(face.labels[0]);
    await expect(classifier.answer([{ chip }])).rejects.toThrow(
      'toy.landmarks: takes 5 landmarks beside each face, got 0',
    );
    await classifier.release();
  });
});

describe('clips of different lengths', () => {
  const T = 4;
  /** Getting brighter, getting darker, or staying, over two to four frames. */
  function make(count: number, seed: number): Samples {
    const random = new Random(seed, 'clips');
    const labels = Int32Array.from({ length: count }, () => random.int(3));
    const rows: Int32Array[] = [];
    const shades: number[] = [];
    for (const label of labels) {
      const length = 2 + random.int(T - 1);
      rows.push(Int32Array.from({ length }, (_, t) => shades.length + t));
      for (let t = 0; t < length; t++) shades.push(100 + [0, 25, -25][label]! * (t - 1));
    }
    return new Samples({
      ids: Array.from(labels, (_, i) => `clip-${i}`),
      inputs: { clip: { kind: 'clip', frames: paint(shades.length, seed, (i) => shades[i]!), rows } },
      targets: { label: { classes: CLASSES, labels } },
    });
  }
  const heads = [labelHead('logits', CLASSES, 'toys')];
  const recipe: Recipe = {
    ...base,
    id: 'toy.clips',
    network: cnnLstm({ classes: 3, size: SIDE, frames: T, widthMultiplier: 1 / 8, lengths: true }),
    inputs: { x: { kind: 'clip', rule: { kind: 'even', frames: T } }, frames: { kind: 'length', of: 'x' } },
    heads,
    loss: headsLoss(heads),
    epochs: 10,
  };
  const dataset = datasetOf(make);

  it('train, resume to the same bits, and are measured; a photo is refused', async () => {
    await trainTwice(recipe, dataset);
    const { classifier, card } = await exported(recipe, dataset);
    expect(card.metrics[0]!.accuracy).toBeGreaterThan(0.85);
    expect((await evaluateModel(classifier, dataset, { split: 'test' })).withoutRepeats).toBeNull();
    expect(classifier.inputs).toEqual(recipe.inputs);
    await expect(classifier.answer([{ chip: rawImage(SIDE, SIDE, 1, new Uint8Array(AREA)) }])).rejects.toThrow(
      'toy.clips: takes clips as its input "x", which a face alone is not',
    );
    await classifier.release();
  });
});

describe('losses that compare samples', () => {
  /** Each class a band, each of six people a column that is bright. */
  function make(count: number, seed: number): Samples {
    const random = new Random(seed, 'people');
    const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
    const people = Array.from(labels, () => random.int(6));
    return labelledImages({
      images: paint(
        count,
        seed,
        (i, x, y) => 60 + (Math.floor(y / 3) === labels[i] ? 70 : 0) + (x === people[i] ? 40 : 0),
      ),
      classes: CLASSES,
      labels,
      ids: Array.from(labels, (_, i) => `#${i}`),
      subjects: people.map((person) => `S${person}`),
    });
  }
  const heads = [labelHead('logits', CLASSES, 'toys')];
  const network: Network = {
    name: 'embedding',
    input: { channels: 1, height: SIDE, width: SIDE },
    build(b, x) {
      const embedding = l2Normalize(b, linear(b, 'fc', flatten(b, convolved(b, x)), { features: 6 }));
      return { embedding, logits: linear(b, 'logits', embedding, { features: 3 }) };
    },
  };
  const withTerm =
    (term: (b: Parameters<LossFunction>[0], embedding: Value, target: Value) => Value): LossFunction =>
    (b, outputs, targets, bank, data) => [
      ...(headsLoss(heads)(b, outputs, targets, bank, data) as Exclude<ReturnType<LossFunction>, Value>),
      { name: 'compared', weight: 0.5, value: term(b, outputs['embedding']!, targets['logits']!) },
    ];
  const cases: [string, Sampler, LossFunction][] = [
    [
      'pairs',
      pairSampler(),
      withTerm((b, embedding, target) => {
        const [left, right] = groupRows(b, embedding, 2);
        const [a, c] = groupRows(b, target, 2);
        return contrastiveLoss(b, left!, right!, sameRows(b, a!, c!));
      }),
    ],
    [
      'triplets',
      tripletSampler({ mine: { output: 'embedding', rule: 'semi-hard', candidates: 6 } }),
      withTerm((b, embedding) => {
        const [anchor, positive, negative] = groupRows(b, embedding, 3);
        return tripletLoss(b, anchor!, positive!, negative!);
      }),
    ],
    [
      'tuplets',
      tupletSampler({ positives: 2, negatives: 4 }),
      withTerm((b, embedding) => {
        const rows = (from: number, to: number): Value =>
          b.op('Slice', [embedding, b.ints([from]), b.ints([to]), b.ints([0])]);
        return tupletClustersLoss(b, rows(0, 2), rows(2, 6), { reference: 0.5, margin: 0.5 });
      }),
    ],
    [
      'batches of classes',
      classBatchSampler({ classes: 3, samples: 4 }),
      withTerm((b, embedding, target) =>
        b.op('Add', [
          hardTripletLoss(b, embedding, target),
          b.op('Mul', [islandLoss(b, 'centers', embedding, target, { reduction: 'mean' }), 0.01]),
        ]),
      ),
    ],
  ];

  it.each(cases)('train from %s, and resume to the same bits', async (name, sampler, loss) => {
    const recipe = { ...base, id: `toy.${name.replaceAll(' ', '-')}`, network, heads, sampler, loss };
    const dataset = datasetOf(make);
    const { history } = await trainTwice(recipe, dataset);
    expect(Math.max(...history.map(({ accuracies }) => accuracies[0]!))).toBeGreaterThan(0.9);
  });

  it('need batches of whole groups, and no mixup', async () => {
    const recipe = { ...base, id: 'toy.odd', network, heads, loss: headsLoss(heads), sampler: tripletSampler() };
    const run = (change: Partial<Recipe>) =>
      fit({ ...recipe, ...change }, { dataset: datasetOf(make), out: join(folder, 'odd') });
    await expect(run({ batchSize: 10 })).rejects.toThrow('batches of 10 are not whole groups of 3 (triplets of label)');
    await expect(run({ mixup: { alpha: 0.2 } })).rejects.toThrow(
      'mixup cannot be used with losses that compare samples',
    );
  });

  it('can tell people apart, who are not in the model file', async () => {
    const train = make(96, 1);
    const people = [...new Set(train.subjects as string[])].sort();
    const two: Head[] = [...heads, { kind: 'identity', output: 'people', people }];
    const recipe: Recipe = {
      ...base,
      id: 'toy.people',
      network: {
        ...network,
        build(b, x) {
          const { embedding, logits } = network.build(b, x);
          return { logits: logits!, people: linear(b, 'people', embedding!, { features: people.length }) };
        },
      },
      heads: two,
      loss: headsLoss(two, { people: { weight: 0.3 } }),
    };
    const { classifier, modelPath } = await exported(recipe, datasetOf(make));
    expect(classifier.model.heads.map(({ output }) => output)).toEqual(['logits']);
    expect((await readFile(modelPath)).includes('S3')).toBe(false);
    await classifier.release();
    const wrong = {
      ...recipe,
      heads: [...heads, { kind: 'identity', output: 'people', people: ['a', ...people.slice(1)] }],
    } as Recipe;
    await expect(fit(wrong, { dataset: datasetOf(make), out: join(folder, 'wrong') })).rejects.toThrow(
      'toy.people: output people learns 6 people, but the training split has 6 others',
    );
  });
});

describe('programs of several steps', () => {
  const make = (count: number, seed: number): Samples => {
    const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
    return labelledImages({
      images: paint(count, seed, (i, _, y) => 50 + (Math.floor(y / 3) === labels[i] ? 100 : 0)),
      classes: CLASSES,
      labels,
      ids: Array.from(labels, (_, i) => `#${i}`),
    });
  };
  const dataset = datasetOf(make);
  const input = { channels: 1, height: SIDE, width: SIDE };

  it('that alternate: a discriminator that tells classes too, and a generator', async () => {
    const Z = 4;
    const generated = (b: Parameters<Network['build']>[0], batch: number): Value => {
      const z = b.noise('z', [batch, Z]);
      const hidden = relu(b, linear(b, 'g.fc', z, { features: 16 }));
      return b.op('Reshape', [linear(b, 'g.out', hidden, { features: AREA }), b.ints([batch, 1, SIDE, SIDE])]);
    };
    const judged = (b: Parameters<Network['build']>[0], x: Value): { score: Value; logits: Value } => {
      const v = relu(b, linear(b, 'd.fc', flatten(b, x), { features: 16 }));
      return { score: linear(b, 'd.score', v, { features: 1 }), logits: linear(b, 'd.logits', v, { features: 3 }) };
    };
    const heads = [labelHead('logits', CLASSES, 'toys')];
    const recipe: Recipe = {
      ...base,
      id: 'toy.gan',
      network: { name: 'discriminator', input, build: (b, x) => ({ logits: judged(b, x).logits }) },
      heads,
      program: {
        steps: ({ batchSize, feeds }) => ({
          discriminator: {
            inputs: { x: feeds['x']!, 'target.logits': feeds['target.logits']! },
            trains: (name) => name.startsWith('d.'),
            optimizer: adam(),
            build(b, inputs) {
              const made = generated(b, batchSize);
              const real = judged(b, inputs['x']!);
              const fake = b.again(() => judged(b, made));
              return {
                losses: [
                  { name: 'real-or-not', value: discriminatorLoss(b, real.score, fake.score, 'non-saturating') },
                  ...(headsLoss(heads)(b, { logits: real.logits }, { logits: inputs['target.logits']! }) as []),
                ],
              };
            },
          },
          generator: {
            inputs: {},
            trains: (name) => name.startsWith('g.'),
            optimizer: adam(),
            build: (b) => ({
              losses: [
                { name: 'fooled', value: generatorLoss(b, judged(b, generated(b, batchSize)).score, 'non-saturating') },
              ],
            }),
          },
        }),
        round: () => ['discriminator', 'generator'],
        lrScale: { generator: 0.5 },
      },
    };
    const { state, history } = await trainTwice(recipe, dataset);
    expect([state.get('discriminator:count')!.data[0], state.get('generator:count')!.data[0]]).toEqual([48, 48]);
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
    const { classifier } = await exported(recipe, dataset);
    expect((await evaluateModel(classifier, dataset, { split: 'test' })).accuracy).toBeGreaterThan(0.9);
    await classifier.release();
  });

  it('that follow one another: layers trained one by one, then all of them', async () => {
    const code = (b: Parameters<Network['build']>[0], x: Value): Value =>
      b.op('Sigmoid', [linear(b, 'encoder', flatten(b, x), { features: 12 })]);
    const heads = [labelHead('logits', CLASSES, 'toys')];
    const recipe: Recipe = {
      ...base,
      id: 'toy.layers',
      network: { name: 'stacked', input, build: (b, x) => ({ logits: linear(b, 'out', code(b, x), { features: 3 }) }) },
      heads,
      program: {
        steps: ({ feeds }) => ({
          reconstruct: {
            inputs: { x: feeds['x']! },
            optimizer: adam(),
            build: (b, { x }) => ({
              losses: [
                {
                  name: 'error',
                  value: reconstructionLoss(b, linear(b, 'decoder', code(b, x!), { features: AREA }), flatten(b, x!)),
                },
              ],
            }),
          },
          classify: {
            inputs: feeds,
            optimizer: adam(),
            build: (b, inputs) => ({
              losses: headsLoss(heads)(
                b,
                { logits: linear(b, 'out', code(b, inputs['x']!), { features: 3 }) },
                { logits: inputs['target.logits']! },
              ) as [],
            }),
          },
        }),
        round: (epoch) => (epoch < 2 ? ['reconstruct'] : ['classify']),
      },
    };
    const { state, history } = await trainTwice(recipe, dataset);
    expect([state.get('reconstruct:count')!.data[0], state.get('classify:count')!.data[0]]).toEqual([16, 32]);
    expect(history[1]!.trainLoss).toBeLessThan(history[0]!.trainLoss);
    expect(history.at(-1)!.accuracies[0]).toBeGreaterThan(0.9);
    await expect(
      fit(
        { ...recipe, program: { ...recipe.program!, round: () => ['tune'] } },
        { dataset, out: join(folder, 'tune') },
      ),
    ).rejects.toThrow('the round of epoch 1 is [tune], expected some of the steps reconstruct, classify');
    await expect(fit({ ...recipe, loss: headsLoss(heads) }, { dataset, out: join(folder, 'both') })).rejects.toThrow(
      'toy.layers: expected a loss or a program, got both',
    );
  });
});
