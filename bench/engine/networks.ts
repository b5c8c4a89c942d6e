/** The networks that the engine is measured with; torch/networks.py has the same ones by the same names. */
import { conv2d, countParameters, flatten, inputShape, linear, maxPool, relu, type Network } from 'mienjs/nn';
import { crossEntropyLoss } from 'mienjs/nn/losses';
import { baseDcnn, cnnLstm, deepEmotion, resNet } from 'mienjs/nn/models';
import { sgd } from 'mienjs/optim';
import { Random, sizeOf, tensor, zeros, type Tensor } from 'mienjs/tensor';
import { Trainer, type StepSpec } from 'mienjs/train';

export interface EngineCase {
  readonly name: string;
  readonly network: Network;
  readonly batch: number;
}

const CLASSES = 7;
const LEARNING_RATE = 0.001;

/** 3×3 convolutions of width w, w for each w, each pair followed by a 2×2 pool, then a linear layer; 48×48 grey. */
const plain = (widths: readonly number[]): Network => ({
  name: 'plain',
  input: { channels: 1, height: 48, width: 48 },
  build(b, x) {
    let v = x;
    for (const channels of widths) {
      v = relu(b, conv2d(b, `conv${channels}.a`, v, { channels, kernel: 3, pad: 1 }));
      v = maxPool(b, relu(b, conv2d(b, `conv${channels}.b`, v, { channels, kernel: 3, pad: 1 })), 2);
    }
    return { logits: linear(b, 'fc', flatten(b, v), { features: CLASSES }) };
  },
});

export const PLAIN: EngineCase = { name: 'plain-32', network: plain([32, 64, 128]), batch: 64 };

export const CASES: readonly EngineCase[] = [
  { name: 'deep-emotion', network: deepEmotion({ classes: CLASSES, stnMode: 'features', dropout: 0.2 }), batch: 128 },
  PLAIN,
  { name: 'plain-64', network: plain([64, 128, 256]), batch: 64 },
  { name: 'resnet-18', network: resNet({ depth: 18, classes: CLASSES, size: 48 }), batch: 64 },
  { name: 'base-dcnn', network: baseDcnn({ classes: CLASSES }), batch: 32 },
  { name: 'cnn-lstm', network: cnnLstm({ classes: CLASSES }), batch: 8 },
];

/** Training steps of a case by Mien: a call is one step on a batch in memory. */
export interface MienSteps {
  readonly parameters: number;
  step(): Promise<unknown>;
  release(): Promise<void>;
}

export async function prepareMien({ network, batch }: EngineCase, threads: number): Promise<MienSteps> {
  const spec: StepSpec = {
    network,
    batchSize: batch,
    targets: { target: [CLASSES] },
    loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['target']!),
    optimizer: sgd({ momentum: 0.9 }),
    seed: 1,
  };
  const trainer = await Trainer.create(spec, { threads });
  const data = randomBatch(network, batch);
  return {
    parameters: countParameters(network),
    step: () => trainer.run(data, LEARNING_RATE),
    release: () => trainer.release(),
  };
}

/** Normal pixels [N,C,(T,)H,W], one-hot targets [N,7]. */
export function randomBatch(
  { input }: Network,
  batch: number,
): { x: Tensor<'float32'>; 'target.target': Tensor<'float32'> } {
  const random = new Random(1, 'bench');
  const dims = inputShape(batch, input);
  const x = Float32Array.from({ length: sizeOf(dims) }, () => random.normal());
  const target = zeros('float32', [batch, CLASSES]);
  for (let i = 0; i < batch; i++) target.data[i * CLASSES + (i % CLASSES)] = 1;
  return { x: tensor('float32', dims, x), 'target.target': target };
}
