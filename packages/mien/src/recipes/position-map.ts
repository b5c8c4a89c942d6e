/** The position-map network (Feng et al. 2018), small, on pictures of faces whose surfaces are known: those of `mien surfaces`. */
import { positionMapNetwork } from '../nn/models/index.ts';
import { adam, oneCycle } from '../optim/index.ts';
import { meshHead } from '../train/heads.ts';
import { headsLoss } from '../train/heads-loss.ts';
import type { Recipe } from '../train/index.ts';

export interface PositionMapRecipeOptions {
  /** Side of picture and map, px, a multiple of 32. Default 128. */
  readonly size?: number;
  /** Factor on the channels. Default 0.25. */
  readonly widthMultiplier?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
}

/** Side of picture and map, px, where nothing else is said. */
const SIZE = 128;

/**
 * A recipe of a position-map network.
 * @example
 * ```ts
 * import { positionMapRecipe } from 'mienjs/recipes';
 *
 * const recipe = positionMapRecipe({ size: 64, epochs: 10 });
 * recipe.id; // → 'position-map-64.manifest'
 * ```
 */
export function positionMapRecipe({
  size = SIZE,
  widthMultiplier = 0.25,
  epochs = 20,
  batchSize = 8,
}: PositionMapRecipeOptions = {}): Recipe {
  const heads = [meshHead('map', size, 'manifest')];
  return {
    id: `position-map${size === SIZE ? '' : `-${size}`}.manifest`,
    title: `Position maps of faces, ${size} px, on pictures with their surfaces`,
    paper:
      'Feng et al., Joint 3D Face Reconstruction and Dense Alignment with Position Map Regression Network, ECCV 2018',
    notes: `The paper's layers at ${size} px in place of 256 and ${widthMultiplier} of its channels; its weights by texel (16 : 4 : 3 : 0), divided by their sum. The surface is that of MediaPipe's face mesh in place of the Basel face model, unfolded by its own texture coordinates. Trained on pictures that Mien draws (\`mien surfaces\`) in place of 300W-LP, with Adam at 3e-3 down to 0 and batches of ${batchSize} in place of 1e-4, halved every five epochs, and 16. Pose, place and size vary in the pictures; what covers a part of the face, brightness, contrast, blur and noise are augmentation.`,
    data: { dataset: 'manifest', trainSplit: 'train', validationSplit: 'validation' },
    network: positionMapNetwork({ size, widthMultiplier }),
    heads,
    loss: headsLoss(heads),
    // As PositionMapReconstructor gives them: RGB in 0 … 1
    preprocess: {
      width: size,
      height: size,
      channels: 'rgb',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      framing: 'a square 1.6 times as large as the box around the landmarks',
    },
    augment: {
      brightness: 0.15,
      contrast: 0.3,
      noise: 0.03,
      blur: { probability: 0.2, range: [0.3, 1.2] },
      erase: { probability: 0.4, area: [0.02, 0.15], aspect: [0.4, 2.5] },
    },
    optimizer: adam(),
    lr: 3e-3,
    schedule: oneCycle({ peakAt: 0.04, start: 0.2 }),
    epochs,
    batchSize,
    seed: 1,
    expected: [],
  };
}

/** The second one learns four times as fast. */
export const POSITION_MAP_RECIPES: readonly Recipe[] = [
  positionMapRecipe(),
  positionMapRecipe({ size: 64, epochs: 28 }),
];
