/**
 * Same seed, same machine: bit-identical weights after 50 steps, also through a checkpoint written and read half way.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchNorm, conv2d, dropout, flatten, linear, maxPool, relu, type Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { adam, sgd } from '../optim/index.ts';
import { Random, float32, type Tensor } from '../tensor/index.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { Trainer } from './step.ts';

const STEPS = 50;
const network: Network = {
  name: 'reproducible',
  input: { channels: 1, height: 12, width: 12 },
  build(b, x) {
    let v = maxPool(
      b,
      relu(b, batchNorm(b, 'norm1', conv2d(b, 'conv1', x, { channels: 8, kernel: 3, pad: 1, bias: false }))),
      2,
    );
    v = relu(b, batchNorm(b, 'norm2', conv2d(b, 'conv2', v, { channels: 8, kernel: 3, pad: 1, bias: false })));
    return { logits: linear(b, 'fc', dropout(b, 'dropout', flatten(b, v), 0.4), { features: 4 }) };
  },
};

function batch(step: number): Record<string, Tensor> {
  const random = new Random(9, `batch/${step}`);
  const labels = Array.from({ length: 8 }, () => random.int(4));
  return {
    x: float32(
      [8, 1, 12, 12],
      Array.from({ length: 8 * 144 }, () => random.normal()),
    ),
    'target.logits': float32(
      [8, 4],
      labels.flatMap((label) => [0, 1, 2, 3].map((k) => (k === label ? 1 : 0))),
    ),
  };
}

const optimizers = { adam: adam(), sgd: sgd({ momentum: 0.9 }) };

describe.each(['adam', 'sgd'] as const)('%s', (name) => {
  const create = (seed: number): Promise<Trainer> =>
    Trainer.create({
      network,
      batchSize: 8,
      targets: { logits: [4] },
      seed,
      optimizer: optimizers[name],
      emaDecay: 0.9,
      loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    });
  const advance = async (trainer: Trainer, until: number): Promise<Trainer> => {
    while (trainer.step < until) await trainer.run(batch(trainer.step), 0.01);
    return trainer;
  };
  const bits = (trainer: Trainer): Record<string, Uint8Array> =>
    Object.fromEntries(
      [...trainer.state].map(([key, t]) => [
        key,
        new Uint8Array(t.data.buffer.slice(t.data.byteOffset, t.data.byteOffset + t.data.byteLength)),
      ]),
    );

  it('gives the same bits again, and through a checkpoint; other bits from another seed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mien-reproducible-'));
    const path = join(folder, 'half.safetensors');
    const first = await advance(await create(3), STEPS / 2);
    await writeCheckpoint(path, {
      recipe: 'r',
      seed: 3,
      plannedEpochs: 1,
      epoch: 0,
      step: first.step,
      history: [],
      state: first.state,
    });
    await advance(first, STEPS);

    const second = await advance(await create(3), STEPS);
    expect(bits(second)).toEqual(bits(first));

    const saved = await readCheckpoint(path);
    const resumed = await create(3);
    resumed.restore(saved.state, saved.step);
    await advance(resumed, STEPS);
    expect(bits(resumed)).toEqual(bits(first));

    const other = await advance(await create(4), STEPS);
    expect(bits(other)['conv1.weight']).not.toEqual(bits(first)['conv1.weight']);
    await Promise.all([first, second, resumed, other].map((t) => t.release()));
    await rm(folder, { recursive: true });
  });
});
