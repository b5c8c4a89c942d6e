/** Recipes that train in a second: two heads, FER+'s votes and FER2013's labels, on batches of 4. */
import { EXPRESSIONS_7, EXPRESSIONS_8 } from 'mienjs/labels';
import { crossEntropyLoss } from 'mienjs/nn/losses';
import { compact } from 'mienjs/nn/models';
import { constant, sgd } from 'mienjs/optim';
import {
  AUTOENCODER_VARIANTS,
  autoencoderRecipe,
  conditionalVaeRecipe,
  deepBeliefRecipe,
  encoderRecipe,
  haGanRecipe,
  landmarkAutoencoderRecipe,
  linearRecipe,
} from 'mienjs/recipes';
import type { Recipe } from 'mienjs/train';

export const tinyRecipe: Recipe = {
  id: 'tiny.ferplus',
  title: 'Two heads on a handful of images',
  data: { dataset: 'ferplus', trainSplit: 'Training', validationSplit: 'PublicTest' },
  network: compact({ widths: [2, 2], heads: { votes: 8, labels: 7 } }),
  heads: [
    { output: 'votes', classes: EXPRESSIONS_8, target: 'label', trainedOn: 'ferplus' },
    { output: 'labels', classes: EXPRESSIONS_7, target: 'fer2013', trainedOn: 'fer2013' },
  ],
  loss: (b, outputs, targets) =>
    b.op('Add', [
      crossEntropyLoss(b, outputs['votes']!, targets['votes']!),
      crossEntropyLoss(b, outputs['labels']!, targets['labels']!),
    ]),
  preprocess: {
    width: 48,
    height: 48,
    channels: 'grey',
    mean: [0.5],
    std: [0.25],
    framing: 'fer2013',
    template: {
      leftEye: [0.3, 0.4],
      rightEye: [0.7, 0.4],
      noseTip: [0.5, 0.6],
      mouthLeft: [0.35, 0.75],
      mouthRight: [0.65, 0.75],
    },
  },
  augment: { flip: 0.5 },
  optimizer: sgd({ momentum: 0.9 }),
  lr: 0.01,
  schedule: constant,
  epochs: 2,
  batchSize: 4,
  seed: 1,
  expected: [
    { dataset: 'ferplus', split: 'PublicTest', accuracy: 0.5, source: 'a test' },
    { dataset: 'ferplus', split: 'PrivateTest', accuracy: 0.5, source: 'a test' },
  ],
};

/** A generator of 16×16 px, from grey faces to one character of FERG. */
export const tinyGenerator: Recipe = haGanRecipe({
  dataset: 'ferplus',
  trainSplit: 'Training',
  validationSplit: 'PublicTest',
  channels: 'grey',
  size: 16,
  cropFrom: 18,
  noise: 3,
  generatorWidth: 1 / 32,
  discriminatorWidth: 1 / 32,
  epochs: 2,
  batchSize: 4,
});

const TINY = {
  dataset: 'ferplus',
  trainSplit: 'Training',
  validationSplit: 'PublicTest',
  classes: EXPRESSIONS_8,
  size: 8,
  epochs: 2,
  batchSize: 4,
} as const;

/** Draws faces of 8×8 px of a class. */
export const tinyClassGenerator: Recipe = conditionalVaeRecipe({ ...TINY, code: 3, width: 1 / 8 });

/** The other generative recipes under their own names, at 8×8 px. */
export const tinyGenerative: readonly Recipe[] = [
  deepBeliefRecipe({ ...TINY, hidden: [6, 4], epochs: 3 }),
  linearRecipe(TINY),
  ...AUTOENCODER_VARIANTS.map((variant) => autoencoderRecipe(variant, { ...TINY, code: 6 })),
  encoderRecipe('dense', { ...TINY, code: 6 }),
  encoderRecipe('convolutional', { ...TINY, code: 6 }),
  tinyClassGenerator,
  landmarkAutoencoderRecipe({
    dataset: 'manifest',
    classes: EXPRESSIONS_7,
    components: 8,
    hidden: [6, 4],
    size: 32,
    epochs: 3,
    batchSize: 4,
  }),
];
