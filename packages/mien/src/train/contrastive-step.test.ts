/** Contrastive divergence by hand, and what a machine and a stack of them learn, layer by layer. */
import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { gradients } from '../autodiff/index.ts';
import { NetworkBuilder } from '../nn/index.ts';
import {
  contrastiveDivergence,
  freeEnergy,
  machinesOf,
  type DeepBeliefSpec,
  type RbmSpec,
} from '../nn/models/index.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { sgd } from '../optim/index.ts';
import { Random, float32, toNumbers, type Tensor } from '../tensor/index.ts';
import { CONTRASTIVE_RATES, contrastiveStep } from './contrastive-step.ts';
import { Program } from './program.ts';

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
/** All patterns but the two that are both bars and stripes. */
const patterns = [false, true].flatMap((stripes) =>
  Array.from({ length: 2 ** SIDE - 2 }, (_, i) => pattern(i + 1, stripes)),
);
const count = patterns.length;
const data = float32([count, 1, SIDE, SIDE], patterns.flat());
const input = { channels: 1, height: SIDE, width: SIDE };

/** The machines of a stack one after another, each for so many updates on these batches. @returns the errors of each */
async function trainStack(
  spec: DeepBeliefSpec,
  { batches, updates, lr = {} }: { batches: readonly Tensor[]; updates: number; lr?: { gaussian?: number } },
): Promise<{
  weights: Map<string, Tensor>;
  /** The weights as they were when a machine was finished, as MACHINE/NAME. */
  after: Map<string, Tensor>;
  errors: Map<string, number[]>;
  gaps: number[];
}> {
  const machines = machinesOf(spec);
  const errors = new Map<string, number[]>();
  const after = new Map<string, Tensor>();
  const gaps: number[] = [];
  const program = await Program.create(
    {
      seed: 1,
      steps: Object.fromEntries(machines.map(({ name }, i) => [name, contrastiveStep(spec, i, data.dims)])),
    },
    { threads: 1 },
  );
  for (const { name, visibleUnits } of machines) {
    const rate = { ...CONTRASTIVE_RATES, ...lr }[visibleUnits];
    const own: number[] = [];
    for (let i = 0; i < updates; i++) {
      const { parts } = await program.run(name, { x: batches[i % batches.length]! }, rate);
      own.push(parts['reconstruction']!);
      gaps.push(parts['free-energy']!);
    }
    errors.set(name, own);
    for (const [parameter, t] of program.weights()) after.set(`${name}/${parameter}`, t);
  }
  const weights = program.weights();
  await program.release();
  return { weights, after, errors, gaps };
}

it('tells bars and stripes from noise by free energy, as reconstruction improves', async () => {
  const spec: DeepBeliefSpec = { name: 'bars', input, visibleUnits: 'binary', hidden: [24], classes: 2 };
  const { weights, errors } = await trainStack(spec, { batches: [data], updates: 400 });
  const of = errors.get('rbm1')!;
  expect(of.at(-1)!).toBeLessThan(of[0]! / 2);

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

it('trains the machines of a stack one after another, and leaves those below as they are', async () => {
  const spec: DeepBeliefSpec = { name: 'dbn', input, visibleUnits: 'gaussian', hidden: [32, 16], classes: 2 };
  const random = new Random(4, 'pixels');
  const batches = Array.from({ length: 20 }, () =>
    float32(
      data.dims,
      patterns.flat().map((bit) => 2 * bit - 1 + 0.3 * random.normal()),
    ),
  );
  const two = await trainStack(spec, { batches, updates: 200, lr: { gaussian: 0.01 } });
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  for (const [machine, values] of two.errors)
    expect(mean(values.slice(-20)), machine).toBeLessThan(mean(values.slice(0, 20)));
  // What it was shown becomes more probable to a machine, against what it makes of it
  expect(mean(two.gaps.slice(180, 200))).toBeGreaterThan(mean(two.gaps.slice(0, 20)));
  for (const name of ['rbm1.weight', 'rbm1.bias', 'rbm1.visible_bias'])
    expect(two.weights.get(name), name).toEqual(two.after.get(`rbm1/${name}`));
});

it('has directions that are the gradient of the difference of free energies, with the reconstruction held fixed', async () => {
  const spec: DeepBeliefSpec = { name: 'dbn', input, visibleUnits: 'binary', hidden: [6], classes: 2 };
  const [machine] = machinesOf(spec);
  const b = new NetworkBuilder('cd', { training: true, seed: 3 });
  const v = b.input('v', 'float32', [count, SIDE * SIDE]);
  const { directions, reconstruction } = contrastiveDivergence(b, machine!, v);
  const names = [...directions.keys()];
  for (const name of names) b.output(directions.get(name)!, `${name}:up`);
  b.output(reconstruction, 'v1');
  const noise = new Random(5, 'sample');
  const weights = new Map([...b.parameters].map(([name, p]) => [name, p.initial]));
  const inputs = { ...Object.fromEntries(weights), v: float32([count, SIDE * SIDE], patterns.flat()) };
  const out = evaluateGraph(b.graph, {
    ...inputs,
    'rbm1.sample': float32(
      [count, 6],
      Array.from({ length: count * 6 }, () => noise.uniform()),
    ),
  });

  const g = new NetworkBuilder('gap', { training: true, weights });
  const [seen, made] = ['v', 'v1'].map((name) => g.input(name, 'float32', [count, SIDE * SIDE]));
  const below = freeEnergy(g, machine!, seen!);
  const above = g.again(() => freeEnergy(g, machine!, made!));
  const gap = g.op('ReduceMean', [g.op('Sub', [above, below])], { keepdims: 0 });
  gradients(
    g,
    gap,
    names.map((name) => g.parameters.get(name)!.value),
  ).forEach((gradient, i) => g.output(gradient, `${names[i]}:gradient`));
  const expected = evaluateGraph(g.graph, { ...inputs, v1: out['v1']! });
  for (const name of names)
    allclose(out[`${name}:up`]!, toNumbers(expected[`${name}:gradient`]!), { rtol: 1e-5, atol: 1e-7 });
});
