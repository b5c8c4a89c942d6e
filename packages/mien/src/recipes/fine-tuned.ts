/**
 * The small model `fast`, fine-tuned on images of your own: a few hundred are enough, since it starts from all that the
 * model has learned. It also takes over the classifier for the classes that it knows, in any order.
 */
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import type { Recipe } from '../train/index.ts';
import { labelHead } from '../train/heads.ts';
import { decayExceptNorms } from './decay.ts';
import { fastNetwork, fastRecipe } from './fast.ts';

function recipe(id: string, classes: readonly string[], dataset: string, title: string): Recipe {
  return {
    id,
    title,
    notes: 'Starts from the model fast.',
    start: 'fast',
    data: { dataset, trainSplit: 'train', validationSplit: 'validation' },
    network: fastNetwork({ logits: classes.length }),
    heads: [labelHead('logits', classes, dataset)],
    loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!, { smoothing: 0.1 }),
    preprocess: fastRecipe.preprocess,
    augment: fastRecipe.augment,
    optimizer: sgd({ momentum: 0.9, nesterov: true }),
    groups: decayExceptNorms(5e-4),
    lr: 0.01,
    schedule: oneCycle({ peakAt: 0.2, start: 0.1, end: 1e-2 }),
    epochs: 20,
    batchSize: 16,
    clipNorm: 5,
    seed: 1,
    expected: [],
  };
}

export const fastManifest = recipe(
  'fast.manifest',
  EXPRESSIONS_7,
  'manifest',
  "The model fast, fine-tuned on a manifest's labels, 7 expressions",
);
export const fastManifest8 = recipe(
  'fast.manifest-8',
  EXPRESSIONS_8,
  'manifest',
  "The model fast, fine-tuned on a manifest's labels, 8 expressions",
);

export const fastFolderOf = (classes: readonly string[]): Recipe =>
  recipe('fast.folder', classes, 'folder', 'The model fast, fine-tuned on a folder of images for each class');
export const fastFolder = fastFolderOf(EXPRESSIONS_7);
