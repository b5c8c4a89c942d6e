/** From trained weights to a model file: the inference graph with its contract in the metadata. */
import {
  encodeModelMetadata,
  IMAGE_INPUT,
  formatOf,
  type Calibration,
  type ImageFormat,
  type ModelSpec,
  type PreprocessSpec,
} from '../data/index.ts';
import { encodeNetwork } from '../nn/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { encodePositionMapMetadata } from '../face/reconstruct/position-map-metadata.ts';
import { classesHeads, isMeshHead, valuesHeads } from './heads.ts';
import type { Recipe } from './recipe.ts';

/** The contract of the recipe's input. */
export function preprocessOf(recipe: Recipe): PreprocessSpec {
  return { ...recipe.preprocess, classes: [...(classesHeads(recipe)[0]?.classes ?? [])] };
}

/** What the recipe's data must be brought to. */
export const imagesOf = (recipe: Recipe): ImageFormat => formatOf(recipe);

/** What training leaves open, for each head of classes: its calibration, and what is added to its logits. */
export interface HeadSettings extends Calibration {
  readonly mirror?: Calibration;
  /** [K] See `priorShift`. */
  readonly shift?: readonly number[];
}

/**
 * The inference model: its inputs, `x` [N,C,H,W] first (or [N,C,T,H,W]) → an output for each head but those of people. A
 * recipe without such heads (a generator, say) gives the network with all its outputs, and no contract in the metadata, one
 * that learns the mesh a position-map network.
 * @param settings one per head of classes, in the recipe's order; temperature 1 and nothing else when absent
 * @returns the bytes of an .onnx file
 */
export function exportModel(
  recipe: Recipe,
  weights: ReadonlyMap<string, Tensor>,
  settings: readonly HeadSettings[] = [],
): Uint8Array {
  const half = recipe.halfWeights ?? false;
  const heads = classesHeads(recipe);
  const values = valuesHeads(recipe);
  const outputs = [...heads, ...values].map(({ output }) => output);
  const mesh = recipe.heads.find(isMeshHead);
  if (mesh)
    return encodeNetwork(recipe.network, weights, {
      name: recipe.id,
      outputs: [mesh.output],
      half,
      metadata: encodePositionMapMetadata(recipe.id),
    });
  if (outputs.length === 0) return encodeNetwork(recipe.network, weights, { name: recipe.id, half });
  const spec: ModelSpec = {
    name: recipe.id,
    recipe: recipe.id,
    heads: heads.map(({ output, classes, trainedOn }, i) => {
      const { shift: _, ...calibration } = settings[i] ?? { temperature: 1 };
      return { kind: 'classes', output, classes: [...classes], trainedOn, ...calibration };
    }),
    ...(values.length > 0
      ? {
          valueHeads: values.map(({ kind, output, names, trainedOn }) => ({
            kind,
            output,
            names: [...names],
            trainedOn,
          })),
        }
      : {}),
  };
  return encodeNetwork(recipe.network, weights, {
    name: recipe.id,
    outputs,
    shifts: Object.fromEntries(
      heads.flatMap(({ output }, i) => (settings[i]?.shift ? [[output, settings[i].shift]] : [])),
    ),
    half,
    metadata: encodeModelMetadata(spec, preprocessOf(recipe), recipe.inputs ?? IMAGE_INPUT),
  });
}
