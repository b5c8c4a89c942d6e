/**
 * Every recipe that `mien train` knows.
 * @module
 */
import type { Recipe, RecipeFamily } from '../train/index.ts';
import {
  compactFolder,
  compactManifest,
  compactManifest8,
  compactProtocol6,
  compactProtocol7c,
} from './compact-manifest.ts';
import { deepEmotionFer2013, deepEmotionFerPlus } from './deep-emotion.ts';
import { branchedRecipe } from './branched.ts';
import { defaultRecipe } from './default.ts';
import {
  baseDcnnFerPlus,
  baseDcnnRafDb,
  centerFerPlus,
  centerRafDb,
  dlpCnnFerPlus,
  dlpCnnFerPlusFamily,
  dlpCnnRafDb,
  dlpCnnRafDbFamily,
  islandFerPlus,
  islandRafDb,
} from './dlp-cnn.ts';

export const RECIPES: readonly Recipe[] = [
  defaultRecipe,
  branchedRecipe,
  deepEmotionFer2013,
  deepEmotionFerPlus,
  compactManifest,
  compactManifest8,
  compactFolder,
  compactProtocol6,
  compactProtocol7c,
  baseDcnnRafDb,
  centerRafDb,
  islandRafDb,
  dlpCnnRafDb,
  baseDcnnFerPlus,
  centerFerPlus,
  islandFerPlus,
  dlpCnnFerPlus,
];

/** Every family of recipes that `mien sweep` knows. */
export const FAMILIES: readonly RecipeFamily[] = [dlpCnnRafDbFamily, dlpCnnFerPlusFamily];

export { recipeForClasses } from './compact-manifest.ts';
