import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type LabelledImages } from '../data/index.ts';
import { globalAveragePool, linear, type Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { constant, sgd } from '../optim/index.ts';
import { renderTable } from '../report/index.ts';
import { imageRecipe, type RecipeFamily } from '../train/index.ts';
import { runSweep, type SweepOptions } from './sweep.ts';
import { renderSweep, summarizeSweep, sweepCsv, sweepTable } from './sweep-report.ts';

const CLASSES = ['neutral', 'happiness'] as const;

/** 4×4 images, bright when happy. */
function images(count: number): LabelledImages {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  return labelledImages({
    images: {
      count,
      height: 4,
      width: 4,
      channels: 1,
      pixels: Uint8Array.from({ length: count * 16 }, (_, p) => (labels[p >> 4] === 1 ? 200 : 60) + (p % 7)),
    },
    classes: CLASSES,
    labels,
    ids: Array.from(labels, (_, i) => String(i)),
  });
}

const dataset: Dataset = {
  name: 'glow',
  classes: CLASSES,
  splits: ['train', 'validation'],
  loadSplit: (split) => Promise.resolve(images(split === 'train' ? 32 : 10)),
};

const network: Network = {
  name: 'mean',
  input: { channels: 1, height: 4, width: 4 },
  build: (b, x) => ({ logits: linear(b, 'fc', globalAveragePool(b, x), { features: 2 }) }),
};

/** The learning rate and its sign: a negative rate unlearns. */
const family: RecipeFamily<{ rate: number; sign: number }> = {
  id: 'mean.glow',
  title: 'Brightness',
  parameters: { rate: 20, sign: 1 },
  make: ({ rate, sign }) =>
    imageRecipe(dataset, {
      id: 'mean.glow',
      network,
      optimizer: sgd({ momentum: 0 }),
      lr: rate * sign,
      schedule: constant,
      epochs: 3,
      batchSize: 8,
      seed: 4,
      loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    }),
};

let out: string;
beforeEach(async () => {
  out = join(await mkdtemp(join(tmpdir(), 'mien-sweep-')), 'sweep');
});
afterEach(() => rm(join(out, '..'), { recursive: true }));

const run = (values: Record<string, number[]>, options: Partial<SweepOptions> = {}): ReturnType<typeof runSweep> =>
  runSweep(family, values, { dataset, licence: 'none', out, threads: 1, ...options });

describe('runSweep', () => {
  it('trains each setting, and writes tables and a page', async () => {
    const sweep = await run({ sign: [-1, 1] });
    expect(sweep.runs.map(({ folder }) => folder)).toEqual(['rate=20,sign=-1,seed=4', 'rate=20,sign=1,seed=4']);
    expect(sweep.runs.map(({ metrics }) => metrics.map(({ split, n, accuracy }) => [split, n, accuracy]))).toEqual([
      [['validation', 10, 0]],
      [['validation', 10, 1]],
    ]);
    expect(JSON.parse(await readFile(join(out, 'sweep.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(sweep)));
    expect(sweep.runs.map(({ curve, epochs }) => curve!.length === epochs)).toEqual([true, true]);
    expect(await readFile(join(out, 'sweep.csv'), 'utf8')).toMatch(
      /^rate,sign,seed,dataset,split,head,role,n,accuracy,.*\n20,-1,4,glow,validation,logits,validation,10,0,0,1,3,/,
    );
    expect(await readFile(join(out, 'sweep.html'), 'utf8')).toMatch(
      /mean accuracy, % against sign[^]*error on the validation split, % against epoch[^]*>sign = -1</,
    );
    await access(join(out, sweep.runs[1]!.folder, 'mean.glow.onnx'));
    await expect(access(join(out, sweep.runs[1]!.folder, 'last.safetensors'))).rejects.toThrow();
  });

  it('goes on in the middle of a run that was stopped, and keeps finished ones', async () => {
    const stop = {
      onStep: ({ epoch }: { epoch: number }): void => {
        if (epoch === 3) throw new Error('stopped');
      },
    };
    await expect(run({ sign: [-1, 1] }, stop)).rejects.toThrow('stopped');
    await expect(run({ sign: [-1, 1] })).rejects.toThrow(`${out}: holds a sweep already`);
    const epochs: number[] = [];
    const started: string[] = [];
    const note = (name: string, done: number, total: number, finished: boolean): void => {
      started.push(`${done}/${total} ${name} ${finished}`);
    };
    const options = {
      resume: true,
      onEpoch: ({ epoch }: { epoch: number }) => {
        epochs.push(epoch);
      },
      onRun: note,
    };
    const resumed = await run({ sign: [-1] }, options);
    expect(epochs).toEqual([3]);
    const more = await run({ sign: [1, -1] }, { ...options, seeds: [4, 5] });
    expect(epochs).toEqual([3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(started.slice(1)).toEqual([
      '0/4 rate=20,sign=1,seed=4 false',
      '1/4 rate=20,sign=1,seed=5 false',
      '2/4 rate=20,sign=-1,seed=4 true',
      '3/4 rate=20,sign=-1,seed=5 false',
    ]);
    expect(more.runs.map(({ folder }) => folder.replace('rate=20,', ''))).toEqual([
      'sign=-1,seed=4',
      'sign=-1,seed=5',
      'sign=1,seed=4',
      'sign=1,seed=5',
    ]);
    expect(more.runs[0]).toEqual(resumed.runs[0]);
  });

  it('refuses a folder of another sweep', async () => {
    await run({ sign: [1] }, { epochs: 1 });
    await expect(run({ sign: [1] }, { resume: true })).rejects.toThrow(
      'sweep.json: was made with epochs 1, this sweep has null',
    );
    await writeFile(join(out, 'sweep.json'), '{}');
    await expect(run({ sign: [1] }, { resume: true })).rejects.toThrow('sweep.json: is not the table of a sweep');
  });
});

describe('summary of seeds', () => {
  const metric = (accuracy: number | null): object => ({
    dataset: 'd',
    split: 's',
    head: 'h',
    role: 'held-out',
    n: 4,
    accuracy,
    meanAccuracy: accuracy,
  });
  const sweep = {
    version: 1,
    family: 'f',
    title: 'T',
    parameters: { k: 1, lambda: 0.1 },
    dataset: 'd',
    epochs: null,
    runs: [
      [10, 1, 0.5],
      [10, 2, 0.7],
      [20, 1, null],
      [20, 2, 0.25],
    ].map(([k, seed, accuracy]) => ({
      parameters: { k, lambda: 0.1 },
      seed,
      folder: `${k} ${seed}`,
      bestEpoch: 1,
      epochs: 1,
      wallSeconds: 1,
      metrics: [metric(accuracy!)],
    })),
  } as unknown as Parameters<typeof sweepTable>[0];

  it('gives means and sample deviations; a missing figure is left out', () => {
    const [first, second] = summarizeSweep(sweep);
    expect(first).toMatchObject({ parameters: { k: 10 }, seeds: [1, 2], accuracy: 0.6 });
    expect(first!.accuracyDeviation).toBeCloseTo(Math.SQRT2 / 10, 12);
    expect([second!.accuracy, second!.accuracyDeviation]).toEqual([0.25, NaN]);
    expect(renderTable(sweepTable(sweep), 'latex')).toContain(
      '10 & 0.1 & d & s & 2 & 60.00 $\\pm$ 14.14 & 60.00 $\\pm$ 14.14 \\\\',
    );
    expect(sweepCsv(sweep).split('\n')[3]).toBe('20,0.1,1,d,s,h,held-out,4,,,1,1,1,20 1');
  });

  it('draws a line for each parameter that was varied, and none for the others', () => {
    const html = renderSweep(sweep);
    expect(html).toContain('accuracy, % against k (lambda = 0.1)');
    expect(html).not.toContain('against lambda');
    expect(html).toContain('10: 60 ± 14.1421');
  });
});
