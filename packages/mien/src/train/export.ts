/** From trained weights to a model file: the inference graph with its contract in the metadata. */
import {
  encodeModelMetadata,
  imageFormat,
  type Calibration,
  type ImageFormat,
  type ModelSpec,
  type PreprocessSpec,
} from '../data/index.ts';
import { encodeNetwork } from '../nn/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Recipe } from './recipe.ts';

/** The contract of the recipe's input. */
export function preprocessOf(recipe: Recipe): PreprocessSpec {
  return { ...recipe.preprocess, classes: [...recipe.heads[0]!.classes] };
}

/** What the recipe's data must be brought to. */
export const imagesOf = (recipe: Recipe): ImageFormat => imageFormat(recipe.preprocess);

/** What training leaves open, for each head: its calibration, and what is added to its logits. */
export interface HeadSettings extends Calibration {
  readonly mirror?: Calibration;
  /** [K] See `priorShift`. */
  readonly shift?: readonly number[];
}

/**
 * The inference model: x [N,C,H,W] (or [N,C,T,H,W]) → one logits output [N,K] per head.
 * @param settings one per head, in the recipe's order; temperature 1 and nothing else when absent
 * @returns the bytes of an .onnx file
 */
export function exportModel(
  recipe: Recipe,
  weights: ReadonlyMap<string, Tensor>,
  settings: readonly HeadSettings[] = [],
): Uint8Array {
  const spec: ModelSpec = {
    name: recipe.id,
    recipe: recipe.id,
    heads: recipe.heads.map(({ output, classes, trainedOn }, i) => {
      const { shift: _, ...calibration } = settings[i] ?? { temperature: 1 };
      return { kind: 'classes', output, classes: [...classes], trainedOn, ...calibration };
    }),
  };
  return encodeNetwork(recipe.network, weights, {
    name: recipe.id,
    outputs: recipe.heads.map((h) => h.output),
    shifts: Object.fromEntries(
      recipe.heads.flatMap(({ output }, i) => (settings[i]?.shift ? [[output, settings[i].shift]] : [])),
    ),
    half: recipe.halfWeights ?? false,
    metadata: encodeModelMetadata(spec, preprocessOf(recipe)),
  });
}
