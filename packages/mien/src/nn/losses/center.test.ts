/** Centers through training: state that steps carry and a restart takes up. */
import { describe, expect, it } from 'vitest';
import { sgd } from '../../optim/index.ts';
import { float32, toNumbers } from '../../tensor/index.ts';
import { Trainer, type StepSpec } from '../../train/index.ts';
import { flatten, linear, type Network } from '../index.ts';
import { centerLoss } from './index.ts';

const network: Network = {
  name: 'features',
  input: { channels: 1, height: 2, width: 2 },
  build: (b, x) => ({ features: linear(b, 'fc', flatten(b, x), { features: 3 }) }),
};
const SPEC: StepSpec = {
  network,
  batchSize: 3,
  targets: { label: [2] },
  loss: (b, outputs, targets) => centerLoss(b, 'center', outputs['features']!, targets['label']!),
  optimizer: sgd(),
  seed: 3,
};
const BATCH = {
  x: float32(
    [3, 1, 2, 2],
    Array.from({ length: 12 }, (_, i) => Math.sin(i)),
  ),
  'target.label': float32([3, 2], [1, 0, 0, 1, 1, 0]),
};

describe('centers', () => {
  it("move by the paper's rule at each step, untouched by the optimiser", async () => {
    const trainer = await Trainer.create(SPEC);
    for (let step = 0; step < 2; step++) {
      const [centers, weight, bias] = ['center.centers', 'fc.weight', 'fc.bias'].map((name) =>
        toNumbers(trainer.state.get(name)!),
      ) as [number[], number[], number[]];
      await trainer.run(BATCH, 0.01);
      const features = [0, 1, 2].map((i) =>
        [0, 1, 2].map(
          (j) => bias[j]! + [0, 1, 2, 3].reduce((s, k) => s + weight[j * 4 + k]! * BATCH.x.data[i * 4 + k]!, 0),
        ),
      );
      const moved = [[0, 2], [1]].flatMap((members, c) =>
        [0, 1, 2].map((j) => {
          const at = centers[c * 3 + j]!;
          return at - (0.5 * members.reduce((s, i) => s + at - features[i]![j]!, 0)) / (1 + members.length);
        }),
      );
      toNumbers(trainer.state.get('center.centers')!).forEach((v, i) => expect(v).toBeCloseTo(moved[i]!, 5));
    }
    await trainer.release();
  });

  it('are taken up by a restart', async () => {
    const [one, two] = [await Trainer.create(SPEC), await Trainer.create({ ...SPEC, seed: 99 })];
    await one.run(BATCH, 0.01);
    two.restore(one.state, one.step);
    await one.run(BATCH, 0.01);
    await two.run(BATCH, 0.01);
    expect(toNumbers(two.state.get('center.centers')!)).toEqual(toNumbers(one.state.get('center.centers')!));
    await Promise.all([one.release(), two.release()]);
  });
});
