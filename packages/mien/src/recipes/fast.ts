/**
 * The compact network, trained on FER+ label distributions and FER2013 labels at once, so that one set of features serves
 * both vocabularies: the smallest model of Mien that reads faces, what fine-tuning starts from, and the first of the
 * default model's networks. Recognition reports the FER+ head (8 classes).
 */
import type { Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { compact } from '../nn/models/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import type { Recipe } from '../train/index.ts';
import { decayExceptNorms } from './decay.ts';
import { FER2013_FRAMING, FER_HEADS, ferSplits } from './framing.ts';

/** With other heads where it is fine-tuned. */
export const fastNetwork = (heads: Readonly<Record<string, number>>): Network =>
  compact({ widths: [16, 48, 96, 192], heads, dropout: 0.2 });

export const fastRecipe: Recipe = {
  id: 'fast',
  title: 'Compact network on FER+ distributions and FER2013 labels',
  notes:
    'The weights of 0.1.0 come from a run that was planned for 30 epochs and shortened to 24 on resuming after epoch 12, which moved the ' +
    'learning-rate schedule of the epochs that followed. Logit shifts, thresholds and the temperatures for mirror images were fitted to these weights afterwards.',
  data: ferSplits('ferplus'),
  network: fastNetwork({ ferplus: 8, fer2013: 7 }),
  heads: FER_HEADS,
  loss: (b, outputs, targets) =>
    b.op('Add', [
      crossEntropyLoss(b, outputs['ferplus']!, targets['ferplus']!),
      crossEntropyLoss(b, outputs['fer2013']!, targets['fer2013']!),
    ]),
  preprocess: FER2013_FRAMING,
  augment: {
    flip: 0.5,
    shift: 0.06,
    rotationDeg: 12,
    scale: [0.9, 1.1],
    shearDeg: 3,
    brightness: 0.12,
    contrast: 0.25,
    noise: 0.02,
    erase: { probability: 0.2, area: [0.02, 0.1], aspect: [0.5, 2] },
  },
  optimizer: sgd({ momentum: 0.9, nesterov: true }),
  groups: decayExceptNorms(5e-4),
  lr: 0.1,
  schedule: oneCycle({ peakAt: 0.2, start: 0.1, end: 1e-3 }),
  epochs: 24,
  batchSize: 64,
  clipNorm: 5,
  emaDecay: 0.998,
  priorShift: true,
  seed: 1,
  expected: [
    { dataset: 'fer2013', split: 'PublicTest', accuracy: 0.66, source: 'target of the first release' },
    { dataset: 'ferplus', split: 'PublicTest', accuracy: 0.8, source: 'target of the first release' },
  ],
};
