/** Steps of each kind of target and of sampler against PyTorch: losses, and the weights that they end with. */
import { allclose, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, expect, it } from 'vitest';
import { linear, type Network } from '../nn/index.ts';
import { contrastiveLoss, groupAt, groupRows, sameRows, tripletLoss, tupletClustersLoss } from '../nn/losses/index.ts';
import { sgd } from '../optim/index.ts';
import { sizeOf, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import { maskName } from './feeds.ts';
import { headsLoss, type HeadLossOptions } from './heads-loss.ts';
import { labelHead, type Head } from './heads.ts';
import { Trainer, type LossFunction } from './step.ts';

const [STEPS, BATCH, K, LR] = [5, 12, 3, 2 ** -4];

/** The network of tools/golden/target-steps.py. */
const network: Network = {
  name: 'targets',
  input: { dims: [6] },
  build(b, x) {
    const embedding = b.op('Tanh', [linear(b, 'fc', x, { features: 8 })]);
    return { embedding, out: linear(b, 'out', embedding, { features: K }) };
  },
};

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/target-steps.golden.json', import.meta.url));
});

/** Entry i of a stacked golden tensor, as float32. */
function entry(name: string, i: number): Tensor {
  const all = golden.tensor(name);
  const dims = all.dims.slice(1);
  const size = sizeOf(dims);
  return tensor('float32', dims, Float32Array.from(toNumbers(all).slice(i * size, (i + 1) * size)));
}

const classes = labelHead('out', ['a', 'b', 'c'], 'golden');
const values = (kind: 'multilabel' | 'regression'): Head => ({
  kind,
  output: 'out',
  names: ['x', 'y', 'z'],
  target: 'values',
  trainedOn: 'golden',
});
const of = (head: Head, options: HeadLossOptions = {}): LossFunction => headsLoss([head], { out: options });

/** The golden tensor that is the target, and the loss. */
const CASES: Readonly<Record<string, readonly [target: 'hard' | 'present' | 'numbers', loss: LossFunction]>> = {
  'classes.adjusted': ['hard', of(classes, { logitAdjustment: 0.5 })],
  'classes.balanced': ['hard', of(classes, { classWeights: 'balanced', smoothing: 0.125 })],
  'classes.focal': ['hard', of(classes, { loss: 'focal' })],
  multilabel: ['present', of(values('multilabel'))],
  regression: ['numbers', of(values('regression'))],
  'regression.smooth': ['numbers', of(values('regression'), { loss: 'smooth-l1' })],
  'regression.concordance': ['numbers', of(values('regression'), { loss: 'concordance' })],
  pairs: [
    'hard',
    (b, { embedding }, { out }) => {
      const [left, right] = groupRows(b, embedding!, 2);
      const [a, c] = groupRows(b, out!, 2);
      return contrastiveLoss(b, left!, right!, sameRows(b, a!, c!));
    },
  ],
  triplets: [
    'hard',
    (b, { embedding }) => {
      const [anchor, positive, negative] = groupRows(b, embedding!, 3);
      return tripletLoss(b, anchor!, positive!, negative!, { margin: 0.25 });
    },
  ],
  tuplet: [
    'hard',
    (b, { embedding }) => {
      const negatives = b.op('Slice', [embedding!, b.ints([4]), b.ints([BATCH]), b.ints([0])]);
      return tupletClustersLoss(b, groupAt(b, embedding!, 4, 0), negatives, { reference: 0.5, margin: 0.5 });
    },
  ],
};

it.each(Object.keys(CASES))('%s', async (name) => {
  const [target, loss] = CASES[name]!;
  const start = golden.tensorNames.filter((n) => n.startsWith('start.'));
  const trainer = await Trainer.create(
    {
      network,
      batchSize: BATCH,
      targets: { out: [K], ...(target === 'hard' ? {} : { [maskName('out')]: [K] }) },
      loss: (b, outputs, targets, bank) => loss(b, outputs, targets, bank, { prior: () => [0.5, 0.375, 0.125] }),
      optimizer: sgd({ momentum: 0.875 }),
      seed: 0,
      weights: new Map(
        start.map((n) => {
          const t = golden.tensor(n);
          return [n.slice('start.'.length), tensor('float32', t.dims, Float32Array.from(toNumbers(t)))];
        }),
      ),
    },
    { threads: 1 },
  );
  const losses = toNumbers(golden.tensor(`${name}/losses`));
  for (let i = 0; i < STEPS; i++) {
    const feeds: Record<string, Tensor> = {
      x: entry('x', i),
      'target.out': entry(target, i),
      ...(target === 'hard' ? {} : { [`target.${maskName('out')}`]: entry('mask', i) }),
    };
    const used = Object.fromEntries(Object.entries(feeds).filter(([feed]) => trainer.feeds.includes(feed)));
    allclose([(await trainer.run(used, LR)).loss], [losses[i]!], { rtol: 1e-5 });
  }
  for (const [weight, t] of trainer.weights())
    allclose(t, golden.tensor(`${name}/end.${weight}`), { rtol: 1e-4, atol: 1e-5 });
  await trainer.release();
});

it('has every case of the golden file', () => {
  const cases = golden.tensorNames.filter((n) => n.endsWith('/losses')).map((n) => n.slice(0, -'/losses'.length));
  expect(Object.keys(CASES).sort()).toEqual(cases.sort());
});
