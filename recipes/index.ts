/** Every recipe that `mien train` knows. */
import type { Recipe, RecipeFamily } from 'mien/train';
import { compactManifest, compactManifest8 } from './compact-manifest.ts';
import { deepEmotionFer2013, deepEmotionFerPlus } from './deep-emotion.ts';
import { defaultRecipe } from './default.ts';

export const RECIPES: readonly Recipe[] = [defaultRecipe, deepEmotionFer2013, deepEmotionFerPlus, compactManifest, compactManifest8];

/** Every family of recipes that `mien sweep` knows. */
export const FAMILIES: readonly RecipeFamily[] = [];
