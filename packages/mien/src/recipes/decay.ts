/** Weight decay as recipes share it. */
import type { Recipe } from '../train/index.ts';

/**
 * Decays all weights but biases and the scales of normalization, which only shift and scale.
 * @param others ends of further names that are not decayed
 */
export const decayExceptNorms = (weightDecay: number, ...others: readonly string[]): NonNullable<Recipe['groups']> => [
  { match: (name) => ['.norm.weight', 'bias', ...others].some((end) => name.endsWith(end)), weightDecay: 0 },
  { match: () => true, weightDecay },
];
