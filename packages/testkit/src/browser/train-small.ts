/** Twenty training steps of a small network on fixed data: the same numbers are expected wherever this runs. */
import { batchNorm, conv2d, flatten, linear, maxPool, relu, type Network } from 'mienjs/nn';
import { crossEntropyLoss } from 'mienjs/nn/losses';
import { sgd } from 'mienjs/optim';
import type { Device } from 'mienjs/runtime';
import { float32, Random, type Tensor } from 'mienjs/tensor';
import { Trainer } from 'mienjs/train/step';

const BATCH = 8;
const SIZE = 12;
const CLASSES = 3;
const STEPS = 20;

const network: Network = {
  name: 'small',
  input: { channels: 1, height: SIZE, width: SIZE },
  build(b, x) {
    const v = relu(b, batchNorm(b, 'norm', conv2d(b, 'conv', x, { channels: 4, kernel: 3, pad: 1, bias: false })));
    // 294,912 weights: large enough to be updated in place
    const wide = relu(b, linear(b, 'wide', flatten(b, maxPool(b, v, 2)), { features: 2048 }));
    return { logits: linear(b, 'fc', wide, { features: CLASSES }) };
  },
};

/** @returns the loss at each step */
export async function trainSmall(device: Device): Promise<number[]> {
  const trainer = await Trainer.create(
    {
      network,
      batchSize: BATCH,
      targets: { logits: [CLASSES] },
      loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
      optimizer: sgd({ momentum: 0.9 }),
      seed: 1,
    },
    { device },
  );
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) losses.push((await trainer.run(batchAt(step), 0.01)).loss);
  await trainer.release();
  return losses;
}

/** Noise with a brighter band whose height on the image is the class. */
function batchAt(step: number): Record<string, Tensor> {
  const random = new Random(2, `batch/${step}`);
  const x = new Float32Array(BATCH * SIZE * SIZE);
  const target = new Float32Array(BATCH * CLASSES);
  for (let n = 0; n < BATCH; n++) {
    const label = n % CLASSES;
    target[n * CLASSES + label] = 1;
    for (let i = 0; i < SIZE * SIZE; i++)
      x[n * SIZE * SIZE + i] = random.normal() + (Math.floor(i / SIZE / 4) === label ? 1 : 0);
  }
  return { x: float32([BATCH, 1, SIZE, SIZE], x), 'target.logits': float32([BATCH, CLASSES], target) };
}
