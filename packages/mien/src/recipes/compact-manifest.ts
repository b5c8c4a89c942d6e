/**
 * The compact network on images of your own: listed in a manifest with hard labels, label distributions or both (see
 * `mien data list`), one recipe for the 7 basic expressions, one for these and contempt; or in a folder for each class,
 * of whatever classes. Under a protocol they learn its data instead; two more are for protocols alone, of the classes
 * that no manifest has.
 */
import { EXPRESSIONS_6, EXPRESSIONS_7, EXPRESSIONS_7_CONTEMPT, EXPRESSIONS_8 } from '../labels/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { compact } from '../nn/models/index.ts';
import { oneCycle, sgd } from '../optim/index.ts';
import type { Recipe } from '../train/index.ts';
import { labelHead } from '../train/heads.ts';
import { decayExceptNorms } from './decay.ts';
import { fastRecipe } from './fast.ts';
import { FER2013_FRAMING } from './framing.ts';

function recipe(
  id: string,
  classes: readonly string[],
  title = `Compact network on a manifest's labels, ${classes.length} expressions`,
  dataset = 'manifest',
): Recipe {
  return {
    id,
    title,
    notes:
      'The cross-entropy is against the distribution of each image where the data give one, otherwise against its label.',
    data: { dataset, trainSplit: 'train', validationSplit: 'validation' },
    network: compact({ widths: [16, 32, 64, 128], heads: { logits: classes.length }, dropout: 0.2 }),
    heads: [labelHead('logits', classes, dataset)],
    loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    preprocess: FER2013_FRAMING,
    augment: fastRecipe.augment,
    optimizer: sgd({ momentum: 0.9, nesterov: true }),
    groups: decayExceptNorms(5e-4),
    lr: 0.03,
    schedule: oneCycle({ peakAt: 0.2, start: 0.1, end: 1e-3 }),
    epochs: 30,
    // A data set of one's own may be small: half the channels of the default recipe, a small batch, and no average of
    // weights, which a run of few steps would leave at its start
    batchSize: 16,
    clipNorm: 5,
    seed: 1,
    expected: [],
  };
}

export const compactManifest = recipe('compact.manifest', EXPRESSIONS_7);
export const compactManifest8 = recipe('compact.manifest-8', EXPRESSIONS_8);
export const compactProtocol6 = recipe(
  'compact.protocol-6',
  EXPRESSIONS_6,
  'Compact network for protocols of the 6 expressions without neutral',
);
export const compactProtocol7c = recipe(
  'compact.protocol-7c',
  EXPRESSIONS_7_CONTEMPT,
  'Compact network for protocols of 7 expressions with contempt, without neutral',
);

export const compactFolderOf = (classes: readonly string[]): Recipe =>
  recipe('compact.folder', classes, 'Compact network on a folder of images for each class', 'folder');
export const compactFolder = compactFolderOf(EXPRESSIONS_7);
