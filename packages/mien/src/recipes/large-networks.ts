/**
 * Networks that were made for other tasks, on faces: FER+'s own VGG-13 on its distributions of votes, and AlexNet and
 * VGG-16 on RAF-DB as Li & Deng (2019, table VI) set them against its smaller network.
 */
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { alexNet, ferPlusVgg13, vgg } from '../nn/models/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import { type Head, labelHead } from '../train/heads.ts';
import { headsLoss } from '../train/heads-loss.ts';
import type { Recipe } from '../train/index.ts';
import { onRafDbData } from './dlp-cnn.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

const FERPLUS_HEADS: readonly Head[] = [labelHead('logits', EXPRESSIONS_8, 'ferplus')];

export const vgg13FerPlus: Recipe = {
  id: 'vgg-13.ferplus',
  title: "FER+'s VGG-13 on the distributions of its votes",
  paper:
    'Barsoum, Zhang, Canton Ferrer & Zhang, Training deep networks for facial expression recognition with crowd-sourced label distribution, ICMI 2016',
  notes:
    'As in the paper: layers, 64×64 input, cross-entropy against the distribution of the votes, random affine maps, 100 epochs. Chosen here: one cycle of the learning rate up to 0.05, batches of 64, ranges of the affine maps, gradients cut at length 5. 8.8 million weights: some minutes an epoch on two cores, so train it with `--device cuda` or fewer epochs.',
  data: ferSplits('ferplus'),
  network: ferPlusVgg13({ classes: 8 }),
  heads: FERPLUS_HEADS,
  loss: headsLoss(FERPLUS_HEADS),
  preprocess: { ...FER2013_FRAMING, width: 64, height: 64 },
  augment: { flip: 0.5, shift: 0.08, rotationDeg: 15, scale: [0.85, 1.15] },
  optimizer: sgd({ momentum: 0.9, nesterov: true }),
  lr: 0.05,
  schedule: oneCycle({ peakAt: 0.2, start: 0.1, end: 1e-3 }),
  epochs: 100,
  batchSize: 64,
  clipNorm: 5,
  seed: 1,
  expected: [
    {
      dataset: 'ferplus',
      split: 'PrivateTest',
      accuracy: 0.8472,
      source: 'the paper, mean of five runs with the cross-entropy loss: 84.716 %',
    },
  ],
};

const HEADS: readonly Head[] = [labelHead('logits', EXPRESSIONS_7, 'raf-db')];

/** @param accuracy of a support vector machine on the features, Li & Deng 2019, table VI */
const onRafDb = (
  more: Pick<Recipe, 'id' | 'title' | 'network'>,
  { accuracy, meanAccuracy }: { readonly accuracy: number; readonly meanAccuracy: number },
): Recipe => ({
  ...onRafDbData,
  ...more,
  notes: `Trained from scratch on what the smaller network of the paper sees, 90×90 grey crops. Not in the paper: it takes features of networks that were trained on other images before; \`mien train ${more.id} --base FILE.onnx --cut NAME\` does so with a file of yours. The paper's mean accuracy is ${(100 * meanAccuracy).toFixed(2)} %.`,
  heads: HEADS,
  loss: headsLoss(HEADS),
  optimizer: sgd({ momentum: 0.9 }),
  groups: [
    { match: (name) => name.endsWith('bias'), weightDecay: 0 },
    { match: () => true, weightDecay: 5e-4 },
  ],
  lr: 0.01,
  clipNorm: 5,
  batchSize: 64,
  seed: 1,
  expected: [
    {
      dataset: 'raf-db',
      split: 'test',
      accuracy,
      by: 'svm',
      source: 'the paper, table VI: a support vector machine on the features',
    },
  ],
});

const RAF_DB_INPUT = { classes: 7, channels: 1, size: 90 } as const;

export const alexNetRafDb = onRafDb(
  { id: 'alexnet.raf-db', title: 'AlexNet on RAF-DB', network: alexNet(RAF_DB_INPUT) },
  { accuracy: 0.689, meanAccuracy: 0.556 },
);
export const vgg16RafDb = onRafDb(
  {
    id: 'vgg-16.raf-db',
    title: 'VGG-16 with batch normalisation on RAF-DB',
    network: vgg({ ...RAF_DB_INPUT, depth: 16, batchNorm: true }),
  },
  { accuracy: 0.7053, meanAccuracy: 0.5822 },
);
