/** Every network of the zoo: published parameter count, shapes, a step that lowers the loss, save and load. */
import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel, staticDims } from '../../onnx/index.ts';
import { sgd } from '../../optim/index.ts';
import { createSession } from '../../runtime/index.ts';
import { Random, sizeOf, tensor, toNumbers, zeros, type Tensor } from '../../tensor/index.ts';
import { Trainer } from '../../train/index.ts';
import { countParameters, inputShape, NetworkBuilder, type Network } from '../index.ts';
import { crossEntropyLoss } from '../losses/index.ts';
import { resNet, ZOO, type ImageNetworkOptions, type ZooEntry, type ZooName } from './index.ts';

/** Small enough to train a step in a moment. */
const REDUCED: Record<ZooName, Omit<ImageNetworkOptions, 'classes'>> = {
  alexnet: { size: 63, widthMultiplier: 1 / 16 },
  'vgg-13': { size: 32, widthMultiplier: 1 / 16 },
  'vgg-16': { size: 32, widthMultiplier: 1 / 16 },
  'vgg-face': { size: 32, channels: 1, widthMultiplier: 1 / 16 },
  'vgg-13-ferplus': { size: 16, widthMultiplier: 1 / 8 },
  googlenet: { size: 32, widthMultiplier: 1 / 8 },
  'googlenet.batch-norm': { size: 64, widthMultiplier: 1 / 8 },
  'resnet-18': { size: 32, widthMultiplier: 1 / 8 },
  'resnet-34': { size: 64, channels: 1, widthMultiplier: 1 / 8 },
  'resnet-50': { size: 64, widthMultiplier: 1 / 8 },
  'mobilenet-v2': { size: 32, widthMultiplier: 1 / 4 },
  'base-dcnn': { size: 18, widthMultiplier: 1 / 8 },
  c3d: { size: 16, widthMultiplier: 1 / 16 },
  'cnn-lstm': { size: 16, widthMultiplier: 1 / 4 },
};
const CLASSES = 3;
const BATCH = 6;

const entries = Object.entries(ZOO) as [ZooName, ZooEntry][];

function batchFor({ input }: Network): Record<string, Tensor> {
  const random = new Random(5, 'batch');
  const dims = inputShape(BATCH, input);
  const target = zeros('float32', [BATCH, CLASSES]);
  for (let i = 0; i < BATCH; i++) target.data[i * CLASSES + (i % CLASSES)] = 1;
  return {
    x: tensor(
      'float32',
      dims,
      Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
    ),
    'target.target': target,
  };
}

/** The inference graph with the given weights inside. */
function inferenceModel(
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  parametersAs: 'initializers' | 'inputs',
): Uint8Array {
  const b = new NetworkBuilder(network.name, { weights, parametersAs });
  for (const [name, value] of Object.entries(network.build(b, b.input('x', 'float32', inputShape('N', network.input)))))
    b.output(value, name);
  return encodeModel(b.graph);
}

describe.each(entries)('%s', (name, entry) => {
  const network = entry.make({ classes: CLASSES, ...REDUCED[name] });

  it('has the published number of parameters and gives logits [N,K] and features [N,D]', () => {
    const published = entry.make({ classes: entry.classes });
    expect(countParameters(published)).toBe(entry.parameters);
    const b = new NetworkBuilder('shapes');
    const { logits, features } = published.build(b, b.input('x', 'float32', inputShape(2, published.input)));
    expect(staticDims(logits!.shape, name)).toEqual([2, entry.classes]);
    expect(staticDims(features!.shape, name)).toEqual([2, expect.any(Number)]);
  });

  it('learns: a step lowers the loss by what its gradient promises; and the saved model answers as the trained one', async () => {
    const trainer = await Trainer.create(
      {
        network,
        batchSize: BATCH,
        targets: { target: [CLASSES] },
        loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['target']!),
        optimizer: sgd(),
        seed: 1,
        outputGradients: true,
      },
      { threads: 1 },
    );
    const batch = batchFor(network);
    const run = (lr: number): ReturnType<Trainer['run']> => {
      trainer.restore(trainer.state, 0); // the same dropout each time
      return trainer.run(batch, lr);
    };
    const { loss: before, outputs } = await run(0);
    const squares = Object.entries(outputs).flatMap(([output, g]) =>
      output.endsWith('_grad') ? toNumbers(g).map((v) => v * v) : [],
    );
    const fall = 0.01 * before; // small, where the loss is nearly linear: lr·‖g‖² = fall
    await run(fall / squares.reduce((sum, v) => sum + v, 0));
    const { loss: after } = await run(0);
    const weights = trainer.weights();
    await trainer.release();
    expect((before - after) / fall).toBeGreaterThan(0.7);
    expect((before - after) / fall).toBeLessThan(1.3);

    const answers = async (model: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> => {
      const session = await createSession(model, { threads: 1 });
      const outputs = await session.run({ x: batch['x']!, ...feeds });
      await session.release();
      return outputs;
    };
    const trained = await answers(inferenceModel(network, weights, 'inputs'), Object.fromEntries(weights));
    const saved = await answers(encodeModel(decodeModel(inferenceModel(network, weights, 'initializers'))), {});
    for (const output of ['logits', 'features']) {
      expect(sizeOf(saved[output]!.dims)).toBeGreaterThan(0);
      // ONNX Runtime folds constant weights (batch normalisation into convolutions), so rounding differs
      allclose(saved[output]!, trained[output]!, { rtol: 1e-3, atol: 1e-4 });
    }
  });
});

it('baseDCNN flattens to 36,864 at 90×90 with pools that round up and at 100×100 with pools that round down', () => {
  for (const size of [90, 100]) {
    const b = new NetworkBuilder('flat');
    const network = ZOO['base-dcnn'].make({ classes: 7, size });
    network.build(b, b.input('x', 'float32', inputShape('N', network.input)));
    expect(b.parameters.get('fc1.weight')!.initial.dims).toEqual([2000, 36_864]);
  }
});

it('starting values are computed only where they are read', () => {
  const b = new NetworkBuilder('huge');
  const started = process.memoryUsage().arrayBuffers;
  const vgg = ZOO['vgg-16'].make({ classes: 1000 });
  vgg.build(b, b.input('x', 'float32', inputShape('N', vgg.input)));
  expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(50 * 2 ** 20);
  expect(b.parameters.get('features.0.weight')!.initial.data.some((v) => v !== 0)).toBe(true);
});

it('ResNet that computes its blocks again trains as one that keeps them', async () => {
  const [kept, again] = await Promise.all(
    [false, true].map(async (recompute) => {
      const network = resNet({ depth: 18, classes: CLASSES, size: 32, widthMultiplier: 1 / 8, recompute });
      const trainer = await Trainer.create(
        {
          network,
          batchSize: BATCH,
          targets: { target: [CLASSES] },
          loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['target']!),
          optimizer: sgd({ momentum: 0.9 }),
          seed: 1,
        },
        { threads: 1 },
      );
      const losses: number[] = [];
      for (let i = 0; i < 3; i++) losses.push((await trainer.run(batchFor(network), 0.01)).loss);
      const weights = trainer.weights();
      await trainer.release();
      return { losses, weights };
    }),
  );
  expect(again!.losses).toEqual(kept!.losses);
  for (const [name, weight] of kept!.weights) expect(again!.weights.get(name), name).toEqual(weight);
});
