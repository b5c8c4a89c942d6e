/** Contrastive divergence by hand, what a machine and a stack of them learn, and the supervised tuning after it. */
import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import {
  contrastiveDivergence,
  deepBelief,
  freeEnergy,
  type DeepBeliefSpec,
  type RbmSpec,
} from '../nn/models/index.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { adam, sgd } from '../optim/index.ts';
import { Random, float32, toNumbers, type Tensor } from '../tensor/index.ts';
import { pretrain } from './pretrain.ts';
import { Program } from './program.ts';
import { Trainer } from './step.ts';

const LN3 = Math.log(3);
/** Two visible units, one hidden: σ(c + Wv) = ¾ at v = (1, 0). */
const tiny = new Map([
  ['r.weight', float32([1, 2], [LN3, 0])],
  ['r.bias', float32([1], [0])],
  ['r.visible_bias', float32([2], [0, 0])],
]);

describe.each([
  // v₁ = σ(ln 3, 0) = (¾, ½); h₁ = σ(¾·ln 3) = 1/(1 + 3^−¾)
  { visibleUnits: 'binary', v1: [0.75, 0.5], h1: 1 / (1 + 3 ** -0.75), energy: -Math.log(4) },
  // v₁ = (ln 3, 0); h₁ = σ(ln² 3)
  { visibleUnits: 'gaussian', v1: [LN3, 0], h1: 1 / (1 + Math.exp(-LN3 * LN3)), energy: 0.5 - Math.log(4) },
] as const)('a machine with $visibleUnits visible units', ({ visibleUnits, v1, h1, energy }) => {
  const rbm: RbmSpec = { name: 'r', visibleUnits, hidden: 1 };
  const directions = { weight: [0.75 - h1 * v1[0], -h1 * v1[1]], bias: [0.75 - h1], visible_bias: [1 - v1[0], -v1[1]] };

  it('has the statistics and the free energy computed by hand', () => {
    const b = new NetworkBuilder('cd', { training: true, weights: tiny });
    const found = contrastiveDivergence(b, rbm, b.input('v', 'float32', [2, 2]));
    for (const [name, value] of found.directions) b.output(value, `${name}:up`);
    b.output(found.reconstructionError, 'error');
    // two samples alike, so that the means over the batch are those of one; noise below ¾ samples h₀ = 1
    const out = evaluateGraph(b.graph, {
      ...Object.fromEntries(tiny),
      v: float32([2, 2], [1, 0, 1, 0]),
      'r.sample': float32([2, 1], [0.5, 0.7]),
    });
    for (const [name, values] of Object.entries(directions))
      allclose(out[`r.${name}:up`]!, values, { rtol: 1e-6, atol: 1e-7 });
    allclose(out['error']!, [((1 - v1[0]) ** 2 + v1[1] ** 2) / 2], { rtol: 1e-6 });

    const e = new NetworkBuilder('energy', { weights: tiny });
    e.output(freeEnergy(e, rbm, e.input('v', 'float32', [1, 2])), 'energy');
    allclose(evaluateGraph(e.graph, { v: float32([1, 2], [1, 0]) })['energy']!, [energy], { rtol: 1e-6 });
  });

  it('moves its weights up those directions', async () => {
    const program = await Program.create(
      {
        seed: 0,
        weights: tiny,
        steps: {
          cd: {
            inputs: { v: [2, 2] },
            build(b, { v }) {
              const found = contrastiveDivergence(b, rbm, v!);
              return { directions: found.directions, losses: [{ name: 'error', value: found.reconstructionError }] };
            },
            optimizer: sgd(),
          },
        },
      },
      { threads: 1 },
    );
    await program.run('cd', { v: float32([2, 2], [1, 0, 1, 0]), 'r.sample': float32([2, 1], [0.5, 0.7]) }, 0.5);
    for (const [name, values] of Object.entries(directions)) {
      allclose(
        program.state.get(`r.${name}`)!,
        toNumbers(tiny.get(`r.${name}`)!).map((w, i) => w + 0.5 * values[i]!),
        { rtol: 1e-5, atol: 1e-6 },
      );
    }
    await program.release();
  });
});

const SIDE = 4;
/** A pattern of bars (each row of one value) or stripes (each column). */
const pattern = (bits: number, stripes: boolean): number[] =>
  Array.from({ length: SIDE * SIDE }, (_, i) => (bits >> (stripes ? i % SIDE : Math.floor(i / SIDE))) & 1);
/** All patterns but the two that are both bars and stripes: 14 of each kind. */
const patterns = [false, true].flatMap((stripes) =>
  Array.from({ length: 2 ** SIDE - 2 }, (_, i) => pattern(i + 1, stripes)),
);
const kinds = patterns.map((_, i) => (i < patterns.length / 2 ? [1, 0] : [0, 1]));
const count = patterns.length;
const data = float32([count, 1, SIDE, SIDE], patterns.flat());
const input = { channels: 1, height: SIDE, width: SIDE };

it('tells bars and stripes from noise by free energy, as reconstruction improves', async () => {
  const spec: DeepBeliefSpec = { name: 'bars', input, visibleUnits: 'binary', hidden: [24], classes: 2 };
  const errors: number[] = [];
  const weights = await pretrain(spec, {
    epochs: 400,
    batchSize: count,
    batches: () => [data],
    seed: 1,
    threads: 1,
    onEpoch: (r) => errors.push(r.reconstructionError),
  });
  expect(errors.at(-1)!).toBeLessThan(errors[0]! / 2);

  const energies = (v: Tensor): number[] => {
    const b = new NetworkBuilder('energy', { weights });
    b.output(
      freeEnergy(b, { name: 'rbm1', visibleUnits: 'binary', hidden: 24 }, b.input('v', 'float32', v.dims)),
      'energy',
    );
    return toNumbers(evaluateGraph(b.graph, { v })['energy']!);
  };
  const random = new Random(3, 'noise');
  const noise = energies(
    float32(
      [200, SIDE * SIDE],
      Array.from({ length: 200 * SIDE * SIDE }, () => random.int(2)),
    ),
  );
  const known = energies(float32([count, SIDE * SIDE], patterns.flat()));
  const wins = known.reduce((total, k) => total + noise.filter((n) => k < n).length, 0) / (known.length * noise.length);
  expect(wins).toBeGreaterThan(0.9);
});

it('starts a deep belief network that back-propagation brings to tell bars from stripes, seen through noise', async () => {
  const spec: DeepBeliefSpec = { name: 'dbn', input, visibleUnits: 'gaussian', hidden: [32, 16], classes: 2 };
  const random = new Random(4, 'pixels');
  const noisy = (): Tensor =>
    float32(
      data.dims,
      patterns.flat().map((bit) => 2 * bit - 1 + 0.3 * random.normal()),
    );
  const batches = Array.from({ length: 20 }, noisy);
  const errors = new Map<string, number[]>();
  const weights = await pretrain(spec, {
    epochs: 10,
    batchSize: count,
    batches: () => batches,
    seed: 2,
    threads: 1,
    lr: { gaussian: 0.01 },
    onEpoch: ({ machine, reconstructionError }) =>
      errors.set(machine, [...(errors.get(machine) ?? []), reconstructionError]),
  });
  expect([...errors.keys()]).toEqual(['rbm1', 'rbm2']);
  for (const [machine, values] of errors) expect(values.at(-1)!, machine).toBeLessThan(values[0]!);

  const network = deepBelief(spec);
  const trainer = await Trainer.create(
    {
      network,
      batchSize: count,
      targets: { logits: [2] },
      seed: 2,
      optimizer: adam(),
      weights,
      loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    },
    { threads: 1 },
  );
  expect(trainer.state.get('rbm2.weight')!.data).toEqual(weights.get('rbm2.weight')!.data);
  for (let i = 0; i < 200; i++)
    await trainer.run({ x: batches[i % batches.length]!, 'target.logits': float32([count, 2], kinds.flat()) }, 0.005);

  const b = new NetworkBuilder('test', { weights: trainer.weights() });
  b.output(network.build(b, b.input('x', 'float32', data.dims))['logits']!, 'logits');
  const logits = toNumbers(evaluateGraph(b.graph, { x: noisy() })['logits']!);
  const correct = kinds.filter((k, i) => logits[2 * i]! > logits[2 * i + 1]! === (k[0] === 1)).length;
  expect(correct / count).toBeGreaterThanOrEqual(0.9);
  await trainer.release();
});

it('names what is wrong: no batch, a learning rate at which a machine diverges', async () => {
  const spec: DeepBeliefSpec = { name: 'dbn', input, visibleUnits: 'gaussian', hidden: [4], classes: 2 };
  const options = { epochs: 20, batchSize: count, seed: 1, threads: 1 };
  await expect(pretrain(spec, { ...options, batches: () => [] })).rejects.toThrow(/pretrain dbn: epoch 1 has no batch/);
  await expect(pretrain(spec, { ...options, batches: () => [data], lr: { gaussian: 1e20 } })).rejects.toThrow(
    /rbm1 diverged in epoch \d+ \(learning rate 100000000000000000000\)/,
  );
});
