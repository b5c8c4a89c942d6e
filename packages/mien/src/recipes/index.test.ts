/** Every recipe can be built: its network gives the heads that it names, on a dataset that exists. */
import { imageInputSchema, preprocessSpecSchema, stepsOf } from '../data/index.ts';
import { findDataset } from '../data/node.ts';
import { buildNetwork, inputSizes, type Network } from '../nn/index.ts';
import { imagesOf, isMeshHead, outputDims, preprocessOf } from '../train/index.ts';
import { expect, test } from 'vitest';
import { FAMILIES, RECIPES } from './index.ts';

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
  for (const head of recipe.heads) expect(outputs[head.output]?.shape).toEqual(['N', ...outputDims(head)]);
  const { width, height, channels, cropFrom } = recipe.preprocess;
  const clip = Object.values(recipe.inputs ?? {}).find((input) => input.kind === 'clip');
  expect(recipe.network.input).toEqual({
    channels: channels === 'grey' ? 1 : 3,
    height,
    width,
    ...(clip ? { frames: stepsOf(clip) } : {}),
  });
  expect(Object.keys(recipe.inputs ?? { x: 0 })).toEqual(Object.keys(inputSizes(recipe.network)));
  // A position-map network has no classes
  const checked = recipe.heads.some(isMeshHead)
    ? imageInputSchema({}).safeParse(recipe.preprocess)
    : preprocessSpecSchema.safeParse(preprocessOf(recipe));
  expect(checked.error).toBeUndefined();
  if (cropFrom) expect(imagesOf(recipe)).toMatchObject(cropFrom);
});

test('samples are compared by one label an image, whatever the data have', () => {
  const own = RECIPES.filter(({ sampler, bank }) => sampler && sampler.groupSize > 1 && !bank);
  expect(own.length).toBeGreaterThanOrEqual(6);
  for (const { id, heads } of own) expect([id, heads[0]]).toMatchObject([id, { learn: 'label' }]);
});

test('no two recipes have the same id', () => {
  expect(new Set(RECIPES.map(({ id }) => id)).size).toBe(RECIPES.length);
});

test.each(FAMILIES)('the family $id makes its recipe of its own parameters', (family) => {
  const { notes, ...made } = family.make(family.parameters);
  const recipe = RECIPES.find(({ id }) => id === family.id)!;
  expect([made.id, made.title, notes]).toEqual([recipe.id, recipe.title, recipe.notes]);
  const [name, value] = Object.entries(family.parameters)[0]!;
  expect(family.make({ ...family.parameters, [name]: 2 * value }).notes).not.toBe(notes);
});
