/** Every network: shapes, published parameter count, one step lowers the loss, deterministic inference. */
import { describe, expect, it } from 'vitest';
import { evaluateGraph } from '../onnx/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { gradients } from '../autodiff/index.ts';
import { createSession } from '../runtime/index.ts';
import { allocate, float32, Random, sizeOf, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import { inputShape, NetworkBuilder, spatialTransform, type Network } from './index.ts';
import { crossEntropyLoss } from './losses/index.ts';
import { compact, deepEmotion, faceResNet, wide } from './models/index.ts';

const MODELS: { network: Network; parameters: number }[] = [
  { network: deepEmotion({ classes: 7, stnMode: 'features' }), parameters: 76_777 },
  { network: deepEmotion({ classes: 7, stnMode: 'input' }), parameters: 76_777 },
  {
    network: wide({
      stem: 4,
      stages: [
        { channels: 6, depth: 2 },
        { channels: 8, depth: 3 },
      ],
      heads: { logits: 7 },
      squeeze: 4,
    }),
    // convolutions of stem and stages; normalisation; squeeze-and-excitation; pooling; linear layer
    parameters:
      9 * (4 + 6 * 4 + 6 * 6 + 8 * 6 + 2 * 8 * 8) +
      2 * (4 + 2 * 6 + 3 * 8) +
      (6 + 1 + 6 + 6) +
      (2 * 8 + 2 + 2 * 8 + 8) +
      8 * 12 ** 2 +
      8 * 7 +
      7,
  },
  {
    network: compact({ widths: [4, 6, 8], heads: { logits: 7 } }),
    parameters: 4 * 9 + 6 * 4 * 9 + 6 * 6 * 9 + 8 * 6 * 9 + 8 * 8 * 9 + 2 * (4 + 6 + 6 + 8 + 8) + 8 * 7 + 7,
  },
  {
    network: faceResNet({ heads: { logits: 7 }, channels: 1, size: 71, widthMultiplier: 1 / 8 }),
    // 29 convolutions, those of each stage from its own channels and the first from the stage's before; normalization
    parameters:
      49 * 4 +
      9 * (6 * 4 * 4 + 4 * 8 + 7 * 8 * 8 + 8 * 16 + 5 * 16 * 16 + 16 * 32 + 7 * 32 * 32) +
      2 * (7 * 4 + 8 * 8 + 6 * 16 + 8 * 32) +
      32 * 7 +
      7,
  },
];

function batch(input: Network['input'], n: number): Tensor<'float32'> {
  const random = new Random(3, 'batch');
  const dims = inputShape(n, input);
  const data = allocate('float32', sizeOf(dims));
  for (let i = 0; i < data.length; i++) data[i] = random.normal();
  return tensor('float32', dims, data);
}

describe.each(MODELS)('$network.name', ({ network, parameters }) => {
  it('has the published number of parameters', () => {
    const b = new NetworkBuilder('count', { training: true });
    network.build(b, b.input('x', 'float32', inputShape(2, network.input)));
    expect([...b.parameters.values()].filter((p) => p.trainable).reduce((n, p) => n + p.initial.data.length, 0)).toBe(
      parameters,
    );
  });

  it('gives logits [N,K], the same ones each time', async () => {
    const b = new NetworkBuilder('infer');
    const logits = network.build(b, b.input('x', 'float32', inputShape('N', network.input)))['logits']!;
    b.output(logits, 'logits');
    const session = await createSession(encodeModel(b.graph));
    const x = batch(network.input, 3);
    const first = (await session.run({ x }))['logits']!;
    expect(first.dims).toEqual([3, 7]);
    expect((await session.run({ x }))['logits']!.data).toEqual(first.data);
    await session.release();
  });

  it('has a gradient in every parameter', async () => {
    const b = new NetworkBuilder('step', { training: true, seed: 2 });
    const logits = network.build(b, b.input('x', 'float32', inputShape(4, network.input)))['logits']!;
    const loss = crossEntropyLoss(
      b,
      logits,
      b.constant(
        float32(
          [4, 7],
          Array.from({ length: 28 }, (_, i) => (i % 7 === Math.floor(i / 7) ? 1 : 0)),
        ),
      ),
    );
    const trained = [...b.parameters.values()].filter((p) => p.trainable);
    gradients(
      b,
      loss,
      trained.map((p) => p.value),
    ).forEach((g, i) => b.output(g, `${trained[i]!.value.name}_grad`));
    const session = await createSession(encodeModel(b.graph));
    const random = new Random(1, 'noise');
    const noise = Object.fromEntries(
      b.noiseInputs.map((v) => [
        v.name,
        tensor(
          'float32',
          v.shape as number[],
          Float32Array.from({ length: sizeOf(v.shape as number[]) }, () => random.uniform()),
        ),
      ]),
    );
    const out = await session.run({
      x: batch(network.input, 4),
      ...noise,
      ...Object.fromEntries([...b.parameters].map(([name, p]) => [name, p.initial])),
    });
    await session.release();
    // θ's weights start at zero, so the layer below it has no gradient at the first step
    const silent = trained
      .map((p) => p.value.name)
      .filter((n) => !n.startsWith('localization') && toNumbers(out[`${n}_grad`]!).every((v) => v === 0));
    expect(silent).toEqual([]);
  });
});

describe('spatialTransform', () => {
  const transformed = (theta: number[], alignCorners: boolean): number[] => {
    const b = new NetworkBuilder('stn');
    const x = b.input('x', 'float32', [1, 1, 3, 4]);
    b.output(spatialTransform(b, x, b.constant(float32([1, 6], theta)), alignCorners), 'y');
    return toNumbers(
      evaluateGraph(b.graph, {
        x: float32(
          [1, 1, 3, 4],
          Array.from({ length: 12 }, (_, i) => i),
        ),
      })['y']!,
    ).map((v) => Number(v.toFixed(5)) + 0);
  };
  it.each([true, false])('is the identity at the identity, alignCorners %s', (align) => {
    expect(transformed([1, 0, 0, 0, 1, 0], align)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
  it('mirrors left to right where the x scale is −1', () => {
    expect(transformed([-1, 0, 0, 0, 1, 0], false)).toEqual([3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8]);
  });
  it('shifts by one pixel with zero beyond the border', () => {
    expect(transformed([1, 0, 0.5, 0, 1, 0], false)).toEqual([1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0]);
  });
});
