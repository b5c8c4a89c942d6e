import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allclose } from 'mien-testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type LabelledImages } from '../data/index.ts';
import {
  batchNorm,
  buildNetwork,
  conv2d,
  dropout,
  flatten,
  globalAveragePool,
  linear,
  relu,
  type Network,
} from '../nn/index.ts';
import {
  bankNeighborMeans,
  crossEntropyLoss,
  distillationLoss,
  l2Penalty,
  localityPreservingLoss,
  withTeacher,
} from '../nn/losses/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import { Random, toNumbers } from '../tensor/index.ts';
import { bestOf, readCheckpoint, readProgress, type EpochRecord } from './checkpoint.ts';
import { fit, type FitOptions, type FitCallbacks } from './fit.ts';
import { inPhases } from './phases.ts';
import type { Recipe } from './recipe.ts';
import { lossParts, type StepDefinition } from './step-graph.ts';

const CLASSES = ['neutral', 'happiness'] as const;

/** 8×8 images: happiness is bright in the upper half, neutral in the lower half, under noise. */
function images(count: number, seed: number): LabelledImages {
  const random = new Random(seed, 'images');
  const pixels = new Uint8Array(count * 64);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < 64; p++) pixels[i * 64 + p] = (p < 32 === (labels[i] === 1) ? 140 : 90) + random.int(40);
  }
  return labelledImages({
    images: { count, height: 8, width: 8, channels: 1, pixels },
    classes: CLASSES,
    labels,
    ids: Array.from(labels, (_, i) => String(i)),
  });
}

const dataset: Dataset = {
  name: 'halves',
  classes: CLASSES,
  splits: ['train', 'test'],
  loadSplit: (split) => Promise.resolve(images(split === 'train' ? 96 : 40, split === 'train' ? 1 : 2)),
};

const network: Network = {
  name: 'tiny',
  input: { channels: 1, height: 8, width: 8 },
  build(b, x) {
    const v = relu(b, batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels: 6, kernel: 5, bias: false })));
    return { logits: linear(b, 'fc', dropout(b, 'drop', globalAveragePool(b, v), 0.2), { features: 2 }) };
  },
};

const recipe: Recipe = {
  id: 'tiny.halves',
  title: 'Upper or lower half',
  data: { dataset: 'halves', trainSplit: 'train', validationSplit: 'test' },
  network,
  heads: [{ output: 'logits', classes: CLASSES, target: 'label', trainedOn: 'halves' }],
  loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
  preprocess: {
    width: 8,
    height: 8,
    channels: 'grey',
    mean: [0.5],
    std: [0.25],
    framing: 'none',
    template: {
      leftEye: [0.7, 0.4],
      rightEye: [0.3, 0.4],
      noseTip: [0.5, 0.6],
      mouthLeft: [0.6, 0.8],
      mouthRight: [0.4, 0.8],
    },
  },
  augment: { flip: 0.5, brightness: 0.05 },
  optimizer: sgd({ momentum: 0.9 }),
  lr: 0.1,
  schedule: oneCycle(),
  epochs: 4,
  batchSize: 16,
  emaDecay: 0.8,
  seed: 5,
  expected: [],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-fit-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (out: string, options: Partial<FitOptions> = {}, r = recipe): ReturnType<typeof fit> =>
  fit(r, { dataset, out: join(folder, out), threads: 1, ...options });

describe('fit', () => {
  it('learns, keeps the best epoch and writes a model', async () => {
    const result = await run('a');
    expect(result.history).toHaveLength(4);
    expect(result.history.at(-1)!.trainLoss).toBeLessThan(result.history[0]!.trainLoss / 2);
    expect(result.history[result.bestEpoch - 1]!.accuracies[0]).toBeGreaterThanOrEqual(0.95);
    expect((await stat(result.modelPath)).size).toBeGreaterThan(500);
  });

  it('gives normalizations that are of no images the statistics of training images, once', async () => {
    const { b } = buildNetwork(network, { seed: 3 });
    const weights = new Map([...b.parameters].map(([name, { initial }]) => [name, initial]));
    const still = { ...recipe, lr: 0, epochs: 1 };
    const given = await run('given', { weights }, still);
    expect(given.weights.get('norm.weight')!.data).toEqual(new Float32Array(6).fill(1));
    const { weights: measured } = await run('measured', { weights, measureNorms: true }, still);
    const scale = toNumbers(measured.get('norm.weight')!);
    expect(Math.max(...scale.map((v) => Math.abs(v - 1)))).toBeGreaterThan(0.2);
    // The epoch's batches, with augmentation, have moved the statistics since
    toNumbers(measured.get('norm.running_var')!).forEach((variance, c) => {
      const ratio = scale[c]! / Math.sqrt(variance + 1e-5);
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    });
    const resumed = await run('measured', { weights, measureNorms: true, resume: true, epochs: 2 }, still);
    expect(toNumbers(resumed.weights.get('norm.weight')!)).toEqual(scale);
  });

  it('keeps features of the training set for a loss, and goes on with them after a stop', async () => {
    const seen: number[] = [];
    const near: Recipe = {
      ...recipe,
      id: 'near.halves',
      network: {
        ...network,
        input: { channels: 1, height: 6, width: 6 },
        build: (b, x) => {
          const features = relu(b, linear(b, 'fc1', flatten(b, x), { features: 5 }));
          return { features, logits: linear(b, 'fc2', features, { features: 2 }) };
        },
      },
      preprocess: { ...recipe.preprocess, width: 6, height: 6, cropFrom: { width: 8, height: 8 } },
      heads: [{ output: 'logits', classes: CLASSES, target: 'label', trainedOn: 'halves', learn: 'label' }],
      bank: { output: 'features' },
      loss: (b, { logits, features }, targets, bank) => [
        { name: 'softmax', value: crossEntropyLoss(b, logits!, targets['logits']!) },
        {
          name: 'near',
          weight: 0.5,
          value: localityPreservingLoss(b, features!, bankNeighborMeans(b, features!, bank!, 4)),
        },
      ],
    };
    const whole = await run('bank', { onStep: ({ parts }) => seen.push(parts['near']!) }, near);
    // Nothing is in the bank at the first step
    expect(seen[0]).toBe(0);
    expect(seen.slice(1).every((v) => v > 0)).toBe(true);
    const stop: FitCallbacks = {
      onStep: ({ epoch, step }) => {
        if (epoch === 3 && step === 3) throw new Error('stopped');
      },
    };
    await expect(run('bank-parts', stop, near)).rejects.toThrow('stopped');
    const resumed = await run('bank-parts', { resume: true }, near);
    expect(resumed.history.map((h) => h.trainLoss)).toEqual(whole.history.map((h) => h.trainLoss));
    await expect(run('no-bank', {}, { ...near, bank: { output: 'embedding' } })).rejects.toThrow(
      'tiny: has no output "embedding" [N,D] to keep',
    );
  });

  it('gives the same weights and losses when it is interrupted in the middle of an epoch and resumed', async () => {
    const whole = await run('whole');
    const stop: FitCallbacks = {
      onStep: ({ epoch, step }) => {
        if (epoch === 3 && step === 3) throw new Error('stopped');
      },
    };
    await expect(run('parts', stop)).rejects.toThrow('stopped');
    const resumed = await run('parts', { resume: true });
    expect(resumed.history.map((h) => h.trainLoss)).toEqual(whole.history.map((h) => h.trainLoss));
    const [a, b] = await Promise.all(
      ['whole', 'parts'].map((d) => readCheckpoint(join(folder, d, 'last.safetensors'))),
    );
    for (const [name, t] of a!.state) allclose(b!.state.get(name)!, t, { rtol: 0, atol: 0 });
  });

  it('trains a student beside its teacher: weighted losses are reported each, start weights are taken up, a frozen layer keeps its own', async () => {
    const teacher = await run('teacher');
    const seen: Readonly<Record<string, number>>[] = [];
    const student = await run(
      'student',
      {
        epochs: 2,
        weights: teacher.weights,
        onStep: ({ parts }) => {
          seen.push(parts);
        },
      },
      {
        ...recipe,
        id: 'student.halves',
        network: withTeacher({ ...network, name: 'student' }, network, teacher.weights),
        loss: (b, outputs, targets) => [
          {
            name: 'soft',
            value: distillationLoss(b, outputs['logits']!, outputs['teacher.logits']!, { temperature: 2 }),
            weight: 0.7,
          },
          { name: 'hard', value: crossEntropyLoss(b, outputs['logits']!, targets['logits']!), weight: 0.3 },
          { name: 'size', value: l2Penalty(b, [b.parameters.get('fc.weight')!.value], { lambda: 1 }), weight: 0 },
        ],
        groups: [
          { match: (name) => /^(conv|norm)\./.test(name), frozen: 'layers' },
          { match: () => true, optimizer: sgd(), lrScale: 0.5 },
        ],
      },
    );
    expect(Object.keys(seen[0]!)).toEqual(['soft', 'hard', 'size']);
    // both start alike, but for the student's dropout and its teacher's statistics
    expect(seen[0]!['soft']!).toBeLessThan(0.2);
    for (const name of ['conv.weight', 'norm.weight', 'norm.running_mean'])
      allclose(student.weights.get(name)!, teacher.weights.get(name)!, { rtol: 1e-6 });
    expect(student.weights.get('fc.weight')!.data).not.toEqual(teacher.weights.get('fc.weight')!.data);
    expect([...student.weights.keys()].sort()).toEqual([...teacher.weights.keys()].sort());
    expect(student.history.at(-1)!.accuracies[0]).toBeGreaterThanOrEqual(0.95);
  });

  it('stops when the loss is no longer a number, and keeps the last good checkpoint', async () => {
    await run('nan', { epochs: 1 });
    const before = await readFile(join(folder, 'nan', 'last.safetensors'));
    const exploding: Recipe = {
      ...recipe,
      lr: 1e30,
      schedule: () => 1,
      network: { ...network, build: (b, x) => ({ logits: b.op('Mul', [network.build(b, x)['logits']!, 1e20]) }) },
    };
    await expect(run('nan', { resume: true, epochs: 3 }, exploding)).rejects.toThrow(
      /tiny\.halves: the loss is (NaN|Infinity) at epoch 2, step \d+ .*last good checkpoint is .*last\.safetensors/,
    );
    expect(await readFile(join(folder, 'nan', 'last.safetensors'))).toEqual(before);
  });

  it('stops early once validation has not improved for the given patience', async () => {
    const result = await run('early', { epochs: 30 }, { ...recipe, patience: 2 });
    expect(result.history.length).toBe(result.bestEpoch + 2);
  });

  it('judges the epochs of the last phase alone, also after a stop and with another length', async () => {
    const { round, judgedFrom, schedule } = inPhases([
      { steps: ['before'], share: 0.5 },
      { steps: ['tune'], share: 0.5 },
    ]);
    const { loss, ...rest } = recipe;
    /** Without learning, so that all epochs are alike. */
    const phased: Recipe = {
      ...rest,
      id: 'phased.halves',
      network: { ...network, build: (b, x) => ({ logits: linear(b, 'fc', flatten(b, x), { features: 2 }) }) },
      program: {
        steps: ({ feeds }) => {
          const step: StepDefinition = {
            inputs: feeds,
            optimizer: sgd(),
            build: (b, inputs) => {
              const logits = linear(b, 'fc', flatten(b, inputs['x']!), { features: 2 });
              return { losses: lossParts(loss!(b, { logits }, { logits: inputs['target.logits']! }), 'loss') };
            },
          };
          return { before: step, tune: step };
        },
        round,
        judgedFrom,
      },
      schedule: (p) => 0 * schedule(p),
      patience: 2,
    };
    const best: number[] = [];
    const onEpoch: FitCallbacks['onEpoch'] = ({ epoch }, isBest) => {
      if (isBest) best.push(epoch);
    };
    const whole = await run('phased', { epochs: 8, onEpoch }, phased);
    expect([whole.bestEpoch, whole.history.length, best]).toEqual([5, 7, [5]]);
    // A checkpoint alone says the same
    const progress = await readProgress(join(folder, 'phased', 'last.safetensors'));
    expect([progress.judgedFrom, bestOf(progress)!.epoch]).toEqual([4, 5]);
    const stop: FitCallbacks = {
      onStep: ({ epoch, step }) => {
        if (epoch === 4 && step === 1) throw new Error('stopped');
      },
    };
    // What was run in the first phase is not judged, however short the run becomes
    await expect(run('shorter', { epochs: 8, ...stop }, phased)).rejects.toThrow('stopped');
    const shorter = await run('shorter', { resume: true, epochs: 4 }, phased);
    expect([shorter.bestEpoch, shorter.history.length]).toEqual([4, 4]);
  });

  it('refuses a folder that holds another run, and a checkpoint of another seed', async () => {
    await run('b', { epochs: 1 });
    await expect(run('b')).rejects.toThrow(/holds the checkpoint of an earlier run/);
    await expect(run('b', { resume: true, seed: 6 })).rejects.toThrow(/made with seed 5, this run has 6/);
  });

  it('names a checkpoint that is missing or damaged, and a folder that cannot be made', async () => {
    await expect(run('none', { resume: true })).rejects.toThrow(/last\.safetensors: no such file/);
    await writeFile(join(folder, 'file'), '');
    await expect(run('file')).rejects.toThrow(/file: cannot be written: a file stands where a folder/);
    await run('c', { epochs: 1 });
    await writeFile(join(folder, 'c', 'last.safetensors'), 'no checkpoint');
    await expect(run('c', { resume: true })).rejects.toThrow(/is not a checkpoint, or is damaged/);
  });
});

describe('bestOf', () => {
  const history = [0.3, 0.9, 0.5, 0.7, 0.7].map((accuracy, i): EpochRecord => ({
    epoch: i + 1,
    trainLoss: 1,
    validationLoss: 1,
    accuracies: [accuracy],
    lr: 0.1,
    seconds: 1,
  }));
  it.each([
    ['the best figure', { history }, 2],
    ['the earliest of equals among judged epochs', { history, judgedFrom: 2 }, 4],
    ['the last where none is judged', { history, judgedFrom: 5 }, 5],
    ['the last where the recipe keeps it', { history, keep: 'last' as const }, 5],
    ['the last where nothing is measured', { history: history.map((r) => ({ ...r, accuracies: [] })) }, 5],
    ['a score before the accuracy', { history: history.map((r, i) => ({ ...r, score: -i })) }, 1],
    ['the first without labels', { history: history.map((r) => ({ ...r, accuracies: [NaN] })) }, 1],
    ['none before the first epoch', { history: [] }, undefined],
  ])('is %s', (_, progress, epoch) => {
    expect(bestOf(progress)?.epoch).toBe(epoch);
  });
});
