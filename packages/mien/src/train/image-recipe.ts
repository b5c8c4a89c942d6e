/** A recipe for any images with one label each, with defaults that a small network learns by. */
import type { Dataset } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { inputShape, type Network } from '../nn/index.ts';
import { crossEntropyLoss } from '../nn/losses/index.ts';
import { adam, oneCycle } from '../optim/index.ts';
import { labelHead } from './heads.ts';
import type { Recipe } from './recipe.ts';

export interface ImageRecipeOptions extends Partial<Omit<Recipe, 'id' | 'network' | 'data'>> {
  readonly id: string;
  /** Its output `logits` [N,K] is trained, one logit for each class of the dataset, unless `heads` say otherwise. */
  readonly network: Network;
}

/**
 * Cross-entropy on the dataset's splits `train` and `validation`; Adam, one cycle up to 2e-3; 20 epochs in batches of
 * 32; pixels from −1 to 1; no augmentation. Whatever `options` names is used in its place.
 * @throws {MienError} when the network takes no images
 */
export function imageRecipe(dataset: Pick<Dataset, 'name' | 'classes'>, options: ImageRecipeOptions): Recipe {
  const [channels, height, width, ...more] = inputShape(1, options.network.input).slice(1);
  if (channels === undefined || height === undefined || width === undefined || more.length > 0)
    throw new MienError(`${options.id}: network ${options.network.name} takes no images [C,H,W]`);
  const perChannel = Array.from({ length: channels }, () => 0.5);
  return {
    title: options.id,
    data: { dataset: dataset.name, trainSplit: 'train', validationSplit: 'validation' },
    heads: [labelHead('logits', dataset.classes, dataset.name)],
    loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
    preprocess: {
      width,
      height,
      channels: channels === 1 ? 'grey' : 'rgb',
      mean: perChannel,
      std: perChannel,
      framing: 'none',
    },
    augment: {},
    optimizer: adam(),
    lr: 2e-3,
    schedule: oneCycle(),
    epochs: 20,
    batchSize: 32,
    seed: 1,
    expected: [],
    ...options,
  };
}
