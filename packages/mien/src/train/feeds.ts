/** What a recipe's step is fed besides its weights. Shape legend: B images of a batch, K classes, D features. */
import { oneHotRows, type Batch, type LabelledImages } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { buildNetwork } from '../nn/index.ts';
import { FeatureBank } from '../nn/losses/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import type { Head, Recipe } from './recipe.ts';

/** The step graph's inputs for a batch: x and a target for each head. */
export function feedsOf(recipe: Recipe, batch: Batch): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = { x: batch.x };
  for (const head of recipe.heads) {
    const target = head.labelling === 'primary' ? batch.target : batch.alternatives[head.labelling];
    if (!target) throw new MienError(`${recipe.id}: the data have no labelling "${head.labelling}"`);
    feeds[`target.${head.output}`] = head.target === 'label' ? hardTarget(recipe, head, batch) : target;
  }
  return feeds;
}

/** [B,K] */
function hardTarget(recipe: Recipe, { output, labelling, classes }: Head, { labels }: Batch): Tensor {
  if (labelling !== 'primary')
    throw new MienError(
      `${recipe.id}: output ${output} learns labels alone, which works for the primary labelling, not for "${labelling}"`,
    );
  return float32([labels.length, classes.length], oneHotRows(labels, classes.length));
}

/** An empty bank for the features that the recipe keeps. */
export function bankOf({ bank, network }: Recipe, { labels }: LabelledImages): FeatureBank | undefined {
  if (!bank) return undefined;
  const width = buildNetwork(network).outputs[bank.output]?.shape[1];
  if (typeof width !== 'number') throw new MienError(`${network.name}: has no output "${bank.output}" [N,D] to keep`);
  return new FeatureBank(labels, width);
}
