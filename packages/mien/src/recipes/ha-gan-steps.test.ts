/** The two steps of HA-GAN against PyTorch (tools/golden/ha-gan-steps.py): losses, gradients and weights of three rounds. */
import { allclose, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, expect, it } from 'vitest';
import { float32, sizeOf, toNumbers, type Tensor } from '../tensor/index.ts';
import { Program, type ProgramContext } from '../train/index.ts';
import { haGanRecipe } from './ha-gan.ts';

const [STEPS, BATCH, SIZE, NOISE] = [3, 6, 10, 3];
const LR = 2e-4;
const FEEDS = {
  x: [BATCH, 1, SIZE, SIZE],
  'target.logits': [BATCH, 3],
  partner: [BATCH, 3, SIZE, SIZE],
  neutral: [BATCH, 3, SIZE, SIZE],
  person: [BATCH, 2],
} as const;

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/ha-gan-steps.golden.json', import.meta.url));
});

/** Entry i of a stacked golden tensor whose rows have these dims. */
function entry(name: string, i: number, dims: readonly number[]): Tensor {
  const size = sizeOf(dims);
  return float32(dims, toNumbers(golden.tensor(name)).slice(i * size, (i + 1) * size));
}

/** The golden tensors `PREFIX.NAME` as float32, by NAME. */
const named = (prefix: string): Map<string, Tensor> =>
  new Map(Object.entries(golden.startingWith(`${prefix}.`)).map(([name, t]) => [name, float32(t.dims, toNumbers(t))]));

it('follow PyTorch', async () => {
  const recipe = haGanRecipe({
    dataset: 'golden',
    channels: 'grey',
    classes: ['anger', 'happiness', 'surprise'],
    count: 2,
    lambda: 2,
    size: SIZE,
    cropFrom: SIZE,
    noise: NOISE,
    generatorWidth: 1 / 64,
    discriminatorWidth: 1 / 32,
  });
  const context: ProgramContext = { batchSize: BATCH, feeds: FEEDS, data: { prior: () => [] } };
  const steps = Object.fromEntries(
    Object.entries(recipe.program!.steps(context)).map(([name, step]) => [name, { ...step, outputGradients: true }]),
  );
  const start = named('start');
  const program = await Program.create({ seed: 0, steps, weights: start }, { threads: 1 });
  expect([...program.weights().keys()].sort()).toEqual([...start.keys()].sort());
  for (let i = 0; i < STEPS; i++) {
    const given: Record<string, Tensor> = Object.fromEntries(
      Object.entries(FEEDS).map(([name, dims]) => [name, entry(name === 'target.logits' ? 'target' : name, i, dims)]),
    );
    const gradients = named(`gradient${i + 1}`);
    for (const [s, step] of recipe.program!.round(0, 1).entries()) {
      const feeds = Object.fromEntries(program.feedsOf(step).map((name) => [name, given[name]!]));
      const { parts, outputs } = await program.run(
        step,
        { ...feeds, z: entry('noise', s * STEPS + i, [BATCH, NOISE]) },
        LR,
      );
      for (const [part, value] of Object.entries(parts))
        allclose([value], [toNumbers(golden.tensor(`losses.${step[0]}.${part}`))[i]!], { rtol: 1e-4, atol: 1e-6 });
      const own = [...gradients].filter(([name]) => name.startsWith(`${step}.`));
      expect(own.length).toBeGreaterThan(10);
      for (const [name, gradient] of own) allclose(outputs[`${name}_grad`]!, gradient, { rtol: 2e-3, atol: 2e-6 });
    }
  }
  const end = program.weights();
  // Where a gradient is next to nothing, float32 may turn Adam's step the other way: all within a step, almost all alike
  let [far, count] = [0, 0];
  for (const [name, t] of named('end')) {
    allclose(end.get(name)!, t, { rtol: 1e-4, atol: LR });
    const own = end.get(name)!.data as Float32Array;
    far += own.filter((v, i) => Math.abs(v - Number(t.data[i])) > 0.05 * LR).length;
    count += own.length;
  }
  expect(far / count).toBeLessThan(0.02);
  await program.release();
});
