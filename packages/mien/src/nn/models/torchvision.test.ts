/**
 * The networks that torchvision has, too: its weights fit by name and shape, and a training pass gives its loss,
 * gradients and statistics.
 */
import { readGolden } from 'mien-testkit';
import { expect, it } from 'vitest';
import { sgd } from '../../optim/index.ts';
import { sizeOf, tensor, zeros, type Tensor } from '../../tensor/index.ts';
import { buildStep, Trainer, type StepSpec } from '../../train/index.ts';
import { inputShape, NetworkBuilder } from '../index.ts';
import { crossEntropyLoss } from '../losses/index.ts';
import { ZOO, type ZooName } from './index.ts';

/** Norm, and products with the patterns 1 and 2. */
type Fingerprint = readonly [norm: number, first: number, second: number];

interface GoldenNetwork {
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly pass?: {
    readonly loss: number;
    readonly gradients: Readonly<Record<string, Fingerprint>>;
    readonly statistics: Readonly<Record<string, Fingerprint>>;
  };
}

const { document } = await readGolden(new URL('../golden/zoo.golden.json', import.meta.url));
const golden = document as unknown as {
  classes: number;
  batch: number;
  size: number;
  networks: Record<ZooName, GoldenNetwork>;
};

/** As `hashed` in tools/golden/zoo.py: numbers in [−0.5, 0.5). */
function hashed(i: number, salt: number): number {
  let mixed = (i * 2654435761 + salt * 40503) % 2 ** 32;
  for (let k = 0; k < 2; k++) mixed = (Math.floor(mixed / 2 ** 11) * 2246822519 + mixed) % 2 ** 32;
  return mixed / 2 ** 32 - 0.5;
}

function start(name: string, dims: readonly number[], salt: number): Tensor {
  const size = sizeOf(dims);
  const fill = (value: (i: number) => number): Tensor =>
    tensor(
      'float32',
      dims,
      Float32Array.from({ length: size }, (_, i) => value(i)),
    );
  if (name.endsWith('running_mean')) return fill(() => 0);
  if (name.endsWith('running_var')) return fill(() => 1);
  if (dims.length > 1) return fill((i) => hashed(i, salt) * (2 * Math.sqrt(6 / (size / dims[0]!))));
  return fill((i) => hashed(i, salt) * 0.5 + (name.endsWith('weight') ? 1 : 0));
}

/** Patterns 1 and 2, as long as the largest weight of these networks. */
const PATTERNS = [1, 2].map((salt) => Float64Array.from({ length: 512 * 512 * 9 }, (_, i) => hashed(i, salt)));

function fingerprint({ data }: Tensor): Fingerprint {
  const values = data as Float32Array;
  const product = (pattern: ArrayLike<number>): number => values.reduce((sum, v, i) => sum + v * pattern[i]!, 0);
  return [Math.sqrt(product(values)), product(PATTERNS[0]!), product(PATTERNS[1]!)];
}

/** Names of the tensors that differ by more than 0.1 % of their norm. */
function different(expected: Readonly<Record<string, Fingerprint>>, actual: (name: string) => Tensor): string[] {
  return Object.entries(expected)
    .filter(([name, fingers]) => {
      const got = fingerprint(actual(name));
      return !fingers.every((v, k) => Math.abs(v - got[k]!) <= 1e-3 * fingers[0]);
    })
    .map(([name]) => name);
}

const networks = Object.entries(golden.networks) as [ZooName, GoldenNetwork][];

it.each(networks)("%s has torchvision's weights, by name and shape", (name, { weights }) => {
  const network = ZOO[name].make({ classes: golden.classes });
  const b = new NetworkBuilder(name);
  network.build(b, b.input('x', 'float32', inputShape(1, network.input)));
  expect(Object.fromEntries([...b.parameters].map(([n, p]) => [n, p.initial.dims]))).toEqual(weights);
});

const passes = networks.flatMap(([name, { weights, pass }]) => (pass ? [{ name, weights, pass }] : []));

it.each(passes)(
  "$name computes torchvision's loss, gradients and running statistics",
  async ({ name, weights, pass }) => {
    const { classes, batch, size } = golden;
    const spec: StepSpec = {
      network: ZOO[name].make({ classes, size }),
      batchSize: batch,
      targets: { target: [classes] },
      loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['target']!),
      optimizer: sgd(),
      seed: 0,
      outputGradients: true,
    };
    const trainer = await Trainer.create(spec);
    trainer.restore(new Map(Object.entries(weights).map(([n, dims], i) => [n, start(n, dims, i)])), 0);
    const target = zeros('float32', [batch, classes]);
    for (let i = 0; i < batch; i++) target.data[i * classes + (i % classes)] = 1;
    const filled = (dims: readonly number[], value: (i: number) => number): Tensor =>
      tensor(
        'float32',
        dims,
        Float32Array.from({ length: sizeOf(dims) }, (_, i) => value(i)),
      );
    const x = filled([batch, 3, size, size], (i) => hashed(i, 99) * 3);
    // Noise of ones: dropout drops nothing
    const noise = Object.fromEntries(buildStep(spec).noise.map((v) => [v.name, filled(v.shape as number[], () => 1)]));
    const { loss, outputs } = await trainer.run({ x, 'target.target': target, ...noise }, 0.1);
    expect(Math.abs(loss / pass.loss - 1)).toBeLessThan(1e-4);
    expect(different(pass.gradients, (n) => outputs[`${n}_grad`]!)).toEqual([]);
    expect(different(pass.statistics, (n) => trainer.state.get(n)!)).toEqual([]);
    await trainer.release();
  },
);
