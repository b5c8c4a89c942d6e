/** Weight decay as recipes share it. */
import type { Recipe } from '../train/index.ts';

/** Decays all weights but biases and the scales of normalization, which only shift and scale. */
export const decayExceptNorms = (weightDecay: number): NonNullable<Recipe['groups']> => [
  { match: (name) => name.endsWith('.norm.weight') || name.endsWith('bias'), weightDecay: 0 },
  { match: () => true, weightDecay },
];
