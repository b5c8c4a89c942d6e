/** Programs of steps: against PyTorch, what they learn, what they leave alone, and that a checkpoint loses nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allclose, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchNorm, linear, relu, type NetworkBuilder } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import type { Value } from '../onnx/index.ts';
import { adam, sgd } from '../optim/index.ts';
import { Random, float32, sizeOf, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { Program } from './program.ts';
import type { StepDefinition } from './step-graph.ts';

const STEPS = 5;
const LR = 2 ** -7;

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/alternating-steps.golden.json', import.meta.url));
});

/** Entry i of a stacked golden tensor whose rows have these dims. */
function entry(name: string, i: number, dims: readonly number[]): Tensor {
  const size = sizeOf(dims);
  return float32(dims, toNumbers(golden.tensor(name)).slice(i * size, (i + 1) * size));
}

/** The golden tensors `PREFIX.NAME` as float32, by NAME. */
const goldenWeights = (prefix: string): Map<string, Tensor> =>
  new Map(Object.entries(golden.startingWith(`${prefix}.`)).map(([name, t]) => [name, float32(t.dims, toNumbers(t))]));

const mean = (b: NetworkBuilder, x: Value): Value => b.op('ReduceMean', [x], { keepdims: 0 });
/** Mean of log(1 + exp x). */
const softplus = (b: NetworkBuilder, x: Value): Value => mean(b, b.op('Softplus', [x]));

const generator = (b: NetworkBuilder, z: Value): Value =>
  b.scope('generator', () =>
    linear(b, 'fc2', relu(b, batchNorm(b, 'norm', linear(b, 'fc1', z, { features: 6, bias: false }))), { features: 2 }),
  );
const discriminator = (b: NetworkBuilder, x: Value): Value =>
  b.scope('discriminator', () =>
    linear(b, 'fc2', b.op('LeakyRelu', [linear(b, 'fc1', x, { features: 6 })], { alpha: 0.25 }), { features: 1 }),
  );

/** The GAN of tools/golden/alternating-steps.py. */
function gan(batch: number, z: number): { discriminator: StepDefinition; generator: StepDefinition } {
  return {
    discriminator: {
      inputs: { real: [batch, 2], z: [batch, z] },
      trains: (p) => p.startsWith('discriminator.'),
      build(b, inputs) {
        const made = generator(b, inputs['z']!);
        const real = softplus(b, b.op('Neg', [discriminator(b, inputs['real']!)]));
        const fake = b.again(() => softplus(b, discriminator(b, made)));
        return {
          losses: [
            { name: 'real', value: real },
            { name: 'fake', value: fake },
          ],
        };
      },
      optimizer: adam({ beta1: 0.5 }),
    },
    generator: {
      inputs: { z: [batch, z] },
      trains: (p) => p.startsWith('generator.'),
      build: (b, inputs) => ({
        losses: [
          { name: 'adversarial', value: softplus(b, b.op('Neg', [discriminator(b, generator(b, inputs['z']!))])) },
        ],
      }),
      optimizer: adam({ beta1: 0.5 }),
    },
  };
}

describe('a generator and a discriminator in turn', () => {
  it('follow PyTorch', async () => {
    const program = await Program.create(
      { seed: 0, steps: gan(8, 3), weights: goldenWeights('gan.start') },
      { threads: 1 },
    );
    for (let i = 0; i < STEPS; i++) {
      const d = await program.run('discriminator', { real: entry('real', i, [8, 2]), z: entry('z', i, [8, 3]) }, LR);
      allclose(
        [d.loss, d.parts['real']! + d.parts['fake']!],
        [toNumbers(golden.tensor('gan.losses.discriminator'))[i]!, d.loss],
        { rtol: 1e-5 },
      );
      const g = await program.run('generator', { z: entry('z', STEPS + i, [8, 3]) }, LR / 2);
      allclose([g.loss], [toNumbers(golden.tensor('gan.losses.generator'))[i]!], { rtol: 1e-5 });
    }
    const end = goldenWeights('gan.end');
    expect([...end.keys()].sort()).toEqual([...program.weights().keys()].sort());
    for (const [name, t] of end) allclose(program.state.get(name)!, t, { rtol: 1e-4, atol: 2e-5 });
    await program.release();
  });

  /** A batch of N(μ, 1) in two dimensions and standard normal z. */
  const drawn = (step: number): { real: Tensor; z: Tensor } => {
    const random = new Random(1, `gan/${step}`);
    const normals = (n: number, shift: readonly number[]): number[] =>
      Array.from({ length: n }, (_, i) => random.normal() + shift[i % shift.length]!);
    return { real: float32([32, 2], normals(64, [2, -1])), z: float32([32, 4], normals(128, [0])) };
  };

  it('learn the mean of a Gaussian, and go on from a checkpoint to the same bits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mien-program-'));
    const run = async (program: Program<'discriminator' | 'generator'>, from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) {
        const { real, z } = drawn(i);
        await program.run('discriminator', { real, z }, 0.01);
        await program.run('generator', { z }, 0.005);
      }
    };
    const create = (): Promise<Program<'discriminator' | 'generator'>> =>
      Program.create({ seed: 2, steps: gan(32, 4) }, { threads: 1 });
    const whole = await create();
    await run(whole, 0, 200);
    const path = join(folder, 'gan.safetensors');
    await writeCheckpoint(path, {
      recipe: 'gan',
      seed: 2,
      plannedEpochs: 1,
      epoch: 0,
      step: 200,
      history: [],
      state: whole.snapshot(),
    });
    await run(whole, 200, 400);
    const resumed = await create();
    resumed.restore((await readCheckpoint(path)).state);
    expect(resumed.count('generator')).toBe(200);
    await run(resumed, 200, 400);
    for (const [name, t] of whole.snapshot()) expect(resumed.snapshot().get(name)!.data, name).toEqual(t.data);

    const sums = [0, 0];
    const sampler = await Program.create(
      {
        seed: 2,
        weights: whole.weights(),
        steps: {
          sample: {
            inputs: { z: [32, 4] },
            build(b, { z }) {
              const made = generator(b, z!);
              return {
                losses: [0, 1].map((i) => ({
                  name: String(i),
                  value: mean(b, b.op('Gather', [made, b.ints([i])], { axis: 1 })),
                })),
              };
            },
            optimizer: sgd(),
          },
        },
      },
      { threads: 1 },
    );
    for (let i = 0; i < 20; i++) {
      const { parts } = await sampler.run('sample', { z: drawn(1000 + i).z }, 0);
      sums.forEach((_, k) => (sums[k]! += parts[String(k)]! / 20));
    }
    allclose(sums, [2, -1], { rtol: 0, atol: 0.4 });
    await Promise.all([whole.release(), resumed.release(), sampler.release(), rm(folder, { recursive: true })]);
  });
});

describe('one step with groups', () => {
  const spec = (frozen?: 'weights' | 'layers'): StepDefinition => ({
    inputs: { x: [8, 4], target: [8, 3] },
    build(b, inputs) {
      const h = relu(b, linear(b, 'body', relu(b, linear(b, 'stem', inputs['x']!, { features: 5 })), { features: 5 }));
      return {
        losses: [
          { name: 'class', value: crossEntropyLoss(b, linear(b, 'head', h, { features: 3 }), inputs['target']!) },
          { name: 'sparsity', value: mean(b, b.op('Abs', [h])), weight: 0.25 },
        ],
      };
    },
    optimizer: adam(),
    groups: [
      frozen ? { match: (p) => p.startsWith('stem.'), frozen } : { match: (p) => p.startsWith('stem.'), lrScale: 0 },
      { match: (p) => p.startsWith('body.'), optimizer: sgd({ momentum: 0.875 }), lrScale: 0.25, weightDecay: 2 ** -6 },
    ],
  });

  it('follows PyTorch with two losses, two optimisers, a slow group and a frozen layer', async () => {
    const program = await Program.create(
      { seed: 0, steps: { train: spec('weights') }, weights: goldenWeights('groups.start') },
      { threads: 1 },
    );
    for (let i = 0; i < STEPS; i++) {
      const { loss, parts } = await program.run(
        'train',
        { x: entry('x', i, [8, 4]), target: entry('target', i, [8, 3]) },
        LR,
      );
      for (const part of ['class', 'sparsity'])
        allclose([parts[part]!], [toNumbers(golden.tensor(`groups.losses.${part}`))[i]!], { rtol: 1e-5 });
      allclose([loss], [parts['class']! + 0.25 * parts['sparsity']!], { rtol: 1e-6 });
    }
    for (const [name, t] of goldenWeights('groups.end'))
      allclose(program.state.get(name)!, t, { rtol: 1e-4, atol: 2e-5 });
    await program.release();
  });

  it.each(['weights', 'layers', undefined] as const)(
    'keeps no optimiser state for a frozen layer (%s)',
    async (frozen) => {
      const program = await Program.create({ seed: 0, steps: { train: spec(frozen) } }, { threads: 1 });
      const kept = [...program.state.keys()].filter((n) => n.includes(':'));
      expect(kept.sort()).toEqual([
        'body.bias:momentum',
        'body.weight:momentum',
        'head.bias:m',
        'head.bias:v',
        'head.weight:m',
        'head.weight:v',
      ]);
      await program.release();
    },
  );
});

it.each([
  { frozen: 'weights', moves: true },
  { frozen: 'layers', moves: false },
] as const)('a batch norm whose $frozen are frozen: its running mean moves: $moves', async ({ frozen, moves }) => {
  const program = await Program.create(
    {
      seed: 0,
      steps: {
        train: {
          inputs: { x: [4, 2] },
          build: (b, { x }) => ({
            losses: [
              {
                name: 'size',
                value: mean(b, b.op('Abs', [linear(b, 'fc', batchNorm(b, 'norm', x!), { features: 2 })])),
              },
            ],
          }),
          optimizer: sgd(),
          groups: [{ match: (p) => p.startsWith('norm.'), frozen }],
        },
      },
    },
    { threads: 1 },
  );
  await program.run('train', { x: float32([4, 2], [3, 5, 3, 5, 3, 5, 5, 7]) }, 0.1);
  allclose(program.state.get('norm.running_mean')!, moves ? [0.35, 0.55] : [0, 0], { rtol: 1e-6 });
  allclose(program.state.get('norm.weight')!, [1, 1], { rtol: 0 });
  await program.release();
});

describe('what a program refuses', () => {
  const value = (b: NetworkBuilder, features: number, x: Value): Value => mean(b, linear(b, 'fc', x, { features }));
  const step = (features = 2): StepDefinition => ({
    inputs: { x: [1, 2] },
    build: (b, { x }) => ({ losses: [{ name: 'l', value: value(b, features, x!) }] }),
    optimizer: sgd(),
  });

  it('steps that disagree about a shape, and steps that train nothing or have no loss', async () => {
    await expect(Program.create({ seed: 0, steps: { a: step(2), b: step(3) } })).rejects.toThrow(
      /step b: "fc\.weight" has shape \[3,2\], in another step \[2,2\]/,
    );
    await expect(Program.create({ seed: 0, steps: { a: { ...step(), trains: () => false } } })).rejects.toThrow(
      /a: trains nothing/,
    );
    await expect(
      Program.create({ seed: 0, steps: { a: { ...step(), build: () => ({ losses: [] }) } } }),
    ).rejects.toThrow(/a: expected losses .* got none/);
  });

  it('unknown steps and feeds, weights of another shape, networks used again before they exist', async () => {
    const program = await Program.create({ seed: 0, steps: { a: step() } });
    const x = tensor('float32', [1, 2], new Float32Array(2));
    await expect(program.run('z' as 'a', { x }, 1)).rejects.toThrow(/no step "z": expected one of a/);
    await expect(program.run('a', { x, y: x }, 1)).rejects.toThrow(/step a: "y" is not one of its inputs/);
    expect(() => {
      program.restore(new Map());
    }).toThrow(/"fc\.weight" is missing/);
    await program.release();
    await expect(
      Program.create({ seed: 0, steps: { a: step() }, weights: new Map([['fc.weight', x]]) }),
    ).rejects.toThrow(/"fc\.weight": expected \[2,2\], got \[1,2\]/);
    await expect(
      Program.create({ seed: 0, steps: { a: step() }, weights: new Map([['typo.weight', x]]) }),
    ).rejects.toThrow(/start weights: none of 1 names \(typo\.weight/);
    const early: StepDefinition = {
      ...step(),
      build: (b, inputs) => ({ losses: [{ name: 'l', value: b.again(() => value(b, 2, inputs['x']!)) }] }),
    };
    await expect(Program.create({ seed: 0, steps: { early } })).rejects.toThrow(
      /"fc\.weight" is to be used again, but does not exist yet/,
    );
  });
});
