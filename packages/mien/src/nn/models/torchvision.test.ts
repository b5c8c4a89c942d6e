/**
 * The networks that torchvision has, too: its weights fit by name and shape, and a training pass gives its loss,
 * gradients and statistics.
 */
import { differentTensors, filledTensor, hashed, hashedWeights, readGolden, type GoldenPass } from 'mien-testkit';
import { expect, it } from 'vitest';
import { sgd } from '../../optim/index.ts';
import { zeros } from '../../tensor/index.ts';
import { buildStep, Trainer, type StepSpec } from '../../train/index.ts';
import { inputShape, NetworkBuilder } from '../index.ts';
import { crossEntropyLoss } from '../losses/index.ts';
import { ZOO, type ZooName } from './index.ts';

interface GoldenNetwork {
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly pass?: GoldenPass;
}

const { document } = await readGolden(new URL('../golden/zoo.golden.json', import.meta.url));
const golden = document as unknown as {
  classes: number;
  batch: number;
  size: number;
  networks: Record<ZooName, GoldenNetwork>;
};

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
    trainer.restore(hashedWeights(weights), 0);
    const target = zeros('float32', [batch, classes]);
    for (let i = 0; i < batch; i++) target.data[i * classes + (i % classes)] = 1;
    const x = filledTensor([batch, 3, size, size], (i) => hashed(i, 99) * 3);
    // Noise of ones: dropout drops nothing
    const noise = Object.fromEntries(
      buildStep(spec).noise.map((v) => [v.name, filledTensor(v.shape as number[], () => 1)]),
    );
    const { loss, outputs } = await trainer.run({ x, 'target.target': target, ...noise }, 0.1);
    expect(Math.abs(loss / pass.loss - 1)).toBeLessThan(1e-4);
    expect(differentTensors(pass.gradients, (n) => outputs[`${n}_grad`]!)).toEqual([]);
    expect(differentTensors(pass.statistics, (n) => trainer.state.get(n)!)).toEqual([]);
    await trainer.release();
  },
);
