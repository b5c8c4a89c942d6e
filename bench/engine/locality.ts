/**
 * What the losses on features cost: steps of baseDCNN at Li & Deng's (2019) size (64 × 90×90 grey) by softmax loss alone,
 * with center loss, and with the neighbours of each feature sought among 28,709 features of width 2,000, which the step then
 * renews. Li & Deng 2019 reports 333 ms a step with center loss and 475 ms with the locality-preserving one.
 */
import { bankNeighborMeans, centerLoss, crossEntropyLoss, FeatureBank, localityPreservingLoss } from 'mienjs/nn/losses';
import { baseDcnn } from 'mienjs/nn/models';
import { sgd } from 'mienjs/optim';
import { float32, Random, type Tensor } from 'mienjs/tensor';
import { Trainer, type StepSpec } from 'mienjs/train';
import { interleave, median, millisecondsPerRun } from '../timing.ts';

export interface LocalityRow {
  readonly bench: 'dlp-cnn';
  readonly loss: 'softmax' | 'softmax and center' | 'softmax and locality-preserving';
  readonly batch: number;
  readonly bankRows: number | null;
  readonly stepMs: number;
  /** Share on top of the softmax step. */
  readonly overhead: number | null;
}

const [BATCH, ROWS, WIDTH, CLASSES, K, LAMBDA] = [64, 28_709, 2000, 7, 20, 0.003];
const MAX_ROUNDS = 11;

export async function benchLocality(rounds: number, threads: number): Promise<LocalityRow[]> {
  const random = new Random(1, 'locality');
  const labels = Int32Array.from({ length: ROWS }, () => random.int(CLASSES));
  const bank = new FeatureBank(labels, WIDTH);
  for (let row = 0; row < ROWS; row++)
    bank.write(
      [row],
      float32(
        [1, WIDTH],
        Array.from({ length: WIDTH }, () => Math.max(0, random.normal())),
      ),
    );
  const x = float32(
    [BATCH, 1, 90, 90],
    Array.from({ length: BATCH * 90 * 90 }, () => random.uniform()),
  );
  const rowsOfBatch = Array.from({ length: BATCH }, () => random.int(ROWS));
  const target = float32(
    [BATCH, CLASSES],
    rowsOfBatch.flatMap((row) => Array.from({ length: CLASSES }, (_, k) => (k === labels[row] ? 1 : 0))),
  );
  const feeds: Record<string, Tensor> = { x, 'target.logits': target };

  const spec: StepSpec = {
    network: baseDcnn({ classes: CLASSES }),
    batchSize: BATCH,
    targets: { logits: [CLASSES] },
    loss: (b, { logits }, targets) => crossEntropyLoss(b, logits!, targets['logits']!),
    optimizer: sgd({ momentum: 0.9 }),
    seed: 1,
  };
  const softmax = await Trainer.create(spec, { threads });
  const center = await Trainer.create(
    {
      ...spec,
      loss: (b, { logits, features }, targets) => [
        { name: 'softmax', value: crossEntropyLoss(b, logits!, targets['logits']!) },
        {
          name: 'center',
          weight: LAMBDA,
          value: centerLoss(b, 'center', features!, targets['logits']!, { rate: 0.5, reduction: 'mean' }),
        },
      ],
    },
    { threads },
  );
  const locality = await Trainer.create(
    {
      ...spec,
      bank: { output: 'features', rows: ROWS, width: WIDTH },
      loss: (b, outputs, targets, values) => [
        { name: 'softmax', value: crossEntropyLoss(b, outputs['logits']!, targets['logits']!) },
        {
          name: 'locality',
          weight: LAMBDA,
          value: localityPreservingLoss(
            b,
            outputs['features']!,
            bankNeighborMeans(b, outputs['features']!, values!, K),
          ),
        },
      ],
    },
    { threads },
  );
  const times = await interleave(
    [
      () => millisecondsPerRun(() => softmax.run(feeds, 1e-3)),
      () => millisecondsPerRun(() => center.run(feeds, 1e-3)),
      () =>
        millisecondsPerRun(async () => {
          const { outputs } = await locality.run({ ...feeds, ...bank.feeds(rowsOfBatch) }, 1e-3);
          bank.write(rowsOfBatch, outputs['bank.new']!);
        }),
    ],
    Math.min(rounds, MAX_ROUNDS),
  );
  await Promise.all([softmax.release(), center.release(), locality.release()]);
  const [plainMs, withCenterMs, withBankMs] = times.map(median) as [number, number, number];
  return [
    { bench: 'dlp-cnn', loss: 'softmax', batch: BATCH, bankRows: null, stepMs: plainMs, overhead: null },
    {
      bench: 'dlp-cnn',
      loss: 'softmax and center',
      batch: BATCH,
      bankRows: null,
      stepMs: withCenterMs,
      overhead: withCenterMs / plainMs - 1,
    },
    {
      bench: 'dlp-cnn',
      loss: 'softmax and locality-preserving',
      batch: BATCH,
      bankRows: ROWS,
      stepMs: withBankMs,
      overhead: withBankMs / plainMs - 1,
    },
  ];
}
