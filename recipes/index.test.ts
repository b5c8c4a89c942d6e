/** Every recipe can be built: its network gives the heads that it names, on a dataset that exists. */
import { decodeModelMetadata, findDataset } from 'mien/data';
import { decodeModel } from 'mien/onnx';
import { exportModel } from 'mien/train';
import { expect, test } from 'vitest';
import { RECIPES } from './index.ts';

test.each(RECIPES)('$id', (recipe) => {
  expect(findDataset(recipe.data.dataset).name).toBe(recipe.data.dataset);
  const graph = decodeModel(exportModel(recipe, new Map()));
  const { model } = decodeModelMetadata(recipe.id, graph.metadata);
  expect(model.heads.map(({ output, classes }) => [output, classes])).toEqual(recipe.heads.map(({ output, classes }) => [output, classes]));
  const lastDims = new Map(graph.outputs.map(({ name, shape }) => [name, shape.at(-1)]));
  for (const { output, classes } of recipe.heads) expect(lastDims.get(output)).toBe(classes.length);
});

test('no two recipes have the same id', () => {
  expect(new Set(RECIPES.map(({ id }) => id)).size).toBe(RECIPES.length);
});
