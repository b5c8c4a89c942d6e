/** Every recipe can be built: its network gives the heads that it names, on a dataset that exists. */
import { findDataset, preprocessSpecSchema } from 'mien/data';
import { buildNetwork, type Network } from 'mien/nn';
import { imagesOf, preprocessOf } from 'mien/train';
import { expect, test } from 'vitest';
import { RECIPES } from './index.ts';

/** Recipes share networks, and large ones take seconds to build. */
const built = new Map<Network, ReturnType<typeof buildNetwork>['outputs']>();
function outputsOf(network: Network): ReturnType<typeof buildNetwork>['outputs'] {
  const outputs = built.get(network) ?? buildNetwork(network).outputs;
  built.set(network, outputs);
  return outputs;
}

test.each(RECIPES)('$id', (recipe) => {
  expect(findDataset(recipe.data.dataset).name).toBe(recipe.data.dataset);
  const outputs = outputsOf(recipe.network);
  for (const { output, classes } of recipe.heads) expect(outputs[output]?.shape).toEqual(['N', classes.length]);
  const { width, height, channels, cropFrom } = recipe.preprocess;
  expect(recipe.network.input).toEqual({ channels: channels === 'grey' ? 1 : 3, height, width });
  expect(preprocessSpecSchema.safeParse(preprocessOf(recipe)).error).toBeUndefined();
  if (cropFrom) expect(imagesOf(recipe)).toMatchObject(cropFrom);
});

test('no two recipes have the same id', () => {
  expect(new Set(RECIPES.map(({ id }) => id)).size).toBe(RECIPES.length);
});
