/** Every recipe that `mien train` knows. */
import type { Recipe } from 'mien/train';
import { compactManifest, compactManifest8 } from './compact-manifest.ts';
import { deepEmotionFer2013, deepEmotionFerPlus } from './deep-emotion.ts';
import { defaultRecipe } from './default.ts';
import {
  baseDcnnFerPlus, baseDcnnRafDb, centerFerPlus, centerRafDb, dlpCnnFerPlus, dlpCnnRafDb, islandFerPlus, islandRafDb,
} from './dlp-cnn.ts';

export const RECIPES: readonly Recipe[] = [
  defaultRecipe, deepEmotionFer2013, deepEmotionFerPlus, compactManifest, compactManifest8,
  baseDcnnRafDb, centerRafDb, islandRafDb, dlpCnnRafDb,
  baseDcnnFerPlus, centerFerPlus, islandFerPlus, dlpCnnFerPlus,
];
