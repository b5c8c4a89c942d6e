/** Every recipe that `mien train` knows. */
import type { Dataset } from '../data/index.ts';
import type { Recipe, RecipeFamily } from '../train/index.ts';
import {
  compactFolder,
  compactManifest,
  compactManifest8,
  compactProtocol6,
  compactProtocol7c,
  ofFolder,
} from './compact-manifest.ts';
import { cnnLstmManifest, compactLandmarks, compactTasks, compactTriplets, tasksFor } from './compact-more.ts';
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
  compactTasks,
  compactLandmarks,
  compactTriplets,
  cnnLstmManifest,
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

/** The recipe for the classes, or for all that is to learn, that the data have, where it learns whatever they tell. */
export function recipeForData(
  chosen: Recipe,
  dataset: Pick<Dataset, 'classes' | 'furtherTargets' | 'withoutLabels'>,
): Recipe {
  if (chosen === compactFolder) return ofFolder(dataset.classes);
  return chosen === compactTasks ? tasksFor(dataset) : chosen;
}
