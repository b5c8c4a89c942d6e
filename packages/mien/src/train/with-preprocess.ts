/** A recipe on images that are prepared otherwise. */
import { channelCount } from '../data/image-input.ts';
import { InputError } from '../errors.ts';
import { formatNormalization, givesThreeChannels, type NormalizeStep } from '../image/index.ts';
import type { Recipe } from './recipe.ts';

/** The recipe with this preparation of its images; its network takes as many channels. */
export function withPreprocess(recipe: Recipe, preprocess: Recipe['preprocess']): Recipe {
  const { input } = recipe.network;
  const channels = channelCount(preprocess.channels);
  return 'dims' in input || input.channels === channels
    ? { ...recipe, preprocess }
    : { ...recipe, preprocess, network: { ...recipe.network, input: { ...input, channels } } };
}

/**
 * The recipe with these normalizations in place of its own. Where they give three channels and the recipe is of grey
 * images, it becomes one of RGB: its network takes three, and each is scaled as the one was.
 * @throws {InputError} when they give three channels, and the recipe trains by steps of its own, made for grey images
 * @example
 * ```ts
 * import { parseNormalization } from 'mienjs/image';
 * import { RECIPES } from 'mienjs/recipes';
 * import { withNormalization } from 'mienjs/train';
 *
 * const recipe = RECIPES.find(({ id }) => id === 'deep-emotion.ferplus')!;
 * withNormalization(recipe, parseNormalization('mapped-lbp')).preprocess.channels; // → 'rgb'
 * ```
 */
export function withNormalization(recipe: Recipe, steps: readonly NormalizeStep[]): Recipe {
  const preprocess = { ...recipe.preprocess, steps: [...steps] };
  if (preprocess.channels === 'rgb' || !givesThreeChannels(steps)) return { ...recipe, preprocess };
  if (recipe.program || recipe.principal || 'dims' in recipe.network.input)
    throw new InputError(
      recipe.id,
      `learns by steps made for grey images, and ${formatNormalization(steps)} gives three channels`,
    );
  const alike = (values: readonly number[]): number[] => [0, 1, 2].map(() => values[0]!);
  const { mean, std } = preprocess;
  return withPreprocess(recipe, { ...preprocess, channels: 'rgb', mean: alike(mean), std: alike(std) });
}
