/**
 * Every recipe that `mien train` knows.
 * @module
 */
import type { Dataset } from '../data/index.ts';
import type { Recipe, RecipeFamily } from '../train/index.ts';
import { withPreprocess } from '../train/with-preprocess.ts';
import {
  compactFolder,
  compactFolderOf,
  compactManifest,
  compactManifest8,
  compactProtocol6,
  compactProtocol7c,
} from './compact-manifest.ts';
import {
  c3dManifest,
  c3dOf,
  cnnLstmManifest,
  cnnLstmOf,
  compactLandmarks,
  compactTasks,
  tasksFor,
} from './compact-more.ts';
import { COMPARED_SAMPLES_RECIPES } from './compared-samples.ts';
import {
  deepEmotionCkPlus,
  deepEmotionFamily,
  deepEmotionFer2013,
  deepEmotionFerg,
  deepEmotionFerPlus,
  deepEmotionInputPlurality7,
  deepEmotionJaffe,
  deepEmotionPlurality7,
} from './deep-emotion.ts';
import { AUTOENCODER_RECIPES } from './autoencoder.ts';
import { CONDITIONAL_VAE_RECIPES } from './conditional-vae.ts';
import { DEEP_BELIEF_RECIPES } from './deep-belief.ts';
import { defaultRecipe } from './default.ts';
import { fastRecipe } from './fast.ts';
import { defaultTaught, defaultWide } from './wide.ts';
import { FACE_NETWORK_RECIPES } from './face-network.ts';
import { HA_GAN_RECIPES } from './ha-gan.ts';
import { fastFolder, fastFolderOf, fastManifest, fastManifest8 } from './fine-tuned.ts';
import { LANDMARK_AUTOENCODER_RECIPES } from './landmark-autoencoder.ts';
import { POSITION_MAP_RECIPES } from './position-map.ts';
import { recentralizedRecipes } from './recentralized.ts';
import { COMPARISON_RECIPES } from './comparison.ts';
import {
  baseDcnnFerPlus,
  baseDcnnRafDb,
  centerFerPlus,
  centerRafDb,
  DLP_CNN_FAMILIES,
  dlpCnnFerPlus,
  dlpCnnRafDb,
  islandFerPlus,
  islandRafDb,
} from './dlp-cnn.ts';
import { alexNetRafDb, vgg13FerPlus, vgg16RafDb } from './large-networks.ts';

export { RECENTRALIZED, type RecentralizedVariant } from './recentralized.ts';

export const RECIPES: readonly Recipe[] = [
  defaultRecipe,
  fastRecipe,
  defaultWide,
  defaultTaught,
  fastFolder,
  fastManifest,
  fastManifest8,
  deepEmotionFer2013,
  deepEmotionFerPlus,
  deepEmotionPlurality7,
  deepEmotionInputPlurality7,
  deepEmotionCkPlus,
  deepEmotionJaffe,
  deepEmotionFerg,
  compactManifest,
  compactManifest8,
  compactFolder,
  compactProtocol6,
  compactProtocol7c,
  compactTasks,
  compactLandmarks,
  ...COMPARED_SAMPLES_RECIPES,
  cnnLstmManifest,
  c3dManifest,
  baseDcnnRafDb,
  centerRafDb,
  islandRafDb,
  dlpCnnRafDb,
  baseDcnnFerPlus,
  centerFerPlus,
  islandFerPlus,
  dlpCnnFerPlus,
  vgg13FerPlus,
  alexNetRafDb,
  vgg16RafDb,
  ...FACE_NETWORK_RECIPES,
  ...recentralizedRecipes,
  ...COMPARISON_RECIPES,
  ...HA_GAN_RECIPES,
  ...DEEP_BELIEF_RECIPES,
  ...AUTOENCODER_RECIPES,
  ...CONDITIONAL_VAE_RECIPES,
  ...LANDMARK_AUTOENCODER_RECIPES,
  ...POSITION_MAP_RECIPES,
];

export {
  AUTOENCODER_VARIANTS,
  autoencoderRecipe,
  encoderRecipe,
  type AutoencoderRecipeOptions,
  type AutoencoderVariant,
} from './autoencoder.ts';
export { conditionalVaeRecipe, type ConditionalVaeRecipeOptions } from './conditional-vae.ts';
export {
  deepBeliefRecipe,
  linearRecipe,
  type DeepBeliefRecipeOptions,
  type LinearRecipeOptions,
} from './deep-belief.ts';
export type { SmallFacesOptions } from './small-faces.ts';
export { landmarkAutoencoderRecipe, type LandmarkAutoencoderRecipeOptions } from './landmark-autoencoder.ts';
export { positionMapRecipe, type PositionMapRecipeOptions } from './position-map.ts';
export { haGanBaselineRecipe, haGanRecipe, type HaGanRecipeOptions } from './ha-gan.ts';

/** Every family of recipes that `mien sweep` knows. */
export const FAMILIES: readonly RecipeFamily[] = [...DLP_CNN_FAMILIES, deepEmotionFamily];

/** Those that learn the classes that the data have, whatever they are. */
const OF_ANY_CLASSES = new Map([
  [compactFolder.id, compactFolderOf],
  [fastFolder.id, fastFolderOf],
]);

/** Those that learn the classes that a protocol has. */
const OF_PROTOCOLS = new Map([...OF_ANY_CLASSES, [cnnLstmManifest.id, cnnLstmOf], [c3dManifest.id, c3dOf]]);

/** The recipe for the classes of a protocol, where it learns whatever they are. */
export function recipeForProtocol(chosen: Recipe, classes: readonly string[]): Recipe {
  const make = OF_PROTOCOLS.get(chosen.id);
  // Images may be normalized otherwise than the recipe says
  return make ? withPreprocess(make(classes), chosen.preprocess) : chosen;
}

/** The recipe for the classes, or for all that is to learn, that the data have, where it learns whatever they tell. */
export function recipeForData(
  chosen: Recipe,
  dataset: Pick<Dataset, 'classes' | 'furtherTargets' | 'withoutLabels'>,
): Recipe {
  // Images may be normalized otherwise than the recipe says
  if (chosen.id === compactTasks.id) return withPreprocess(tasksFor(dataset), chosen.preprocess);
  const make = OF_ANY_CLASSES.get(chosen.id);
  return make ? withPreprocess(make(dataset.classes), chosen.preprocess) : chosen;
}
