/** From trained weights to a model file: the inference graph with its contract in the metadata. */
import { encodeModelMetadata, imageFormat, type ImageFormat, type ModelSpec, type PreprocessSpec } from '../data/index.ts';
import { encodeNetwork } from '../nn/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Recipe } from './recipe.ts';

/** The contract of the recipe's input. */
export function preprocessOf(recipe: Recipe): PreprocessSpec {
  return { version: 1, ...recipe.preprocess, classes: [...recipe.heads[0]!.classes] };
}

/** What the recipe's data must be brought to. */
export const imagesOf = (recipe: Recipe): ImageFormat => imageFormat(recipe.preprocess);

/**
 * The inference model: x [N,C,H,W] (or [N,C,T,H,W]) → one logits output [N,K] per head.
 * @param temperatures one per head, in the recipe's order; 1 when absent
 * @returns the bytes of an .onnx file
 */
export function exportModel(recipe: Recipe, weights: ReadonlyMap<string, Tensor>, temperatures: readonly number[] = []): Uint8Array {
  const spec: ModelSpec = {
    version: 1,
    name: recipe.id,
    recipe: recipe.id,
    heads: recipe.heads.map((h, i) => ({ output: h.output, classes: [...h.classes], trainedOn: h.trainedOn, temperature: temperatures[i] ?? 1 })),
  };
  return encodeNetwork(recipe.network, weights, {
    name: recipe.id, outputs: recipe.heads.map((h) => h.output), metadata: new Map(encodeModelMetadata(spec, preprocessOf(recipe))),
  });
}
