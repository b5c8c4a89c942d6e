/**
 * The engine against PyTorch: one training step (forward, cross-entropy, backward, SGD with momentum) on one batch of
 * 48×48 grey images, same threads. The batch is in memory on both sides, so that only the step is timed.
 */
import { MienError } from 'mien';
import { conv2d, crossEntropy, deepEmotion, flatten, linear, maxPool, relu, type Network } from 'mien/nn';
import { sgd } from 'mien/optim';
import { Random, sizeOf, tensor, zeros, type Tensor } from 'mien/tensor';
import { Trainer } from 'mien/train';
import { interleave, median, millisecondsPerRun } from './timing.ts';
import { TorchProcess } from './torch-process.ts';

export interface EngineRow {
  readonly bench: 'engine';
  readonly network: string;
  readonly batch: number;
  readonly mienMs: number;
  /** Null where PyTorch is missing. */
  readonly torchMs: number | null;
  /** mienMs / torchMs. */
  readonly ratio: number | null;
}

const CLASSES = 7;
const LEARNING_RATE = 0.001;

/** 3×3 convolutions of width 32, 32 | 64, 64 | 128, 128, each pair followed by a 2×2 pool, then a linear layer. */
const plain: Network = {
  name: 'plain',
  input: { channels: 1, height: 48, width: 48 },
  build(b, x) {
    let v = x;
    for (const channels of [32, 64, 128]) {
      v = relu(b, conv2d(b, `conv${channels}.a`, v, { channels, kernel: 3, pad: 1 }));
      v = maxPool(b, relu(b, conv2d(b, `conv${channels}.b`, v, { channels, kernel: 3, pad: 1 })), 2);
    }
    return { logits: linear(b, 'fc', flatten(b, v), { features: CLASSES }) };
  },
};

/** torch_step.py knows the same networks by the same names. */
const CASES = [
  { name: 'plain', network: plain, batch: 64 },
  { name: 'deep-emotion', network: deepEmotion({ classes: CLASSES, stnMode: 'features', dropout: 0.2 }), batch: 128 },
] as const;

/**
 * @param warn is told when PyTorch is missing
 * @returns a row for each network, and PyTorch's version
 */
export async function benchEngine(rounds: number, threads: number, warn: (line: string) => void): Promise<{ rows: EngineRow[]; torch: string | null }> {
  const torch = await TorchProcess.start(process.env['PYTHON'] ?? '/usr/bin/python3', threads).catch((error: unknown) => {
    if (!(error instanceof MienError)) throw error;
    warn(`${error.message}; the rows have no ratio`);
    return null;
  });
  const trainers = await Promise.all(CASES.map(({ network, batch }) => Trainer.create({
    network, batchSize: batch, targets: { target: [CLASSES] },
    loss: (b, outputs, targets) => crossEntropy(b, outputs['logits']!, targets['target']!),
    optimizer: sgd({ momentum: 0.9 }), seed: 1,
  }, { threads })));

  const sides = CASES.flatMap(({ name, batch }, i) => {
    const trainer = trainers[i]!;
    const data = randomBatch(batch);
    const mien = (): Promise<number> => millisecondsPerRun(() => trainer.run(data, LEARNING_RATE));
    if (!torch) return [mien];
    const theirs = async (): Promise<number> => {
      const { ms, parameters } = await torch.step(name);
      const own = [...trainer.weights().values()].reduce((sum, t) => sum + sizeOf(t.dims), 0);
      if (own !== parameters) throw new MienError(`bench engine: ${name} has ${own} parameters here and ${parameters} in PyTorch`);
      return ms;
    };
    return [mien, theirs];
  });
  const medians = (await interleave(sides, rounds)).map(median);
  torch?.stop();
  await Promise.all(trainers.map((trainer) => trainer.release()));

  const rows = CASES.map(({ name, batch }, i): EngineRow => {
    const mienMs = medians[torch ? 2 * i : i]!;
    const torchMs = torch ? medians[2 * i + 1]! : null;
    return { bench: 'engine', network: name, batch, mienMs, torchMs, ratio: torchMs === null ? null : mienMs / torchMs };
  });
  return { rows, torch: torch?.version ?? null };
}

/** Normal pixels [N,1,48,48], one-hot targets [N,7]. */
function randomBatch(batch: number): Record<string, Tensor> {
  const random = new Random(1, 'bench');
  const x = Float32Array.from({ length: batch * 48 * 48 }, () => random.normal());
  const target = zeros('float32', [batch, CLASSES]);
  for (let i = 0; i < batch; i++) target.data[i * CLASSES + (i % CLASSES)] = 1;
  return { x: tensor('float32', [batch, 1, 48, 48], x), 'target.target': target };
}
