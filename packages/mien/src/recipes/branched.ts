/**
 * The branched network, trained on FER+ label distributions and FER2013 labels at once: meant to become the default
 * model, once its weights are ahead of the default's (docs/experiments.md). FER2013's labels and FER+'s disagree on
 * more than a third of the images, so that each has a last stage of its own. Recognition reports the FER+ head (8
 * classes).
 *
 * The run goes through cycles of the learning rate, 20 epochs each, and may end after any of them: the weights at the
 * end of a cycle are a finished model.
 */
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { branched } from '../nn/models/index.ts';
import { sgd, warmRestarts } from '../optim/index.ts';
import type { Recipe } from '../train/index.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

const CYCLE = 20;
/** The last epochs of a cycle see faces that are not mixed. */
const PLAIN = 2;

export const branchedRecipe: Recipe = {
  id: 'branched',
  title: 'Branched network on FER+ distributions and FER2013 labels',
  data: ferSplits('ferplus-votes'),
  network: branched({
    stem: 24,
    stages: [
      { channels: 56, depth: 2 },
      { channels: 112, depth: 3 },
      { channels: 224, depth: 1 },
    ],
    heads: { ferplus: 8, fer2013: 7 },
    dropout: 0.3,
  }),
  heads: [
    { output: 'ferplus', classes: EXPRESSIONS_8, target: 'label', trainedOn: 'ferplus' },
    { output: 'fer2013', classes: EXPRESSIONS_7, target: 'fer2013', trainedOn: 'fer2013' },
  ],
  loss: (b, outputs, targets) => [
    { name: 'ferplus', value: crossEntropyLoss(b, outputs['ferplus']!, targets['ferplus']!) },
    { name: 'fer2013', value: crossEntropyLoss(b, outputs['fer2013']!, targets['fer2013']!, { smoothing: 0.1 }) },
  ],
  preprocess: FER2013_FRAMING,
  augment: {
    flip: 0.5,
    shift: 0.1,
    rotationDeg: 12,
    scale: [0.85, 1.15],
    shearDeg: 3,
    brightness: 0.12,
    contrast: 0.25,
    noise: 0.02,
    sideLight: { probability: 0.2, range: [0.1, 0.7] },
    blur: { probability: 0.2, range: [0.4, 1.6] },
    lowResolution: { probability: 0.2, range: [24, 40] },
    jpeg: { probability: 0.2, range: [15, 70] },
    erase: { probability: 0.3, area: [0.02, 0.15], aspect: [0.5, 2] },
  },
  mixup: { alpha: 0.2, active: (epoch) => epoch % CYCLE < CYCLE - PLAIN },
  optimizer: sgd({ momentum: 0.9, nesterov: true }),
  groups: [
    {
      match: (name) => name.endsWith('.norm.weight') || name.endsWith('bias') || name.endsWith('pool.weight'),
      weightDecay: 0,
    },
    { match: () => true, weightDecay: 5e-4 },
  ],
  lr: 0.1,
  schedule: warmRestarts({ epochs: CYCLE, peaks: [1, 0.6, 0.45, 0.35, 0.25], warmUp: 2 }),
  epochs: 5 * CYCLE,
  batchSize: 64,
  clipNorm: 5,
  emaDecay: 0.999,
  priorShift: true,
  halfWeights: true,
  seed: 1,
  expected: [
    { dataset: 'fer2013', split: 'PublicTest', accuracy: 0.7, source: 'target of this release' },
    { dataset: 'ferplus', split: 'PublicTest', accuracy: 0.875, source: 'target of this release' },
  ],
};
