/** Updating large parameters in place: the same training as through the step's graph. */
import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { conv2d, flatten, linear, relu, type Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { adamW, sgd, type Optimizer } from '../optim/index.ts';
import { Random, float32, type Tensor } from '../tensor/index.ts';
import { buildStepGraph } from './step-graph.ts';
import { Trainer, defineStep, type StepSpec } from './step.ts';

const BATCH = 4;

/**
 * A linear layer of 2304×128 weights, whose gradient is a product of factors, and a convolution of 512×512 whose is
 * not.
 */
const network: Network = {
  name: 'large',
  input: { channels: 1, height: 48, width: 48 },
  build(b, x) {
    const v = relu(b, linear(b, 'wide', flatten(b, x), { features: 128 }));
    const mixed = conv2d(b, 'mix', linear4(b, v), { channels: 512, kernel: 1 });
    return { logits: linear(b, 'fc', flatten(b, mixed), { features: 3 }) };
  },
};
function linear4(b: Parameters<Network['build']>[0], v: Parameters<Network['build']>[1]): ReturnType<typeof relu> {
  return b.op('Reshape', [linear(b, 'spread', v, { features: 512 }), b.ints([BATCH, 512, 1, 1])]);
}

const spec = (optimizer: Optimizer, more: Partial<StepSpec> = {}): StepSpec => ({
  network,
  batchSize: BATCH,
  targets: { target: [3] },
  optimizer,
  seed: 3,
  loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['target']!),
  ...more,
});

const batch = (step: number): Record<string, Tensor> => {
  const random = new Random(step, 'large updates');
  const target = float32(
    [BATCH, 3],
    Array.from({ length: BATCH * 3 }, (_, i) => (i % 3 === (Math.floor(i / 3) + step) % 3 ? 1 : 0)),
  );
  return {
    x: float32(
      [BATCH, 1, 48, 48],
      Array.from({ length: BATCH * 48 * 48 }, () => random.normal()),
    ),
    'target.target': target,
  };
};

async function weightsAfter(steps: number, s: StepSpec): Promise<Map<string, Tensor>> {
  const trainer = await Trainer.create(s);
  for (let i = 0; i < steps; i++) await trainer.run(batch(i), 0.01);
  const carried = new Map([...trainer.state].map(([name, t]) => [name, float32(t.dims, t.data as Float32Array)]));
  await trainer.release();
  return carried;
}

const sameBits = (a: Tensor, b: Tensor): boolean =>
  Buffer.compare(
    new Uint8Array(a.data.buffer, a.data.byteOffset, a.data.byteLength),
    new Uint8Array(b.data.buffer, b.data.byteOffset, b.data.byteLength),
  ) === 0;

describe('large parameters', () => {
  it('leave the step as gradients: a linear layer as two factors', () => {
    const { graph, large, initial } = buildStepGraph('step', defineStep(spec(sgd())), { seed: 1, largeFrom: 2 ** 18 });
    expect(large.map((u) => [u.parameter, u.gradient.kind])).toEqual([
      ['wide.weight', 'product'],
      ['mix.weight', 'whole'],
    ]);
    const outputs = graph.outputs.map((v) => v.name);
    expect(outputs).toEqual(
      expect.arrayContaining(['wide.weight_grad:left', 'wide.weight_grad:right', 'mix.weight_grad', 'fc.weight:next']),
    );
    expect(outputs).not.toContain('wide.weight:next');
    expect([...initial.keys()]).toContain('wide.weight');
  });

  it.each([
    [
      'momentum, decay, moving average',
      spec(sgd({ momentum: 0.9, nesterov: true }), {
        groups: [{ match: (n) => n.startsWith('wide'), weightDecay: 0.1, lrScale: 0.5 }],
        emaDecay: 0.9,
      }),
    ],
    ['AdamW, clipped', spec(adamW(), { clipNorm: 0.01, groups: [{ match: () => true, weightDecay: 0.1 }] })],
  ])('end where the step graph would have taken them: %s', async (_, s) => {
    // outputGradients keeps every update in the graph
    const [inPlace, inGraph] = [await weightsAfter(4, s), await weightsAfter(4, { ...s, outputGradients: true })];
    expect([...inPlace.keys()].sort()).toEqual([...inGraph.keys()].sort());
    // Adam divides by the root of v: where a gradient is nearly 0, its rounding shows
    for (const [name, t] of inPlace) allclose(t, inGraph.get(name)!, { rtol: 2e-4, atol: 2e-5 });
  });

  it("leaves the caller's weights alone", async () => {
    const trainer = await Trainer.create(spec(sgd()));
    const weights = trainer.weights();
    await trainer.release();
    const given = weights.get('wide.weight')!;
    const before = float32(given.dims, given.data as Float32Array);
    const again = await Trainer.create(spec(sgd(), { weights }));
    await again.run(batch(0), 0.1);
    expect(sameBits(given, before)).toBe(true);
    expect(sameBits(again.weights().get('wide.weight')!, before)).toBe(false);
    await again.release();
  });

  it('go through a checkpoint to the same bits', async () => {
    const s = spec(adamW(), { clipNorm: 1, emaDecay: 0.9 });
    const whole = await Trainer.create(s);
    for (let i = 0; i < 4; i++) await whole.run(batch(i), 0.01);
    const [before, after] = [await Trainer.create(s), await Trainer.create(s)];
    for (let i = 0; i < 2; i++) await before.run(batch(i), 0.01);
    after.restore(before.state, before.step);
    // What was taken up must not move with the run that it came from
    await before.run(batch(9), 0.01);
    for (let i = 2; i < 4; i++) await after.run(batch(i), 0.01);
    for (const [name, t] of whole.state) expect(sameBits(after.state.get(name)!, t), name).toBe(true);
    await Promise.all([whole, before, after].map((t) => t.release()));
  });

  it('may be two whose gradients are one value', () => {
    const { large, graph } = buildStepGraph(
      'sum',
      {
        inputs: { x: [2, 600] },
        build(b, { x }) {
          const [w1, w2] = ['a', 'b'].map((name) => b.weight(name, [512, 600], { kind: 'xavier' })) as [
            ReturnType<typeof relu>,
            ReturnType<typeof relu>,
          ];
          return {
            losses: [
              {
                name: 'loss',
                value: b.op('ReduceSum', [b.op('Gemm', [x!, b.op('Add', [w1, w2]), null], { transB: 1 })], {
                  keepdims: 0,
                }),
              },
            ],
          };
        },
        optimizer: sgd(),
      },
      { seed: 1, largeFrom: 2 ** 18 },
    );
    expect(large.map((u) => u.gradient.kind)).toEqual(['whole', 'whole']);
    const made = new Set(graph.nodes.flatMap((n) => n.outputs.map((v) => v.name)));
    for (const v of graph.outputs) expect(made).toContain(v.name);
  });
});
