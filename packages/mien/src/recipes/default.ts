/**
 * Mien's default model: three networks that answer as one, the small one (`fast`) and two that are wider and learned in
 * other ways, so that they err on other faces (`mien train default --join …`). Recognition reports the FER+ head (8
 * classes).
 */
import type { Recipe } from '../train/index.ts';
import { fastRecipe } from './fast.ts';
import { defaultTaught, defaultWide } from './wide.ts';

const { notes: _, ...shared } = fastRecipe;

export const defaultRecipe: Recipe = {
  ...shared,
  id: 'default',
  title: 'Three networks on FER+ distributions and FER2013 labels that answer as one',
  members: [fastRecipe.id, defaultWide.id, defaultTaught.id],
  halfWeights: true,
  expected: [
    { dataset: 'fer2013', split: 'PublicTest', accuracy: 0.7, source: 'target of this release' },
    { dataset: 'ferplus', split: 'PublicTest', accuracy: 0.875, source: 'target of this release' },
  ],
};
